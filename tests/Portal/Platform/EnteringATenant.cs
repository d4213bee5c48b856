using Npgsql;
using Platform.Database;
using Shouldly;
using Support;

namespace Portal.Tests.PlatformRules;

public sealed class EnteringATenant : IAsyncLifetime
{
    const string Issuer = "https://id.example";

    TestDatabase database = null!;

    public async Task InitializeAsync()
    {
        database = await TestDatabase.PortalAsync();
        await database.ExecuteAsync("""
            insert into partner (number, name, partner_type, upstream_id, country_code, currency, created_at, status)
            values ('P-BRAND', 'Northlight', 'brand', null, 'US', 'USD', now(), 'active');
            insert into partner (number, name, partner_type, upstream_id, country_code, currency, created_at, status)
            select v.number, v.name, 'distributor', b.partner_id, 'CN', 'CNY', now(), v.status
            from partner b, (values ('P-1', 'Huaxin', 'active'), ('P-2', 'Eurodist', 'active'), ('P-3', 'Gone', 'suspended')) as v (number, name, status);
            insert into person (number, partner_id, issuer, subject, name, created_at, disabled_at)
            select 'U-' || v.subject, p.partner_id, 'https://id.example', v.subject, v.subject, now(), v.disabled_at
            from partner p join (values ('P-1', 'li', null::timestamptz), ('P-2', 'anna', null), ('P-2', 'former', now()), ('P-3', 'suspended', null), ('P-BRAND', 'boss', null))
                 as v (number, subject, disabled_at) on v.number = p.number;
            """);
    }

    public async Task DisposeAsync() => await database.DisposeAsync();

    [Theory]
    [InlineData("li", "Huaxin, Northlight")]
    [InlineData("anna", "Eurodist, Northlight")]
    [InlineData("boss", "Eurodist, Gone, Huaxin, Northlight")]
    [InlineData("former", "")]
    [InlineData("suspended", "")]
    [InlineData("unknown", "")]
    public async Task A_person_sees_what_the_membership_in_the_database_allows(string subject, string seen) =>
        (await PartnersSeenByAsync(Caller.Subject(Issuer, subject))).ShouldBe(seen);

    [Fact]
    public async Task The_same_subject_of_another_issuer_is_a_stranger() =>
        (await PartnersSeenByAsync(Caller.Subject("https://id.example.evil", "li"))).ShouldBe("");

    [Fact]
    public async Task Nobody_sees_no_row() =>
        (await PartnersSeenByAsync(Caller.Nobody)).ShouldBe("");

    [Fact]
    public async Task The_product_itself_sees_every_tenant() =>
        (await PartnersSeenByAsync(Caller.System("job:test"))).ShouldBe("Eurodist, Gone, Huaxin, Northlight");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connection_forgets_its_caller_before_the_next_one_uses_it(bool noResetOnClose)
    {
        await using var single = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionString("app")) { MaxPoolSize = 1, NoResetOnClose = noResetOnClose });
        foreach (var (caller, count) in new[] { (Caller.Subject(Issuer, "li"), 2), (Caller.Nobody, 0), (Caller.System("job:test"), 4), (Caller.Nobody, 0) })
        {
            await using var db = new Db(single, new CallerAccessor { Current = caller });
            (await db.OneAsync<int>("select count(*)::integer from partner", null, CancellationToken.None)).ShouldBe(count);
        }
    }

    [Fact]
    public async Task A_transaction_within_another_that_fails_takes_nothing_of_the_outer_with_it()
    {
        await using var db = database.As(Caller.System("test"));
        await db.InTransactionAsync(async () =>
        {
            await Should.ThrowAsync<PostgresException>(() => db.InTransactionAsync(async () =>
            {
                await db.ExecuteAsync("insert into territory (code, name, name_zh) values ('T-1', 'One', '一')", null, CancellationToken.None);
                db.Later("select 1 / 0");
                await db.ExecuteAsync("select 1", null, CancellationToken.None);
            }, CancellationToken.None));
            await db.InTransactionAsync(() => db.ExecuteAsync("insert into territory (code, name, name_zh) values ('T-2', 'Two', '二')", null, CancellationToken.None), CancellationToken.None);
        }, CancellationToken.None);

        (await db.ListAsync<string>("select code from territory where code like 'T-%'", null, CancellationToken.None)).ShouldBe(["T-2"]);
    }

    [Fact]
    public async Task What_is_written_later_is_seen_by_the_next_statement()
    {
        await using var db = database.As(Caller.System("test"));
        (await db.InTransactionAsync(async () =>
        {
            db.Later("insert into territory (code, name, name_zh) values ($1, 'One', '一')", new NpgsqlParameter<string> { TypedValue = "T-1" });
            return await db.OneAsync<long>("select count(*) from territory where code = 'T-1'", null, CancellationToken.None);
        }, CancellationToken.None)).ShouldBe(1);
    }

    [Fact]
    public async Task What_is_written_later_and_refused_leaves_nothing_of_its_transaction()
    {
        await using var db = database.As(Caller.System("test"));
        (await Should.ThrowAsync<PostgresException>(() => db.InTransactionAsync(async () =>
        {
            await db.ExecuteAsync("insert into territory (code, name, name_zh) values ('T-1', 'One', '一')", null, CancellationToken.None);
            db.Later("select 1 / 0");
        }, CancellationToken.None))).SqlState.ShouldBe(PostgresErrorCodes.DivisionByZero);

        (await db.OneAsync<long>("select count(*) from territory where code = 'T-1'", null, CancellationToken.None)).ShouldBe(0);
        db.IsInTransaction.ShouldBeFalse();
    }

    [Fact]
    public async Task A_statement_that_stands_alone_is_one_round_trip_and_a_transaction_of_its_own()
    {
        await using var db = database.As(Caller.Subject(Issuer, "li"));

        (await db.OneAsync<string>("select current_setting('app.actor')", null, CancellationToken.None)).ShouldBe("U-li");

        await using var nobody = database.As(Caller.Nobody);
        (await nobody.OneAsync<string>("select coalesce(current_setting('app.actor', true), '')", null, CancellationToken.None)).ShouldBe("");
    }

    [Fact]
    public async Task Shared_reads_enter_once_and_see_what_the_caller_may_see()
    {
        var caller = new CallerAccessor { Current = Caller.Subject(Issuer, "li") };
        await using var db = new Db(database.App, caller);
        db.ShareReads();

        (await db.OneAsync<long>("select count(*) from partner", null, CancellationToken.None)).ShouldBe(2);
        var backend = await db.OneAsync<(int, DateTime)>("select pg_backend_pid(), now()", null, CancellationToken.None);
        (await db.OneAsync<(int, DateTime)>("select pg_backend_pid(), now()", null, CancellationToken.None)).ShouldBe(backend);
        db.IsInTransaction.ShouldBeFalse();

        caller.Current = Caller.Nobody;
        (await db.OneAsync<long>("select count(*) from partner", null, CancellationToken.None)).ShouldBe(0);
    }

    [Fact]
    public async Task What_is_written_among_shared_reads_is_a_transaction_of_its_own()
    {
        await using var db = database.As(Caller.System("test"));
        db.ShareReads();

        await db.OneAsync<long>("select count(*) from territory", null, CancellationToken.None);
        await db.InTransactionAsync(() => db.ExecuteAsync("insert into territory (code, name, name_zh) values ('T-1', 'One', '一')", null, CancellationToken.None), CancellationToken.None);
        await db.OneAsync<long>("select count(*) from territory", null, CancellationToken.None);
        await db.ExecuteAsync("insert into territory (code, name, name_zh) values ('T-2', 'Two', '二')", null, CancellationToken.None);
        await Should.ThrowAsync<DivideByZeroException>(() => db.InTransactionAsync(async () =>
        {
            await db.ExecuteAsync("insert into territory (code, name, name_zh) values ('T-3', 'Three', '三')", null, CancellationToken.None);
            throw new DivideByZeroException();
        }, CancellationToken.None));

        await using var other = database.As(Caller.System("test"));
        (await other.ListAsync<string>("select code from territory where code like 'T-%' order by code", null, CancellationToken.None)).ShouldBe(["T-1", "T-2"]);
    }

    [Fact]
    public async Task A_shared_read_that_fails_leaves_the_others_readable_and_one_that_writes_is_refused()
    {
        await using var db = database.As(Caller.System("test"));
        db.ShareReads();

        (await Should.ThrowAsync<PostgresException>(() => db.OneAsync<int>("select 1 / 0", null, CancellationToken.None))).SqlState.ShouldBe(PostgresErrorCodes.DivisionByZero);
        (await Should.ThrowAsync<PostgresException>(() => db.FindAsync<string>("insert into territory (code, name, name_zh) values ('T-1', 'One', '一') returning code", null, CancellationToken.None)))
            .SqlState.ShouldBe(PostgresErrorCodes.ReadOnlySqlTransaction);
        (await db.OneAsync<long>("select count(*) from territory where code = 'T-1'", null, CancellationToken.None)).ShouldBe(0);
    }

    async Task<string> PartnersSeenByAsync(Caller caller)
    {
        await using var db = database.As(caller);
        return string.Join(", ", await db.ListAsync<string>("select name from partner order by name", null, CancellationToken.None));
    }
}
