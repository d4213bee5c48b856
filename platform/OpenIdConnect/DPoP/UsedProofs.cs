using Platform.Database;
using Platform.Jobs;

namespace Platform.OpenIdConnect.DPoP;

/// <summary>Remembers the proofs that have counted, over all instances of a service.</summary>
public sealed class UsedProofs(Db db, TimeProvider clock)
{
    /// <summary>Uses a proof up.</summary>
    /// <returns>False when it was used before, on whichever instance.</returns>
    public async Task<bool> UseAsync(DPoPProof proof, CancellationToken ct) => await db.ExecuteAsync("""
        insert into used_proof (id_hash, expires_at) values (@IdHash, @ExpiresAt) on conflict do nothing
        """, new { proof.IdHash, proof.ExpiresAt }, ct) == 1;

    /// <summary>Forgets those that are too old to be shown again.</summary>
    public Task ForgetAsync(CancellationToken ct) => db.ExecuteAsync("delete from used_proof where expires_at < @now", new { now = clock.GetUtcNow().UtcDateTime }, ct);
}

/// <summary>Forgets proofs that are too old to be shown again.</summary>
sealed class ForgetUsedProofs(UsedProofs proofs) : IScheduledJob
{
    public Task RunAsync(CancellationToken ct) => proofs.ForgetAsync(ct);
}
