using System.Net;
using Portal.Tests.PlatformRules;
using Shouldly;
using Support;

namespace Portal.Tests.Web;

/// <summary>A program shows the API an access token that is bound to its key (RFC 9449, 7).</summary>
public sealed class ShowingBoundTokens(TrialPortal portal) : IClassFixture<TrialPortal>
{
    const string Path = "/api/v1/trials";
    const string Address = "https://portal.test" + Path;

    readonly DPoPKey key = new();

    [Theory]
    [InlineData("DPoP")]
    [InlineData("dpop")]
    [InlineData("DPOP")]
    public async Task With_a_proof_for_this_request_it_is_taken(string scheme)
    {
        var token = await BoundTokenAsync();

        (await ShowAsync(scheme, token, Proof(token))).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Query_and_fragment_are_no_part_of_what_is_proven()
    {
        var token = await BoundTokenAsync();

        (await ShowAsync("DPoP", token, Proof(token), Path + "?page=1")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task As_a_mere_bearer_token_or_with_a_wrong_proof_it_is_refused()
    {
        var token = await BoundTokenAsync();
        foreach (var (what, scheme, proof) in new[]
        {
            ("scheme Bearer", "Bearer", null),
            ("scheme Bearer with a proof", "Bearer", Proof(token)),
            ("no proof", "DPoP", null),
            ("no ath", "DPoP", key.Proof("GET", Address, portal.Clock.Now)),
            ("ath of another token", "DPoP", Proof(token + "x")),
            ("another key", "DPoP", new DPoPKey().Proof("GET", Address, portal.Clock.Now, token)),
            ("another method", "DPoP", key.Proof("POST", Address, portal.Clock.Now, token)),
            ("another host", "DPoP", key.Proof("GET", "https://elsewhere.test" + Path, portal.Clock.Now, token)),
            ("another path", "DPoP", key.Proof("GET", Address + "/", portal.Clock.Now, token)),
            ("an old one", "DPoP", key.Proof("GET", Address, portal.Clock.Now.AddSeconds(-61), token)),
            ("none at all", "DPoP", "nonsense"),
        })
        {
            (await ShowAsync(scheme, token, proof)).Status.ShouldBe(HttpStatusCode.Unauthorized, what);
        }
    }

    [Fact]
    public async Task A_host_that_the_request_claims_for_itself_proves_nothing()
    {
        var token = await BoundTokenAsync();
        var proof = key.Proof("GET", "https://elsewhere.test" + Path, portal.Clock.Now, token);

        var answer = await portal.ApiWith(null).SendAsync(HttpMethod.Get, Path, null, ("Authorization", "DPoP " + token), ("DPoP", proof), ("Host", "elsewhere.test"));

        answer.Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_proof_counts_once_also_at_the_same_moment()
    {
        var token = await BoundTokenAsync();
        var proof = Proof(token);

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => ShowAsync("DPoP", token, proof)));

        answers.Count(answer => answer.Status == HttpStatusCode.OK).ShouldBe(1);
        answers.Count(answer => answer.Status == HttpStatusCode.Unauthorized).ShouldBe(9);
    }

    [Fact]
    public async Task A_token_without_key_is_a_bearer_token_and_nothing_else()
    {
        var token = portal.IdentityProvider.AccessToken((await portal.Given.ADistributor("常州")).Subject);

        (await ShowAsync("DPoP", token, Proof(token))).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await ShowAsync("Bearer", token, null)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_confirmation_of_another_kind_is_not_one_to_overlook()
    {
        var token = await BoundTokenAsync(("x5t#S256", key.Thumbprint));

        (await ShowAsync("Bearer", token, null)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await ShowAsync("DPoP", token, Proof(token))).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Whoever_is_refused_is_told_that_a_proof_would_do()
    {
        var token = await BoundTokenAsync();

        var answer = await ShowAsync("DPoP", token, "nonsense");

        answer.Header("WWW-Authenticate").ShouldNotBeNull().ShouldContain("DPoP algs=\"ES256 PS256 RS256\", error=\"invalid_dpop_proof\"");
    }

    string Proof(string token) => key.Proof("GET", Address, portal.Clock.Now, token);

    Task<ApiAnswer> ShowAsync(string scheme, string token, string? proof, string path = Path) =>
        portal.ApiWith(null).SendAsync(HttpMethod.Get, path, null, ("Authorization", scheme + " " + token), ("DPoP", proof ?? ""));

    async Task<string> BoundTokenAsync((string Name, string Value)? confirmation = null)
    {
        var person = await portal.Given.ADistributor("无锡");
        var (name, value) = confirmation ?? ("jkt", key.Thumbprint);
        return portal.IdentityProvider.AccessToken(person.Subject, change: token => token.Claims["cnf"] = new Dictionary<string, object> { [name] = value });
    }
}
