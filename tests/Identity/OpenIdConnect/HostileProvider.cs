using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Support;

namespace Identity.Tests.OpenIdConnect;

/// <summary>A provider under identity's address that does what a test wants, above all wrong things.</summary>
sealed class HostileProvider(TestClock clock) : HttpMessageHandler
{
    static readonly RSA Rsa = RSA.Create(2048);

    static readonly RsaSecurityKey Key = new(Rsa) { KeyId = "published" };

    /// <summary>Changes the id_token's description before it is signed.</summary>
    public Action<SecurityTokenDescriptor> Change { get; set; } = _ => { };

    /// <summary>Changes the id_token after it was signed.</summary>
    public Func<string, string?> Replace { get; set; } = token => token;

    /// <summary>Whom userinfo speaks of.</summary>
    public string UserInfoSubject { get; set; } = "somebody";

    /// <summary>The issuer its metadata names.</summary>
    public string Issuer { get; set; } = IdentityApp.Issuer;

    /// <summary>How far its clock is ahead.</summary>
    public TimeSpan ClockAhead { get; set; }

    /// <summary>Paths that were asked for.</summary>
    public List<string> Asked { get; } = [];

    /// <summary>The nonce of the last authorization request.</summary>
    public string Nonce { get; set; } = "";

    /// <summary>Signs with a key it never published.</summary>
    public static SigningCredentials ForeignKey => new(new RsaSecurityKey(RSA.Create(2048)) { KeyId = "published" }, SecurityAlgorithms.RsaSha256);

    /// <summary>Signs with a key whose name is in no key set.</summary>
    public static SigningCredentials UnknownKey => new(new RsaSecurityKey(RSA.Create(2048)) { KeyId = "unknown" }, SecurityAlgorithms.RsaSha256);

    /// <summary>Signs with the published key, taken for a shared secret.</summary>
    public static SigningCredentials PublicKeyAsSecret => new(new SymmetricSecurityKey(Encoding.ASCII.GetBytes(Rsa.ExportSubjectPublicKeyInfoPem())) { KeyId = "published" }, SecurityAlgorithms.HmacSha256);

    /// <summary>Whether its metadata names an endpoint for pushed requests.</summary>
    public bool HasPush { get; set; }

    /// <summary>Whether its metadata says that requests must be pushed.</summary>
    public bool RequiresPush { get; set; }

    /// <summary>What it answers to a pushed request.</summary>
    public HttpStatusCode PushStatus { get; set; } = HttpStatusCode.Created;

    /// <summary>The last pushed request.</summary>
    public Dictionary<string, StringValues> Pushed { get; private set; } = [];

    /// <summary>How it was authenticated.</summary>
    public string PushedBy { get; private set; } = "";

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri!.AbsolutePath is "/connect/par")
        {
            Pushed = QueryHelpers.ParseQuery(await request.Content!.ReadAsStringAsync(cancellationToken));
            PushedBy = request.Headers.Authorization?.ToString() ?? "";
        }

        var path = request.RequestUri!.AbsolutePath;
        lock (Asked)
        {
            Asked.Add(path);
        }

        object? body = path switch
        {
            "/.well-known/openid-configuration" => Metadata(),
            "/jwks" => new { keys = new[] { new { kty = "RSA", use = "sig", alg = "RS256", kid = "published", n = WebEncoders.Base64UrlEncode(Rsa.ExportParameters(false).Modulus!), e = WebEncoders.Base64UrlEncode(Rsa.ExportParameters(false).Exponent!) } } },
            "/connect/par" => PushStatus is HttpStatusCode.Created ? new { request_uri = "urn:a-name", expires_in = 60 } : new { error = "invalid_request" },
            "/connect/token" => Tokens(),
            "/connect/userinfo" => new { sub = UserInfoSubject, name = "Somebody" },
            _ => null,
        };
        var answer = new HttpResponseMessage(body is null ? HttpStatusCode.NotFound : path is "/connect/par" ? PushStatus : HttpStatusCode.OK) { RequestMessage = request, Content = JsonContent.Create(body) };
        answer.Headers.Date = clock.Now + ClockAhead;
        return answer;
    }

    Dictionary<string, object> Metadata()
    {
        var metadata = new Dictionary<string, object>
        {
            ["issuer"] = Issuer,
            ["authorization_endpoint"] = IdentityApp.Issuer + "/connect/authorize",
            ["token_endpoint"] = IdentityApp.Issuer + "/connect/token",
            ["userinfo_endpoint"] = IdentityApp.Issuer + "/connect/userinfo",
            ["jwks_uri"] = IdentityApp.Issuer + "/jwks",
            ["authorization_response_iss_parameter_supported"] = true,
            ["require_pushed_authorization_requests"] = RequiresPush,
        };
        if (HasPush)
        {
            metadata["pushed_authorization_request_endpoint"] = IdentityApp.Issuer + "/connect/par";
        }

        return metadata;
    }

    Dictionary<string, string> Tokens()
    {
        var now = clock.Now.UtcDateTime;
        var descriptor = new SecurityTokenDescriptor
        {
            Issuer = IdentityApp.Issuer,
            IssuedAt = now,
            Expires = now.AddMinutes(5),
            TokenType = "JWT",
            SigningCredentials = new(Key, SecurityAlgorithms.RsaSha256),
            Claims = new Dictionary<string, object> { ["sub"] = "somebody", ["aud"] = "portal", ["nonce"] = Nonce },
        };
        Change(descriptor);
        var answer = new Dictionary<string, string> { ["access_token"] = "opaque", ["token_type"] = "Bearer" };
        if (Replace(new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(descriptor)) is { } token)
        {
            answer["id_token"] = token;
        }

        return answer;
    }
}
