using System.Reflection;
using System.Text;
using Npgsql;
using Platform.Database;
using Shouldly;
using Support;

namespace Portal.Tests.PlatformRules;

public sealed class Migrating
{
    const string First = "Deals/Migrations/2026-01-04-0900_deals.sql";
    const string Second = "Orders/Migrations/2026-01-06-0900_orders.sql";

    [Fact]
    public async Task Files_run_in_the_order_of_their_dates_over_all_features_and_once()
    {
        await using var database = await TestDatabase.EmptyAsync();
        await using var owner = NpgsqlDataSource.Create(database.ConnectionString("owner"));
        var feature = new Feature { [Second] = "insert into step values ('orders')", [First] = "create table step (name text); insert into step values ('deals')" };

        (await Migrator.ApplyAsync(owner, "portal", [feature], CancellationToken.None)).ShouldBe([First, Second]);
        (await Migrator.ApplyAsync(owner, "portal", [feature], CancellationToken.None)).ShouldBeEmpty();

        (await database.ListAsync<string>("select name from step")).ShouldBe(["deals", "orders"]);
    }

    [Fact]
    public async Task An_edited_file_stops_the_start()
    {
        await using var database = await TestDatabase.EmptyAsync();
        await using var owner = NpgsqlDataSource.Create(database.ConnectionString("owner"));
        await Migrator.ApplyAsync(owner, "portal", [new Feature { [First] = "create table step (name text)" }], CancellationToken.None);
        var edited = new Feature { [First] = "create table step (name text, size integer)", [Second] = "create table later ()" };

        var refused = await Should.ThrowAsync<MigrationEditedException>(() => Migrator.ApplyAsync(owner, "portal", [edited], CancellationToken.None));

        refused.Message.ShouldBe($"The migration {First} was changed after it ran. Restore the file and put the change into a new one.");
        (await TablesAsync(database)).ShouldBe(["migration", "step"]);
    }

    [Fact]
    public async Task Line_ends_of_another_system_are_no_edit()
    {
        await using var database = await TestDatabase.EmptyAsync();
        await using var owner = NpgsqlDataSource.Create(database.ConnectionString("owner"));
        await Migrator.ApplyAsync(owner, "portal", [new Feature { [First] = "create table step (\n name text\n)" }], CancellationToken.None);

        (await Migrator.ApplyAsync(owner, "portal", [new Feature { [First] = "create table step (\r\n name text\r\n)" }], CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_file_that_fails_leaves_nothing_of_itself_or_the_others_of_its_run()
    {
        await using var database = await TestDatabase.EmptyAsync();
        await using var owner = NpgsqlDataSource.Create(database.ConnectionString("owner"));
        var feature = new Feature { [First] = "create table step (name text)", [Second] = "create table later ();\n-- Reads what is not there.\nselect name,\n       no_such_column\nfrom step;\ncreate table last ();" };

        var failure = await Should.ThrowAsync<InvalidOperationException>(() => Migrator.ApplyAsync(owner, "portal", [feature], CancellationToken.None));

        failure.Message.ShouldBe($"Migration {Second} of schema portal failed: column \"no_such_column\" does not exist");
        (await TablesAsync(database)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Several_instances_that_start_together_apply_each_file_once()
    {
        await using var database = await TestDatabase.EmptyAsync();
        var feature = new Feature { [First] = "create table step (name text); select pg_sleep(0.3); insert into step values ('deals')", [Second] = "insert into step values ('orders')" };

        var applied = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            await using var owner = NpgsqlDataSource.Create(database.ConnectionString("owner"));
            return await Migrator.ApplyAsync(owner, "portal", [feature], CancellationToken.None);
        }));

        applied.Sum(files => files.Count).ShouldBe(2);
        (await database.ListAsync<string>("select name from step")).ShouldBe(["deals", "orders"]);
    }

    [Fact]
    public async Task A_file_is_told_the_name_of_its_schema()
    {
        await using var database = await TestDatabase.EmptyAsync();
        await using var owner = NpgsqlDataSource.Create(database.ConnectionString("owner", "identity"));

        await Migrator.ApplyAsync(owner, "identity", [new Feature { [First] = "create table {schema}.step (); grant select on step to {schema}_app" }], CancellationToken.None);

        (await database.ListAsync<string>("select table_schema::text from information_schema.tables where table_name = 'step'")).ShouldBe(["identity"]);
    }

    static Task<List<string>> TablesAsync(TestDatabase database) =>
        database.ListAsync<string>("select tablename::text from pg_tables where schemaname = 'portal' order by 1");

    /// <summary>An assembly that carries the files it is given.</summary>
    sealed class Feature : Assembly
    {
        readonly Dictionary<string, string> files = [];

        public string this[string name]
        {
            set => files[name] = value;
        }

        public override string[] GetManifestResourceNames() => [.. files.Keys];

        public override Stream GetManifestResourceStream(string name) => new MemoryStream(Encoding.UTF8.GetBytes(files[name]));
    }
}
