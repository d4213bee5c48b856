using Platform.Database;

namespace Support;

/// <summary>A company as a test knows it.</summary>
/// <param name="PartnerId">The key.</param>
/// <param name="Number">The public number.</param>
/// <param name="Name">The name.</param>
public sealed record TestPartner(long PartnerId, string Number, string Name);

/// <summary>Somebody, or an API client, of a company.</summary>
/// <param name="PersonId">The key.</param>
/// <param name="Number">The public number.</param>
/// <param name="Name">The name.</param>
/// <param name="Subject">The subject of the sign-in, at <see cref="TestIdentityProvider.Issuer"/>.</param>
/// <param name="Partner">The company.</param>
public sealed record TestPerson(long PersonId, string Number, string Name, string Subject, TestPartner Partner);

/// <summary>
/// What is there before a test begins, entered past the screens. Features add theirs as extension methods beside their tests:
/// <c>static Task&lt;TestDeal&gt; ADeal(this Given given, ...)</c>.
/// </summary>
/// <param name="database">The test's own database.</param>
/// <param name="clock">When it happened.</param>
public sealed class Given(TestDatabase database, TestClock clock)
{
    TestPartner? brand;

    /// <summary>The test's own database.</summary>
    public TestDatabase Database => database;

    /// <summary>The test's clock.</summary>
    public TestClock Clock => clock;

    /// <summary>The brand, the same each time.</summary>
    public async Task<TestPartner> TheBrand() => brand ??= await APartner("Northlight", "brand", upstream: null, currency: "USD");

    /// <summary>One of the brand's people with these roles: <c>brand_admin</c>, <c>channel_manager</c>, <c>deal_desk</c>, <c>finance</c>.</summary>
    public async Task<TestPerson> SomebodyOfTheBrand(params string[] roles) => await APerson(await TheBrand(), roles);

    /// <summary>A distributor below the brand, and its person with all roles of a partner.</summary>
    public async Task<TestPerson> ADistributor(string name, string country = "CN", string currency = "CNY") =>
        await APerson(await APartner(name, "distributor", country: country, currency: currency), "partner_admin", "sales", "purchasing");

    /// <summary>A reseller below <paramref name="upstream"/>, and its person with all roles of a partner.</summary>
    public async Task<TestPerson> AReseller(string name, TestPartner upstream, string country = "CN", string currency = "CNY") =>
        await APerson(await APartner(name, "reseller", upstream, country, currency), "partner_admin", "sales", "purchasing");

    /// <summary>A company of that type below <paramref name="upstream"/>, or below the brand.</summary>
    public async Task<TestPartner> APartner(string name, string type, TestPartner? upstream = null, string country = "CN", string currency = "CNY", string level = "registered")
    {
        if (type != "brand")
        {
            upstream ??= await TheBrand();
        }

        var number = PublicNumber.New("P");
        var id = (await database.ListAsync<long>("""
            insert into partner (number, name, partner_type, upstream_id, partner_level, country_code, currency, created_at)
            values (@number, @name, @type, @upstream, @level, @country, @currency, @now)
            returning partner_id
            """, new { number, name, type, upstream = upstream?.PartnerId, level, country, currency, now = clock.Now.UtcDateTime })).Single();
        return new(id, number, name);
    }

    /// <summary>A person of that company with these roles.</summary>
    public Task<TestPerson> APerson(TestPartner partner, params string[] roles) => Enter(partner, "person", roles);

    /// <summary>An API client of that company with these roles.</summary>
    public Task<TestPerson> AnApiClient(TestPartner partner, params string[] roles) => Enter(partner, "api_client", roles);

    async Task<TestPerson> Enter(TestPartner partner, string kind, string[] roles)
    {
        var number = PublicNumber.New("U");
        var (subject, name) = ("sub-" + number, $"{partner.Name} {(roles.Length > 0 ? roles[0] : "viewer")}");
        var id = (await database.ListAsync<long>("""
            with entered as (
                insert into person (number, partner_id, kind, issuer, subject, name, email, created_at)
                values (@number, @partner, @kind, @issuer, @subject, @name, @email, @now)
                returning person_id
            )
            select person_id from entered
            """, new { number, partner = partner.PartnerId, kind, issuer = TestIdentityProvider.Issuer, subject, name, email = number.ToLowerInvariant() + "@partner.test", now = clock.Now.UtcDateTime })).Single();
        await database.ExecuteAsync("insert into person_role (person_id, role) select @id, unnest(@roles)", new { id, roles });
        return new(id, number, name, subject, partner);
    }
}
