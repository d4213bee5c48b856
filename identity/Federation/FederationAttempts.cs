using System.Security.Cryptography;
using System.Text.Json;
using Identity.Providers;
using Identity.Web;
using Microsoft.AspNetCore.DataProtection;
using Platform.Database;
using Secret = Identity.Web.Secret;

namespace Identity.Federation;

/// <summary>A sign-in that was sent to a provider, and is used up now.</summary>
sealed class FederationAttempt
{
    public byte[] BrowserHash { get; init; } = [];

    public long IdentityProviderId { get; init; }

    /// <summary>The issuer it was sent to; the provider's row may say another by now.</summary>
    public string Issuer { get; init; } = "";

    /// <summary>Who wants to link what comes back; null: somebody signs in.</summary>
    public long? AccountId { get; init; }

    public string? Sid { get; init; }

    public string Protected { get; init; } = "";

    public DateTime StartedAt { get; init; }

    public DateTime ExpiresAt { get; init; }
}

/// <summary>What nobody but us may know of an attempt.</summary>
/// <param name="Verifier">Of PKCE.</param>
/// <param name="Nonce">Must be in the id_token.</param>
/// <param name="Request">The application's request that waits, as <see cref="Authorize.PendingAuthorizations"/> wrote it.</param>
/// <param name="Then">The page of our own that is to come afterwards.</param>
/// <param name="IsFresh">Whether the person has to show a credential again.</param>
sealed record AttemptSecrets(string Verifier, string Nonce, string? Request, string? Then, bool IsFresh);

/// <summary>Keeps attempts, and the questions that linking leads to.</summary>
sealed class FederationAttempts(Db db, IDataProtectionProvider protection, TimeProvider clock)
{
    readonly IDataProtector protector = protection.CreateProtector("federation attempt");

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Enters one.</summary>
    /// <returns>Its state.</returns>
    public async Task<string> BeginAsync(string browser, Provider provider, AttemptSecrets secrets, (long AccountId, string Sid)? linking, CancellationToken ct)
    {
        var state = Secret.New();
        await db.ExecuteAsync("""
            insert into federation_attempt (state_hash, browser_hash, identity_provider_id, issuer, account_id, sid, protected, started_at, expires_at)
            values (@state, @browser, @IdentityProviderId, @Issuer, @accountId, @sid, @secrets, @now, @expires)
            """, new
        {
            state = Secret.Hash(state), browser = Secret.Hash(browser), provider.IdentityProviderId, provider.Issuer, accountId = linking?.AccountId, sid = linking?.Sid,
            secrets = protector.Protect(JsonSerializer.Serialize(secrets)), now = Now, expires = Now + (linking is null ? Profile.FederatedSignIn : Profile.FederatedLink),
        }, ct);
        return state;
    }

    /// <summary>Uses an attempt up, whoever brings its state and however late.</summary>
    public Task<FederationAttempt?> TakeAsync(string state, CancellationToken ct) => db.FindAsync<FederationAttempt>("""
        delete from federation_attempt where state_hash = @hash
        returning browser_hash, identity_provider_id, issuer, account_id, sid, protected, started_at, expires_at
        """, new { hash = Secret.Hash(state) }, ct);

    /// <summary>What only we know of it; null when it was encrypted with keys that are gone.</summary>
    public AttemptSecrets? Open(FederationAttempt attempt)
    {
        try
        {
            return JsonSerializer.Deserialize<AttemptSecrets>(protector.Unprotect(attempt.Protected));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Whether it was this browser that was sent, and the time is not up.</summary>
    public bool IsOf(FederationAttempt attempt, string? browser) =>
        browser is not null && CryptographicOperations.FixedTimeEquals(attempt.BrowserHash, Secret.Hash(browser)) && attempt.ExpiresAt > Now;

    /// <summary>Asks the person, in that browser and session, whether that is them.</summary>
    /// <returns>The question's token.</returns>
    public async Task<string> AskAsync(FederationAttempt attempt, ExternalPerson person, string browser, CancellationToken ct)
    {
        var token = Secret.New();
        await db.ExecuteAsync("""
            insert into federation_link (token_hash, browser_hash, account_id, sid, identity_provider_id, issuer, subject, shown_name, expires_at)
            values (@token, @browser, @AccountId, @Sid, @IdentityProviderId, @Issuer, @Subject, @ShownName, @expires)
            """, new
        {
            token = Secret.Hash(token), browser = Secret.Hash(browser), attempt.AccountId, attempt.Sid, attempt.IdentityProviderId, person.Issuer, person.Subject, person.ShownName,
            expires = Now + Profile.FederatedLink,
        }, ct);
        return token;
    }

    /// <summary>The question as it is shown, without answering it.</summary>
    public Task<LinkQuestion?> FindQuestionAsync(string token, string browser, long accountId, string sid, CancellationToken ct) => db.FindAsync<LinkQuestion>("""
        select l.identity_provider_id, p.scheme, l.issuer, l.subject, l.shown_name
        from federation_link l join standing_provider p using (identity_provider_id)
        where l.token_hash = @token and l.browser_hash = @browser and l.account_id = @accountId and l.sid = @sid and l.expires_at > @now
        """, Key(token, browser, accountId, sid), ct);

    /// <summary>Answers the question, once.</summary>
    public Task<LinkQuestion?> AnswerAsync(string token, string browser, long accountId, string sid, CancellationToken ct) => db.FindAsync<LinkQuestion>("""
        with answered as (
            delete from federation_link
            where token_hash = @token and browser_hash = @browser and account_id = @accountId and sid = @sid and expires_at > @now
            returning identity_provider_id, issuer, subject, shown_name
        )
        select l.identity_provider_id, p.scheme, l.issuer, l.subject, l.shown_name from answered l join standing_provider p using (identity_provider_id)
        """, Key(token, browser, accountId, sid), ct);

    /// <summary>Forgets what nobody came back for.</summary>
    public Task CleanUpAsync(CancellationToken ct) => db.ExecuteAsync("""
        delete from federation_attempt where expires_at < @now;
        delete from federation_link where expires_at < @now
        """, new { now = Now }, ct);

    object Key(string token, string browser, long accountId, string sid) => new { token = Secret.Hash(token), browser = Secret.Hash(browser), accountId, sid, now = Now };
}

/// <summary>What a person who wants to link is asked about.</summary>
sealed record LinkQuestion(long IdentityProviderId, string Scheme, string Issuer, string Subject, string ShownName);

/// <summary>The cookie that binds attempts to the browser they began in.</summary>
static class BrowserCookie
{
    const string Name = "__Host-federation";

    /// <summary>What this browser holds, if it looks like it.</summary>
    public static string? Read(HttpRequest request) => request.Cookies[Name] is { Length: 43 } held ? held : null;

    /// <summary>What it holds from now on: several attempts of one browser share it.</summary>
    public static string ReadOrWrite(HttpContext http)
    {
        var held = Read(http.Request) ?? Secret.New();
        http.Response.Cookies.Append(Name, held, new CookieOptions { Secure = true, HttpOnly = true, SameSite = SameSiteMode.Lax, Path = "/", IsEssential = true, MaxAge = Profile.FederatedLink * 2 });
        return held;
    }
}
