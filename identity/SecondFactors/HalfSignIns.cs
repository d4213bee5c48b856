using Identity.Users;
using Identity.Web;
using Platform.Database;

namespace Identity.SecondFactors;

/// <summary>Somebody who has shown the password and not yet the second factor.</summary>
sealed class HalfSignIn
{
    public long AccountId { get; init; }

    public string Subject { get; init; } = "";

    /// <summary>What has been shown (RFC 8176).</summary>
    public string[] Amr { get; init; } = [];
}

/// <summary>
/// Keeps what lies between the two steps of a sign-in. The browser holds a random key in a cookie of its own; nothing but the second step
/// asks for it. It ends after five minutes, with the account's credentials, and when it becomes a session.
/// </summary>
sealed class HalfSignIns(Db db, TimeProvider clock)
{
    const string CookieName = "__Host-identity-half";

    static CookieOptions Attributes => new() { Secure = true, HttpOnly = true, SameSite = SameSiteMode.Lax, Path = "/", IsEssential = true };

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Begins one in this browser.</summary>
    public async Task BeginAsync(HttpContext http, Account account, string[] amr, CancellationToken ct)
    {
        var key = Secret.New();
        await db.ExecuteAsync("""
            insert into half_sign_in (token_hash, account_id, security_stamp, amr, expires_at) values (@hash, @AccountId, @SecurityStamp, @amr, @expires)
            """, new { hash = Secret.Hash(key), account.AccountId, account.SecurityStamp, amr, expires = Now + Profile.HalfSignIn }, ct);
        http.Response.Cookies.Append(CookieName, key, Attributes);
    }

    /// <summary>The one of this browser, if it has not ended.</summary>
    public async Task<HalfSignIn?> FindAsync(HttpContext http, CancellationToken ct) => Key(http) is { } key
        ? await db.FindAsync<HalfSignIn>("""
            select h.account_id, a.subject, h.amr
            from half_sign_in h
            join standing_account a on a.account_id = h.account_id and a.security_stamp = h.security_stamp
            where h.token_hash = @hash and h.expires_at > @now
            """, new { hash = Secret.Hash(key), now = Now }, ct)
        : null;

    /// <summary>Ends the one of this browser, because it becomes a session.</summary>
    /// <returns>False when it has ended already: it becomes one session and no more.</returns>
    public async Task<bool> FinishAsync(HttpContext http, CancellationToken ct)
    {
        http.Response.Cookies.Delete(CookieName, Attributes);
        return Key(http) is { } key && await db.ExecuteAsync("""
            delete from half_sign_in h using standing_account a
            where h.token_hash = @hash and h.expires_at > @now and a.account_id = h.account_id and a.security_stamp = h.security_stamp
            """, new { hash = Secret.Hash(key), now = Now }, ct) == 1;
    }

    /// <summary>Forgets those that have ended by themselves.</summary>
    public Task CleanUpAsync(CancellationToken ct) => db.ExecuteAsync("delete from half_sign_in where expires_at < @now", new { now = Now }, ct);

    static string? Key(HttpContext http) => http.Request.Cookies[CookieName] is { Length: 43 } key ? key : null;
}
