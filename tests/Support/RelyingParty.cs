using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace Support;

/// <summary>An application that signs people in, as the specifications describe it; every parameter can be spoiled.</summary>
/// <param name="identity">Where.</param>
/// <param name="clientId">As which client.</param>
public sealed class RelyingParty(IdentityApp identity, string clientId = "portal")
{
    /// <summary>The verifier of its last request.</summary>
    public string Verifier { get; private set; } = NewVerifier();

    /// <summary>Where its answers go.</summary>
    public string RedirectUri { get; init; } = clientId is "portal" ? IdentityApp.PortalUrl + "/signin-oidc" : $"https://{clientId}.test/cb";

    /// <summary>Its secret.</summary>
    public string Secret { get; init; } = clientId is "portal" ? IdentityApp.PortalSecret : IdentityApp.SecretOf(clientId);

    /// <summary>The key of which it proves possession whenever it calls; none where it proves nothing.</summary>
    public DPoPKey? Key { get; set; }

    /// <summary>
    /// An authorization request as an address, made the way this client makes it: the portal pushes what it asks for and the address has its name. Each change
    /// sets a parameter, or leaves it out with null.
    /// </summary>
    public async Task<string> RequestAsync(params IEnumerable<(string Name, string? Value)> changes) => clientId is "portal" ? Pushed(await PushAsync(changes)) : Request(changes);

    /// <summary>Pushes an authorization request (RFC 9126).</summary>
    public Task<TokenAnswer> PushAsync(params IEnumerable<(string Name, string? Value)> changes) => PushAsync(Parameters(changes));

    /// <summary>Calls the endpoint for pushed requests.</summary>
    public Task<TokenAnswer> PushAsync(IEnumerable<KeyValuePair<string, string?>> form) => CallAsync("/connect/par", form);

    /// <summary>The address of a request that was pushed.</summary>
    public string Pushed(TokenAnswer answer) => Pushed(answer["request_uri"] ?? throw new InvalidOperationException($"Not pushed: {answer.Status} {answer.Body}"));

    /// <summary>The address of a request that was pushed under that name.</summary>
    public string Pushed(string requestUri) =>
        QueryHelpers.AddQueryString("/connect/authorize", new Dictionary<string, string?> { ["client_id"] = clientId, ["request_uri"] = requestUri });

    /// <summary>An authorization request with everything in the address, pushed or not.</summary>
    public string Request(params IEnumerable<(string Name, string? Value)> changes) => QueryHelpers.AddQueryString("/connect/authorize", Parameters(changes));

    /// <summary>The parameters of an authorization request.</summary>
    public Dictionary<string, string?> Parameters(params IEnumerable<(string Name, string? Value)> changes)
    {
        Verifier = NewVerifier();
        var parameters = new Dictionary<string, string?>
        {
            ["client_id"] = clientId,
            ["response_type"] = "code",
            ["scope"] = "openid",
            ["redirect_uri"] = RedirectUri,
            ["state"] = "a state",
            ["nonce"] = "a nonce",
            ["code_challenge"] = ChallengeOf(Verifier),
            ["code_challenge_method"] = "S256",
        };
        foreach (var (name, value) in changes)
        {
            parameters[name] = value;
        }

        return parameters.Where(parameter => parameter.Value is not null).ToDictionary();
    }

    /// <summary>Sends a browser with a request and answers where it was sent.</summary>
    public async Task<AuthorizationAnswer> AskAsync(Visitor visitor, params IEnumerable<(string Name, string? Value)> changes) =>
        new(await visitor.GetOnlyAsync(await RequestAsync(changes)));

    /// <summary>A code for whoever is signed in in that browser.</summary>
    public async Task<string> CodeAsync(Visitor visitor, params IEnumerable<(string Name, string? Value)> changes) => (await AskAsync(visitor, changes)).Code;

    /// <summary>Redeems a code; each change sets a parameter, or leaves it out with null.</summary>
    public Task<TokenAnswer> RedeemAsync(string code, params IEnumerable<(string Name, string? Value)> changes)
    {
        var form = new Dictionary<string, string?> { ["grant_type"] = "authorization_code", ["code"] = code, ["redirect_uri"] = RedirectUri, ["code_verifier"] = Verifier };
        foreach (var (name, value) in changes)
        {
            form[name] = value;
        }

        return TokenAsync(form);
    }

    /// <summary>Tokens for whoever is signed in in that browser.</summary>
    public async Task<TokenAnswer> TokensAsync(Visitor visitor, params IEnumerable<(string Name, string? Value)> changes) => await RedeemAsync(await CodeAsync(visitor, changes));

    /// <summary>Calls the token endpoint.</summary>
    public async Task<TokenAnswer> TokenAsync(IEnumerable<KeyValuePair<string, string?>> form, bool inHeader = true)
    {
        if (Secret.Length == 0)
        {
            return await CallAsync("/connect/token", form);
        }

        var fields = form.Where(field => field.Value is not null).Select(field => KeyValuePair.Create(field.Key, field.Value!));
        if (!inHeader)
        {
            fields = fields.Append(new("client_id", clientId)).Append(new("client_secret", Secret));
        }

        var request = new HttpRequestMessage(HttpMethod.Post, "/connect/token") { Content = new FormUrlEncodedContent(fields) };
        if (inHeader)
        {
            request.Headers.Authorization = Basic(clientId, Secret);
        }

        return await SendAsync(request);
    }

    /// <summary>Calls an endpoint for clients, authenticated in the header unless it has no secret; <paramref name="change"/> spoils the request.</summary>
    public async Task<TokenAnswer> CallAsync(string path, IEnumerable<KeyValuePair<string, string?>> form, Action<HttpRequestMessage>? change = null)
    {
        var fields = form.Where(field => field.Value is not null).Select(field => KeyValuePair.Create(field.Key, field.Value!));
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(Secret.Length > 0 ? fields : fields.Append(new("client_id", clientId))) };
        if (Secret.Length > 0)
        {
            request.Headers.Authorization = Basic(clientId, Secret);
        }

        change?.Invoke(request);
        return await SendAsync(request);
    }

    /// <summary>Sends any request to an endpoint for programs.</summary>
    public async Task<TokenAnswer> SendAsync(HttpRequestMessage request)
    {
        using var program = identity.Program();
        if (Key is not null && !request.Headers.Contains("DPoP"))
        {
            request.Headers.Add("DPoP", Key.Proof(request.Method.Method, IdentityApp.Issuer + request.RequestUri, identity.Clock.Now));
        }

        var response = await program.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new(response.StatusCode, response, response.Content.Headers.ContentType?.MediaType == "application/json" ? JsonDocument.Parse(text).RootElement : default);
    }

    /// <summary>Basic authentication with form-encoded id and secret (RFC 6749, 2.3.1).</summary>
    public static AuthenticationHeaderValue Basic(string id, string secret) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{WebUtility.UrlEncode(id)}:{WebUtility.UrlEncode(secret)}")));

    /// <summary>The S256 challenge of a verifier.</summary>
    public static string ChallengeOf(string verifier) => WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));

    static string NewVerifier() => WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
}

/// <summary>Where the authorization endpoint sent a browser.</summary>
public sealed class AuthorizationAnswer(Page page)
{
    /// <summary>The answer itself.</summary>
    public Page Page { get; } = page;

    /// <summary>The address it was sent to, or null.</summary>
    public Uri? Location { get; } = page.Headers.Headers.Location is { } location ? new Uri(new Uri(IdentityApp.Issuer), location) : null;

    /// <summary>The address without its query.</summary>
    public string? Target => Location?.GetLeftPart(UriPartial.Path);

    /// <summary>The parameters of the answer, in the order of their names.</summary>
    public IReadOnlyList<string> Names => [.. QueryHelpers.ParseQuery(Location?.Query).Keys.Order()];

    /// <summary>A parameter of the answer.</summary>
    public string? this[string name] => QueryHelpers.ParseQuery(Location?.Query).TryGetValue(name, out var value) ? value.ToString() : null;

    /// <summary>The code in it.</summary>
    public string Code => this["code"] ?? throw new InvalidOperationException($"No code in {Page.Status} {Location}: {Page.Words}");
}

/// <summary>What the token endpoint, or another for programs, said.</summary>
public sealed record TokenAnswer(HttpStatusCode Status, HttpResponseMessage Headers, JsonElement Body)
{
    /// <summary>A member of the answer as text, or null.</summary>
    public string? this[string name] => Body.ValueKind is JsonValueKind.Object && Body.TryGetProperty(name, out var value) ? value.ToString() : null;

    /// <summary>The error, or null.</summary>
    public string? Error => this["error"];

    /// <summary>The access token.</summary>
    public string AccessToken => this["access_token"] ?? throw new InvalidOperationException($"{Status} {Body}");

    /// <summary>The id_token.</summary>
    public string IdToken => this["id_token"] ?? throw new InvalidOperationException($"{Status} {Body}");

    /// <summary>The refresh token.</summary>
    public string RefreshToken => this["refresh_token"] ?? throw new InvalidOperationException($"{Status} {Body}");

    /// <summary>The claims of a token, unchecked.</summary>
    public static JsonElement Claims(string token) => JsonDocument.Parse(WebEncoders.Base64UrlDecode(token.Split('.')[1])).RootElement;

    /// <summary>The header of a token.</summary>
    public static JsonElement HeaderOf(string token) => JsonDocument.Parse(WebEncoders.Base64UrlDecode(token.Split('.')[0])).RootElement;
}
