using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace Platform.Web;

/// <summary>
/// The cookies of pages: host-bound, secure, unreadable to scripts (ASVS 3.3.1 to 3.3.4). Browsers take secure cookies from
/// http://localhost too, so development needs no exception.
/// </summary>
public static class PageCookies
{
    /// <summary>The header in which htmx sends the token against forged requests.</summary>
    public const string AntiforgeryHeader = "X-CSRF-Token";

    /// <summary>Names and hardens the cookies of antiforgery and of notices that survive one redirect.</summary>
    public static IServiceCollection AddPageCookies(this IServiceCollection services)
    {
        services.Configure<AntiforgeryOptions>(options =>
        {
            options.Cookie = new AlwaysSecure("__Host-antiforgery", SameSiteMode.Strict);
            options.HeaderName = AntiforgeryHeader;
            options.SuppressXFrameOptionsHeader = true; // SecurityHeaders sends a stricter one
        });
        services.Configure<CookieTempDataProviderOptions>(options => options.Cookie = new AlwaysSecure("__Host-notice", SameSiteMode.Lax));
        return services;
    }

    // Antiforgery refuses to work with SecurePolicy.Always over http; what it shall do is send the attribute and nothing else.
    sealed class AlwaysSecure : CookieBuilder
    {
        public AlwaysSecure(string name, SameSiteMode sameSite)
        {
            Name = name;
            Path = "/";
            HttpOnly = true;
            IsEssential = true;
            SameSite = sameSite;
            SecurePolicy = CookieSecurePolicy.None;
        }

        public override CookieOptions Build(HttpContext context, DateTimeOffset expiresFrom)
        {
            var options = base.Build(context, expiresFrom);
            options.Secure = true;
            return options;
        }
    }
}
