using System.Net;
using System.Text.Json;
using Support;

namespace Identity.Tests.Administration;

/// <summary>Roles in the portal for people who sign in with a password: nobody else says them.</summary>
public sealed class GivingRoles(IdentityApp identity) : IClassFixture<IdentityApp>
{
    [Fact]
    public async Task What_an_administrator_gives_stands_in_the_claims_of_the_next_sign_in()
    {
        var administrator = await identity.AdministratorOfAsync("giving");
        var person = await identity.APersonOfAsync("giving");

        var page = await administrator.PressAsync(await PageAsync(administrator, person), "#roles-form", ("role", new[] { "sales", "purchasing" }));

        Assert.Equal("Saved. The portal takes the roles at the next sign-in.", page.Text("[role=status]"));
        Assert.Contains("Sales (sales), Purchasing (purchasing)", page.All("dd"));
        Assert.Equal(["{sales,purchasing}"], await RolesAsync(person));
        Assert.Equal(["{\"after\": [\"sales\", \"purchasing\"], \"before\": []}"], await identity.Database.ListAsync<string>("select details::text from audit_entry where action = 'account.roles_changed' and subject_number = @Subject", person));
        var tokens = await new RelyingParty(identity).TokensAsync(await identity.SignedInAsync(person), ("scope", "openid roles"));
        Assert.Equal("{\"roles\":[\"sales\",\"purchasing\"]}", await ToldAsync(tokens.AccessToken));

        await administrator.PressAsync(page, "#roles-form", ("role", null));
        Assert.Equal(["{}"], await RolesAsync(person));
    }

    [Fact]
    public async Task Only_roles_that_can_be_given_in_the_company_are()
    {
        var administrator = await identity.AdministratorOfAsync("bounded");
        var person = await identity.APersonOfAsync("bounded");
        var page = await PageAsync(administrator, person);
        Assert.Equal(["viewer", "sales", "purchasing"], page.Document.QuerySelectorAll("#roles-form input[name=role]").Select(box => box.GetAttribute("value")));

        foreach (var role in new[] { "partner_admin", "brand_admin", "emperor" })
        {
            var refused = await administrator.PressAsync(page, "#roles-form", ("role", new[] { "sales", role }));
            Assert.Equal("This company may not give one of these roles. Choose from the list.", refused.Text("[role=alert]"));
        }

        Assert.Equal(["{}"], await RolesAsync(person));
    }

    [Fact]
    public async Task The_operators_people_get_theirs_from_what_its_company_page_allows()
    {
        var chief = await identity.AdministratorOfEverythingAsync();
        var person = await identity.APersonOfAsync("operator");
        Assert.Contains("First say on the company's page which roles it may give:", (await PageAsync(chief, person)).Text("#roles-form .empty"), StringComparison.Ordinal);

        await chief.PressAsync(await chief.GetAsync("/admin/tenants/operator"), "#roles", ("role", new[] { "deal_desk" }));
        await chief.PressAsync(await PageAsync(chief, person), "#roles-form", ("role", new[] { "deal_desk" }));

        Assert.Equal(["{deal_desk}"], await RolesAsync(person));
    }

    [Theory]
    [InlineData("provider", "The company's provider says them at each sign-in.")]
    [InlineData("directory", "The company's directory says them.")]
    public async Task Whose_roles_come_from_elsewhere_gets_them_there(string source, string words)
    {
        var administrator = await identity.AdministratorOfAsync("elsewhere");
        var person = await identity.APersonOfAsync("elsewhere");
        var token = (await PageAsync(administrator, person)).Value("__RequestVerificationToken")!;
        await identity.Database.ExecuteAsync(source is "provider"
            ? "update account set normalized_email = null, password_hash = null where subject = @Subject"
            : "insert into scim_user (account_id, tenant_id, user_name, created_at, updated_at) select account_id, tenant_id, email, @Now, @Now from account where subject = @Subject",
            new { person.Subject, Now = identity.Clock.Now.UtcDateTime });

        var page = await PageAsync(administrator, person);
        var refused = await administrator.PostAsync($"/admin/people/{person.Subject}/roles", ("__RequestVerificationToken", token), ("role", "sales"));

        Assert.False(page.Has("#roles-form"));
        Assert.Contains(page.All("dd"), line => line.Contains(words, StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.SeeOther, refused.Status);
        Assert.Equal(["{}"], await RolesAsync(person));
    }

    [Fact]
    public async Task Nobody_gives_roles_to_themselves_or_in_another_company()
    {
        var account = await identity.APersonOfAsync("own", "tenant");
        var administrator = await identity.SignedInAsync(account);
        var own = await PageAsync(administrator, account);
        var stranger = await identity.APersonOfAsync("others");
        var token = own.Value("__RequestVerificationToken")!;

        await administrator.PostAsync($"/admin/people/{account.Subject}/roles", ("__RequestVerificationToken", token), ("role", "sales"));
        var strange = await administrator.PostAsync($"/admin/people/{stranger.Subject}/roles", ("__RequestVerificationToken", token), ("role", "sales"));

        Assert.False(own.Has("#roles-form"));
        Assert.Equal(HttpStatusCode.NotFound, strange.Status);
        Assert.Equal(["{}", "{}"], [.. await RolesAsync(account), .. await RolesAsync(stranger)]);
    }

    static Task<Page> PageAsync(Visitor administrator, TestAccount person) => administrator.GetAsync("/admin/people/" + person.Subject);

    // What userinfo says of roles.
    async Task<string> ToldAsync(string token)
    {
        using var program = identity.Program();
        program.DefaultRequestHeaders.Authorization = new("Bearer", token);
        using var told = JsonDocument.Parse(await program.GetStringAsync("/connect/userinfo"));
        return JsonSerializer.Serialize(new { roles = told.RootElement.GetProperty("roles") });
    }

    Task<List<string>> RolesAsync(TestAccount person) => identity.Database.ListAsync<string>("select roles::text from account where subject = @Subject", person);
}
