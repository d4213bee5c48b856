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

/// <summary>A provider that does what a test wants, above all wrong things; under identity's address unless it has one of its own.</summary>
/// <param name="clock">Its clock.</param>
/// <param name="home">Its address.</param>
/// <param name="audience">Whom its tokens are for.</param>
sealed class HostileProvider(TestClock clock, string home = IdentityApp.Issuer, string audience = "portal") : HttpMessageHandler
{
    static readonly RSA Rsa = RSA.Create(2048);

    static readonly RsaSecurityKey Key = new(Rsa) { KeyId = "published" };

    /// <summary>Changes the id_token's description before it is signed.</summary>
    public Action<SecurityTokenDescriptor> Change { get; set; } = _ => { };

    /// <summary>Changes the id_token after it was signed.</summary>
    public Func<string, string?> Replace { get; set; } = token => token;

    /// <summary>Whom userinfo speaks of.</summary>
    public string? UserInfoSubject { get; set; }

    /// <summary>The issuer its metadata names.</summary>
    public string? Issuer { get; set; }

    /// <summary>Whom its tokens speak of.</summary>
    public string Subject { get; set; } = "somebody";

    /// <summary>What userinfo adds.</summary>
    public Dictionary<string, object> UserInfo { get; } = new() { ["name"] = "Somebody" };

    /// <summary>Changes its metadata before they are sent.</summary>
    public Action<Dictionary<string, object>> ChangeMetadata { get; set; } = _ => { };

    /// <summary>Its public keys.</summary>
    public List<object> Keys { get; } =
    [
        new { kty = "RSA", use = "sig", alg = "RS256", kid = "published", n = WebEncoders.Base64UrlEncode(Rsa.ExportParameters(false).Modulus!), e = WebEncoders.Base64UrlEncode(Rsa.ExportParameters(false).Exponent!) },
    ];

    /// <summary>Answers instead of it, where it answers anything.</summary>
    public Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>?>? Instead { get; set; }

    /// <summary>Codes that it has taken once and takes no more.</summary>
    public HashSet<string> UsedCodes { get; } = [];

    /// <summary>What its token endpoint answers instead of tokens.</summary>
    public string? TokenError { get; set; }

    /// <summary>Headers and form of the last request to its token endpoint.</summary>
    public (string? Authorization, IReadOnlyDictionary<string, string> Form) LastTokenRequest { get; private set; } = (null, new Dictionary<string, string>());

    /// <summary>How far its clock is ahead.</summary>
    public TimeSpan ClockAhead { get; set; }

    /// <summary>Paths that were asked for.</summary>
    public List<string> Asked { get; } = [];

    /// <summary>The nonce of the last authorization request.</summary>
    public string Nonce { get; set; } = "";

    /// <summary>The nonce that belongs to a code; null: the last one.</summary>
    public Func<string, string>? NonceOf { get; set; }

    /// <summary>Signs with a key it never published.</summary>
    public static SigningCredentials ForeignKey => new(new RsaSecurityKey(RSA.Create(2048)) { KeyId = "published" }, SecurityAlgorithms.RsaSha256);

    /// <summary>Signs with a key whose name is in no key set.</summary>
    public static SigningCredentials UnknownKey => new(new RsaSecurityKey(RSA.Create(2048)) { KeyId = "unknown" }, SecurityAlgorithms.RsaSha256);

    /// <summary>Signs with the published key and does not say which that is.</summary>
    public static SigningCredentials NamelessKey => new(new RsaSecurityKey(Rsa), SecurityAlgorithms.RsaSha256);

    /// <summary>Signs with a key it never published and does not say which that is.</summary>
    public static SigningCredentials ForeignNamelessKey => new(new RsaSecurityKey(RSA.Create(2048)), SecurityAlgorithms.RsaSha256);

    /// <summary>Signs with the published key, taken for a shared secret.</summary>
    public static SigningCredentials PublicKeyAsSecret => new(new SymmetricSecurityKey(Encoding.ASCII.GetBytes(Rsa.ExportSubjectPublicKeyInfoPem())) { KeyId = "published" }, SecurityAlgorithms.HmacSha256);

    /// <summary>The same token under another header, signed as it should be.</summary>
    public static string UnderHeader(string header, string token)
    {
        var signed = WebEncoders.Base64UrlEncode(Encoding.ASCII.GetBytes(header)) + "." + token.Split('.')[1];
        return signed + "." + WebEncoders.Base64UrlEncode(Rsa.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

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

        if (Instead?.Invoke(request, cancellationToken) is { } other)
        {
            return await other;
        }

        object? body = path switch
        {
            "/.well-known/openid-configuration" => Metadata(),
            "/jwks" => new { keys = Keys },
            "/connect/par" => PushStatus is HttpStatusCode.Created ? new { request_uri = "urn:a-name", expires_in = 60 } : new { error = "invalid_request" },
            "/connect/token" => await TokenEndpointAsync(request, cancellationToken),
            "/connect/userinfo" => new Dictionary<string, object>(UserInfo) { ["sub"] = UserInfoSubject ?? Subject },
            _ => null,
        };
        var answer = new HttpResponseMessage(body is null ? HttpStatusCode.NotFound : path is "/connect/par" ? PushStatus : body is Dictionary<string, string> told && told.ContainsKey("error") ? HttpStatusCode.BadRequest : HttpStatusCode.OK) { RequestMessage = request, Content = JsonContent.Create(body) };
        answer.Headers.Date = clock.Now + ClockAhead;
        return answer;
    }

    Dictionary<string, object> Metadata()
    {
        var metadata = new Dictionary<string, object>
        {
            ["issuer"] = Issuer ?? home,
            ["authorization_endpoint"] = home + "/connect/authorize",
            ["token_endpoint"] = home + "/connect/token",
            ["userinfo_endpoint"] = home + "/connect/userinfo",
            ["jwks_uri"] = home + "/jwks",
            ["authorization_response_iss_parameter_supported"] = true,
            ["require_pushed_authorization_requests"] = RequiresPush,
        };
        if (HasPush)
        {
            metadata["pushed_authorization_request_endpoint"] = home + "/connect/par";
        }

        ChangeMetadata(metadata);
        return metadata;
    }

    async Task<Dictionary<string, string>> TokenEndpointAsync(HttpRequestMessage request, CancellationToken ct)
    {
        var form = QueryHelpers.ParseQuery(request.Content is null ? "" : await request.Content.ReadAsStringAsync(ct)).ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
        LastTokenRequest = (request.Headers.Authorization?.ToString(), form);
        if (TokenError is not null)
        {
            return new() { ["error"] = TokenError };
        }

        lock (UsedCodes)
        {
            return !form.TryGetValue("code", out var code) || UsedCodes.Add(code) || code is "a-code" ? Tokens(NonceOf is null || code is null ? Nonce : NonceOf(code)) : new() { ["error"] = "invalid_grant" };
        }
    }

    Dictionary<string, string> Tokens(string nonce)
    {
        var now = clock.Now.UtcDateTime;
        var descriptor = new SecurityTokenDescriptor
        {
            Issuer = home,
            IssuedAt = now,
            Expires = now.AddMinutes(5),
            TokenType = "JWT",
            SigningCredentials = new(Key, SecurityAlgorithms.RsaSha256),
            Claims = new Dictionary<string, object> { ["sub"] = Subject, ["aud"] = audience, ["nonce"] = nonce },
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
