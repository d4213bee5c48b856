using Platform.Database;
using Portal.Web;
using Portal.Web.Display;
using Portal.Web.Lists;

namespace Portal.Audit;

/// <summary>Reads the audit: the brand all of it, a partner the acts on its own records. The table's policy decides; nothing here can widen it.</summary>
public sealed class AuditStore(Db db, ICurrentPerson me)
{
    /// <summary>Counting stops here: nobody pages that far, and the audit grows for ever.</summary>
    const int MostCounted = 100_000;

    /// <summary>What may be asked of the list.</summary>
    public static readonly ListShape Acts = new("audit", "-time", new Dictionary<string, string>(StringComparer.Ordinal) { ["time"] = "e.happened_at" },
        Tie: "e.audit_entry_id desc", Filters: ["kind", "from", "to"]);

    const string Columns = """
        e.audit_entry_id, e.happened_at, e.actor, p.name as actor_name, e.action, e.subject_kind, e.subject_number, e.details::text as details, e.correlation_id, e.hash
        """;

    // "One's own, or all for the brand" is an "or" that no index serves, so a partner's statement names its own besides.
    string From => $"""
        from audit_entry e
        left join person p on p.number = e.actor
        where (@kind::text is null or e.subject_kind = @kind)
          and (@from::date is null or e.happened_at >= @from::timestamp at time zone @zone)
          and (@to::date is null or e.happened_at < (@to::date + 1)::timestamp at time zone @zone)
          and (@words::text is null or e.subject_number = upper(@words) or e.subject_number = @words or e.action = @words or e.actor = upper(@words) or p.name ilike @within)
          {(me.IsBrand ? "" : "and e.partner_ids @> array[app_partner_id()]")}
        """;

    /// <summary>One page of the acts.</summary>
    public Task<ListPage<AuditRow>> PageAsync(ListQuery query, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var arguments = Arguments(query);
        var rows = await db.ListAsync<AuditRow>($"select {Columns} {From} order by {query.OrderBy} offset @Offset limit @Limit", arguments, ct);
        var total = rows.Count < query.Limit && query.Offset == 0 ? rows.Count : await db.OneAsync<long>($"select count(*) from (select 1 {From} limit {MostCounted}) as counted", arguments, ct);
        return new ListPage<AuditRow>(rows, total);
    }, ct);

    /// <summary>All acts of the list, row by row, for a file.</summary>
    public IAsyncEnumerable<AuditRow> StreamAsync(ListQuery query, CancellationToken ct) => db.StreamAsync<AuditRow>($"select {Columns} {From} order by {query.OrderBy}", Arguments(query), ct);

    object Arguments(ListQuery query) => new
    {
        kind = query["kind"], from = query.Day("from"), to = query.Day("to"), zone = Formats.Zone(me.TimeZone).Id, words = query.Words,
        within = LikePattern.Within(query.Words),
        query.Offset, query.Limit,
    };
}

/// <summary>One act.</summary>
public sealed record AuditRow
{
    /// <summary>When it happened.</summary>
    public DateTime HappenedAt { get; init; }

    /// <summary>Who did it: a person's number, or the product's own job or command.</summary>
    public string Actor { get; init; } = "";

    /// <summary>The person's name; null for the product itself, and for people of companies one does not see.</summary>
    public string? ActorName { get; init; }

    /// <summary>What was done: <c>deal.approved</c>.</summary>
    public string Action { get; init; } = "";

    /// <summary>What kind of record it was done to.</summary>
    public string SubjectKind { get; init; } = "";

    /// <summary>The record's number.</summary>
    public string SubjectNumber { get; init; } = "";

    /// <summary>What changed, as JSON.</summary>
    public string Details { get; init; } = "{}";

    /// <summary>The trace in which it happened; null where there was none.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>The act's hash, which covers the act before it on the same record.</summary>
    public byte[] Hash { get; init; } = [];
}
