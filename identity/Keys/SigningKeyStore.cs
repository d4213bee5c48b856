using Platform.Database;
using Platform.Notices;

namespace Identity.Keys;

/// <summary>One key pair; the private part encrypted, and null once it is destroyed.</summary>
sealed class SigningKey
{
    public long SigningKeyId { get; init; }

    /// <summary>Its name: the thumbprint of its public part (RFC 7638).</summary>
    public string Kid { get; init; } = "";

    /// <summary><c>RS256</c> or <c>ES256</c>.</summary>
    public string Algorithm { get; init; } = "";

    /// <summary>The public part as it is published.</summary>
    public string PublicJwk { get; init; } = "";

    public string? ProtectedKey { get; init; }

    /// <summary>Since when it is announced.</summary>
    public DateTime CreatedAt { get; init; }

    /// <summary>Its day: from then on it signs, until a younger one's day has come.</summary>
    public DateTime SignsFrom { get; init; }

    /// <summary>When it went out of the JWKS because no token of it was left.</summary>
    public DateTime? RetiredAt { get; init; }

    /// <summary>When it was declared compromised.</summary>
    public DateTime? RevokedAt { get; init; }

    /// <summary>Why.</summary>
    public string? RevokedBecause { get; init; }
}

/// <summary>Every statement about signing keys.</summary>
sealed class SigningKeyStore(Db db, TimeProvider clock)
{
    /// <summary>What instances are told when a key comes or goes.</summary>
    public const string Topic = "signing_keys";

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>All keys, ended ones too, the youngest first.</summary>
    public Task<List<SigningKey>> ListAsync(CancellationToken ct) => db.ListAsync<SigningKey>("""
        select signing_key_id, kid, algorithm, public_jwk::text as public_jwk, protected_key, created_at, signs_from, retired_at, revoked_at, revoked_because
        from signing_key
        order by signs_from desc, signing_key_id desc
        """, null, ct);

    /// <summary>Announces a key.</summary>
    public async Task InsertAsync(SigningKey key, CancellationToken ct)
    {
        await db.ExecuteAsync("""
            insert into signing_key (kid, algorithm, public_jwk, protected_key, created_at, signs_from)
            values (@Kid, @Algorithm, @PublicJwk::jsonb, @ProtectedKey, @CreatedAt, @SignsFrom)
            """, key, ct);
        db.Tell(Topic, key.Kid);
    }

    /// <summary>Lets an announced key sign from another day on.</summary>
    public async Task SignFromAsync(string kid, DateTime day, CancellationToken ct)
    {
        await db.ExecuteAsync("update signing_key set signs_from = greatest(@day, created_at) where kid = @kid", new { kid, day }, ct);
        db.Tell(Topic, kid);
    }

    /// <summary>Takes keys out of the JWKS whose tokens have all expired, and destroys their private parts.</summary>
    public async Task RetireAsync(string[] kids, CancellationToken ct)
    {
        await db.ExecuteAsync("update signing_key set retired_at = @now, protected_key = null where kid = any(@kids) and retired_at is null", new { kids, now = Now }, ct);
        db.Tell(Topic, "");
    }

    /// <summary>Declares a key compromised: from now on nobody believes it.</summary>
    /// <returns>False when there is no such key, or it has ended already.</returns>
    public async Task<bool> RevokeAsync(string kid, string reason, CancellationToken ct)
    {
        var revoked = await db.ExecuteAsync("""
            update signing_key set revoked_at = @now, revoked_because = @reason, protected_key = null
            where kid = @kid and revoked_at is null and retired_at is null
            """, new { kid, reason, now = Now }, ct);
        db.Tell(Topic, kid);
        return revoked == 1;
    }

    /// <summary>Keeps others from changing keys until the transaction ends.</summary>
    public Task HoldAsync(CancellationToken ct) => db.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended('signing key', 0))", null, ct);
}
