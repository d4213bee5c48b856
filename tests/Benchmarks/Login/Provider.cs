using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Benchmarks.Stage;

namespace Benchmarks.Login;

/// <summary>An OpenID Provider with the client that the benchmark is there, and sessions that exist already; the same requests go to all of them.</summary>
/// <param name="Name">What it is called in the table.</param>
/// <param name="Authorize">Its authorization endpoint.</param>
/// <param name="Token">Its token endpoint.</param>
/// <param name="Cookies">The cookies of a browser in which somebody is signed in, one for each client of the load.</param>
sealed record Provider(string Name, Uri Authorize, Uri Token, IReadOnlyList<string> Cookies)
{
    /// <summary>The client's name, everywhere.</summary>
    public const string ClientId = "login-benchmark";

    /// <summary>Where its answers go; nobody listens there.</summary>
    public const string RedirectUri = "https://login-benchmark.example/signin-oidc";

    /// <summary>The scope that leads to an API.</summary>
    public const string ApiScope = "portal.api";

    /// <summary>Its secret, of this run alone.</summary>
    public static string Secret { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));

    /// <summary>The prompt without which it gives no refresh token; ours needs none and would ask the person.</summary>
    public string? OfflinePrompt { get; init; }

    /// <summary>An authorization request.</summary>
    public Uri Request(string scope, string verifier, string? prompt = null) => new($"{Authorize}?client_id={ClientId}&response_type=code&scope={Uri.EscapeDataString(scope)}"
        + $"&redirect_uri={Uri.EscapeDataString(RedirectUri)}&state=0&nonce=n-0S6_WzA2Mj&code_challenge={Challenge(verifier)}&code_challenge_method=S256{(prompt is null ? "" : "&prompt=" + prompt)}");

    /// <summary>A verifier of PKCE.</summary>
    public static string NewVerifier() => Base64Url(RandomNumberGenerator.GetBytes(32));

    static string Challenge(string verifier) => Base64Url(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));

    static string Base64Url(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}

/// <summary>One client of the load: its connection, its browser's cookies, its refresh token.</summary>
sealed class Caller(Provider provider, int number) : IDisposable
{
    static readonly AuthenticationHeaderValue Basic = new("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{Provider.ClientId}:{Provider.Secret}")));

    readonly HttpMessageInvoker http = HttpClients.New();
    string? refreshToken;

    /// <summary>A whole sign-in on the session that is there: the code by way of the browser, then the tokens for it.</summary>
    public async Task SignInAsync(CancellationToken ct) => await RedeemAsync("openid", prompt: null, ct);

    /// <summary>A token for the client itself.</summary>
    public async Task ClientCredentialsAsync(CancellationToken ct) => await AskAsync([new("grant_type", "client_credentials"), new("scope", Provider.ApiScope)], "access_token", ct);

    /// <summary>Fresh tokens for a refresh token, which is exchanged too.</summary>
    public async Task RefreshAsync(CancellationToken ct)
    {
        refreshToken ??= (await RedeemAsync("openid offline_access", provider.OfflinePrompt, ct)).GetProperty("refresh_token").GetString();
        var answer = await AskAsync([new("grant_type", "refresh_token"), new("refresh_token", refreshToken!)], "refresh_token", ct);
        refreshToken = answer.GetProperty("refresh_token").GetString();
    }

    /// <summary>Forgets the refresh token; the next refresh begins with a sign-in. A provider that keeps only the newest thousand things has forgotten it anyway when a round comes without this client.</summary>
    public void Forget() => refreshToken = null;

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    async Task<JsonElement> RedeemAsync(string scope, string? prompt, CancellationToken ct)
    {
        var verifier = Provider.NewVerifier();
        var code = await CodeAsync(provider.Request(scope, verifier, prompt), ct);
        return await AskAsync([new("grant_type", "authorization_code"), new("code", code), new("redirect_uri", Provider.RedirectUri), new("code_verifier", verifier)], "id_token", ct);
    }

    // The session's cookie is there, so the answer is the code; but a provider that has to be asked twice (consent) may send the browser around at home first.
    async Task<string> CodeAsync(Uri address, CancellationToken ct)
    {
        var cookies = provider.Cookies[number];
        for (var hops = 0; hops < 6; hops++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.TryAddWithoutValidation("Cookie", cookies);
            using var answer = await http.SendAsync(request, ct);
            if (answer.Headers.Location is not { } location)
            {
                throw new CannotMeasureException($"{provider.Name} answered {(int)answer.StatusCode} to an authorization request: {await answer.Content.ReadAsStringAsync(ct)}");
            }

            var target = new Uri(address, location);
            if (target.AbsoluteUri.StartsWith(Provider.RedirectUri, StringComparison.Ordinal))
            {
                return Parameter(target, "code") ?? throw new CannotMeasureException($"{provider.Name} sent no code: {target}");
            }

            cookies = Browser.Joined(cookies, answer);
            address = target;
        }

        throw new CannotMeasureException($"{provider.Name} leads on and on.");
    }

    async Task<JsonElement> AskAsync(IReadOnlyList<KeyValuePair<string, string>> form, string expected, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, provider.Token) { Content = new FormUrlEncodedContent(form) };
        request.Headers.Authorization = Basic;
        using var answer = await http.SendAsync(request, ct);
        var text = await answer.Content.ReadAsStringAsync(ct);
        return answer.StatusCode is HttpStatusCode.OK && JsonDocument.Parse(text).RootElement is var read && read.TryGetProperty(expected, out _)
            ? read
            : throw new CannotMeasureException($"{provider.Name} answered {(int)answer.StatusCode} without {expected} to {form[0].Value}: {text}");
    }

    static string? Parameter(Uri address, string name) =>
        address.Query.TrimStart('?').Split('&').Select(pair => pair.Split('=', 2)).FirstOrDefault(pair => pair[0] == name) is [_, var value] ? Uri.UnescapeDataString(value) : null;
}
