using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Platform.Jobs;

namespace Portal.Web.Sessions;

/// <summary>
/// The scheme of pages: the cookie holds a random key and nothing else, who it stands for is in the database. So a session ends for good when it ends, on every
/// instance with the next request, and a copied cookie is worth nothing afterwards.
/// </summary>
sealed class BrowserSessions(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, BrowserSessionStore sessions, IDataProtectionProvider protection)
    : SignInAuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    /// <summary>The cookie. It ends with the browser; the session ends by itself. Secure also on http://localhost, where browsers accept that.</summary>
    public const string CookieName = "__Host-portal";

    const int KeyLength = 43;

    readonly IDataProtector protector = protection.CreateProtector("browser sessions");

    static CookieOptions Attributes => new() { Secure = true, HttpOnly = true, SameSite = SameSiteMode.Lax, Path = "/", IsEssential = true };

    string? Key => Request.Cookies[CookieName] is { Length: KeyLength } key ? key : null;

    /// <inheritdoc/>
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Key is not { } key || await sessions.FindAsync(key, Context.RequestAborted) is not { } session)
        {
            return AuthenticateResult.NoResult();
        }

        return Open(session.ProtectedTicket) is { } ticket ? AuthenticateResult.Success(ticket) : AuthenticateResult.NoResult();
    }

    /// <summary>Begins a session under a new key each time, so that a key planted before is worth nothing.</summary>
    protected override async Task HandleSignInAsync(ClaimsPrincipal user, AuthenticationProperties? properties)
    {
        var key = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
        var ticket = protector.Protect(TicketSerializer.Default.Serialize(new(user, properties, Scheme.Name)));
        await sessions.InsertAsync(key, Key, user.FindFirstValue("iss") ?? "", user.FindFirstValue("sub") ?? "", user.FindFirstValue("sid"), ticket, Context.RequestAborted);
        Response.Cookies.Append(CookieName, key, Attributes);
    }

    /// <summary>Ends the session; twice is no mistake.</summary>
    protected override async Task HandleSignOutAsync(AuthenticationProperties? properties)
    {
        if (Key is { } key)
        {
            await sessions.DeleteAsync(key, Context.RequestAborted);
        }

        Response.Cookies.Delete(CookieName, Attributes);
    }

    AuthenticationTicket? Open(byte[] protectedTicket)
    {
        try
        {
            return TicketSerializer.Default.Deserialize(protector.Unprotect(protectedTicket));
        }
        catch (CryptographicException lostKey)
        {
            // The key file was replaced: everybody signs in anew.
            Logger.LogWarning("A session cannot be read, its encryption key is gone: {Reason}", lostKey.Message);
            return null;
        }
    }
}

/// <summary>Forgets sessions that have ended by themselves.</summary>
sealed class ForgetEndedSessions(BrowserSessionStore sessions) : IScheduledJob
{
    /// <inheritdoc/>
    public Task RunAsync(CancellationToken ct) => sessions.CleanUpAsync(ct);
}
