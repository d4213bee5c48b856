using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Support;

namespace Identity.Tests.DPoP;

public sealed class ShowingAProof(IdentityApp identity) : IClassFixture<IdentityApp>, IAsyncLifetime
{
    const string Token = IdentityApp.Issuer + "/connect/token";

    readonly DPoPKey key = new();

    public static TheoryData<string, Action<JsonObject, JsonObject>> WrongProofs => new()
    {
        { "no typ", (header, _) => header.Remove("typ") },
        { "another typ", (header, _) => header["typ"] = "JWT" },
        { "a typ that is no text", (header, _) => header["typ"] = 1 },
        { "no alg", (header, _) => header.Remove("alg") },
        { "alg none", (header, _) => header["alg"] = "none" },
        { "alg HS256", (header, _) => header["alg"] = "HS256" },
        { "an alg of another kind of key", (header, _) => header["alg"] = "RS256" },
        { "an extension", (header, _) => header["crit"] = new JsonArray("x") },
        { "no jwk", (header, _) => header.Remove("jwk") },
        { "a jwk that is no object", (header, _) => header["jwk"] = "key" },
        { "another's jwk", (header, _) => header["jwk"] = new DPoPKey().Jwk },
        { "a private key", (header, _) => header["jwk"]!["d"] = "AAAA" },
        { "a shared key", (header, _) => header["jwk"] = new JsonObject { ["kty"] = "oct", ["k"] = "AAAA" } },
        { "a point beside the curve", (header, _) => header["jwk"]!["x"] = header["jwk"]!["y"]!.GetValue<string>() },
        { "a curve we do not take", (header, _) => header["jwk"]!["crv"] = "P-384" },
        { "a coordinate that is no base64", (header, _) => header["jwk"]!["x"] = "\"}" },
        { "a small RSA key", (header, _) => header["jwk"] = new JsonObject { ["kty"] = "RSA", ["n"] = new string('A', 86), ["e"] = "AQAB" } },
        { "no jti", (_, payload) => payload.Remove("jti") },
        { "an empty jti", (_, payload) => payload["jti"] = "" },
        { "a long jti", (_, payload) => payload["jti"] = new string('a', 201) },
        { "a jti that is no text", (_, payload) => payload["jti"] = 7 },
        { "no htm", (_, payload) => payload.Remove("htm") },
        { "another htm", (_, payload) => payload["htm"] = "GET" },
        { "an htm in small letters", (_, payload) => payload["htm"] = "post" },
        { "no htu", (_, payload) => payload.Remove("htu") },
        { "another htu", (_, payload) => payload["htu"] = IdentityApp.Issuer + "/connect/revocation" },
        { "an htu of another host", (_, payload) => payload["htu"] = "https://elsewhere.test/connect/token" },
        { "an htu of another port", (_, payload) => payload["htu"] = "https://identity.test:8443/connect/token" },
        { "an htu of another scheme", (_, payload) => payload["htu"] = "http://identity.test/connect/token" },
        { "an htu with another path", (_, payload) => payload["htu"] = "https://identity.test/connect/./token" },
        { "an htu in other letters", (_, payload) => payload["htu"] = "https://identity.test/connect/Token" },
        { "an htu with a user", (_, payload) => payload["htu"] = "https://somebody@identity.test/connect/token" },
        { "an htu that is no address", (_, payload) => payload["htu"] = "/connect/token" },
        { "no iat", (_, payload) => payload.Remove("iat") },
        { "an iat that is no number", (_, payload) => payload["iat"] = "now" },
        { "an iat beyond all time", (_, payload) => payload["iat"] = 1e300 },
        { "an iat an hour ago", (_, payload) => payload["iat"] = payload["iat"]!.GetValue<long>() - 3600 },
        { "an iat in an hour", (_, payload) => payload["iat"] = payload["iat"]!.GetValue<long>() + 3600 },
        { "an iat 61 seconds ago", (_, payload) => payload["iat"] = payload["iat"]!.GetValue<long>() - 61 },
        { "an iat in 31 seconds", (_, payload) => payload["iat"] = payload["iat"]!.GetValue<long>() + 31 },
    };

    public static TheoryData<string, Action<JsonObject, JsonObject>> RightProofs => new()
    {
        { "as usual", (_, _) => { } },
        { "iat 10 seconds ago", (_, payload) => payload["iat"] = payload["iat"]!.GetValue<long>() - 10 },
        { "iat in 10 seconds", (_, payload) => payload["iat"] = payload["iat"]!.GetValue<long>() + 10 },
        { "iat with a fraction", (_, payload) => payload["iat"] = payload["iat"]!.GetValue<long>() - 0.5 },
        { "nbf, exp and claims of no meaning", (_, payload) => (payload["nbf"], payload["exp"], payload["x"]) = (0, 1, new JsonArray(1)) },
        { "host in capitals", (_, payload) => payload["htu"] = "HTTPS://IDENTITY.test/connect/token" },
        { "the port said", (_, payload) => payload["htu"] = "https://identity.test:443/connect/token" },
        { "query and fragment", (_, payload) => payload["htu"] = "https://identity.test/connect/token?a=/b#c" },
        { "a kid in the key", (header, _) => header["jwk"]!["kid"] = "x" },
    };

    public async Task InitializeAsync()
    {
        await identity.Database.ExecuteAsync("truncate throttle");
        await AnErpAsync(identity);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [MemberData(nameof(WrongProofs))]
    public async Task Refused_for(string what, Action<JsonObject, JsonObject> change)
    {
        var answer = await ShowAsync(key.Proof("POST", Token, identity.Clock.Now, change: change));

        Assert.True((HttpStatusCode.BadRequest, "invalid_dpop_proof") == (answer.Status, answer.Error), what);
        Assert.Matches("^[\\x20-\\x21\\x23-\\x5B\\x5D-\\x7E]+$", answer["error_description"]);
    }

    [Theory]
    [MemberData(nameof(RightProofs))]
    public async Task Taken_with(string what, Action<JsonObject, JsonObject> change)
    {
        var answer = await ShowAsync(key.Proof("POST", Token, identity.Clock.Now, change: change));

        Assert.True((HttpStatusCode.OK, "DPoP") == (answer.Status, answer["token_type"]), what + ": " + answer.Body);
        Assert.Equal(key.Thumbprint, TokenAnswer.Claims(answer.AccessToken).GetProperty("cnf").GetProperty("jkt").GetString());
    }

    [Fact]
    public async Task What_is_no_signed_token_or_comes_twice_is_refused()
    {
        var parts = Proof().Split('.');
        foreach (var text in new[]
        {
            "x", "a.b.c", "...", parts[0] + "." + parts[1], parts[0] + "." + parts[1] + ".", parts[0] + "." + parts[1] + "." + new string('A', 86), Proof() + ".x",
            "W10." + parts[1] + "." + parts[2], Encode("{\"typ\":\"dpop+jwt\",\"typ\":\"x\"}") + "." + parts[1] + "." + parts[2], Encode("{") + "." + parts[1] + "." + parts[2],
            Encode(new string('[', 5000)) + "." + parts[1] + "." + parts[2], new string('a', 7000), Proof() + ", " + Proof(), "令牌",
        })
        {
            Assert.Equal("invalid_dpop_proof", (await ShowAsync(text)).Error);
        }

        Assert.Equal("invalid_dpop_proof", (await new RelyingParty(identity, "prover").CallAsync("/connect/token", [new("grant_type", "client_credentials")], request => request.Headers.Add("DPoP", [Proof(), Proof()]))).Error);
    }

    [Fact]
    public async Task RSA_keys_prove_as_well()
    {
        using var rsa = System.Security.Cryptography.RSA.Create(2048);
        var parameters = rsa.ExportParameters(includePrivateParameters: false);
        foreach (var (algorithm, padding) in new[] { ("RS256", System.Security.Cryptography.RSASignaturePadding.Pkcs1), ("PS256", System.Security.Cryptography.RSASignaturePadding.Pss) })
        {
            var header = new { typ = "dpop+jwt", alg = algorithm, jwk = new { kty = "RSA", n = WebEncoders.Base64UrlEncode(parameters.Modulus!), e = WebEncoders.Base64UrlEncode(parameters.Exponent!) } };
            var payload = new { jti = Guid.NewGuid().ToString("N"), htm = "POST", htu = Token, iat = identity.Clock.Now.ToUnixTimeSeconds() };
            var content = Encode(JsonSerializer.Serialize(header)) + "." + Encode(JsonSerializer.Serialize(payload));

            var answer = await ShowAsync(content + "." + WebEncoders.Base64UrlEncode(rsa.SignData(Encoding.ASCII.GetBytes(content), System.Security.Cryptography.HashAlgorithmName.SHA256, padding)));

            Assert.Equal((HttpStatusCode.OK, "DPoP"), (answer.Status, answer["token_type"]));
        }
    }

    [Fact]
    public async Task A_proof_counts_once_also_at_the_same_moment_on_two_instances()
    {
        var other = identity.Another();
        await other.InitializeAsync();
        var proof = Proof();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => ShowAsync(proof, i % 2 == 0 ? identity : other)));

        Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.OK), answer => Assert.Equal("invalid_dpop_proof", answer.Error));
        await other.DisposeAsync();
    }

    [Fact]
    public async Task The_same_id_under_another_key_is_another_proof_and_old_ones_are_forgotten()
    {
        Action<JsonObject, JsonObject> sameId = (_, payload) => payload["jti"] = "the same";

        Assert.Equal(HttpStatusCode.OK, (await ShowAsync(key.Proof("POST", Token, identity.Clock.Now, change: sameId))).Status);
        Assert.Equal(HttpStatusCode.OK, (await ShowAsync(new DPoPKey().Proof("POST", Token, identity.Clock.Now, change: sameId))).Status);
        Assert.Equal("invalid_dpop_proof", (await ShowAsync(key.Proof("POST", Token, identity.Clock.Now.AddSeconds(1), change: sameId))).Error);

        identity.Clock.Advance(TimeSpan.FromMinutes(2));
        await identity.AsTheProductAsync(services => ((Platform.OpenIdConnect.DPoP.UsedProofs)services.GetService(typeof(Platform.OpenIdConnect.DPoP.UsedProofs))!).ForgetAsync(CancellationToken.None));
        Assert.Equal([0L], await identity.Database.ListAsync<long>("select count(*) from used_proof"));
    }

    [Fact]
    public async Task Where_a_nonce_is_required_the_first_proof_learns_it_and_an_old_one_is_refused()
    {
        var strict = new StrictIdentity();
        await strict.InitializeAsync();
        await AnErpAsync(strict);

        var first = await ShowAsync(key.Proof("POST", Token, strict.Clock.Now), strict);
        Assert.Equal((HttpStatusCode.BadRequest, "use_dpop_nonce"), (first.Status, first.Error));
        var nonce = Assert.Single(first.Headers.Headers.GetValues("DPoP-Nonce"));
        Assert.Equal(HttpStatusCode.OK, (await ShowAsync(Answering(nonce, strict), strict)).Status);
        Assert.Equal("use_dpop_nonce", (await ShowAsync(Answering("made up", strict), strict)).Error);

        strict.Clock.Advance(TimeSpan.FromSeconds(301));
        Assert.Equal("use_dpop_nonce", (await ShowAsync(Answering(nonce, strict), strict)).Error);
        await strict.DisposeAsync();
    }

    string Answering(string nonce, IdentityApp at) => key.Proof("POST", Token, at.Clock.Now, change: (_, payload) => payload["nonce"] = nonce);

    string Proof() => key.Proof("POST", Token, identity.Clock.Now);

    Task<TokenAnswer> ShowAsync(string proof, IdentityApp? at = null) =>
        new RelyingParty(at ?? identity, "prover").CallAsync("/connect/token", [new("grant_type", "client_credentials")], request => request.Headers.TryAddWithoutValidation("DPoP", proof));

    static Task AnErpAsync(IdentityApp at) => at.AClientAsync("prover", client =>
    {
        client.AllowedGrantTypes = ["client_credentials"];
        client.AllowedScopes = ["portal.api"];
        client.RedirectUris = [];
    });

    static string Encode(string text) => WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes(text));

    sealed class StrictIdentity : IdentityApp
    {
        protected override IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?> { ["Identity:RequireDPoPNonce"] = "true" };
    }
}
