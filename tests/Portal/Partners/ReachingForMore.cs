using Npgsql;
using Platform.Database;
using Shouldly;
using Support;

namespace Portal.Tests.Partners;

/// <summary>What somebody could send to the database itself, past every screen, as the application's role in their own name.</summary>
public sealed class ReachingForMore(PortalApp portal) : IClassFixture<PortalApp>
{
    [Fact]
    public async Task An_administrator_of_a_partner_gives_nobody_a_role_of_the_brand()
    {
        var admin = await portal.Given.ADistributor("Huaxin");

        var refused = await Should.ThrowAsync<PostgresException>(() => As(admin, "insert into person_role values (@id, 'brand_admin')", new { id = admin.PersonId }));

        refused.ConstraintName.ShouldBe("a_role_fits_the_company");
    }

    [Fact]
    public async Task An_administrator_of_the_brand_cannot_take_a_partners_role_either()
    {
        var admin = await portal.Given.SomebodyOfTheBrand("brand_admin");

        (await Should.ThrowAsync<PostgresException>(() => As(admin, "insert into person_role values (@id, 'sales')", new { id = admin.PersonId }))).ConstraintName.ShouldBe("a_role_fits_the_company");
    }

    [Fact]
    public async Task A_seller_gives_itself_no_role_and_a_channel_manager_neither()
    {
        var sales = await portal.Given.APerson(await portal.Given.APartner("D", "distributor"), "sales");
        var channel = await portal.Given.SomebodyOfTheBrand("channel_manager");

        await RefusedByPolicy(sales, "insert into person_role values (@id, 'partner_admin')", new { id = sales.PersonId });
        await RefusedByPolicy(channel, "insert into person_role values (@id, 'brand_admin')", new { id = channel.PersonId });
        (await As(sales, "update person_role set role = 'partner_admin'")).ShouldBe(0);
        (await As(channel, "update person_role set role = 'brand_admin'")).ShouldBe(0);
    }

    [Fact]
    public async Task An_administrator_reaches_only_the_own_people()
    {
        var (mine, other) = (await portal.Given.ADistributor("Mine"), await portal.Given.ADistributor("Other"));

        (await As(mine, "update person set disabled_at = now() where person_id = @id", new { id = other.PersonId })).ShouldBe(0);
        (await As(mine, "delete from person_role where person_id = @id", new { id = other.PersonId })).ShouldBe(0);
        await RefusedByPolicy(mine, "insert into person_role values (@id, 'viewer')", new { id = other.PersonId });
        (await List<string>(mine, "select name from person")).ShouldBe(["Mine partner_admin"]);
    }

    [Fact]
    public async Task Nobody_moves_to_another_company_or_takes_over_a_sign_in()
    {
        var (mine, other) = (await portal.Given.ADistributor("Mine"), await portal.Given.ADistributor("Other"));

        (await Should.ThrowAsync<PostgresException>(() => As(mine, "update person set partner_id = @id", new { id = other.Partner.PartnerId }))).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
        (await Should.ThrowAsync<PostgresException>(() => As(mine, "update person set subject = @Subject", new { other.Subject }))).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
        await RefusedByPolicy(mine, "insert into person (number, partner_id, issuer, subject, name, created_at) values ('U-X', @id, 'https://identity.test', 'stranger', 'x', now())", new { id = mine.Partner.PartnerId });
        (await Should.ThrowAsync<PostgresException>(() => As(mine, "delete from person"))).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    [Fact]
    public async Task A_partner_does_not_raise_its_own_level_or_join_another_branch()
    {
        var (mine, other) = (await portal.Given.ADistributor("Mine"), await portal.Given.ADistributor("Other"));

        (await As(mine, "update partner set partner_level = 'platinum'")).ShouldBe(0);
        (await As(mine, "update partner set upstream_id = @id where partner_id = @mine", new { id = other.Partner.PartnerId, mine = mine.Partner.PartnerId })).ShouldBe(0);
        await RefusedByPolicy(mine, "insert into partner (number, name, partner_type, upstream_id, country_code, currency, created_at) values ('P-X', 'X', 'store', @id, 'CN', 'CNY', now())", new { id = mine.Partner.PartnerId });
        (await Should.ThrowAsync<PostgresException>(() => As(mine, "insert into partner_line values (@mine, @id, 1)", new { id = other.Partner.PartnerId, mine = mine.Partner.PartnerId }))).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    [Fact]
    public async Task A_partner_sees_itself_its_branch_and_the_one_it_buys_from()
    {
        var top = await portal.Given.ADistributor("Top");
        var middle = await portal.Given.AReseller("Middle", top.Partner);
        await portal.Given.AReseller("Low", middle.Partner);
        await portal.Given.AReseller("Sibling", top.Partner);
        await portal.Given.ADistributor("Stranger");

        (await List<string>(middle, "select name from partner order by name")).ShouldBe(["Low", "Middle", "Top"]);
        (await List<string>(top, "select name from partner where partner_type <> 'brand' order by name")).ShouldBe(["Low", "Middle", "Sibling", "Top"]);
    }

    [Fact]
    public async Task Whoever_is_disabled_suspended_or_unknown_sees_nothing()
    {
        var person = await portal.Given.ADistributor("Gone");
        var client = await portal.Given.AnApiClient(person.Partner, "sales");
        var colleague = await portal.Given.APerson(person.Partner, "sales");

        await portal.Database.ExecuteAsync("update person set disabled_at = now() where person_id = @id", new { id = person.PersonId });
        (await List<string>(person, "select name from partner")).ShouldBeEmpty();
        (await List<string>(colleague, "select name from partner where partner_type <> 'brand'")).ShouldBe(["Gone"]);

        await portal.Database.ExecuteAsync("update partner set status = 'suspended' where partner_id = @id", new { id = person.Partner.PartnerId });
        (await List<string>(colleague, "select name from partner")).ShouldBeEmpty();
        (await List<string>(client, "select name from partner")).ShouldBeEmpty();
        (await portal.Database.As(Caller.Nobody).ListAsync<string>("select name from partner", null, CancellationToken.None)).ShouldBeEmpty();
    }

    Task<int> As(TestPerson person, string sql, object? args = null) =>
        portal.Database.As(Caller.Subject(TestIdentityProvider.Issuer, person.Subject)).ExecuteAsync(sql, args, CancellationToken.None);

    Task<List<T>> List<T>(TestPerson person, string sql) =>
        portal.Database.As(Caller.Subject(TestIdentityProvider.Issuer, person.Subject)).ListAsync<T>(sql, null, CancellationToken.None);

    async Task RefusedByPolicy(TestPerson person, string sql, object? args)
    {
        var refused = await Should.ThrowAsync<PostgresException>(() => As(person, sql, args));
        refused.SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
        refused.MessageText.ShouldContain("row-level security");
    }
}
