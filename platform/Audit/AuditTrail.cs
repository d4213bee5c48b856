using System.Diagnostics;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Platform.Database;

namespace Platform.Audit;

/// <summary>
/// Writes what was done into the audit, in the transaction of the change. The row's hash chains it to the record's earlier
/// acts; the application's role may insert and read, never change.
/// </summary>
public sealed class AuditTrail(Db db, TimeProvider clock)
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Records one act.</summary>
    /// <param name="action">What was done, in the form <c>deal.approved</c>.</param>
    /// <param name="subjectKind">The kind of the record, for example <c>deal</c>.</param>
    /// <param name="subjectNumber">The record's public number.</param>
    /// <param name="partnerId">The partner whose record it is, who may read the act; null for the brand's own.</param>
    /// <param name="details">What changed, before and after; never a secret.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <exception cref="InvalidOperationException">No transaction is open: the act and its record belong together.</exception>
    public Task RecordAsync(string action, string subjectKind, string subjectNumber, long? partnerId, object? details, CancellationToken ct) =>
        RecordAsync([new(action, subjectKind, subjectNumber, partnerId is { } id ? [id] : [], details)], ct);

    /// <summary>Records several acts, or none, with one statement, which goes out with the next one or with the commit.</summary>
    public Task RecordAsync(IReadOnlyCollection<AuditAct> acts, CancellationToken ct)
    {
        if (!db.IsInTransaction)
        {
            throw new InvalidOperationException("An audit entry is written in the transaction of the change it speaks of.");
        }

        if (acts.Count == 0)
        {
            return Task.CompletedTask;
        }

        // Each record's chain is locked by its first act here; one order for all keeps rivals from deadlocking.
        acts = [.. acts.OrderBy(act => act.SubjectKind, StringComparer.Ordinal).ThenBy(act => act.SubjectNumber, StringComparer.Ordinal)];
        db.Later("""
            insert into audit_entry (happened_at, actor, partner_ids, action, subject_kind, subject_number, details, correlation_id, hash)
            select $1, coalesce(app_actor(), 'anonymous'), act.partner_ids::bigint[], act.action, act.subject_kind, act.subject_number, act.details::jsonb, $2, ''
            from unnest($3, $4, $5, $6, $7) as act (action, subject_kind, subject_number, partner_ids, details)
            """,
            new NpgsqlParameter<DateTime> { TypedValue = clock.GetUtcNow().UtcDateTime },
            new NpgsqlParameter<string> { TypedValue = Activity.Current?.TraceId.ToHexString(), NpgsqlDbType = NpgsqlDbType.Text },
            Texts(acts.Select(act => act.Action)),
            Texts(acts.Select(act => act.SubjectKind)),
            Texts(acts.Select(act => act.SubjectNumber)),
            Texts(acts.Select(act => "{" + string.Join(',', act.PartnerIds) + "}")),
            Texts(acts.Select(act => act.Details is null ? "{}" : JsonSerializer.Serialize(act.Details, Json))));
        return Task.CompletedTask;
    }

    static NpgsqlParameter<string[]> Texts(IEnumerable<string> texts) => new() { TypedValue = texts.ToArray() };
}

/// <summary>One act for the audit; see <see cref="AuditTrail.RecordAsync(string, string, string, long?, object?, CancellationToken)"/>.</summary>
/// <param name="PartnerIds">The partners whose record it is and who may read the act: buyer and seller of an order, for example.</param>
public sealed record AuditAct(string Action, string SubjectKind, string SubjectNumber, long[] PartnerIds, object? Details);
