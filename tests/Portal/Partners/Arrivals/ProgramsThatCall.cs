using System.Net;
using Shouldly;
using Support;

namespace Portal.Tests.Partners.Arrivals;

/// <summary>A program whom the portal does not know calls the API with a token of identity, as both are.</summary>
public sealed class ProgramsThatCall(BothServices both) : IClassFixture<BothServices>
{
    PortalApp Portal => both.Portal;

    [Fact]
    public async Task The_program_of_a_tenant_works_for_that_partner_and_its_administrator_sees_it_as_a_program()
    {
        var admin = await Portal.Given.APerson(await Portal.ACompany("ERPS"), "partner_admin");

        var answer = await Api(await TokenAsync("erp-of-erps", "erps")).GetAsync("/api/v1/partners");

        answer.Status.ShouldBe(HttpStatusCode.OK);
        (await Portal.RowsOf("erp-of-erps")).ShouldBe(["api_client ERPS viewer portal"]);
        (await Portal.AuditOf("erp-of-erps")).ShouldBe(["person.provisioned"]);
        var row = (await Portal.SignIn(IdentityApp.Issuer, admin.Subject, admin.Name).GetAsync("/people")).All("tbody tr td:first-child").Single(row => row.Contains("erp-of-erps"));
        row.ShouldBe("erp-of-erps Program erp-of-erps");
    }

    [Fact]
    public async Task Its_administrator_gives_it_roles_and_shuts_it_out()
    {
        var admin = await Portal.Given.APerson(await Portal.ACompany("RULED"), "partner_admin");
        var api = Api(await TokenAsync("erp-ruled", "ruled"));
        await api.GetAsync("/api/v1/partners");
        var number = (await Portal.Database.ListAsync<string>("select number from person where subject = 'erp-ruled'")).Single();
        var boss = Portal.SignIn(IdentityApp.Issuer, admin.Subject, admin.Name);

        await boss.SubmitAsync($"/people/{number}/edit", ("roles", new[] { "purchasing" }));
        (await Portal.RowsOf("erp-ruled")).ShouldBe(["api_client RULED purchasing portal"]);
        await boss.PressAsync(await boss.GetAsync($"/people/{number}/edit"), "form[action$='/disabling']");

        (await api.GetAsync("/api/v1/partners")).Problem.ShouldBe("unknown-person");
        (await Portal.RowsOf("erp-ruled")).ShouldBe(["api_client RULED purchasing portal"]);
    }

    [Fact]
    public async Task Many_first_calls_at_once_are_all_answered_and_make_one_program()
    {
        await Portal.ACompany("FLOOD");
        for (var round = 0; round < 3; round++)
        {
            var api = Api(await TokenAsync($"erp-flood-{round}", "flood"));

            var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => api.GetAsync("/api/v1/partners")));

            answers.ShouldAllBe(answer => answer.Status == HttpStatusCode.OK);
            (await Portal.RowsOf($"erp-flood-{round}")).ShouldBe(["api_client FLOOD viewer portal"]);
            (await Portal.AuditOf($"erp-flood-{round}")).ShouldBe(["person.provisioned"]);
        }
    }

    [Fact]
    public async Task The_first_call_may_be_one_that_writes_and_is_judged_by_the_row_it_has_made()
    {
        await Portal.ACompany("WRITER");

        var answer = await Api(await TokenAsync("erp-writer", "writer")).PostAsync("/api/v1/partners", new { name = "X" });

        answer.Problem.ShouldBe("forbidden");
        (await Portal.RowsOf("erp-writer")).ShouldBe(["api_client WRITER viewer portal"]);
    }

    [Theory]
    [InlineData("erp-nowhere", "nowhere", "该公司在门户与身份服务中的编码须一致。")]
    [InlineData("erp-asleep", "asleep", "其令牌所注明的公司已被停用。")]
    [InlineData("erp-nobodys", null, "linkCode")]
    public async Task A_program_of_no_partner_is_told_so_and_no_row_is_made(string clientId, string? tenant, string words)
    {
        if (tenant is "asleep")
        {
            await Portal.Suspend(await Portal.ACompany("ASLEEP"));
        }

        var api = Api(await TokenAsync(clientId, tenant));
        api.Language = "zh-CN";

        var answer = await api.GetAsync("/api/v1/partners");

        (answer.Status, answer.Problem, answer.Json.GetProperty("title").GetString()).ShouldBe((HttpStatusCode.Forbidden, "unknown-client", "该程序尚不属于任何伙伴"));
        answer.Json.GetProperty("detail").GetString()!.ShouldContain(words);
        answer.Json.TryGetProperty("linkCode", out _).ShouldBe(tenant is null);
        (await Portal.RowsOf(clientId)).ShouldBe([]);
    }

    [Fact]
    public async Task The_same_person_is_no_program_and_a_token_for_something_else_makes_none()
    {
        using var portal = new PortalOfForgers();
        await portal.InitializeAsync();
        await portal.ACompany("FORGED");
        string Token(string subject, string client, string scope) =>
            portal.IdentityProvider.AccessToken(subject, scope, token => (token.Claims["client_id"], token.Claims["tenant"]) = (client, "forged"));

        (await portal.ApiWith(Token("somebody", "an-app", "portal.api")).GetAsync("/api/v1/partners")).Problem.ShouldBe("unknown-person");
        (await portal.ApiWith(Token("erp", "erp", "something.else")).GetAsync("/api/v1/partners")).Problem.ShouldBe("unknown-person");
        (await portal.ApiWith(Token("erp", "erp", "portal.api")).GetAsync("/api/v1/partners")).Status.ShouldBe(HttpStatusCode.OK);

        (await portal.Database.ListAsync<string>("select subject from person")).ShouldBe(["erp"]);
    }

    [Fact]
    public async Task Where_provisioning_is_off_a_row_must_be_made_by_hand()
    {
        using var portal = new PortalOfForgers { Provisions = false };
        await portal.InitializeAsync();
        await portal.ACompany("CLOSED");

        var answer = await portal.ApiWith(portal.IdentityProvider.AccessToken("erp", change: token => token.Claims["tenant"] = "closed")).GetAsync("/api/v1/partners");

        (answer.Problem, answer.Json.TryGetProperty("linkCode", out _)).ShouldBe(("unknown-client", true));
        (await portal.Database.ListAsync<string>("select subject from person")).ShouldBe([]);
    }

    ApiClient Api(string token) => Portal.ApiWith(token);

    Task<string> TokenAsync(string clientId, string? tenant) => both.ATokenAsync(clientId, tenant);

    sealed class PortalOfForgers : PortalApp, IDisposable
    {
        public bool Provisions { get; init; } = true;

        protected override IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?> { ["Identity:Provisioning"] = Provisions ? null : "false" };

        public void Dispose() => DisposeAsync().GetAwaiter().GetResult();
    }
}
