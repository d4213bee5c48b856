using System.Net;
using Support;

namespace Identity.Tests.Federation;

public sealed class FindingTheWayHome(FederatedIdentity identity) : IClassFixture<FederatedIdentity>
{
    [Fact]
    public async Task An_address_in_a_proven_domain_leads_to_the_company_and_on_to_the_application()
    {
        var partner = await identity.PartnerAsync("home");
        await identity.ProvenDomainAsync(partner, "home.example");
        var visitor = identity.Visitor();
        var application = new RelyingParty(identity);
        var page = await visitor.GetAsync(await application.RequestAsync());

        var bridge = await visitor.PressAsync(page, "[formaction*='home']", ("Email", " Bo@HOME.example "));
        var request = partner.Arrive(await visitor.GetOnlyAsync(bridge.Document.QuerySelector("main a")!.GetAttribute("href")!));
        var back = await visitor.GetOnlyAsync(partner.Answer(request));
        var answer = new AuthorizationAnswer(await visitor.GetOnlyAsync(back.Headers.Headers.Location!.ToString()));

        Assert.Equal("On to Home login", bridge.Text("h1"));
        Assert.StartsWith("0;url=/federation/home/start", bridge.Document.QuerySelector("meta[http-equiv=refresh]")!.GetAttribute("content"));
        Assert.Equal("Bo@HOME.example", request["login_hint"]);
        Assert.NotNull(answer.Code);
    }

    [Theory]
    [InlineData("bo@unproven.example")]
    [InlineData("bo@sub.led.example")]
    [InlineData("bo@led.example@other.example")]
    [InlineData("bo@other.example@led.example")]
    [InlineData("<bo@led.example>")]
    [InlineData("led.example")]
    [InlineData("@led.example")]
    [InlineData("bo@led.example.")]
    [InlineData("bo@[127.0.0.1]")]
    [InlineData("")]
    public async Task Whatever_is_not_exactly_such_an_address_falls_back_to_the_form(string address)
    {
        await LedAsync();
        var visitor = identity.Visitor();

        var page = await visitor.PressAsync(await visitor.GetAsync("/sign-in"), "[formaction*='home']", ("Email", address));

        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Contains("does not lead to a company's sign-in", page.Text("#refusal"));
        Assert.True(page.Has("[name=Password]"));
    }

    [Fact]
    public async Task A_wrong_password_with_such_an_address_leads_there_too_and_a_right_one_signs_in_here()
    {
        await LedAsync();
        var local = await identity.AnAccountAsync("local@led.example");

        var wrong = await identity.Visitor().SubmitAsync("/sign-in", ("Email", "nobody@led.example"), ("Password", "something else entirely"));
        var right = await identity.Visitor().SubmitAsync("/sign-in", ("Email", local.Email), ("Password", IdentityApp.Password));

        Assert.Equal("On to Led login", wrong.Text("h1"));
        Assert.Equal("/", right.Path);
    }

    [Fact]
    public async Task A_hint_of_the_application_leads_there_without_a_page_and_back_to_the_form_when_it_did_not_work()
    {
        await LedAsync();
        var visitor = identity.Visitor();
        var first = await visitor.GetOnlyAsync(await new RelyingParty(identity).RequestAsync(("login_hint", "bo@led.example")));
        var second = await visitor.GetOnlyAsync(first.Headers.Headers.Location!.ToString());
        var failed = await visitor.GetOnlyAsync("/federation/led/signin?error=access_denied&state=x");

        Assert.StartsWith("/federation/led/start?request=", second.Headers.Headers.Location!.ToString());
        Assert.Equal("/sign-in?home=here", failed.Document.QuerySelector("main a")!.GetAttribute("href"));
        Assert.True((await visitor.GetAsync(first.Headers.Headers.Location + "&home=here")).Has("[name=Password]"));
    }

    [Theory]
    [InlineData("idp:led", new string[0], true)]
    [InlineData("urn:x idp:led", new[] { "led" }, true)]
    [InlineData("idp:led", new[] { "another" }, false)]
    [InlineData("idp:no-such", new string[0], false)]
    [InlineData("led", new string[0], false)]
    public async Task An_application_may_name_a_provider_that_it_may_use(string acrValues, string[] restrictions, bool leads)
    {
        await LedAsync();
        var client = "acr-" + Guid.NewGuid().ToString("N")[..8];
        await identity.AClientAsync(client, made => made.IdentityProviderRestrictions = restrictions);
        var visitor = identity.Visitor();

        var page = await visitor.GetOnlyAsync((await new RelyingParty(identity, client).AskAsync(visitor, ("acr_values", acrValues))).Location!.PathAndQuery);

        Assert.Equal(leads, page.Headers.Headers.Location?.ToString().StartsWith("/federation/led/start", StringComparison.Ordinal) ?? false);
    }

    [Fact]
    public async Task Somebody_who_came_another_way_is_sent_to_the_provider_that_the_application_names()
    {
        await LedAsync();
        var visitor = await identity.SignedInAsync(await identity.AnAccountAsync());

        Assert.Equal("login_required", (await new RelyingParty(identity).AskAsync(visitor, ("acr_values", "idp:led"), ("prompt", "none")))["error"]);
        Assert.NotNull((await new RelyingParty(identity).AskAsync(visitor, ("acr_values", "urn:x"))).Code);
    }

    [Fact]
    public async Task A_disabled_provider_leads_nowhere_and_several_only_where_somebody_said_which()
    {
        var partner = await identity.PartnerAsync("several");
        await identity.ProvenDomainAsync(partner, "several.example");
        await identity.PartnerAsync("several", scheme: "several-2");
        var both = await HomeOfAsync("bo@several.example");
        await identity.Database.ExecuteAsync("update tenant_domain set identity_provider_id = (select identity_provider_id from identity_provider where scheme = 'several-2') where domain = 'several.example'");
        var chosen = await HomeOfAsync("bo@several.example");
        await identity.Database.ExecuteAsync("update identity_provider set disabled_at = now() where scheme = 'several-2'");

        Assert.Null(both);
        Assert.Equal("On to Several-2 login", chosen);
        Assert.Null(await HomeOfAsync("bo@several.example"));
    }

    async Task<string?> HomeOfAsync(string address)
    {
        var visitor = identity.Visitor();
        var page = await visitor.PressAsync(await visitor.GetAsync("/sign-in"), "[formaction*='home']", ("Email", address));
        return page.Has("#refusal") ? null : page.Text("h1");
    }

    async Task LedAsync()
    {
        if (await identity.OneAsync<int>("select count(*)::int from tenant_domain where domain = 'led.example'") == 0)
        {
            await identity.ProvenDomainAsync(await identity.PartnerAsync("led"), "led.example");
        }
    }
}
