using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Benchmarks.Stage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace Benchmarks.Login;

/// <summary>
/// Identity providers of partners: each of a company of its own, with a mail domain of its own, all in use. Their metadata and keys come from this process, by way of
/// loopback, where identity asks for them once an hour; nobody signs in there.
/// </summary>
sealed class FederatedProviders : IAsyncDisposable
{
    readonly WebApplication host;
    readonly Uri address;
    readonly Installation installation;

    FederatedProviders(WebApplication host, Uri address, Installation installation) => (this.host, this.address, this.installation) = (host, address, installation);

    /// <summary>How many there are at this moment, numbered from 1.</summary>
    public int Count { get; private set; }

    /// <summary>Opens the place of their metadata; there is none of them yet.</summary>
    public static async Task<FederatedProviders> OpenAsync(Installation installation, CancellationToken ct)
    {
        var home = new Uri($"http://localhost:{Service.FreePort()}");
        using var rsa = RSA.Create(2048);
        var numbers = rsa.ExportParameters(includePrivateParameters: false);
        object keys = new { keys = new[] { new { kty = "RSA", use = "sig", alg = "RS256", kid = "1", n = Base64UrlEncoder.Encode(numbers.Modulus), e = Base64UrlEncoder.Encode(numbers.Exponent) } } };
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(home.AbsoluteUri);
        var app = builder.Build();
        app.MapGet("/{scheme}/.well-known/openid-configuration", (string scheme) => Results.Json(MetadataOf(new Uri(home, scheme).AbsoluteUri)));
        app.MapGet("/{scheme}/keys", () => Results.Json(keys));
        await app.StartAsync(ct);
        return new(app, home, installation);
    }

    /// <summary>The name of one of them.</summary>
    public static string SchemeOf(int number) => string.Create(CultureInfo.InvariantCulture, $"partner-{number:0000}");

    /// <summary>An address whose domain leads to it.</summary>
    public static string AddressAt(int number) => $"bo@{SchemeOf(number)}.example";

    /// <summary>Sees that there are so many, no more and no fewer, as the tables are after a while: vacuumed, their statistics gathered.</summary>
    public async Task SetCountAsync(int count, CancellationToken ct)
    {
        await using var source = installation.Connect("postgres");
        await using var change = source.CreateCommand();
        change.CommandText = """
            set search_path to identity, public;
            delete from federation_attempt;
            delete from tenant_domain d using tenant t where t.tenant_id = d.tenant_id and t.key like 'partner-____';
            delete from identity_provider where scheme like 'partner-____';
            delete from tenant where key like 'partner-____';
            insert into tenant (key, name, created_at, updated_at)
            select 'partner-' || to_char(n, 'FM0000'), 'Partner ' || n, now(), now() from generate_series(1, @count) n;
            insert into identity_provider (tenant_id, scheme, display_name, issuer, client_id, token_endpoint_auth_method, provisions, created_at, updated_at)
            select tenant_id, key, name || ' login', @address || key, 'us', 'private_key_jwt', true, now(), now() from tenant where key like 'partner-____';
            insert into tenant_domain (tenant_id, domain, token, proven_at, created_at)
            select tenant_id, key || '.example', 'a token', now(), now() from tenant where key like 'partner-____';
            reset search_path;
            """.Replace("@count", count.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal).Replace("@address", $"'{address.AbsoluteUri}'", StringComparison.Ordinal);
        await change.ExecuteNonQueryAsync(ct);
        await installation.GatherStatisticsAsync(ct);
        Count = count;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        await host.DisposeAsync();
    }

    static Dictionary<string, object> MetadataOf(string issuer) => new(StringComparer.Ordinal)
    {
        ["issuer"] = issuer,
        ["authorization_endpoint"] = issuer + "/authorize",
        ["token_endpoint"] = issuer + "/token",
        ["jwks_uri"] = issuer + "/keys",
        ["response_types_supported"] = new[] { "code" },
        ["id_token_signing_alg_values_supported"] = new[] { "RS256" },
        ["code_challenge_methods_supported"] = new[] { "S256" },
    };
}

/// <summary>A browser whose owner comes from a partner: the sign-in page is open, and nobody is signed in yet.</summary>
sealed partial class PartnersBrowser : IDisposable
{
    readonly HttpMessageInvoker http = HttpClients.New();
    readonly Uri identity;
    readonly string cookies;
    readonly string token;

    PartnersBrowser(Uri identity, string cookies, string token) => (this.identity, this.cookies, this.token) = (identity, cookies, token);

    /// <summary>Opens the sign-in page.</summary>
    public static async Task<PartnersBrowser> OpenAsync(Uri identity, CancellationToken ct)
    {
        using var first = HttpClients.New();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(identity, "/sign-in"));
        using var answer = await first.SendAsync(request, ct);
        var found = Token().Match(await answer.Content.ReadAsStringAsync(ct));
        return found.Success ? new(identity, Browser.Joined("", answer), WebUtility.HtmlDecode(found.Groups[1].Value)) : throw new CannotMeasureException("There is no form on the sign-in page.");
    }

    /// <summary>Types an address, and sees that the page which comes leads to its provider.</summary>
    public async Task FindHomeAsync(int provider, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(identity, "/sign-in/home")) { Content = new FormUrlEncodedContent([new("Email", FederatedProviders.AddressAt(provider)), new("__RequestVerificationToken", token)]) };
        request.Headers.TryAddWithoutValidation("Origin", identity.GetLeftPart(UriPartial.Authority));
        using var answer = await SendAsync(request, ct);
        var page = await answer.Content.ReadAsStringAsync(ct);
        if (answer.StatusCode is not HttpStatusCode.OK || !page.Contains($"/federation/{FederatedProviders.SchemeOf(provider)}/start", StringComparison.Ordinal))
        {
            throw new CannotMeasureException($"{FederatedProviders.AddressAt(provider)} led nowhere: {(int)answer.StatusCode} {page}");
        }
    }

    /// <summary>Is sent to a provider.</summary>
    public async Task StartAsync(int provider, CancellationToken ct)
    {
        var scheme = FederatedProviders.SchemeOf(provider);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(identity, $"/federation/{scheme}/start"));
        using var answer = await SendAsync(request, ct);
        if (answer.Headers.Location?.AbsolutePath != $"/{scheme}/authorize")
        {
            throw new CannotMeasureException($"Nobody was sent to {scheme}: {(int)answer.StatusCode} {answer.Headers.Location} {await answer.Content.ReadAsStringAsync(ct)}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        request.Headers.TryAddWithoutValidation("Cookie", cookies);
        return http.SendAsync(request, ct);
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
