using Platform.Database;
using Platform.Jobs;

namespace Platform.Audit;

/// <summary>
/// Binds the acts since the last seal together: a digest over their hashes in the order of their numbers and over the digest before,
/// signed with a key that is not in the database.
/// </summary>
sealed class SealAudit(Db db, AuditSealKey key, TimeProvider clock) : IScheduledJob
{
    const int Most = 100_000;

    public async Task RunAsync(CancellationToken ct)
    {
        while (await SealAsync(ct) == Most)
        {
        }
    }

    async Task<int> SealAsync(CancellationToken ct)
    {
        var (seal, database) = await db.InTransactionAsync(async () =>
        {
            await db.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended('audit seal', 0))", null, ct);
            var made = await db.OneAsync<Made>("""
                with sealed as (
                    delete from audit_unsealed u
                    using audit_entry e
                    where e.audit_entry_id = u.audit_entry_id
                      and u.audit_entry_id in (select audit_entry_id from audit_unsealed order by audit_entry_id limit @most)
                    returning e.audit_entry_id, e.hash
                ), last as (
                    select audit_seal_id, digest from audit_seal order by audit_seal_id desc limit 1
                )
                select coalesce((select audit_seal_id from last), 0) + 1 as audit_seal_id,
                       count(*)::int as number_of_entries,
                       coalesce(range_agg(int8range(audit_entry_id, audit_entry_id + 1)), '{}')::text as entries,
                       sha256(coalesce((select digest from last), ''::bytea) || coalesce(string_agg(hash, ''::bytea order by audit_entry_id), ''::bytea)) as digest,
                       current_database()::text as database
                from sealed
                """, new { most = Most }, ct);
            if (made.NumberOfEntries > 0)
            {
                var sealedAt = ToMicroseconds(clock.GetUtcNow().UtcDateTime);
                await db.ExecuteAsync("""
                    insert into audit_seal (audit_seal_id, sealed_at, entries, digest, signature)
                    values (@AuditSealId, @sealedAt, @Entries::int8multirange, @Digest, @signature)
                    """, new { made.AuditSealId, sealedAt, made.Entries, made.Digest, signature = key.Sign(made.AuditSealId, sealedAt, made.Entries, made.Digest) }, ct);
            }

            return (made, made.Database);
        }, ct);
        if (seal.NumberOfEntries > 0)
        {
            key.Note(database, seal.AuditSealId, seal.Digest);
        }

        return seal.NumberOfEntries;
    }

    // What the database keeps of a time, so that the signature can be computed again from what it gives back.
    static DateTime ToMicroseconds(DateTime time) => new(time.Ticks - (time.Ticks % 10), DateTimeKind.Utc);

    sealed class Made
    {
        public long AuditSealId { get; init; }

        public int NumberOfEntries { get; init; }

        public string Entries { get; init; } = "";

        public byte[] Digest { get; init; } = [];

        public string Database { get; init; } = "";
    }
}
