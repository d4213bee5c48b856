using System.Net;
using Identity.Domains;
using Identity.Tests.Federation;
using Support;

namespace Identity.Tests.Domains;

public sealed class ProvingADomain(FederatedIdentity identity) : IClassFixture<FederatedIdentity>
{
    [Fact]
    public async Task The_record_that_is_shown_proves_it_once_it_stands_in_DNS()
    {
        await identity.PartnerAsync("owner");
        var visitor = await identity.AdministratorAsync("owner");
        var page = await visitor.SubmitAsync("/admin/domains", ("domain", " Owner.Example "));
        var record = page.Text("#record");

        var early = await visitor.PressAsync(page, "[action$='/proof'] button");
        identity.Dns.Records["_partnerportal.owner.example"] = ["v=spf1 -all", record + "x"];
        var other = await visitor.PressAsync(page, "[action$='/proof'] button");
        identity.Dns.Records["_partnerportal.owner.example"] = ["v=spf1 -all", record];
        var proven = await visitor.PressAsync(page, "[action$='/proof'] button");

        Assert.Equal("owner.example", page.Text("h1"));
        Assert.Contains("_partnerportal.owner.example", page.Words);
        Assert.Contains("There is no such record yet", early.Text("#refusal"));
        Assert.Contains("with another text", other.Text("#refusal"));
        Assert.Equal("The domain is proven.", proven.Text(".notice"));
        Assert.Equal(["domain.added", "domain.proven"], await identity.AuditAsync("owner.example"));
    }

    [Fact]
    public async Task Two_may_wish_for_a_domain_and_one_can_prove_it_even_at_the_same_moment()
    {
        var pages = new List<(Visitor Visitor, Page Page)>();
        foreach (var key in new[] { "rival-a", "rival-b" })
        {
            await identity.TenantAsync(key);
            var visitor = await identity.AdministratorAsync(key);
            pages.Add((visitor, await visitor.SubmitAsync("/admin/domains", ("domain", "rivals.example"))));
        }

        identity.Dns.Records["_partnerportal.rivals.example"] = [.. pages.Select(one => one.Page.Text("#record"))];
        var answers = await Task.WhenAll(pages.Select(one => one.Visitor.PressAsync(one.Page, "[action$='/proof'] button")));

        Assert.Single(answers, answer => answer.Words.Contains("The domain is proven."));
        Assert.Single(answers, answer => answer.Words.Contains("Another company has proven this domain."));
    }

    [Theory]
    [InlineData("gmail.com")]
    [InlineData("QQ.com")]
    [InlineData("163.com")]
    [InlineData("mailinator.com")]
    public async Task A_domain_where_anybody_gets_an_address_is_nobodys(string domain)
    {
        await identity.TenantAsync("public");
        var page = await (await identity.AdministratorAsync("public")).SubmitAsync("/admin/domains", ("domain", domain));

        Assert.Contains("Anybody can have an address", page.Text("#domain-wrong"));
        Assert.Equal(domain, page.Value("domain"));
    }

    [Fact]
    public async Task When_DNS_does_not_answer_nothing_is_taken_away()
    {
        var partner = await identity.PartnerAsync("away");
        await identity.ProvenDomainAsync(partner, "away.example");
        var visitor = await identity.AdministratorAsync("away");
        var id = await identity.OneAsync<long>("select tenant_domain_id from tenant_domain where domain = 'away.example'");
        identity.Dns.IsAway = true;
        var page = await visitor.PressAsync(await visitor.GetAsync($"/admin/domains/{id}"), "[action$='/proof'] button");
        identity.Dns.IsAway = false;
        await visitor.PressAsync(await visitor.GetAsync($"/admin/domains/{id}"), "[action$='/proof'] button");

        Assert.Contains("DNS did not answer", page.Text("#refusal"));
        Assert.NotNull(await identity.OneAsync<DateTime?>("select proven_at from tenant_domain where domain = 'away.example'"));
    }

    [Fact]
    public async Task A_domain_of_another_company_is_not_there_to_see_prove_lead_or_give_up()
    {
        var partner = await identity.PartnerAsync("theirs");
        await identity.ProvenDomainAsync(partner, "theirs.example");
        await identity.TenantAsync("nosy");
        var visitor = await identity.AdministratorAsync("nosy");
        var id = await identity.OneAsync<long>("select tenant_domain_id from tenant_domain where domain = 'theirs.example'");
        var list = await visitor.GetAsync("/admin/domains");
        var token = list.Value("__RequestVerificationToken")!;

        Assert.DoesNotContain("theirs.example", list.Body);
        Assert.Equal(HttpStatusCode.NotFound, (await visitor.GetAsync($"/admin/domains/{id}")).Status);
        foreach (var act in new[] { "proof", "provider", "removal" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await visitor.PostAsync($"/admin/domains/{id}/{act}", ("__RequestVerificationToken", token))).Status);
        }

        // Whoever names another tenant gets the domain for their own.
        await visitor.PostAsync("/admin/domains", ("__RequestVerificationToken", token), ("tenant", "theirs"), ("domain", "grabbed.example"));
        Assert.Equal("nosy", await identity.OneAsync<string>("select key from tenant_domain join tenant using (tenant_id) where domain = 'grabbed.example'"));
        Assert.Equal(1, await identity.OneAsync<int>("select count(*)::int from tenant_domain where domain = 'theirs.example'"));
    }

    [Fact]
    public async Task A_domain_leads_to_a_provider_of_its_own_company_only()
    {
        var partner = await identity.PartnerAsync("leading");
        await identity.PartnerAsync("foreign");
        await identity.ProvenDomainAsync(partner, "leading.example");
        var visitor = await identity.AdministratorAsync("leading");
        var id = await identity.OneAsync<long>("select tenant_domain_id from tenant_domain where domain = 'leading.example'");
        var page = await visitor.GetAsync($"/admin/domains/{id}");

        var own = await visitor.SubmitAsync(page, ("scheme", "leading"));
        var foreign = await visitor.SubmitAsync(page, ("scheme", "foreign"));

        Assert.Equal("The change holds from now on.", own.Text(".notice"));
        Assert.Contains("no such provider", foreign.Text("#refusal"));
        await visitor.PressAsync(await visitor.GetAsync($"/admin/domains/{id}"), "form[action$='/removal']");
        Assert.Equal(["domain.leads_to", "domain.removed"], await identity.AuditAsync("leading.example"));
    }

    [Theory]
    [InlineData("bo@company.example", "company.example")]
    [InlineData("bo@COMPANY.Example", "company.example")]
    [InlineData("bo@公司.example", "xn--55qx5d.example")]
    [InlineData("a@b@company.example", null)]
    [InlineData("\"a@b\"@company.example", null)]
    [InlineData("bo@company", null)]
    [InlineData("bo@-company.example", null)]
    [InlineData("bo@company..example", null)]
    [InlineData("bo@company.example.", null)]
    [InlineData("bo@127.0.0.1", null)]
    [InlineData("bo@[::1]", null)]
    [InlineData("bo @company.example", null)]
    [InlineData("bo\u0000@company.example", null)]
    [InlineData("bo@company.example,x@y.example", null)]
    [InlineData(null, null)]
    public void An_address_has_exactly_one_domain_or_none(string? address, string? domain) => Assert.Equal(domain, MailDomain.Of(address));
}
