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

    [Fact]
    public async Task A_connection_forgets_its_caller_before_the_next_one_uses_it()
    {
        await using var single = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionString("app")) { MaxPoolSize = 1 });
        foreach (var (caller, count) in new[] { (Caller.Subject(Issuer, "li"), 2), (Caller.Nobody, 0), (Caller.System("job:test"), 4), (Caller.Nobody, 0) })
        {
            await using var db = new Db(single, new CallerAccessor { Current = caller });
            (await db.OneAsync<int>("select count(*)::integer from partner", null, CancellationToken.None)).ShouldBe(count);
        }
    }

    async Task<string> PartnersSeenByAsync(Caller caller)
    {
        await using var db = database.As(caller);
        return string.Join(", ", await db.ListAsync<string>("select name from partner order by name", null, CancellationToken.None));
    }
}
