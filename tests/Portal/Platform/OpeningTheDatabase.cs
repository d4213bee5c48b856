using Microsoft.Extensions.Configuration;
using Npgsql;
using Platform;
using Platform.Database;
using Platform.Database.Embedded;
using Shouldly;
using Support;

namespace Portal.Tests.PlatformRules;

public sealed class OpeningTheDatabase
{
    [Fact]
    public async Task Without_a_connection_string_both_services_share_one_server_in_the_data_folder()
    {
        await using var test = new ServerOfATest();
        var settings = Settings(("Portal:DataFolder", test.DataFolder));

        var opened = await Task.WhenAll(OpenAsync("portal", settings), OpenAsync("identity", settings));

        await using var portal = opened[0];
        await using var identity = opened[1];
        portal.Server.ShouldNotBeNull().ServerProcess.ShouldNotBeNull().ShouldBe(identity.Server!.ServerProcess!.Value);
        (await AskAsync(portal.App, "select current_user || ' in ' || current_database() || ', ' || current_schema()")).ShouldBe("portal_app in partnerportal, portal");
        (await AskAsync(identity.App, "select current_user || ' in ' || current_database() || ', ' || current_schema()")).ShouldBe("identity_app in partnerportal, identity");
        (await AskAsync(portal.App, "select current_setting('application_name')")).ShouldBe("portal");
        portal.Migrated.ShouldContain("Audit/Migrations/2026-01-01-0010_audit.sql");
    }

    [Fact]
    public async Task A_second_opening_finds_everything_done()
    {
        await using var test = new ServerOfATest();
        var settings = Settings(("Portal:DataFolder", test.DataFolder));
        await (await OpenAsync("identity", settings)).DisposeAsync();

        await using var again = await OpenAsync("identity", settings);

        again.Migrated.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_connection_string_is_used_as_it_is_and_completed()
    {
        await using var database = await TestDatabase.PortalAsync();
        var given = new NpgsqlConnectionStringBuilder(database.ConnectionString("app")) { ApplicationName = "given" };
        given.Remove("Max Auto Prepare");

        await using var opened = await OpenAsync("portal", Settings(("ConnectionStrings:Portal", given.ConnectionString), ("ConnectionStrings:PortalOwner", database.ConnectionString("owner"))));

        opened.Server.ShouldBeNull();
        (await AskAsync(opened.App, "select current_database()::text")).ShouldBe(database.Name);
        (await AskAsync(opened.App, "select current_setting('application_name')")).ShouldBe("given");
        new NpgsqlConnectionStringBuilder(opened.App.ConnectionString).MaxAutoPrepare.ShouldBe(100);
    }

    [Fact]
    public async Task The_applications_role_owns_nothing_and_changes_no_table()
    {
        await using var database = await TestDatabase.BothAsync();

        foreach (var service in new[] { "portal", "identity" })
        {
            await using var app = NpgsqlDataSource.Create(database.ConnectionString("app", service));
            (await database.ListAsync<string>("select relname::text from pg_class where relowner = (@service || '_app')::regrole", new { service })).ShouldBeEmpty();
            await RefusedAsync(app, "create table mine (x integer)");
            await RefusedAsync(app, "create table public.mine (x integer)");
            await RefusedAsync(app, "drop table outbox_message");
            await RefusedAsync(app, "insert into migration (name, hash) values ('mine', '')");
            await RefusedAsync(app, "alter role portal_owner password 'mine'");
            await RefusedAsync(app, "set role portal_definer");
        }
    }

    [Fact]
    public async Task A_service_without_the_owners_connection_string_starts_on_a_migrated_database_only()
    {
        await using var migrated = await TestDatabase.PortalAsync();
        await using var empty = await TestDatabase.EmptyAsync();

        await (await OpenAsync("portal", Settings(("ConnectionStrings:Portal", migrated.ConnectionString("app"))))).DisposeAsync();
        var refused = await Should.ThrowAsync<CannotStartException>(() => OpenAsync("portal", Settings(("ConnectionStrings:Portal", empty.ConnectionString("app")))));

        refused.Message.ShouldMatch("^The database lacks [0-9]+ migrations, the first Database/Migrations/2026-01-01-0000_callers.sql: set ConnectionStrings__PortalOwner for this start, or run the verb 'migrate' with it.$");
    }

    [Theory]
    [InlineData("Host=127.0.0.1;Port=1;Username=portal_app;Password=x;Database=x", "The database of portal cannot be reached: Connection refused")]
    [InlineData("Host=127.0.0.1;Port={port};Username=portal_app;Password=wrong;Database=postgres", "The database of portal cannot be reached: 28P01: password authentication failed for user \"portal_app\"")]
    [InlineData("Host 127.0.0.1", "ConnectionStrings__Portal or ConnectionStrings__PortalOwner cannot be read: Format of the initialization string does not conform to specification starting at index 0.")]
    public async Task A_database_that_cannot_be_reached_is_told_in_one_sentence(string connectionString, string sentence)
    {
        await using var database = await TestDatabase.PortalAsync();
        var port = new NpgsqlConnectionStringBuilder(database.ConnectionString("app")).Port;

        var refused = await Should.ThrowAsync<CannotStartException>(() => OpenAsync("portal", Settings(("ConnectionStrings:Portal", connectionString.Replace("{port}", $"{port}", StringComparison.Ordinal)))));

        refused.Message.ShouldBe(sentence);
    }

    [Fact]
    public async Task The_database_going_away_is_known_as_such_and_its_return_needs_nothing()
    {
        await using var test = new ServerOfATest();
        await using var database = await OpenAsync("portal", Settings(("Portal:DataFolder", test.DataFolder)));
        Task<int> AskAsync()
        {
            var db = new Db(database.App, new CallerAccessor());
            return db.OneAsync<int>("select 1", null, CancellationToken.None);
        }

        (await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => AskAsync()))).ShouldAllBe(answer => answer == 1);
        await using var interrupted = new Db(database.App, new CallerAccessor());
        var inTheMiddle = interrupted.InTransactionAsync(
            async () =>
            {
                await interrupted.ExecuteAsync("select 1", null, CancellationToken.None);
                await test.StopAsync();
                await interrupted.ExecuteAsync("select 2", null, CancellationToken.None);
            }, CancellationToken.None);

        (await Should.ThrowAsync<NpgsqlException>(inTheMiddle)).IsUnavailable().ShouldBeTrue();
        for (var attempt = 0; attempt < 8; attempt++)
        {
            (await Should.ThrowAsync<NpgsqlException>(AskAsync)).IsUnavailable().ShouldBeTrue();
        }

        await test.StartAsync();
        (await AskAsync()).ShouldBe(1);
        (await interrupted.OneAsync<int>("select 3", null, CancellationToken.None)).ShouldBe(3);
    }

    [Fact]
    public async Task A_killed_server_is_known_to_be_away_in_the_middle_of_a_transaction()
    {
        await using var test = new ServerOfATest();
        await using var database = await OpenAsync("portal", Settings(("Portal:DataFolder", test.DataFolder)));
        await using var db = new Db(database.App, new CallerAccessor());

        var work = db.InTransactionAsync(
            async () =>
            {
                await db.ExecuteAsync("select 1", null, CancellationToken.None);
                await ServerOfATest.KillAsync(database.Server!);
                await Task.Delay(TimeSpan.FromSeconds(2));
                await db.ExecuteAsync("select 2", null, CancellationToken.None);
            }, CancellationToken.None);

        (await Should.ThrowAsync<NpgsqlException>(work)).IsUnavailable().ShouldBeTrue();
        await EmbeddedPostgres.StopAsync(test.DataFolder, CancellationToken.None);
    }

    [Fact]
    public async Task Several_hosts_that_are_all_away_are_an_outage_too()
    {
        await using var source = new NpgsqlDataSourceBuilder("Host=127.0.0.1:1,127.0.0.1:2;Username=portal_app;Password=x;Database=x").BuildMultiHost();
        await using var db = new Db(source, new CallerAccessor());

        (await Should.ThrowAsync<NpgsqlException>(() => db.OneAsync<int>("select 1", null, CancellationToken.None))).IsUnavailable().ShouldBeTrue();
    }

    [Fact]
    public async Task A_mistake_in_a_statement_is_not_taken_for_an_outage()
    {
        await using var database = await TestDatabase.PortalAsync();
        await using var db = database.As(Caller.Nobody);

        (await Should.ThrowAsync<PostgresException>(() => db.ExecuteAsync("select 1 / 0", null, CancellationToken.None))).IsUnavailable().ShouldBeFalse();
        (await Should.ThrowAsync<PostgresException>(() => db.ExecuteAsync("selec", null, CancellationToken.None))).IsUnavailable().ShouldBeFalse();
        new InvalidOperationException().IsUnavailable().ShouldBeFalse();
    }

    static IConfiguration Settings(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build();

    static Task<ServiceDatabase> OpenAsync(string service, IConfiguration settings) =>
        ServiceDatabase.OpenAsync(settings, AppContext.BaseDirectory, service, service == "portal" ? [System.Reflection.Assembly.Load("Portal")] : [], null, CancellationToken.None);

    static async Task<string?> AskAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        return (string?)await command.ExecuteScalarAsync();
    }

    static async Task RefusedAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        (await Should.ThrowAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege, sql);
    }
}
