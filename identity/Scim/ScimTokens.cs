using System.Globalization;
using Identity.Web;
using Platform.Audit;
using Platform.Database;

namespace Identity.Scim;

/// <summary>A token of a tenant's directory, without its secret.</summary>
sealed record ScimToken(string Number, string Description, DateTime CreatedAt, DateTime ExpiresAt, DateTime? LastUsedAt);

/// <summary>Whose directory calls.</summary>
sealed record ScimCaller(long TenantId, string TenantKey, string TokenNumber);

/// <summary>Every statement about the tokens of directories.</summary>
sealed class ScimTokenStore(Db db, TimeProvider clock)
{
    static readonly TimeSpan UseIsNotedEvery = TimeSpan.FromMinutes(5);

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Whose directory that token is, while it and its tenant are in order; notes that it was used.</summary>
    public async Task<ScimCaller?> FindAsync(string token, CancellationToken ct)
    {
        var found = await db.FindAsync<Found>("""
            select s.scim_token_id, s.number, s.tenant_id, t.key, s.last_used_at
            from scim_token s join tenant t using (tenant_id)
            where s.hash = @hash and s.revoked_at is null and s.expires_at > @now and t.disabled_at is null
            """, new { hash = Secret.Hash(token), now = Now }, ct);
        if (found is not null && (found.LastUsedAt is null || found.LastUsedAt < Now - UseIsNotedEvery))
        {
            await db.ExecuteAsync("update scim_token set last_used_at = @now where scim_token_id = @ScimTokenId", new { found.ScimTokenId, now = Now }, ct);
        }

        return found is null ? null : new(found.TenantId, found.Key, found.Number);
    }

    /// <summary>Those of a tenant that work, the newest first.</summary>
    public Task<List<ScimToken>> ListAsync(long tenantId, CancellationToken ct) => db.ListAsync<ScimToken>("""
        select number, description, created_at, expires_at, last_used_at
        from scim_token
        where tenant_id = @tenantId and revoked_at is null and expires_at > @now
        order by scim_token_id desc
        """, new { tenantId, now = Now }, ct);

    public Task HoldAsync(long tenantId, CancellationToken ct) =>
        db.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended('scim:' || @tenantId, 0))", new { tenantId }, ct);

    public Task InsertAsync(string number, long tenantId, string description, string token, DateTime expiresAt, CancellationToken ct) => db.ExecuteAsync("""
        insert into scim_token (number, tenant_id, description, hash, created_at, expires_at) values (@number, @tenantId, @description, @hash, @now, @expiresAt)
        """, new { number, tenantId, description, hash = Secret.Hash(token), now = Now, expiresAt }, ct);

    /// <returns>False when there was no such token of that tenant.</returns>
    public async Task<bool> RevokeAsync(string number, long tenantId, CancellationToken ct) => await db.ExecuteAsync("""
        update scim_token set revoked_at = @now where number = @number and tenant_id = @tenantId and revoked_at is null
        """, new { number, tenantId, now = Now }, ct) == 1;

    sealed record Found(long ScimTokenId, string Number, long TenantId, string Key, DateTime? LastUsedAt);
}

/// <summary>Gives a tenant's directory a token, shown this once, and takes one back. Two overlap, so that one can be exchanged without a gap.</summary>
sealed class ChangeScimTokens(ScimTokenStore tokens, Db db, AuditTrail audit, TimeProvider clock)
{
    /// <summary>How many of one tenant may work at a time.</summary>
    public const int AtATime = 2;

    /// <summary>How long one works.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(365);

    /// <summary>Makes one.</summary>
    /// <returns>The token, or null when the tenant has as many as it may have: one has to be revoked first.</returns>
    public Task<string?> AddAsync(long tenantId, string description, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        await tokens.HoldAsync(tenantId, ct);
        if ((await tokens.ListAsync(tenantId, ct)).Count >= AtATime)
        {
            return null;
        }

        var (number, token, ends) = (Secret.NewName(), "scim_" + Secret.New(), clock.GetUtcNow().UtcDateTime + Lifetime);
        await tokens.InsertAsync(number, tenantId, description.Trim(), token, ends, ct);
        await audit.RecordAsync("scim_token.added", "scim_token", number, null, new { tenant = tenantId, description, ends = ends.ToString("O", CultureInfo.InvariantCulture) }, ct);
        return token;
    }, ct);

    /// <summary>Takes one back; its directory is refused from the next request on.</summary>
    public Task<bool> RevokeAsync(long tenantId, string number, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var revoked = await tokens.RevokeAsync(number, tenantId, ct);
        if (revoked)
        {
            await audit.RecordAsync("scim_token.revoked", "scim_token", number, null, new { tenant = tenantId }, ct);
        }

        return revoked;
    }, ct);
}
