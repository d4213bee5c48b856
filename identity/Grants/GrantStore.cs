using Identity.Web;
using Npgsql;
using NpgsqlTypes;
using Platform.Database;

namespace Identity.Grants;

/// <summary>What a person gave a client, as far as tokens speak of it.</summary>
interface IGrantedToClient
{
    /// <summary>Names the grant in the jti of its access tokens.</summary>
    string Handle { get; }

    /// <summary>Who granted it.</summary>
    string Subject { get; }

    /// <summary>In which session.</summary>
    string Sid { get; }

    /// <summary>How the person had proven who they are.</summary>
    string[] Amr { get; }

    /// <summary>When.</summary>
    DateTime AuthenticatedAt { get; }

    /// <summary>The scheme of the provider through which they came; null: with a credential of ours.</summary>
    string? Idp { get; }
}

/// <summary>A code that was redeemed just now, and the grant behind it.</summary>
sealed class RedeemedCode : IGrantedToClient
{
    public long AccessGrantId { get; init; }

    public string Handle { get; init; } = "";

    public string ClientId { get; init; } = "";

    public string RedirectUri { get; init; } = "";

    public string? CodeChallenge { get; init; }

    public string? Nonce { get; init; }

    /// <summary>The key that has to be proven, if the request named one.</summary>
    public string? DPoPJkt { get; init; }

    public DateTime ExpiresAt { get; init; }

    public string Subject { get; init; } = "";

    public string Sid { get; init; } = "";

    public string[] Scopes { get; init; } = [];

    public string[] Amr { get; init; } = [];

    public DateTime AuthenticatedAt { get; init; }

    public string? Idp { get; init; }

    /// <summary>False when the person was disabled, or the grant ended, since the code was given out.</summary>
    public bool Stands { get; init; }
}

/// <summary>A grant behind an access token, with what userinfo tells of its person.</summary>
sealed class StandingGrant
{
    public string[] Scopes { get; init; } = [];

    public string Subject { get; init; } = "";

    public string Name { get; init; } = "";

    public string Email { get; init; } = "";

    public bool EmailConfirmed { get; init; }

    public string Language { get; init; } = "";

    /// <summary>The key of the person's tenant.</summary>
    public string? Tenant { get; init; }

    /// <summary>The roles to which the claims of the person's provider led, as far as the tenant's allow-list goes at this moment.</summary>
    public string[] Roles { get; init; } = [];

    public DateTime UpdatedAt { get; init; }
}

/// <summary>Every statement about grants and codes.</summary>
sealed class GrantStore(Db db, TimeProvider clock)
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Enters a grant and the code that stands for it on its way through the browser, in the running transaction, before it ends.</summary>
    public void Insert(NewGrant grant) => db.Later("""
        with entered as (
            insert into access_grant (handle, registered_client_id, account_id, sid, scopes, amr, authenticated_at, granted_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8)
            returning access_grant_id
        )
        insert into authorization_code (code_hash, access_grant_id, redirect_uri, code_challenge, nonce, dpop_jkt, expires_at)
        select $9, access_grant_id, $10, $11, $12, $13, $14 from entered
        """,
        new NpgsqlParameter<string> { TypedValue = grant.Handle },
        new NpgsqlParameter<long> { TypedValue = grant.RegisteredClientId },
        new NpgsqlParameter<long> { TypedValue = grant.AccountId },
        new NpgsqlParameter<string> { TypedValue = grant.Sid },
        new NpgsqlParameter<string[]> { TypedValue = grant.Scopes },
        new NpgsqlParameter<string[]> { TypedValue = grant.Amr },
        new NpgsqlParameter<DateTime> { TypedValue = grant.AuthenticatedAt },
        new NpgsqlParameter<DateTime> { TypedValue = Now },
        new NpgsqlParameter<byte[]> { TypedValue = Secret.Hash(grant.Code) },
        new NpgsqlParameter<string> { TypedValue = grant.RedirectUri },
        Text(grant.CodeChallenge),
        Text(grant.Nonce),
        Text(grant.DPoPJkt),
        new NpgsqlParameter<DateTime> { TypedValue = Now + grant.CodeLifetime });

    /// <summary>Uses a code up, whoever brings it and however late; whether it is worth something is for the caller to see.</summary>
    /// <returns>Null when there is no such code, or it was used before.</returns>
    public Task<RedeemedCode?> RedeemAsync(string code, CancellationToken ct) => db.FindAsync<RedeemedCode>("""
        with redeemed as (
            update authorization_code set redeemed_at = @now
            where code_hash = @hash and redeemed_at is null
            returning access_grant_id, redirect_uri, code_challenge, nonce, dpop_jkt, expires_at
        )
        select r.access_grant_id, g.handle, c.client_id, r.redirect_uri, r.code_challenge, r.nonce, r.dpop_jkt, r.expires_at, a.subject, g.sid, g.scopes, g.amr, g.authenticated_at,
               (select p.scheme from identity_provider p where p.identity_provider_id = g.identity_provider_id) as idp,
               g.revoked_at is null and exists (select from standing_account w where w.account_id = a.account_id) and exists (select from sign_in_session s where s.sid = g.sid) as stands
        from redeemed r
        join access_grant g on g.access_grant_id = r.access_grant_id
        join registered_client c on c.registered_client_id = g.registered_client_id
        join account a on a.account_id = g.account_id
        """, new { hash = Secret.Hash(code), now = Now }, ct);

    /// <summary>Ends the grant behind a code that came a second time (RFC 6749, 10.5), with all tokens from it.</summary>
    /// <returns>Its handle, or null when there is no such code.</returns>
    public Task<string?> RevokeReplayedAsync(string code, CancellationToken ct) => db.FindAsync<string>("""
        update access_grant g
        set revoked_at = coalesce(g.revoked_at, @now), revoked_because = coalesce(g.revoked_because, 'code_replayed')
        from authorization_code c
        where c.code_hash = @hash and c.redeemed_at is not null and g.access_grant_id = c.access_grant_id
        returning g.handle
        """, new { hash = Secret.Hash(code), now = Now }, ct);

    /// <summary>Ends one grant.</summary>
    /// <returns>False when it had ended before.</returns>
    public async Task<bool> RevokeAsync(long accessGrantId, string reason, CancellationToken ct) => await db.ExecuteAsync("""
        update access_grant set revoked_at = @now, revoked_because = @reason where access_grant_id = @accessGrantId and revoked_at is null
        """, new { accessGrantId, reason, now = Now }, ct) == 1;

    /// <summary>Ends all that was granted in a session.</summary>
    public Task RevokeSessionAsync(string sid, string reason, CancellationToken ct) => db.ExecuteAsync("""
        update access_grant set revoked_at = @now, revoked_because = @reason where sid = @sid and revoked_at is null
        """, new { sid, reason, now = Now }, ct);

    /// <summary>Ends all that a person granted, except in one session.</summary>
    public Task RevokeOthersAsync(long accountId, string keptSid, string reason, CancellationToken ct) => db.ExecuteAsync("""
        update access_grant set revoked_at = @now, revoked_because = @reason where account_id = @accountId and sid <> @keptSid and revoked_at is null
        """, new { accountId, keptSid, reason, now = Now }, ct);

    /// <summary>Ends all that a person granted.</summary>
    public Task RevokeAccountAsync(long accountId, string reason, CancellationToken ct) => db.ExecuteAsync("""
        update access_grant set revoked_at = @now, revoked_because = @reason where account_id = @accountId and revoked_at is null
        """, new { accountId, reason, now = Now }, ct);

    /// <summary>Ends all that was granted in sessions that began through a provider, also what outlives its session.</summary>
    public Task RevokeProviderAsync(long identityProviderId, string reason, CancellationToken ct, long? accountId = null) => db.ExecuteAsync("""
        update access_grant set revoked_at = @now, revoked_because = @reason
        where identity_provider_id = @identityProviderId and (@accountId::bigint is null or account_id = @accountId) and revoked_at is null
        """, new { identityProviderId, accountId, reason, now = Now }, ct);

    /// <summary>The grant behind an access token, while the token, its person and its client are in order.</summary>
    public Task<StandingGrant?> FindStandingAsync(string jti, string clientId, CancellationToken ct) => db.FindAsync<StandingGrant>("""
        select g.scopes, a.subject, a.name, a.email, a.language, a.updated_at,
               -- What a provider says of an address counts while the tenant owns the domain.
               a.email_confirmed and (a.normalized_email is not null
                   or exists (select from tenant_domain d where d.tenant_id = a.tenant_id and d.domain = lower(split_part(a.email, '@', 2)) and d.proven_at is not null)) as email_confirmed,
               array(select r.role from grantable_role r where r.tenant_id = a.tenant_id and r.role = any (a.roles) order by r.weight, r.role) as roles,
               (select t.key from tenant t where t.tenant_id = a.tenant_id) as tenant
        from access_grant g
        join account a on a.account_id = g.account_id
        where g.handle = @handle and exists (select from standing_grant s where s.access_grant_id = g.access_grant_id and s.client_id = @clientId)
          and not exists (select from revoked_token r where r.jti_hash = @hash)
        """, new { handle = jti.Split('.')[0], hash = Secret.Hash(jti), clientId }, ct);

    /// <summary>Forgets grants whose last token has expired long since. Who can be refreshed stays, and so does what was revoked lately: it is still told apart.</summary>
    public Task CleanUpAsync(CancellationToken ct) => db.ExecuteAsync("""
        delete from access_grant g
        where g.granted_at < @longAgo
          and (g.revoked_at < @longAgo or not exists (select from refresh_token t where t.access_grant_id = g.access_grant_id and t.expires_at > @longAgo))
        """, new { longAgo = Now.AddDays(-1) }, ct);

    static NpgsqlParameter<string> Text(string? value) => new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Text };
}

/// <summary>A grant to be entered.</summary>
sealed record NewGrant(string Handle, string Code, long RegisteredClientId, string[] Scopes, string RedirectUri, string? CodeChallenge, string? Nonce, TimeSpan CodeLifetime)
{
    /// <summary>The person who grants.</summary>
    public required long AccountId { get; init; }

    /// <summary>The session it is granted in.</summary>
    public required string Sid { get; init; }

    /// <summary>The thumbprint of the key that the code is bound to, if any.</summary>
    public string? DPoPJkt { get; init; }

    /// <summary>How the person proved who they are.</summary>
    public required string[] Amr { get; init; }

    /// <summary>When.</summary>
    public required DateTime AuthenticatedAt { get; init; }
}
