using Identity.Web;
using Platform.Audit;
using Platform.Database;
using Platform.Jobs;

namespace Identity.Keys;

/// <summary>
/// Sees to it that there are keys: announces the next one in time, retires those of which no token is left. Runs every hour, once over all instances; by hand
/// it brings the next key forward.
/// </summary>
sealed class RotateKeys(Db db, SigningKeyStore store, SigningKeys known, KeyPairs pairs, AuditTrail audit, TimeProvider clock) : IScheduledJob
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <inheritdoc/>
    public Task RunAsync(CancellationToken ct) => EnsureAsync(ct);

    /// <summary>Does what is due.</summary>
    /// <returns>All keys afterwards.</returns>
    public async Task<List<SigningKey>> EnsureAsync(CancellationToken ct)
    {
        var keys = await store.ListAsync(ct);
        var plan = KeyPlan.At(Now, keys);
        if (plan.IsEmpty)
        {
            return keys;
        }

        // Made before the lock is taken: a rival waits for a statement, not for prime numbers.
        var made = plan.Missing.Select(missing => pairs.Make(missing.Algorithm, Now, missing.SignsFrom)).ToList();
        return await db.InTransactionAsync(async () =>
        {
            await store.HoldAsync(ct);
            await FollowAsync(KeyPlan.At(Now, await store.ListAsync(ct)), made, ct);
            return await store.ListAsync(ct);
        }, ct);
    }

    /// <summary>
    /// Lets the next keys sign as soon as everybody can know them: an announced one is brought forward, where there is none it is made. The keys before
    /// them go on verifying.
    /// </summary>
    /// <returns>Their names and days.</returns>
    public async Task<IReadOnlyList<(string Kid, string Algorithm, DateTime SignsFrom)>> RotateNowAsync(CancellationToken ct)
    {
        var made = KeyPairs.Algorithms.Select(algorithm => pairs.Make(algorithm, Now, Now + Profile.SigningKeyPropagation)).ToList();
        var days = await db.InTransactionAsync(async () =>
        {
            await store.HoldAsync(ct);
            var keys = await store.ListAsync(ct);
            var next = new List<(string, string, DateTime)>();
            foreach (var candidate in made)
            {
                next.Add(await BringForwardAsync(KeyLife.NextAfter(Now, candidate.Algorithm, keys), candidate, ct));
            }

            return next;
        }, ct);
        known.Forget();
        return days;
    }

    /// <summary>
    /// A key is compromised: it leaves the JWKS, and what was signed with it counts no more, on every instance at once. If it was the one that signs, the
    /// announced one signs from now on, or a new one.
    /// </summary>
    /// <returns>False when there is no such key, or it has ended already.</returns>
    public async Task<bool> RevokeAsync(string kid, string reason, CancellationToken ct)
    {
        var revoked = await db.InTransactionAsync(async () =>
        {
            await store.HoldAsync(ct);
            if (!await store.RevokeAsync(kid, reason, ct))
            {
                return false;
            }

            await audit.RecordAsync("signing_key.revoked", "signing_key", kid, null, new { reason }, ct);
            await FollowAsync(KeyPlan.At(Now, await store.ListAsync(ct)), [], ct);
            return true;
        }, ct);
        known.Forget();
        return revoked;
    }

    async Task FollowAsync(KeyPlan plan, List<SigningKey> made, CancellationToken ct)
    {
        foreach (var early in plan.Early)
        {
            await store.SignFromAsync(early.Kid, Now, ct);
            await audit.RecordAsync("signing_key.brought_forward", "signing_key", early.Kid, null, new { signsFrom = Now }, ct);
        }

        foreach (var (algorithm, signsFrom) in plan.Missing)
        {
            await AnnounceAsync(made.Find(key => key.Algorithm == algorithm) ?? pairs.Make(algorithm, Now, signsFrom), ct);
        }

        if (plan.Finished.Length > 0)
        {
            await store.RetireAsync(plan.Finished, ct);
        }

        foreach (var kid in plan.Finished)
        {
            await audit.RecordAsync("signing_key.retired", "signing_key", kid, null, null, ct);
        }
    }

    async Task<(string, string, DateTime)> BringForwardAsync(SigningKey? announced, SigningKey candidate, CancellationToken ct)
    {
        if (announced is null)
        {
            await AnnounceAsync(candidate, ct);
            return (candidate.Kid, candidate.Algorithm, candidate.SignsFrom);
        }

        // It need not be announced a second time, only long enough.
        var day = KeyPlan.Later(announced.CreatedAt + Profile.SigningKeyPropagation, Now);
        if (day < announced.SignsFrom)
        {
            await store.SignFromAsync(announced.Kid, day, ct);
            await audit.RecordAsync("signing_key.brought_forward", "signing_key", announced.Kid, null, new { signsFrom = day }, ct);
        }

        return (announced.Kid, announced.Algorithm, day < announced.SignsFrom ? day : announced.SignsFrom);
    }

    async Task AnnounceAsync(SigningKey key, CancellationToken ct)
    {
        await store.InsertAsync(key, ct);
        await audit.RecordAsync("signing_key.announced", "signing_key", key.Kid, null, new { key.Algorithm, key.SignsFrom }, ct);
    }
}

/// <summary>What has to be done about the keys at a moment.</summary>
/// <param name="Missing">Keys to be made.</param>
/// <param name="Early">Announced keys that must sign at once, because no other is left.</param>
/// <param name="Finished">Keys of which no token is left.</param>
sealed record KeyPlan(IReadOnlyList<(string Algorithm, DateTime SignsFrom)> Missing, IReadOnlyList<SigningKey> Early, string[] Finished)
{
    public bool IsEmpty => Missing.Count == 0 && Early.Count == 0 && Finished.Length == 0;

    /// <summary>Looks at the keys.</summary>
    public static KeyPlan At(DateTime now, IReadOnlyList<SigningKey> keys)
    {
        List<(string, DateTime)> missing = [];
        List<SigningKey> early = [];
        foreach (var algorithm in KeyPairs.Algorithms)
        {
            switch (KeyLife.SigningAt(now, algorithm, keys), KeyLife.NextAfter(now, algorithm, keys))
            {
                case (null, null):
                    missing.Add((algorithm, now));
                    break;
                case (null, { } announced):
                    early.Add(announced);
                    break;
                case ({ } signing, null) when now >= signing.SignsFrom + Profile.SigningKeyRotation - Profile.SigningKeyAnnouncement:
                    // A service that was down for long is late, but nobody is surprised by a key.
                    missing.Add((algorithm, Later(signing.SignsFrom + Profile.SigningKeyRotation, now + Profile.SigningKeyAnnouncement)));
                    break;
            }
        }

        return new(missing, early, [.. keys.Where(key => key is { RetiredAt: null, RevokedAt: null } && !KeyLife.IsPublished(key, keys, now)).Select(key => key.Kid)]);
    }

    public static DateTime Later(DateTime one, DateTime other) => one > other ? one : other;
}
