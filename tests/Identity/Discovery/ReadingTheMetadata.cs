using System.Text.Json;
using Identity.Web;
using Support;

namespace Identity.Tests.Discovery;

public sealed class ReadingTheMetadata(IdentityApp identity) : IClassFixture<IdentityApp>
{
    static readonly string[] Private = ["d", "p", "q", "dp", "dq", "qi", "k"];

    [Fact]
    public async Task Both_documents_say_the_same()
    {
        using var program = identity.Program();

        var openId = await program.GetStringAsync("/.well-known/openid-configuration");
        var oauth = await program.GetStringAsync("/.well-known/oauth-authorization-server");

        Assert.Equal(openId, oauth);
        Assert.DoesNotContain("[]", openId);
    }

    [Fact]
    public async Task The_issuer_is_the_configured_address_and_every_endpoint_is_below_it()
    {
        var metadata = await MetadataAsync();

        Assert.Equal("https://identity.test", metadata.GetProperty("issuer").GetString());
        foreach (var endpoint in new[] { "authorization_endpoint", "pushed_authorization_request_endpoint", "token_endpoint", "userinfo_endpoint", "revocation_endpoint", "introspection_endpoint", "end_session_endpoint", "jwks_uri" })
        {
            Assert.StartsWith("https://identity.test/", metadata.GetProperty(endpoint).GetString());
        }
    }

    [Theory]
    [InlineData("response_types_supported", "code")]
    [InlineData("response_modes_supported", "query form_post")]
    [InlineData("grant_types_supported", "authorization_code client_credentials refresh_token")]
    [InlineData("code_challenge_methods_supported", "S256")]
    [InlineData("id_token_signing_alg_values_supported", "RS256 ES256")]
    [InlineData("subject_types_supported", "public")]
    [InlineData("scopes_supported", "openid profile email roles offline_access portal.api")]
    [InlineData("token_endpoint_auth_methods_supported", "client_secret_basic client_secret_post private_key_jwt none")]
    [InlineData("revocation_endpoint_auth_methods_supported", "client_secret_basic client_secret_post private_key_jwt none")]
    [InlineData("revocation_endpoint_auth_signing_alg_values_supported", "ES256 PS256 RS256")]
    [InlineData("introspection_endpoint_auth_methods_supported", "client_secret_basic client_secret_post")]
    [InlineData("acr_values_supported", "urn:partnerportal:acr:pwd urn:partnerportal:acr:mfa")]
    [InlineData("dpop_signing_alg_values_supported", "ES256 PS256 RS256")]
    [InlineData("ui_locales_supported", "en zh-CN")]
    public async Task It_lists_what_is_supported_and_nothing_else(string name, string values)
    {
        var metadata = await MetadataAsync();

        Assert.Equal(values.Split(' '), metadata.GetProperty(name).EnumerateArray().Select(value => value.GetString()!));
    }

    [Theory]
    [InlineData("request_parameter_supported", false)]
    [InlineData("request_uri_parameter_supported", false)]
    [InlineData("claims_parameter_supported", false)]
    [InlineData("require_pushed_authorization_requests", false)]
    [InlineData("authorization_response_iss_parameter_supported", true)]
    [InlineData("backchannel_logout_supported", true)]
    [InlineData("backchannel_logout_session_supported", true)]
    public async Task It_says_yes_and_no_where_the_default_would_mislead(string name, bool value)
    {
        var metadata = await MetadataAsync();

        Assert.Equal(value, metadata.GetProperty(name).GetBoolean());
    }

    [Fact]
    public async Task The_keys_are_public_one_of_rsa_and_one_of_an_elliptic_curve()
    {
        using var program = identity.Program();

        var keys = JsonDocument.Parse(await program.GetStringAsync("/.well-known/openid-configuration/jwks")).RootElement.GetProperty("keys").EnumerateArray()
            .ToDictionary(key => key.GetProperty("alg").GetString()!);

        Assert.Equal(["ES256", "RS256"], keys.Keys.Order());
        Assert.Equal(("RSA", 3072 / 8 * 4 / 3), (keys["RS256"].GetProperty("kty").GetString(), keys["RS256"].GetProperty("n").GetString()!.Length));
        Assert.Equal(("EC", "P-256"), (keys["ES256"].GetProperty("kty").GetString(), keys["ES256"].GetProperty("crv").GetString()));
        Assert.All(keys.Values, key => Assert.Equal("sig", key.GetProperty("use").GetString()));
        Assert.Equal(2, keys.Values.Select(key => key.GetProperty("kid").GetString()).Distinct().Count());
        Assert.DoesNotContain(keys.Values.SelectMany(key => key.EnumerateObject()), member => Private.Contains(member.Name));
    }

    [Theory]
    [InlineData("/.well-known/openid-configuration")]
    [InlineData("/.well-known/openid-configuration/jwks")]
    public async Task Scripts_of_any_origin_may_read_and_keep_it(string path)
    {
        using var program = identity.Program();

        using var answer = await program.GetAsync(path);

        Assert.Equal("*", Assert.Single(answer.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Credentials"));
        Assert.Equal(TimeSpan.FromMinutes(5), answer.Headers.CacheControl!.MaxAge);
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public void The_numbers_are_those_of_the_profile()
    {
        Assert.Equal(60, Profile.Code.TotalSeconds);
        Assert.Equal(300, Profile.IdToken.TotalSeconds);
        Assert.Equal(900, Profile.AccessToken.TotalSeconds);
        Assert.Equal((15, 30, 10), (Profile.RefreshTokenSliding.TotalDays, Profile.RefreshTokenAbsolute.TotalDays, Profile.RefreshTokenRetry.TotalSeconds));
        Assert.Equal(60, Profile.DPoPProof.TotalSeconds);
        Assert.Equal(300, Profile.PushedAuthorization.TotalSeconds);
        Assert.Equal(30, Profile.ClockSkew.TotalSeconds);
        Assert.Equal((10, 2), (Profile.SessionAbsolute.TotalHours, Profile.SessionIdle.TotalHours));
        Assert.Equal((60, 3), (Profile.PasswordReset.TotalMinutes, Profile.Invitation.TotalDays));
        Assert.Equal((5, 5, 5), (Profile.FreshProof.TotalMinutes, Profile.HalfSignIn.TotalMinutes, Profile.PasskeyChallenge.TotalMinutes));
        Assert.Equal((12, 5), (Profile.ShortestPassword, Profile.FailuresThatLock));
        Assert.True(Profile.PasswordRounds >= 210_000);
        Assert.Equal((90, 14), (Profile.SigningKeyRotation.TotalDays, Profile.SigningKeyAnnouncement.TotalDays));
        Assert.True(Profile.SigningKeyPropagation >= 2 * Profile.MetadataKept);
        Assert.True(Profile.SigningKeyVerifies > Profile.AccessToken + Profile.ClockSkew);
    }

    async Task<JsonElement> MetadataAsync()
    {
        using var program = identity.Program();
        return JsonDocument.Parse(await program.GetStringAsync("/.well-known/openid-configuration")).RootElement;
    }
}
