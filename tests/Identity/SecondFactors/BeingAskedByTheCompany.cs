using System.Net;
using Identity.Tests.Administration;
using Microsoft.AspNetCore.WebUtilities;
using Support;

namespace Identity.Tests.SecondFactors;

/// <summary>A company wants two factors (ASVS 6.3.3): who falls under its rule gets nothing for the password alone, whichever way they come.</summary>
public sealed class BeingAskedByTheCompany(IdentityApp identity) : IClassFixture<IdentityApp>, IAsyncLifetime
{
    const string Mfa = "urn:partnerportal:acr:mfa";

    readonly RelyingParty portal = new(identity);

    public Task InitializeAsync() => identity.Database.ExecuteAsync("truncate throttle");

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task An_administrator_without_a_second_factor_sets_one_up_before_the_application_opens()
    {
        var account = await identity.APersonOfAsync(await CompanyAsync("administrators"), "tenant");
        var visitor = identity.Visitor();

        var setup = await visitor.SubmitAsync(await portal.RequestAsync(), ("Email", account.Email), ("Password", IdentityApp.Password));
        Assert.Equal(("Set up an authenticator app", "Your company wants a second factor. Set one up now; then you go on where you were."), (setup.Text("h1"), setup.Text("#owed")));
        var codes = await visitor.SubmitAsync(setup, ("Code", new AuthenticatorApp(setup.Text("#key"), identity.Clock).Code()));
        var answer = new AuthorizationAnswer(await visitor.GetAsync(codes.Document.QuerySelector("a.btn-primary")!.GetAttribute("href")!));

        Assert.Equal(Mfa, TokenAnswer.Claims((await portal.RedeemAsync(answer.Code)).IdToken).GetProperty("acr").GetString());
        Assert.Equal(HttpStatusCode.OK, (await visitor.GetOnlyAsync("/admin")).Status);
    }

    [Fact]
    public async Task The_page_offers_a_passkey_in_its_place_and_takes_what_waits_along()
    {
        var visitor = await WeakAsync("everybody", null);

        var setup = await visitor.GetAsync("/account");
        var passkeys = await visitor.GetAsync(setup.Document.QuerySelector("#passkey-instead")!.GetAttribute("href")!);

        Assert.Equal("/account/passkeys?then=%2Faccount", passkeys.Path);
        Assert.Equal("/account", passkeys.Document.QuerySelector("input[name=Then]")!.GetAttribute("value"));
        Assert.Equal("Your company wants a second factor. Set one up now; then you go on where you were.", passkeys.Text("#owed"));
    }

    [Theory]
    [InlineData("optional", "tenant", false)]
    [InlineData("administrators", null, false)]
    [InlineData("administrators", "tenant", true)]
    [InlineData("everybody", null, true)]
    [InlineData("everybody", "tenant", true)]
    public async Task The_rule_says_of_whom(string rule, string? administers, bool isAsked)
    {
        var visitor = await WeakAsync(rule, administers);

        var answer = await portal.AskAsync(visitor);

        Assert.Equal(isAsked, answer["code"] is null);
        Assert.Equal(isAsked, answer.Page.Headers.Headers.Location!.ToString().StartsWith("/sign-in/step-up?request=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Whoever_belongs_to_no_company_is_not_asked() => Assert.NotNull((await portal.AskAsync(await identity.SignedInAsync(await identity.AnAccountAsync())))["code"]);

    [Fact]
    public async Task No_way_of_asking_gets_a_code_for_the_password_alone()
    {
        var visitor = await WeakAsync("everybody", null);

        Assert.Equal("login_required", (await portal.AskAsync(visitor, ("prompt", "none")))["error"]);
        Assert.Null((await portal.AskAsync(visitor, ("acr_values", "urn:partnerportal:acr:pwd")))["code"]);
        Assert.Null((await portal.AskAsync(visitor, ("max_age", "3600")))["code"]);
        var waits = await visitor.GetOnlyAsync(await portal.RequestAsync());
        var callback = QueryHelpers.AddQueryString("/connect/authorize/callback", "request", QueryHelpers.ParseQuery(new Uri(new Uri(IdentityApp.Issuer), waits.Headers.Headers.Location!).Query)["request"].ToString());
        Assert.StartsWith("/sign-in/step-up?request=", (await visitor.GetOnlyAsync(callback)).Headers.Headers.Location!.ToString());
        Assert.StartsWith("/sign-in/step-up?request=", (await visitor.GetOnlyAsync(callback.Replace("/connect/authorize/callback", "/consent", StringComparison.Ordinal))).Headers.Headers.Location!.ToString());
    }

    [Fact]
    public async Task A_consent_is_not_taken_for_the_password_alone()
    {
        await identity.AClientAsync("asking", client => client.RequireConsent = true);
        var (company, asking) = (await CompanyAsync("optional"), new RelyingParty(identity, "asking"));
        var visitor = await identity.SignedInAsync(await identity.APersonOfAsync(company), "pwd");
        var question = await visitor.GetAsync(await asking.RequestAsync());
        await identity.Database.ExecuteAsync("update tenant set second_factor = 'everybody' where key = @company", new { company });

        var page = await visitor.PressAsync(question, "button[value=yes]");

        Assert.Equal("Set up an authenticator app", page.Text("h1"));
        Assert.Equal([0L], await identity.Database.ListAsync<long>("select count(*) from access_grant g join registered_client c using (registered_client_id) where c.client_id = 'asking'"));
    }

    [Theory]
    [InlineData("/account")]
    [InlineData("/account/password")]
    [InlineData("/account/recovery-codes")]
    [InlineData("/account/links")]
    [InlineData("/applications")]
    [InlineData("/admin")]
    [InlineData("/admin/people")]
    public async Task No_page_opens_but_those_that_complete_the_sign_in(string path)
    {
        var visitor = await WeakAsync("administrators", "tenant");

        var page = await visitor.GetOnlyAsync(path);

        Assert.Equal((HttpStatusCode.SeeOther, "/sign-in/step-up?then=" + Uri.EscapeDataString(path)), (page.Status, page.Headers.Headers.Location!.ToString()));
    }

    [Fact]
    public async Task Nothing_can_be_sent_either()
    {
        var account = await identity.APersonOfAsync(await CompanyAsync("administrators"), "tenant");
        var visitor = await identity.SignedInAsync(account, "pwd");

        Assert.Equal(HttpStatusCode.NotFound, (await visitor.PostAsync($"/admin/people/{account.Subject}/sessions/end")).Status);
        var form = await visitor.GetAsync("/account/authenticator");
        var page = await visitor.SendAsync(new(HttpMethod.Post, "/account/profile") { Content = new FormUrlEncodedContent([new("Name", "Mallory"), new("Language", "en"), new("__RequestVerificationToken", form.Document.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!)]) }, follow: false);
        Assert.Equal("/sign-in/step-up?then=%2Faccount%2Fprofile", page.Headers.Headers.Location!.ToString());
        Assert.Equal(["Ann Example"], await identity.Database.ListAsync<string>("select name from account where subject = @Subject", account));
    }

    [Fact]
    public async Task Whoever_has_a_second_factor_shows_it_and_does_not_set_up_another_in_its_place()
    {
        var account = await identity.APersonOfAsync(await CompanyAsync("administrators"), "tenant");
        var (app, _) = await AuthenticatorApp.SetUpAsync(identity, await identity.SignedInAsync(account));
        // Such as one that began through a provider which did not ask for two.
        var visitor = await identity.SignedInAsync(account, "external");

        foreach (var path in new[] { "/account/authenticator", "/account/authenticator/remove", "/account/passkeys" })
        {
            Assert.Equal("/sign-in/step-up?then=" + Uri.EscapeDataString(path), (await visitor.GetOnlyAsync(path)).Headers.Headers.Location!.ToString());
        }

        identity.Clock.Advance(TimeSpan.FromSeconds(30));
        var done = await visitor.SubmitAsync("/admin", ("Code", app.Code()));
        Assert.Equal(("/admin", HttpStatusCode.OK), (done.Path, done.Status));
    }

    [Fact]
    public async Task Our_start_page_leads_there_and_signing_out_works()
    {
        var visitor = await WeakAsync("everybody", null);

        Assert.Equal("Set up an authenticator app", (await visitor.GetAsync("/")).Text("h1"));
        await visitor.SubmitAsync("/sign-out");

        Assert.Equal("/sign-in", (await visitor.GetAsync("/account")).Path.Split('?')[0]);
        Assert.Null(visitor.Cookies.Find("__Host-identity"));
    }

    [Fact]
    public async Task Asking_for_more_ends_what_was_begun_with_less_but_for_the_session_in_which_it_is_asked()
    {
        var company = await CompanyAsync("optional");
        await identity.AnOfflineClientAsync("lasting-" + company);
        var lasting = new RelyingParty(identity, "lasting-" + company);
        var (weak, strong) = (await identity.APersonOfAsync(company), await identity.APersonOfAsync(company));
        var weakTokens = await lasting.TokensAsync(await identity.SignedInAsync(weak, "pwd"), ("scope", "openid offline_access"));
        var strongTokens = await lasting.TokensAsync(await identity.SignedInAsync(strong, "pwd", "otp", "mfa"), ("scope", "openid offline_access"));
        var administrator = await identity.SignedInAsync(await identity.APersonOfAsync(company, "tenant"), "pwd");

        await administrator.SubmitAsync("/admin/company", ("secondFactor", "everybody"));

        Assert.Equal("invalid_grant", (await lasting.RefreshAsync(weakTokens.RefreshToken)).Error);
        Assert.Equal(HttpStatusCode.OK, (await lasting.RefreshAsync(strongTokens.RefreshToken)).Status);
        Assert.Equal([0L, 1L], await identity.Database.ListAsync<long>("select (select count(*) from sign_in_session s where s.account_id = a.account_id) from account a where subject in (@weak, @strong) order by subject = @strong", new { weak = weak.Subject, strong = strong.Subject }));
        // Whoever asked goes on when the second factor is there.
        Assert.Equal("Set up an authenticator app", (await administrator.GetAsync("/admin/company")).Text("h1"));
        Assert.Equal(["tenant.second_factor_changed"], await identity.AuditAsync(company));
    }

    [Fact]
    public async Task A_companys_administrator_asks_for_more_and_only_the_operator_lets_go_of_it()
    {
        var company = await CompanyAsync("administrators");
        var administrator = await identity.SignedInAsync(await identity.APersonOfAsync(company, "tenant"));
        var page = await administrator.GetAsync("/admin/company");
        Assert.Equal(["administrators", "everybody"], page.Document.QuerySelectorAll("input[name=secondFactor]").Select(choice => choice.GetAttribute("value")));

        Assert.Equal("Saved. Sessions that were begun with less have ended.", (await administrator.SubmitAsync(page, ("secondFactor", "everybody"))).Text(".notice"));
        Assert.Equal("Only the operator of this installation can let administrators in with a password alone. Ask there.", (await administrator.SubmitAsync("/admin/company", ("secondFactor", "optional"))).Text(".notice"));
        Assert.Equal("everybody", await RuleAsync(company));
        Assert.Equal(HttpStatusCode.NotFound, (await administrator.SubmitAsync("/admin/company", ("secondFactor", "nobody"))).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await administrator.PostAsync($"/admin/tenants/{company}/second-factor", ("secondFactor", "optional"))).Status);
        var chief = await identity.AdministratorOfEverythingAsync();
        Assert.Equal("Saved. Sessions that were begun with less have ended.", (await chief.SubmitAsync("/admin/tenants/" + company, ("secondFactor", "optional"))).Text(".notice"));
        Assert.Equal("optional", await RuleAsync(company));
    }

    [Fact]
    public async Task A_new_company_asks_everybody()
    {
        await (await identity.AdministratorOfEverythingAsync()).SubmitAsync("/admin/tenants/new", ("Name", "Freshly Added"), ("Key", "freshly-added"));

        Assert.Equal("everybody", await RuleAsync("freshly-added"));
    }

    async Task<string> CompanyAsync(string rule)
    {
        var key = "c" + Guid.NewGuid().ToString("N")[..10];
        await identity.TenantAsync(key);
        await identity.Database.ExecuteAsync("update tenant set second_factor = @rule where key = @key", new { key, rule });
        return key;
    }

    async Task<Visitor> WeakAsync(string rule, string? administers) => await identity.SignedInAsync(await identity.APersonOfAsync(await CompanyAsync(rule), administers), "pwd");

    async Task<string> RuleAsync(string key) => Assert.Single(await identity.Database.ListAsync<string>("select second_factor from tenant where key = @key", new { key }));
}
