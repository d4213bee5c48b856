using Identity.Web;
using Platform.Database;

namespace Identity.Passkeys;

/// <summary>What a passkey is asked for.</summary>
static class PasskeyPurpose
{
    /// <summary>A new passkey is to be added.</summary>
    public const string Register = "register";

    /// <summary>Somebody we do not know yet signs in with nothing else.</summary>
    public const string SignIn = "sign-in";

    /// <summary>Somebody has shown the password.</summary>
    public const string Second = "second";

    /// <summary>Somebody who is signed in proves it once more.</summary>
    public const string Confirm = "confirm";

    /// <summary>Somebody who is signed in with a password shows more.</summary>
    public const string StepUp = "step-up";
}

/// <summary>
/// Keeps challenges until their signature comes. The browser holds a random key in a cookie, so the signature of another browser does not fit;
/// the challenge itself is the passkey handler's (32 random bytes).
/// </summary>
sealed class PasskeyChallenges(Db db, TimeProvider clock)
{
    const string CookieName = "__Host-identity-passkey";

    static CookieOptions Attributes => new() { Secure = true, HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/", IsEssential = true };

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Keeps one for this browser.</summary>
    public async Task KeepAsync(HttpContext http, string purpose, long? accountId, string state, CancellationToken ct)
    {
        var key = Secret.New();
        await db.ExecuteAsync("""
            insert into passkey_challenge (token_hash, purpose, account_id, state, expires_at) values (@hash, @purpose, @accountId, @state, @expires)
            """, new { hash = Secret.Hash(key), purpose, accountId, state, expires = Now + Profile.PasskeyChallenge }, ct);
        http.Response.Cookies.Append(CookieName, key, Attributes);
    }

    /// <summary>Uses the one of this browser up.</summary>
    /// <returns>Null when there is none for that purpose and account, it was used already, or is too old.</returns>
    public async Task<string?> TakeAsync(HttpContext http, string purpose, long? accountId, CancellationToken ct)
    {
        http.Response.Cookies.Delete(CookieName, Attributes);
        return http.Request.Cookies[CookieName] is { Length: 43 } key
            ? (await db.FindAsync<KeptChallenge>("delete from passkey_challenge where token_hash = @hash returning purpose, account_id, state, expires_at", new { hash = Secret.Hash(key) }, ct)) is { } kept
                && kept.Purpose == purpose && kept.AccountId == accountId && kept.ExpiresAt > Now ? kept.State : null
            : null;
    }

    /// <summary>Forgets those that nobody answered.</summary>
    public Task CleanUpAsync(CancellationToken ct) => db.ExecuteAsync("delete from passkey_challenge where expires_at < @now", new { now = Now }, ct);

    sealed class KeptChallenge
    {
        public string Purpose { get; init; } = "";

        public long? AccountId { get; init; }

        public string State { get; init; } = "";

        public DateTime ExpiresAt { get; init; }
    }
}
