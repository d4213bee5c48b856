using Identity.Grants;
using Identity.Web;
using Platform.Database;

namespace Identity.RefreshTokens;

/// <summary>A refresh token as the database knows it, and the grant behind it.</summary>
sealed class RefreshToken : IGrantedToClient
{
    public long AccessGrantId { get; init; }

    public string Handle { get; init; } = "";

    public string ClientId { get; init; } = "";

    public string Subject { get; init; } = "";

    public string Sid { get; init; } = "";

    public string[] Scopes { get; init; } = [];

    public string[] Amr { get; init; } = [];

    public DateTime AuthenticatedAt { get; init; }

    public string? Idp { get; init; }

    /// <summary>The thumbprint of the key it is bound to, if any.</summary>
    public string? DPoPJkt { get; init; }

    public DateTime? UsedAt { get; init; }

    /// <summary>What it was exchanged for, encrypted, while that has not been used itself.</summary>
    public string? SealedSuccessor { get; init; }

    /// <summary>False when the grant, its person or its client have ended.</summary>
    public bool Stands { get; init; }
}

/// <summary>Every statement about refresh tokens.</summary>
sealed class RefreshTokenStore(Db db, TimeProvider clock)
{
    // The absolute end is reckoned from the grant each time: a client's shorter setting bites at once.
    const string EndsAt = "least(@now + make_interval(secs => c.sliding_refresh_token_lifetime), g.granted_at + make_interval(secs => c.absolute_refresh_token_lifetime))";

    const string Columns = """
        g.access_grant_id, g.handle, c.client_id, a.subject, g.sid, g.scopes, g.amr, g.authenticated_at,
        (select p.scheme from identity_provider p where p.identity_provider_id = g.identity_provider_id) as idp
        """;

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Begins a family.</summary>
    public Task InsertAsync(string token, long accessGrantId, string? dpopJkt, CancellationToken ct) => db.ExecuteAsync($"""
        insert into refresh_token (access_grant_id, token_hash, dpop_jkt, issued_at, expires_at)
        select g.access_grant_id, @hash, @dpopJkt, @now, {EndsAt}
        from access_grant g join registered_client c using (registered_client_id)
        where g.access_grant_id = @accessGrantId
        """, new { accessGrantId, hash = Secret.Hash(token), dpopJkt, now = Now }, ct);

    /// <summary>Uses a token up and enters its successor, in one statement: of rivals one gets through it.</summary>
    /// <returns>Null when that did not happen, for whatever reason; then nothing was changed.</returns>
    public Task<RefreshToken?> RotateAsync(Rotation rotation, CancellationToken ct) => db.FindAsync<RefreshToken>($"""
        with used as (
            update refresh_token t
            set used_at = @now, sealed_successor = @SealedSuccessor
            from access_grant g
            join registered_client c on c.registered_client_id = g.registered_client_id
            where t.token_hash = @hash and t.used_at is null and t.expires_at > @now
              and t.access_grant_id = g.access_grant_id and exists (select from standing_grant s where s.access_grant_id = g.access_grant_id)
              and c.client_id = @ClientId and c.allow_offline_access
              and g.granted_at + make_interval(secs => c.absolute_refresh_token_lifetime) > @now
              and g.scopes @> @Scopes
              and (t.dpop_jkt is null or t.dpop_jkt = @Jkt)
            returning t.refresh_token_id, t.predecessor_id, t.access_grant_id, t.dpop_jkt, {EndsAt} as successor_expires_at
        ),
        successor as (
            insert into refresh_token (access_grant_id, predecessor_id, token_hash, dpop_jkt, issued_at, expires_at)
            select access_grant_id, refresh_token_id, @successorHash, dpop_jkt, @now, successor_expires_at from used
        ),
        -- Whoever uses the successor has got it; the one before need not be able to tell it any more.
        told as (
            update refresh_token p set sealed_successor = null from used where p.refresh_token_id = used.predecessor_id
        )
        select {Columns}, u.dpop_jkt, true as stands
        from used u
        join access_grant g on g.access_grant_id = u.access_grant_id
        join registered_client c on c.registered_client_id = g.registered_client_id
        join account a on a.account_id = g.account_id
        """, new
    {
        hash = Secret.Hash(rotation.Token), successorHash = Secret.Hash(rotation.Successor), rotation.SealedSuccessor, rotation.ClientId, rotation.Scopes, rotation.Jkt, now = Now,
    }, ct);

    /// <summary>The token, whatever became of it.</summary>
    public Task<RefreshToken?> FindAsync(string token, CancellationToken ct) => db.FindAsync<RefreshToken>($"""
        select {Columns}, t.dpop_jkt, t.used_at, t.sealed_successor, exists (select from standing_grant s where s.access_grant_id = g.access_grant_id) as stands
        from refresh_token t
        join access_grant g on g.access_grant_id = t.access_grant_id
        join registered_client c on c.registered_client_id = g.registered_client_id
        join account a on a.account_id = g.account_id
        where t.token_hash = @hash
        """, new { hash = Secret.Hash(token) }, ct);

    /// <summary>Forgets tokens that would have been refused for their age for a day.</summary>
    public Task CleanUpAsync(CancellationToken ct) =>
        db.ExecuteAsync("delete from refresh_token where expires_at < @longAgo", new { longAgo = Now.AddDays(-1) }, ct);
}

/// <summary>A token to be exchanged for another.</summary>
/// <param name="Token">The one that was brought.</param>
/// <param name="ClientId">By whom.</param>
/// <param name="Scopes">For what; none: for all that was granted.</param>
/// <param name="Jkt">The key of which the client has just proven possession, if any.</param>
/// <param name="Successor">What it gets instead.</param>
/// <param name="SealedSuccessor">The same, encrypted.</param>
sealed record Rotation(string Token, string ClientId, string[] Scopes, string? Jkt, string Successor, string SealedSuccessor);
