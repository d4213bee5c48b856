using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Platform.Web;

/// <summary>What a service may add to the content security policy, which otherwise trusts nothing but itself.</summary>
public sealed class SecurityHeaderOptions
{
    /// <summary>Origins besides our own that a form may lead to: after sign-out the browser is sent on to the identity provider.</summary>
    public IList<string> FormTargets { get; } = [];

    /// <summary>Where browsers report what the policy stopped.</summary>
    public string ReportPath { get; set; } = "/csp-reports";

    /// <summary>What other sites learn of where somebody came from; identity says nothing at all.</summary>
    public string ReferrerPolicy { get; set; } = "same-origin";
}

/// <summary>
/// The headers that tell the browser to trust as little as possible, on every answer whoever wrote it: pages, files, errors.
/// ASVS 3.4.1 to 3.4.8, 14.3.2.
/// </summary>
public static class SecurityHeaders
{
    static readonly object NonceKey = new();
    static readonly object FormTargetKey = new();
    static readonly object OnlyFormTargetKey = new();

    /// <summary>Sends the headers; put it before everything that answers.</summary>
    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app)
    {
        var options = app.ApplicationServices.GetService<Microsoft.Extensions.Options.IOptions<SecurityHeaderOptions>>()?.Value ?? new();
        return app.Use(async (http, next) =>
        {
            http.Response.OnStarting(() =>
            {
                Write(http, options);
                return Task.CompletedTask;
            });
            await next(http);
        });
    }

    /// <summary>The nonce that lets one inline script or style of this answer run; the policy names it only when it was asked for.</summary>
    public static string CspNonce(this HttpContext http)
    {
        if (http.Items[NonceKey] is not string nonce)
        {
            http.Items[NonceKey] = nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(18));
        }

        return nonce;
    }

    /// <summary>Lets a form of this answer lead to one more place, also by way of redirects: an origin or an address.</summary>
    public static void AllowFormTarget(this HttpContext http, string target) => http.Items[FormTargetKey] = target;

    /// <summary>Lets the form of this answer lead there and nowhere else, not even to ourselves.</summary>
    public static void AllowOnlyFormTarget(this HttpContext http, string target) => http.Items[OnlyFormTargetKey] = target;

    static void Write(HttpContext http, SecurityHeaderOptions options)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = Policy(http.Items[NonceKey] as string, FormTargets(http, options), options);
        headers["Reporting-Endpoints"] = $"csp=\"{options.ReportPath}\"";
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = options.ReferrerPolicy;
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        // An answer that is meant for everybody (a provider's public keys) has said so.
        headers.TryAdd("Cross-Origin-Resource-Policy", "same-origin");
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
        if (http.Request.IsHttps)
        {
            headers.StrictTransportSecurity = "max-age=31536000; includeSubDomains";
        }

        // Whoever wants something kept says so; everything else is somebody's own.
        if (headers.CacheControl.Count == 0)
        {
            headers.CacheControl = "no-store";
        }
    }

    static IEnumerable<string?> FormTargets(HttpContext http, SecurityHeaderOptions options) =>
        http.Items[OnlyFormTargetKey] is string only ? [only] : options.FormTargets.Prepend("'self'").Append(http.Items[FormTargetKey] as string);

    static string Policy(string? nonce, IEnumerable<string?> formTargets, SecurityHeaderOptions options)
    {
        var own = nonce is null ? "'self'" : $"'self' 'nonce-{nonce}'";
        var forms = string.Join(' ', formTargets.Where(target => target is not null));
        return $"default-src 'self'; script-src {own}; style-src {own}; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
            + $"frame-ancestors 'none'; form-action {forms}; report-uri {options.ReportPath}; report-to csp";
    }
}
