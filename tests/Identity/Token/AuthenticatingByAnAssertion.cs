using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Identity.Clients;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Support;

namespace Identity.Tests.Token;

/// <summary>private_key_jwt (RFC 7523, OpenID Connect Core 9): an assertion for us alone, once, in its time, by a key we know.</summary>
public sealed class AuthenticatingByAnAssertion(IdentityApp identity) : IClassFixture<IdentityApp>, IDisposable
{
    readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    readonly RSA rsa = RSA.Create(2048);

    [Fact]
    public async Task A_client_gets_tokens_for_an_assertion_it_signed()
    {
        await AClientAsync("signer");

        Assert.Equal(HttpStatusCode.OK, (await AskAsync(Assertion("signer"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(Assertion("signer"), ("client_id", "signer"))).Status);
    }

    [Theory]
    [InlineData(SecurityAlgorithms.RsaSha256)]
    [InlineData(SecurityAlgorithms.RsaSsaPssSha256)]
    public async Task Both_ways_to_sign_with_an_rsa_key_are_good(string algorithm)
    {
        await AClientAsync("rsa-" + algorithm);

        Assert.Equal(HttpStatusCode.OK, (await AskAsync(Assertion("rsa-" + algorithm, signing: new(new RsaSecurityKey(rsa) { KeyId = "rsa" }, algorithm)))).Status);
    }

    public static TheoryData<string> WrongAudiences => ["https://identity.test/connect/token", "https://identity.test/connect/par", "https://identity.test/", "https://other.test", ""];

    [Theory]
    [MemberData(nameof(WrongAudiences))]
    public async Task The_audience_is_the_issuer_and_nothing_else(string audience)
    {
        await AClientAsync("audience");

        await RefusedAsync(Assertion("audience", claims => claims["aud"] = audience));
    }

    [Fact]
    public async Task An_audience_that_is_a_list_is_refused_even_with_the_issuer_in_it()
    {
        await AClientAsync("list");

        await RefusedAsync(Assertion("list", claims => claims["aud"] = new[] { IdentityApp.Issuer }));
        await RefusedAsync(Assertion("list", claims => claims["aud"] = new[] { IdentityApp.Issuer, "https://other.test" }));
        await RefusedAsync(Assertion("list", claims => claims.Remove("aud")));
    }

    [Fact]
    public async Task An_assertion_counts_once_on_whichever_instance_also_in_parallel()
    {
        await AClientAsync("once");
        var second = identity.Another();
        await second.InitializeAsync();
        var assertion = Assertion("once");

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(number => AskAsync(number % 2 == 0 ? identity : second, assertion)));

        Assert.Single(answers, answer => answer.Status is HttpStatusCode.OK);
        Assert.All(answers.Where(answer => answer.Status is not HttpStatusCode.OK), answer => Assert.Equal("invalid_client", answer.Error));
        await RefusedAsync(assertion);
        await second.DisposeAsync();
    }

    [Fact]
    public async Task The_same_jti_of_another_client_is_another()
    {
        await AClientAsync("one");
        await AClientAsync("other");

        Assert.Equal(HttpStatusCode.OK, (await AskAsync(Assertion("one", claims => claims["jti"] = "shared"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(Assertion("other", claims => claims["jti"] = "shared"))).Status);
    }

    public static TheoryData<string, int?> WrongTimes => new()
    {
        { "exp", -1 }, { "exp", 0 }, { "exp", 301 }, { "exp", null }, { "nbf", 61 }, { "iat", 61 },
    };

    [Theory]
    [MemberData(nameof(WrongTimes))]
    public async Task It_ends_soon_and_has_begun(string claim, int? seconds)
    {
        await AClientAsync("time");

        await RefusedAsync(Assertion("time", claims => Set(claims, claim, seconds)));
    }

    [Theory]
    [InlineData("exp", 300)]
    [InlineData("iat", 10)]
    [InlineData("nbf", 10)]
    [InlineData("iat", null)]
    public async Task Clocks_may_differ_a_little(string claim, int? seconds)
    {
        await AClientAsync("skew");

        Assert.Equal(HttpStatusCode.OK, (await AskAsync(Assertion("skew", claims => Set(claims, claim, seconds)))).Status);
    }

    [Theory]
    [InlineData("iss", "somebody")]
    [InlineData("iss", null)]
    [InlineData("sub", "portal")]
    [InlineData("sub", null)]
    [InlineData("jti", null)]
    [InlineData("jti", "")]
    public async Task It_names_the_client_twice_and_itself_once(string claim, string? value)
    {
        await AClientAsync("names");

        await RefusedAsync(Assertion("names", claims =>
        {
            claims.Remove(claim);
            if (value is not null)
            {
                claims[claim] = value;
            }
        }));
    }

    [Fact]
    public async Task A_key_that_the_client_did_not_register_signs_nothing()
    {
        await AClientAsync("keys");
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var wide = ECDsa.Create(ECCurve.NamedCurves.nistP384);

        await RefusedAsync(Assertion("keys", signing: new(new ECDsaSecurityKey(stranger) { KeyId = "ec" }, SecurityAlgorithms.EcdsaSha256)));
        await RefusedAsync(Assertion("keys", signing: new(new ECDsaSecurityKey(wide) { KeyId = "ec" }, SecurityAlgorithms.EcdsaSha384)));
        await RefusedAsync(Assertion("keys", signing: new(new RsaSecurityKey(rsa) { KeyId = "rsa" }, SecurityAlgorithms.RsaSha512)));
        // The public key as a shared secret.
        await RefusedAsync(Assertion("keys", signing: new(new SymmetricSecurityKey(rsa.ExportSubjectPublicKeyInfo()) { KeyId = "rsa" }, SecurityAlgorithms.HmacSha256)));
        await RefusedAsync(Unsigned("keys"));
    }

    [Theory]
    [InlineData("jwk")]
    [InlineData("jku")]
    [InlineData("x5u")]
    [InlineData("x5c")]
    public async Task A_header_that_brings_a_key_spoils_it(string header)
    {
        await AClientAsync("header");

        await RefusedAsync(Assertion("header", headers: new Dictionary<string, object>(StringComparer.Ordinal) { [header] = "https://attacker.test/keys" }));
    }

    [Fact]
    public async Task Keys_are_exchanged_by_registering_both_for_a_while()
    {
        await AClientAsync("exchange");
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(Assertion("exchange"))).Status);

        await AClientAsync("exchange", client => client.Jwks = Jwks(RsaJwk()));

        await RefusedAsync(Assertion("exchange"));
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(Assertion("exchange", signing: new(new RsaSecurityKey(rsa) { KeyId = "rsa" }, SecurityAlgorithms.RsaSsaPssSha256)))).Status);
    }

    [Theory]
    [InlineData("client_assertion_type", null)]
    [InlineData("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer")]
    [InlineData("client_assertion", "not.a.token")]
    [InlineData("client_assertion", "x")]
    [InlineData("client_id", "portal")]
    public async Task The_request_around_it_must_fit(string parameter, string? value)
    {
        await AClientAsync("around");

        var answer = await AskAsync(Assertion("around"), (parameter, value));

        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (answer.Status, answer.Error));
    }

    [Fact]
    public async Task Who_registered_for_assertions_cannot_use_a_secret_and_nobody_else_can_sign()
    {
        await AClientAsync("strict");
        await identity.AClientAsync("secretive", client =>
        {
            Erp(client);
            client.Jwks = Jwks(EcJwk());
        });

        Assert.Equal("invalid_client", (await new RelyingParty(identity, "strict").TokenAsync([new("grant_type", "client_credentials")])).Error);
        await RefusedAsync(Assertion("secretive"));
    }

    [Fact]
    public async Task Two_proofs_at_once_are_refused()
    {
        await AClientAsync("both");

        Assert.Equal("invalid_request", (await AskAsync(Assertion("both"), ("client_secret", "x"))).Error);
    }

    [Theory]
    [InlineData("{}", "are no JWK set, an object with a list of keys")]
    [InlineData("[]", "are no JWK set, an object with a list of keys")]
    [InlineData("{\"keys\":[]}", "must be one to 10")]
    [InlineData("keys", "are not JSON")]
    [InlineData("{\"keys\":[1]}", "are not all JWKs")]
    [InlineData("{\"keys\":[{\"kty\":\"oct\",\"k\":\"c2VjcmV0\"}]}", "hold a private or shared key; register the public part only")]
    [InlineData("{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}]}", "hold an RSA key of fewer than 2048 bits")]
    [InlineData("{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-384\",\"x\":\"a\",\"y\":\"b\"}]}", "are of a kind that no signature we take is made with; use RSA or P-256")]
    public void Only_public_keys_that_are_strong_enough_are_registered(string jwks, string refusal) => Assert.Equal(refusal, ClientKeys.Refusal(jwks));

    public void Dispose()
    {
        key.Dispose();
        rsa.Dispose();
    }

    Task AClientAsync(string clientId, Action<Client>? change = null) => identity.AClientAsync(clientId, client =>
    {
        Erp(client);
        client.TokenEndpointAuthMethod = "private_key_jwt";
        client.Jwks = Jwks(EcJwk(), RsaJwk());
        change?.Invoke(client);
    });

    static void Erp(Client client)
    {
        client.AllowedGrantTypes = ["client_credentials"];
        client.AllowedScopes = ["portal.api"];
        client.RedirectUris = [];
    }

    static string Jwks(params object[] keys) => JsonSerializer.Serialize(new { keys });

    object EcJwk()
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return new { kty = "EC", crv = "P-256", kid = "ec", x = Base64UrlEncoder.Encode(point.X), y = Base64UrlEncoder.Encode(point.Y) };
    }

    object RsaJwk()
    {
        var numbers = rsa.ExportParameters(includePrivateParameters: false);
        return new { kty = "RSA", kid = "rsa", n = Base64UrlEncoder.Encode(numbers.Modulus), e = Base64UrlEncoder.Encode(numbers.Exponent) };
    }

    string Assertion(string clientId, Action<Dictionary<string, object>>? change = null, SigningCredentials? signing = null, Dictionary<string, object>? headers = null) =>
        new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            JsonSerializer.Serialize(Claims(clientId, change)),
            signing ?? new(new ECDsaSecurityKey(key) { KeyId = "ec" }, SecurityAlgorithms.EcdsaSha256),
            headers ?? []);

    string Unsigned(string clientId) =>
        $"{Base64UrlEncoder.Encode("{\"alg\":\"none\"}")}.{Base64UrlEncoder.Encode(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(Claims(clientId, null))))}.";

    Dictionary<string, object> Claims(string clientId, Action<Dictionary<string, object>>? change)
    {
        var claims = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["iss"] = clientId, ["sub"] = clientId, ["aud"] = IdentityApp.Issuer, ["jti"] = Guid.NewGuid().ToString("N"),
            ["iat"] = Moment(0), ["exp"] = Moment(60),
        };
        change?.Invoke(claims);
        return claims;
    }

    void Set(Dictionary<string, object> claims, string name, int? seconds)
    {
        claims.Remove(name);
        if (seconds is { } number)
        {
            claims[name] = Moment(number);
        }
    }

    long Moment(int seconds) => identity.Clock.Now.AddSeconds(seconds).ToUnixTimeSeconds();

    async Task RefusedAsync(string assertion)
    {
        var answer = await AskAsync(assertion);

        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (answer.Status, answer.Error));
    }

    Task<TokenAnswer> AskAsync(string assertion, params (string Name, string? Value)[] changes) => AskAsync(identity, assertion, changes);

    static Task<TokenAnswer> AskAsync(IdentityApp at, string assertion, params (string Name, string? Value)[] changes)
    {
        var form = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["grant_type"] = "client_credentials",
            ["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ["client_assertion"] = assertion,
        };
        foreach (var (name, value) in changes)
        {
            form[name] = value;
        }

        var fields = form.Where(field => field.Value is not null).Select(field => KeyValuePair.Create(field.Key, field.Value!));
        return new RelyingParty(at).SendAsync(new HttpRequestMessage(HttpMethod.Post, "/connect/token") { Content = new FormUrlEncodedContent(fields) });
    }
}
