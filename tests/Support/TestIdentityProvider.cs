using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Support;

/// <summary>
/// The identity provider, which is another building: it publishes its metadata and keys where the portal looks for them, and signs
/// tokens as the test wants them, also wrong ones.
/// </summary>
public sealed class TestIdentityProvider(TestClock clock)
{
    /// <summary>Its issuer; the persons of the tests are known by it.</summary>
    public const string Issuer = "https://identity.test";

    static readonly RsaSecurityKey Key = new(RSA.Create(3072)) { KeyId = "test-key" };

    /// <summary>An access token for the portal's API as RFC 9068 has it; <paramref name="change"/> spoils it.</summary>
    public string AccessToken(string subject, string scope = "portal.api", Action<SecurityTokenDescriptor>? change = null)
    {
        var now = clock.Now.UtcDateTime;
        var token = new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = "portal.api",
            TokenType = "at+jwt",
            IssuedAt = now,
            NotBefore = now,
            Expires = now.AddHours(1),
            SigningCredentials = new SigningCredentials(Key, SecurityAlgorithms.RsaSha256),
            Claims = new Dictionary<string, object> { ["sub"] = subject, ["client_id"] = subject, ["scope"] = scope, ["jti"] = Guid.NewGuid().ToString("N") },
        };
        change?.Invoke(token);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(token);
    }

    /// <summary>A logout token for the portal (Back-Channel Logout 1.0, 2.4); <paramref name="change"/> spoils it.</summary>
    public string LogoutToken(string subject, string? sid, Action<SecurityTokenDescriptor>? change = null)
    {
        var now = clock.Now.UtcDateTime;
        var token = new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = "portal",
            TokenType = "logout+jwt",
            IssuedAt = now,
            Expires = now.AddMinutes(2),
            SigningCredentials = new SigningCredentials(Key, SecurityAlgorithms.RsaSha256),
            Claims = new Dictionary<string, object>
            {
                ["sub"] = subject,
                ["jti"] = Guid.NewGuid().ToString("N"),
                ["events"] = new Dictionary<string, object> { ["http://schemas.openid.net/event/backchannel-logout"] = new Dictionary<string, object>() },
            },
        };
        if (sid is not null)
        {
            token.Claims["sid"] = sid;
        }

        change?.Invoke(token);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(token);
    }

    /// <summary>What the portal reaches under the provider's address.</summary>
    public HttpMessageHandler Network() => new Wire(clock);

    sealed class Wire(TestClock clock) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            object? answer = request.RequestUri!.AbsolutePath switch
            {
                "/.well-known/openid-configuration" => new
                {
                    issuer = Issuer,
                    authorization_endpoint = Issuer + "/connect/authorize",
                    pushed_authorization_request_endpoint = Issuer + "/connect/par",
                    token_endpoint = Issuer + "/connect/token",
                    end_session_endpoint = Issuer + "/connect/endsession",
                    jwks_uri = Issuer + "/.well-known/jwks",
                },
                "/connect/par" => new { request_uri = "urn:ietf:params:oauth:request_uri:" + Guid.NewGuid().ToString("N"), expires_in = 300 },
                "/.well-known/jwks" => new { keys = new[] { PublicKey() } },
                _ => null,
            };
            var response = new HttpResponseMessage(answer is null ? HttpStatusCode.NotFound : HttpStatusCode.OK) { RequestMessage = request, Content = JsonContent.Create(answer) };
            response.Headers.Date = clock.Now;
            return Task.FromResult(response);
        }

        static object PublicKey()
        {
            var parameters = Key.Rsa.ExportParameters(includePrivateParameters: false);
            return new { kty = "RSA", use = "sig", alg = "RS256", kid = Key.KeyId, n = Base64UrlEncoder.Encode(parameters.Modulus), e = Base64UrlEncoder.Encode(parameters.Exponent) };
        }
    }
}
