using System.Globalization;
using System.Security.Cryptography;
using Platform.Database;

namespace Platform.Audit;

/// <summary>
/// Recomputes the whole audit: every act's hash, every record's chain, every seal and its signature. Finds what was edited, taken out, put in or
/// moved, by whomever: also by a superuser, who can switch off triggers and policies but has not the key. Does not rely on functions in the database.
/// </summary>
public sealed class AuditCheck
{
    const int MostFindings = 100;

    readonly Db db;
    readonly AuditSealKey key;

    internal AuditCheck(Db db, AuditSealKey key) => (this.db, this.key) = (db, key);

    /// <summary>Looks at everything; the caller must be the product itself.</summary>
    /// <returns>How many acts and seals there are, and a sentence for each contradiction, at most a hundred.</returns>
    public async Task<(long Acts, long Seals, IReadOnlyList<string> Findings)> RunAsync(CancellationToken ct)
    {
        var acts = await db.OneAsync<long>("select count(*) from audit_entry", null, ct);
        var findings = new List<string>();
        findings.AddRange(await FindInChainsAsync(ct));
        findings.AddRange(await FindOutsideSealsAsync(ct));
        var seals = await CheckSealsAsync(findings, ct);
        return (acts, seals, findings.Count > MostFindings ? findings[..MostFindings] : findings);
    }

    // The same form as audit_hash() of the migration, written out: a function in the database could be replaced to say yes.
    Task<List<string>> FindInChainsAsync(CancellationToken ct) => db.ListAsync<string>("""
        select case
                   when is_edited then 'Act ' || audit_entry_id || ' on ' || subject_kind || ' ' || subject_number || ' was edited: its content does not fit its hash.'
                   when before is null then 'Act ' || audit_entry_id || ' on ' || subject_kind || ' ' || subject_number || ' is the first there, but names one before it: an act is missing.'
                   else 'Act ' || audit_entry_id || ' on ' || subject_kind || ' ' || subject_number || ' does not follow act ' || before || ': an act between them is missing or they were moved.'
               end
        from (select e.audit_entry_id, e.subject_kind, e.subject_number,
                     lag(e.audit_entry_id) over chain as before,
                     e.previous_hash is distinct from lag(e.hash) over chain as is_broken,
                     e.hash <> sha256(coalesce(e.previous_hash, ''::bytea) || convert_to(concat_ws(e'\x1f',
                         to_char(e.happened_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US'), e.actor, array_to_string(e.partner_ids, ','),
                         e.action, e.subject_kind, e.subject_number, e.details::text, coalesce(e.correlation_id, '')), 'UTF8')) as is_edited
              from audit_entry e
              window chain as (partition by e.subject_kind, e.subject_number order by e.audit_entry_id)) act
        where is_broken or is_edited
        order by audit_entry_id
        limit @most
        """, new { most = MostFindings }, ct);

    // An act is sealed once, or waits for the next seal.
    Task<List<string>> FindOutsideSealsAsync(CancellationToken ct) => db.ListAsync<string>("""
        with sealed as (
            select coalesce(range_agg(entries), '{}') as entries from audit_seal
        )
        select finding from (
            select e.audit_entry_id, 'Act ' || e.audit_entry_id || ' on ' || e.subject_kind || ' ' || e.subject_number || ' is in no seal and does not wait for one: it was put in past the product.' as finding
            from audit_entry e cross join sealed
            where not e.audit_entry_id <@ sealed.entries
              and not exists (select from audit_unsealed u where u.audit_entry_id = e.audit_entry_id)
            union all
            select u.audit_entry_id, 'Act ' || u.audit_entry_id || ' waits for a seal but is not there: it was taken out.'
            from audit_unsealed u
            where not exists (select from audit_entry e where e.audit_entry_id = u.audit_entry_id)) found
        order by audit_entry_id
        limit @most
        """, new { most = MostFindings }, ct);

    async Task<long> CheckSealsAsync(List<string> findings, CancellationToken ct)
    {
        var expected = 1L;
        Seal? last = null;
        await foreach (var seal in db.StreamAsync<Seal>("""
            select s.audit_seal_id, s.sealed_at, s.entries::text as entries, s.digest, s.signature, current_database()::text as database,
                   acts.promised, acts.present,
                   sha256(coalesce(lag(s.digest) over (order by s.audit_seal_id), ''::bytea) || acts.hashes) as computed
            from audit_seal s
            cross join lateral (
                select coalesce(string_agg(e.hash, ''::bytea order by e.audit_entry_id), ''::bytea) as hashes, count(e.audit_entry_id) as present,
                       (select coalesce(sum(upper(promised) - lower(promised)), 0)::bigint from unnest(s.entries) as promised) as promised
                from unnest(s.entries) as range
                join audit_entry e on e.audit_entry_id >= lower(range) and e.audit_entry_id < upper(range)) acts
            order by s.audit_seal_id
            """, null, ct))
        {
            if (findings.Count < MostFindings)
            {
                findings.AddRange(Contradictions(seal, expected));
            }

            expected = seal.AuditSealId + 1;
            last = seal;
        }

        var database = last?.Database ?? await db.OneAsync<string>("select current_database()::text", null, ct);
        if (key.FindNoted(database) is { } noted && (last is null || last.AuditSealId < noted.Id || (last.AuditSealId == noted.Id && !last.Digest.AsSpan().SequenceEqual(noted.Digest))))
        {
            findings.Add(string.Create(CultureInfo.InvariantCulture, $"The last seal is {last?.AuditSealId ?? 0}, but {noted.Id} was noted outside the database: the newest seals were taken out or changed."));
        }

        return expected - 1;
    }

    IEnumerable<string> Contradictions(Seal seal, long expected)
    {
        if (seal.AuditSealId != expected)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"Seal {seal.AuditSealId} comes where {expected} should: seals are missing.");
        }

        var name = string.Create(CultureInfo.InvariantCulture, $"Seal {seal.AuditSealId} of {seal.SealedAt:yyyy-MM-dd HH:mm:ss} UTC");
        if (!CryptographicOperations.FixedTimeEquals(seal.Signature, key.Sign(seal.AuditSealId, seal.SealedAt, seal.Entries, seal.Digest)))
        {
            yield return $"{name} was changed or made by somebody else: its signature is not ours.";
        }

        if (seal.Present != seal.Promised)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{name} binds {seal.Promised} acts, of which {seal.Promised - seal.Present} are missing.");
        }
        else if (!seal.Computed.AsSpan().SequenceEqual(seal.Digest))
        {
            yield return $"{name} does not fit the acts it binds: one of them, or a seal before it, was changed.";
        }
    }

    sealed class Seal
    {
        public long AuditSealId { get; init; }

        public DateTime SealedAt { get; init; }

        public string Entries { get; init; } = "";

        public byte[] Digest { get; init; } = [];

        public byte[] Signature { get; init; } = [];

        public byte[] Computed { get; init; } = [];

        public long Promised { get; init; }

        public long Present { get; init; }

        public string Database { get; init; } = "";
    }
}
