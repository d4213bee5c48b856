using Platform.Database;

namespace Identity.Keys;

/// <summary>One key pair; the private part encrypted.</summary>
sealed record SigningKey(string Kid, string Algorithm, string PublicJwk, string ProtectedKey);

/// <summary>Every statement about signing keys.</summary>
sealed class SigningKeyStore(Db db, TimeProvider clock)
{
    /// <summary>Those in use, the one that signs first.</summary>
    public Task<List<SigningKey>> ListAsync(CancellationToken ct) => db.ListAsync<SigningKey>("""
        select kid, algorithm, public_jwk::text as public_jwk, protected_key
        from signing_key
        where retired_at is null
        order by signing_key_id desc
        """, null, ct);

    public Task InsertAsync(SigningKey key, CancellationToken ct) => db.ExecuteAsync("""
        insert into signing_key (kid, algorithm, public_jwk, protected_key, created_at)
        values (@Kid, @Algorithm, @PublicJwk::jsonb, @ProtectedKey, @Now)
        """, new { key.Kid, key.Algorithm, key.PublicJwk, key.ProtectedKey, Now = clock.GetUtcNow().UtcDateTime }, ct);

    /// <summary>Keeps others from making a key until the transaction ends.</summary>
    public Task HoldAsync(CancellationToken ct) => db.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended('signing key', 0))", null, ct);
}
