using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Platform.Database;

namespace Platform.Web;

/// <summary>Tells the database on whose behalf a request works.</summary>
public static class CurrentCaller
{
    /// <summary>
    /// Puts the signed-in person or API client, as its issuer and subject name it, into the scope's <see cref="CallerAccessor"/>, so that
    /// every transaction of the request enters that tenant. Put it right after authentication.
    /// </summary>
    public static IApplicationBuilder UseCurrentCaller(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        if (Of(http.User) is { } caller)
        {
            http.RequestServices.GetRequiredService<CallerAccessor>().Current = caller;
        }

        return next(http);
    });

    /// <summary>The caller a principal stands for, or null when it names no issuer and subject.</summary>
    public static Caller? Of(ClaimsPrincipal principal) =>
        principal.Identity?.IsAuthenticated == true && principal.FindFirstValue("iss") is { } issuer && principal.FindFirstValue("sub") is { } subject
            ? Caller.Subject(issuer, subject)
            : null;
}
