using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Identity.Sessions;

/// <summary>
/// The cookie that holds a session's key, and nothing else. It ends with the browser; the session itself is in the database and ends
/// by itself. Secure also on http://localhost, where browsers accept that.
/// </summary>
static class SessionCookie
{
    public const string Name = "__Host-identity";

    static CookieOptions Attributes => new() { Secure = true, HttpOnly = true, SameSite = SameSiteMode.Lax, Path = "/", IsEssential = true };

    /// <summary>The key this browser holds, if it looks like one.</summary>
    public static string? Read(HttpRequest request) => request.Cookies[Name] is { Length: 43 } key ? key : null;

    public static void Write(HttpResponse response, string key) => response.Cookies.Append(Name, key, Attributes);

    public static void Delete(HttpResponse response) => response.Cookies.Delete(Name, Attributes);
}

/// <summary>The authentication scheme of identity's own pages: the session the browser's cookie stands for.</summary>
sealed class SessionAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, SessionStore sessions)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "session";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (SessionCookie.Read(Request) is not { } key || await sessions.FindAsync(key, Context.RequestAborted) is not { } session)
        {
            return AuthenticateResult.NoResult();
        }

        Context.Features.Set(new FoundSession(session));
        // Nothing is decided by this principal; the tokens of forms are bound to it.
        var identity = new ClaimsIdentity([new("sub", session.Subject), new("name", session.Name)], SchemeName, "name", "role");
        return AuthenticateResult.Success(new(new ClaimsPrincipal(identity), SchemeName));
    }

    // Whoever has to sign in first is sent to the page for it.
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status303SeeOther;
        Response.Headers.Location = new StringValues("/sign-in");
        return Task.CompletedTask;
    }
}
