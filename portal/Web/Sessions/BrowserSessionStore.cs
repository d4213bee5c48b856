using System.Security.Cryptography;
using System.Text;
using Platform.Database;
using Platform.OpenIdConnect;

namespace Portal.Web.Sessions;

/// <summary>A sign-in that lasts, as its key opens it.</summary>
/// <param name="BrowserSessionId">Its key inside the database.</param>
/// <param name="ProtectedTicket">Who signed in, encrypted.</param>
/// <param name="LastSeenAt">When it was last used.</param>
public sealed record BrowserSession(long BrowserSessionId, byte[] ProtectedTicket, DateTime LastSeenAt);

/// <summary>Every statement about sessions of browsers. They are the product's own: who is at work is known only after one was found.</summary>
public sealed class BrowserSessionStore(IServiceScopeFactory scopes, TimeProvider clock)
{
    static readonly TimeSpan SeenIsNotedEvery = TimeSpan.FromMinutes(1);

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>The session that key opens, if it has not ended; notes that it was used.</summary>
    public async Task<BrowserSession?> FindAsync(string key, CancellationToken ct) => await InDatabaseAsync(async db =>
    {
        var session = await db.FindAsync<BrowserSession>("""
            select browser_session_id, protected_ticket, last_seen_at
            from browser_session
            where key_hash = @hash and ends_at > @now and last_seen_at > @idleSince
            """, new { hash = Hash(key), now = Now, idleSince = Now - PortalAuthentication.Idle }, ct);
        if (session is not null && session.LastSeenAt < Now - SeenIsNotedEvery)
        {
            await db.ExecuteAsync("update browser_session set last_seen_at = @now where browser_session_id = @BrowserSessionId", new { session.BrowserSessionId, now = Now }, ct);
        }

        return session;
    });

    /// <summary>Begins a session, and ends the one this browser had before.</summary>
    public Task InsertAsync(string key, string? before, string issuer, string subject, string? sid, byte[] protectedTicket, CancellationToken ct) => InDatabaseAsync(db => db.ExecuteAsync("""
        with ended as (delete from browser_session where key_hash = @old)
        insert into browser_session (key_hash, issuer, subject, sid, protected_ticket, signed_in_at, last_seen_at, ends_at)
        values (@hash, @issuer, @subject, @sid, @protectedTicket, @now, @now, @ends)
        """, new { hash = Hash(key), old = before is null ? null : Hash(before), issuer, subject, sid, protectedTicket, now = Now, ends = Now + PortalAuthentication.Absolute }, ct));

    /// <summary>Ends the session that key opens.</summary>
    public Task DeleteAsync(string key, CancellationToken ct) => InDatabaseAsync(db =>
        db.ExecuteAsync("delete from browser_session where key_hash = @hash", new { hash = Hash(key) }, ct));

    /// <summary>Ends what the identity provider says has ended; its token counts once.</summary>
    /// <param name="ended">What has ended.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <returns>How many sessions ended, or null when the token was used before.</returns>
    public Task<int?> EndAsync(EndedAtProvider ended, CancellationToken ct) => InDatabaseAsync(db => db.FindAsync<int?>("""
        with taken as (
            insert into used_logout_token (id_hash, expires_at) values (@id, @ExpiresAt) on conflict do nothing returning 1
        ), ended as (
            delete from browser_session
            where exists (select from taken) and issuer = @Issuer
              and (@Sid::text is null or sid = @Sid) and (@Subject::text is null or subject = @Subject)
            returning 1
        )
        select (select count(*) from ended)::integer from taken
        """, new { id = Hash(ended.Issuer + " " + ended.TokenId), ended.ExpiresAt, ended.Issuer, ended.Sid, ended.Subject }, ct));

    /// <summary>Forgets what has ended by itself.</summary>
    public Task CleanUpAsync(CancellationToken ct) => InDatabaseAsync(db => db.ExecuteAsync("""
        delete from browser_session where ends_at <= @now or last_seen_at <= @idleSince;
        delete from used_logout_token where expires_at < @now
        """, new { now = Now, idleSince = Now - PortalAuthentication.Idle }, ct));

    // The key is random, so a fast hash tells nothing.
    static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    async Task<T> InDatabaseAsync<T>(Func<Db, Task<T>> work)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallerAccessor>().Current = Caller.System("portal:sessions");
        return await work(scope.ServiceProvider.GetRequiredService<Db>());
    }
}
