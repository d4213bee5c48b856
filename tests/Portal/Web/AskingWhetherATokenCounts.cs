using System.Net;
using Portal.Tests.Partners.Arrivals;
using Shouldly;
using Support;

namespace Portal.Tests.Web;

/// <summary>The API asks identity whether a token still counts (RFC 7662), as both are: what ends there ends here within a second.</summary>
public sealed class AskingWhetherATokenCounts(BothServices both) : IClassFixture<BothServices>
{
    const string Introspection = "/connect/introspect";

    [Fact]
    public async Task The_token_of_a_client_that_was_disabled_is_refused()
    {
        var api = await AProgramAsync("counts-disabled");
        (await api.GetAsync("/api/v1/partners")).Status.ShouldBe(HttpStatusCode.OK);

        await both.Identity.Database.ExecuteAsync("update registered_client set enabled = false where client_id = 'counts-disabled'");

        await RefusedAsync(api);
    }

    [Fact]
    public async Task So_is_one_whose_company_was_disabled()
    {
        var api = await AProgramAsync("counts-company");
        (await api.GetAsync("/api/v1/partners")).Status.ShouldBe(HttpStatusCode.OK);

        await both.Identity.Database.ExecuteAsync("update tenant set disabled_at = @now where key = 'counts-company'", new { now = both.Identity.Clock.Now.UtcDateTime });

        await RefusedAsync(api);
    }

    [Fact]
    public async Task So_is_one_that_was_given_back()
    {
        var token = await TokenAsync("counts-back");
        var api = both.Portal.ApiWith(token);
        (await api.GetAsync("/api/v1/partners")).Status.ShouldBe(HttpStatusCode.OK);

        await new RelyingParty(both.Identity, "counts-back").RevokeAsync(token);

        await RefusedAsync(api);
    }

    [Fact]
    public async Task A_busy_program_costs_one_question_in_half_a_second()
    {
        var api = await AProgramAsync("counts-busy");
        await api.GetAsync("/api/v1/partners");
        both.Portal.Clock.Advance(TimeSpan.FromSeconds(1));
        both.Portal.Asked.Clear();

        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => api.GetAsync("/api/v1/partners")));
        both.Portal.Clock.Advance(TimeSpan.FromMilliseconds(499));
        await api.GetAsync("/api/v1/partners");
        both.Portal.Asked.Count(path => path == Introspection).ShouldBe(1);

        both.Portal.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await api.GetAsync("/api/v1/partners");
        both.Portal.Asked.Count(path => path == Introspection).ShouldBe(2);
    }

    [Fact]
    public async Task While_identity_cannot_be_asked_the_program_is_told_to_come_again_and_then_served()
    {
        var api = await AProgramAsync("counts-away");
        await api.GetAsync("/api/v1/partners");

        both.Portal.Clock.Advance(TimeSpan.FromSeconds(1));
        both.Portal.IsCutOff = true;
        var away = await api.GetAsync("/api/v1/partners");
        both.Portal.IsCutOff = false;
        both.Portal.Clock.Advance(TimeSpan.FromSeconds(1));

        (away.Status, away.Problem, away.Header("Retry-After")).ShouldBe((HttpStatusCode.ServiceUnavailable, "unavailable", "5"));
        (await api.GetAsync("/api/v1/partners")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Where_the_secret_for_it_is_another_nobody_is_let_in_and_the_log_says_why()
    {
        var api = await AProgramAsync("counts-secret");
        var hash = (await both.Identity.Database.ListAsync<byte[]>("select hash from api_secret")).Single();
        await both.Identity.Database.ExecuteAsync("update api_secret set hash = sha256('another')");

        both.Portal.Asked.Clear();
        for (var call = 0; call < 5; call++)
        {
            (await api.GetAsync("/api/v1/partners")).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
            both.Portal.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        await both.Identity.Database.ExecuteAsync("update api_secret set hash = @hash", new { hash });
        both.Portal.Asked.Count(path => path == Introspection).ShouldBe(1);
        both.Portal.Clock.Advance(TimeSpan.FromSeconds(30));
        (await api.GetAsync("/api/v1/partners")).Status.ShouldBe(HttpStatusCode.OK);
        both.Portal.Log.Lines.ShouldContain(line => line.Contains("answered 401 when portal.api asked about a token", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_portal_that_starts_while_identity_is_away_calls_no_token_invalid()
    {
        var token = await TokenAsync("counts-early");
        var portal = new PortalOfIdentity(both.Identity) { IsCutOff = true };
        await portal.InitializeAsync();

        var away = await portal.ApiWith(token).GetAsync("/api/v1/partners");
        await portal.DisposeAsync();

        (away.Status, away.Problem).ShouldBe((HttpStatusCode.ServiceUnavailable, "unavailable"));
    }

    async Task RefusedAsync(ApiClient api)
    {
        both.Portal.Clock.Advance(TimeSpan.FromSeconds(1));
        var refused = await api.GetAsync("/api/v1/partners");
        refused.Status.ShouldBe(HttpStatusCode.Unauthorized);
        refused.Header("WWW-Authenticate")!.ShouldContain("error=\"invalid_token\"");
    }

    async Task<ApiClient> AProgramAsync(string clientId) => both.Portal.ApiWith(await TokenAsync(clientId));

    async Task<string> TokenAsync(string clientId)
    {
        await both.Portal.ACompany(clientId.ToUpperInvariant());
        return await both.ATokenAsync(clientId, clientId);
    }
}
