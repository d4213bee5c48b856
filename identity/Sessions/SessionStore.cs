using Identity.Web;
using Platform.Database;

namespace Identity.Sessions;

/// <summary>A sign-in that lasts.</summary>
sealed class SignInSession
{
    public long SignInSessionId { get; init; }

    /// <summary>What tokens call it.</summary>
    public string Sid { get; init; } = "";

    public long AccountId { get; init; }

    public string Subject { get; init; } = "";

    public string Name { get; init; } = "";

    public string Email { get; init; } = "";

    /// <summary>How the person proved who they are (RFC 8176).</summary>
    public string[] Amr { get; init; } = [];

    public DateTime AuthenticatedAt { get; init; }

    public DateTime LastSeenAt { get; init; }

    /// <summary>The scheme of the provider through which it began; null: with a credential of ours.</summary>
    public string? Idp { get; init; }

    /// <summary>Whether the person's company wants a second factor that has not been shown in this session.</summary>
    public bool OwesSecondFactor { get; init; }

    /// <summary>Whether a person who owes one could show one; who could does not set up another in its place. False for whoever owes none.</summary>
    public bool HasSecondFactor { get; init; }
}

/// <summary>Every statement about sessions.</summary>
sealed class SessionStore(Db db, TimeProvider clock)
{
    static readonly TimeSpan SeenIsNotedEvery = TimeSpan.FromMinutes(1);

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>The session that key opens, if it has not ended and its person may still sign in; notes that it was used.</summary>
    public async Task<SignInSession?> FindAsync(string key, CancellationToken ct)
    {
        var session = await db.FindAsync<SignInSession>("""
            select s.sign_in_session_id, s.sid, s.account_id, a.subject, a.name, a.email, s.amr, s.authenticated_at, s.last_seen_at, p.scheme as idp,
                   r.is_required and not 'mfa' = any (s.amr) as owes_second_factor,
                   -- Looked up only where it decides: of somebody who owes one.
                   case when r.is_required and not 'mfa' = any (s.amr) then r.has_one else false end as has_second_factor
            from sign_in_session s
            join standing_account a on a.account_id = s.account_id
            join second_factor_rule r on r.account_id = s.account_id
            left join standing_provider p on p.identity_provider_id = s.identity_provider_id
            where s.key_hash = @hash and s.ends_at > @now and s.last_seen_at > @idleSince
              and (s.identity_provider_id is null or p.identity_provider_id is not null)
            """, new { hash = Secret.Hash(key), now = Now, idleSince = Now - Profile.SessionIdle }, ct);
        if (session is not null && session.LastSeenAt < Now - SeenIsNotedEvery)
        {
            await db.ExecuteAsync("update sign_in_session set last_seen_at = @now where sign_in_session_id = @SignInSessionId", new { session.SignInSessionId, now = Now }, ct);
        }

        return session;
    }

    /// <summary>Begins a session.</summary>
    public Task InsertAsync(string key, string sid, long accountId, string[] amr, string address, string userAgent, ProviderOfSession? through, CancellationToken ct) => db.ExecuteAsync("""
        insert into sign_in_session (key_hash, sid, account_id, amr, authenticated_at, last_seen_at, ends_at, address, user_agent, identity_provider_id)
        values (@hash, @sid, @accountId, @amr, @authenticated, @now, @ends, @address, @userAgent, @provider)
        """, new
    {
        hash = Secret.Hash(key), sid, accountId, amr, now = Now, ends = Now + Profile.SessionAbsolute, address, userAgent,
        provider = through?.IdentityProviderId, authenticated = through?.AuthenticatedAt ?? Now,
    }, ct);

    /// <summary>Ends the session that key opens.</summary>
    /// <returns>Its subject and sid, or null when there was none.</returns>
    public Task<EndedSession?> DeleteAsync(string key, CancellationToken ct) => db.FindAsync<EndedSession>("""
        delete from sign_in_session s using account a
        where s.key_hash = @hash and a.account_id = s.account_id
        returning a.subject, s.sid
        """, new { hash = Secret.Hash(key) }, ct);

    /// <summary>The sessions of an account that have not ended, the one used last first.</summary>
    public Task<List<OpenSession>> ListAsync(long accountId, CancellationToken ct) => db.ListAsync<OpenSession>("""
        select sid, address, user_agent, authenticated_at, last_seen_at
        from sign_in_session
        where account_id = @accountId and ends_at > @now and last_seen_at > @idleSince
        order by last_seen_at desc, sign_in_session_id desc
        """, new { accountId, now = Now, idleSince = Now - Profile.SessionIdle }, ct);

    /// <summary>Gives a session another key and enters what has been shown in it.</summary>
    /// <returns>False when it has ended.</returns>
    public async Task<bool> RaiseAsync(long signInSessionId, string key, string[] amr, CancellationToken ct) => await db.ExecuteAsync("""
        update sign_in_session set key_hash = @hash, amr = @amr, last_seen_at = @now where sign_in_session_id = @signInSessionId
        """, new { signInSessionId, hash = Secret.Hash(key), amr, now = Now }, ct) == 1;

    /// <summary>Ends one session of an account.</summary>
    /// <returns>False when the account has no such session.</returns>
    public async Task<bool> DeleteAsync(long accountId, string sid, CancellationToken ct) =>
        await db.ExecuteAsync("delete from sign_in_session where account_id = @accountId and sid = @sid", new { accountId, sid }, ct) == 1;

    /// <summary>Ends all sessions of an account but one.</summary>
    public Task<int> DeleteOthersAsync(long accountId, string keptSid, CancellationToken ct) =>
        db.ExecuteAsync("delete from sign_in_session where account_id = @accountId and sid <> @keptSid", new { accountId, keptSid }, ct);

    /// <summary>Ends all sessions of an account.</summary>
    public Task<int> DeleteAllAsync(long accountId, CancellationToken ct) =>
        db.ExecuteAsync("delete from sign_in_session where account_id = @accountId", new { accountId }, ct);

    /// <summary>Ends all sessions that began through a provider: those of one account, or everybody's.</summary>
    public Task<int> DeleteOfProviderAsync(long identityProviderId, long? accountId, CancellationToken ct) => db.ExecuteAsync("""
        delete from sign_in_session where identity_provider_id = @identityProviderId and (@accountId::bigint is null or account_id = @accountId)
        """, new { identityProviderId, accountId }, ct);

    /// <summary>Forgets sessions that have ended by themselves; with the row goes the word to the clients that a session has ended.</summary>
    public Task CleanUpAsync(CancellationToken ct) =>
        db.ExecuteAsync("delete from sign_in_session where ends_at < @now or last_seen_at < @idleSince", new { now = Now, idleSince = Now - Profile.SessionIdle }, ct);
}

/// <summary>The provider through which a session begins.</summary>
/// <param name="IdentityProviderId">Which.</param>
/// <param name="Scheme">What it is called.</param>
/// <param name="AuthenticatedAt">When it says that the person showed a credential.</param>
sealed record ProviderOfSession(long IdentityProviderId, string Scheme, DateTime AuthenticatedAt);

/// <summary>A session that was ended.</summary>
sealed record EndedSession(string Subject, string Sid);

/// <summary>A session as its person sees it in the list of their own.</summary>
sealed class OpenSession
{
    public string Sid { get; init; } = "";

    public string? Address { get; init; }

    public string? UserAgent { get; init; }

    public DateTime AuthenticatedAt { get; init; }

    public DateTime LastSeenAt { get; init; }
}
