using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Platform.Demo;
using Shouldly;
using Support;
using Xunit;

namespace Browser.Tests.Administration;

/// <summary>Every page of identity that administrators and people of partners meet, on a desk and on a phone, in both languages.</summary>
[Collection(InTheBrowser.Name)]
public sealed class LookingAtTheAdministration(Chromium chromium, ListeningIdentity identity) : IClassFixture<ListeningIdentity>, IAsyncLifetime
{
    static readonly DemoAccount Brand = Person("admin@northlight.example");
    static readonly DemoAccount Partner = Person("admin@huaxin.example");

    public async Task InitializeAsync()
    {
        if (BrowserFactAttribute.Chromium is null || (await identity.Database.ListAsync<long>("select tenant_id from tenant where key = 'huaxin'")).Count > 0)
        {
            return;
        }

        await identity.SeedDemoAsync();
        var brand = await SignedInAsync(Brand);
        await brand.SubmitAsync("/admin/providers/new", ("Tenant", "huaxin"), ("Scheme", "huaxin"), ("DisplayName", "Huaxin Office Systems single sign-on"), ("DisplayNameZh", "华信统一身份认证"), ("Issuer", "https://login.huaxin.example/realms/employees"),
            ("ClientId", "northlight-partner-portal"), ("ClientSecret", "a secret"), ("Provisions", true), ("DefaultRole", "viewer"), ("RoleClaim", "groups"), ("RoleMappings", "cn=Sales,ou=Groups,dc=huaxin,dc=example = sales"));
        await brand.SubmitAsync("/admin/domains", ("tenant", "huaxin"), ("domain", "huaxin.example"));
        await identity.Database.ExecuteAsync("update tenant_domain set proven_at = @now where domain = 'huaxin.example'", new { now = identity.Clock.Now.UtcDateTime });
        await identity.AClientAsync("reports", client =>
        {
            (client.ClientName, client.Description, client.RequireConsent, client.AllowOfflineAccess) = ("Sales reports", "Monthly figures for your own company.", true, true);
            (client.AllowedGrantTypes, client.AllowedScopes) = (["authorization_code", "refresh_token"], ["openid", "profile", "email", "offline_access", "portal.api"]);
        });
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [BrowserFact]
    public async Task The_pages_about_people_companies_and_programs_are_readable_for_everybody()
    {
        await using var desk = await Desk.SitDownAsync(chromium, identity, await SignedInAsync(Brand));
        await LookAtAsync(desk, "/admin", "overview");
        await LookAtAsync(desk, "/admin/people", "people");
        await LookAtAsync(desk, "/admin/people/new", "invite");
        await LookAtAsync(desk, "/admin/people/" + Partner.Subject, "person");
        await LookAtAsync(desk, "/admin/tenants", "companies");
        await LookAtAsync(desk, "/admin/tenants/new", "new-company");
        await LookAtAsync(desk, "/admin/tenants/huaxin", "company");
        await LookAtAsync(desk, "/admin/clients", "clients");
        await LookAtAsync(desk, "/admin/clients/new", "new-client");
        await LookAtAsync(desk, "/admin/clients/demo-erp-huaxin", "client");
        await LookAtAsync(desk, "/admin/clients/reports/settings", "client-settings");
        await LookAtAsync(desk, "/admin/programs/new", "new-program");
        await LookAtAsync(desk, "/admin/apis", "apis");
        await LookAtAsync(desk, "/admin/apis/new", "new-api");
        await LookAtAsync(desk, "/admin/apis/portal.api", "api");
    }

    [BrowserFact]
    public async Task The_pages_about_providers_domains_and_the_installation_are_readable_for_everybody()
    {
        await using var desk = await Desk.SitDownAsync(chromium, identity, await SignedInAsync(Brand));
        await LookAtAsync(desk, "/admin/providers", "providers");
        await LookAtAsync(desk, "/admin/providers/new", "new-provider");
        await LookAtAsync(desk, "/admin/providers/huaxin", "provider");
        await LookAtAsync(desk, "/admin/providers/huaxin/edit", "change-provider");
        await LookAtAsync(desk, "/admin/domains", "domains");
        await LookAtAsync(desk, "/admin/domains/" + (await identity.Database.ListAsync<long>("select tenant_domain_id from tenant_domain")).Single(), "domain");
        await LookAtAsync(desk, "/admin/directory", "directory");
        await LookAtAsync(desk, "/admin/sessions", "sessions");
        await LookAtAsync(desk, "/admin/keys", "keys");
        await LookAtAsync(desk, "/admin/audit", "audit");
        await LookAtAsync(desk, "/admin/report", "report");
    }

    [BrowserFact]
    public async Task So_are_the_answers_to_what_an_administrator_does_and_what_a_company_sees_of_its_own()
    {
        await using var desk = await Desk.SitDownAsync(chromium, identity, await SignedInAsync(Partner));
        await desk.LookAtAsync("/admin", "admin-overview-company");
        await desk.LookAtAsync("/admin/audit", "admin-audit-company");
        await LookAtAsync(desk, "/admin/company", "own-company");
        await LookAtAsync(desk, "/account/links", "links");
        // Nobody answers at the address that was entered.
        await LookAtAsync(desk, "/admin/providers/huaxin", "provider-test", async page =>
        {
            await page.ClickAsync("[action$='/test'] button");
            await page.WaitForSelectorAsync("#fault");
        });
        await LookAtAsync(desk, "/admin/directory", "directory-token", async page =>
        {
            // Each look gives one out, and a company has few at a time.
            await identity.Database.ExecuteAsync("delete from scim_token");
            await page.FillAsync("[name=description]", "Entra ID");
            await page.ClickAsync("form.form .btn-primary");
            await page.WaitForSelectorAsync(".secret");
        });
        desk.Expect("422");
        await LookAtAsync(desk, "/admin/providers/new", "provider-refused", async page =>
        {
            await page.FillAsync("[name=Issuer]", "https://login.huaxin.example?x");
            await page.ClickAsync("form.form .btn-primary");
            await page.WaitForSelectorAsync(".wrong");
        });
        desk.Expect("403");
        identity.Clock.Advance(TimeSpan.FromHours(1));
        await LookAtAsync(desk, "/admin/providers/huaxin", "sign-in-again", async page =>
        {
            await page.ClickAsync("[action$='/state'] button");
            await Assertions.Expect(page).ToHaveURLAsync(new Regex("/state$", RegexOptions.None, TimeSpan.FromSeconds(1)));
        });
    }

    [BrowserFact]
    public async Task The_question_whether_an_application_may_is_readable_for_everybody()
    {
        await using var desk = await Desk.SitDownAsync(chromium, identity, await SignedInAsync(Partner));

        await LookAtAsync(desk, new RelyingParty(identity, "reports").Request(("scope", "openid profile email portal.api offline_access")), "consent");
        (await desk.Page.TextContentAsync("h1"))!.ShouldContain("Sales reports");
    }

    [BrowserFact]
    public async Task The_way_to_a_companys_provider_and_back_is_readable_for_everybody()
    {
        await using var desk = await Desk.SitDownAsync(chromium, identity);
        // The page goes on by itself; without that it stays to be looked at.
        await desk.Page.RouteAsync("**/sign-in/home*", async route =>
        {
            var answer = await route.FetchAsync();
            await route.FulfillAsync(new() { Response = answer, Body = (await answer.TextAsync()).Replace("http-equiv=\"refresh\"", "name=\"refresh\"", StringComparison.Ordinal) });
        });

        await LookAtAsync(desk, "/sign-in", "go-to-provider", async page =>
        {
            await page.FillAsync("#email", "bo@huaxin.example");
            await page.ClickAsync("[formaction*='home']");
            await page.WaitForSelectorAsync("main a[href*='/federation/huaxin/start']");
        });
        desk.Expect("400");
        await LookAtAsync(desk, "/federation/huaxin/signin?error=access_denied&state=none", "federation-failed");
    }

    static Task LookAtAsync(Desk desk, string path, string name, Func<IPage, Task>? before = null) => desk.LookAtAsync(path, "admin-" + name, before);

    static DemoAccount Person(string email) => DemoAccounts.People.Single(person => person.Email == email);

    Task<Visitor> SignedInAsync(DemoAccount person) => identity.SignedInAsync(new(person.Subject, person.Email, person.Name));
}
