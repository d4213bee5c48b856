using Platform.Database;
using Portal.Web;
using Portal.Web.Lists;

namespace Portal.Worklists;

/// <summary>Reads what waits for the person at work: all kinds of a worklist in one statement, so that a list and its counts never differ.</summary>
public sealed class WorklistStore(Db db, ICurrentPerson me, TimeProvider clock)
{
    // Since when it waits, or when it is due: whatever is furthest back is the most urgent.
    const string Urgent = "coalesce(w.due_on, brand_day(w.since))";

    /// <summary>How a worklist may be narrowed and sorted.</summary>
    /// <param name="list">The worklist.</param>
    public static ListShape Shape(string list) => new("work-" + list, "urgent", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["urgent"] = Urgent, ["number"] = "w.number", ["partner"] = "partner.name", ["since"] = "w.since", ["due"] = "w.due_on", ["pieces"] = "w.pieces", ["amount"] = "w.amount",
    }, Tie: "w.since, w.kind, w.number", Filters: ["kind"]);

    /// <summary>The worklists of the person at work, each with the kinds that are theirs.</summary>
    public IReadOnlyList<string> Lists => [.. WorkKinds.Lists.Where(list => list.Value.Any(kind => me.Has(kind.Roles))).Select(list => list.Key)];

    /// <summary>One page of a worklist, and how much of each kind waits; null where none of it is the person's.</summary>
    public async Task<WorklistPage?> PageAsync(string list, ListQuery query, CancellationToken ct)
    {
        if (Kinds(list) is not { Count: > 0 } kinds)
        {
            return null;
        }

        var arguments = Arguments(query, kinds);
        return await db.ReadManyAsync($"""
            {Rows(kinds, query.OrderBy)} limit @limit offset @offset;
            with w (kind, number, order_number, partner_id, since, due_on, pieces, amount, currency) as ({Union(kinds)})
            select w.kind, count(*) as count, count(*) filter (where w.due_on < brand_day(@now)) as late from w left join partner on partner.partner_id = w.partner_id where {Found} group by w.kind
            """, arguments, async answers =>
        {
            List<WorkItem> items = [.. await answers.ReadAsync<WorkItem>()];
            var counts = (await answers.ReadAsync<WorkCount>()).ToDictionary(count => count.Kind, StringComparer.Ordinal);
            List<WorkCount> shown = [.. kinds.Select(kind => counts.GetValueOrDefault(kind.Name) ?? new(kind.Name, 0, 0))];
            return new WorklistPage(list, Lists, query, new(items, query["kind"] is { } only ? shown.Where(count => count.Kind == only).Sum(count => count.Count) : shown.Sum(count => count.Count)), shown);
        }, ct);
    }

    /// <summary>A whole worklist, row by row, for a file; null where none of it is the person's.</summary>
    public IAsyncEnumerable<WorkItem>? Stream(string list, ListQuery query, CancellationToken ct) =>
        Kinds(list) is { Count: > 0 } kinds ? db.StreamAsync<WorkItem>(Rows(kinds, query.OrderBy), Arguments(query, kinds), ct) : null;

    /// <summary>What waits, the most urgent first, for a program that pages through it; null where none of it is the caller's.</summary>
    public async Task<List<WorkItem>?> AfterAsync(string list, string? kind, WorkCursor? after, int limit, CancellationToken ct) => Kinds(list) is not { Count: > 0 } kinds ? null : await db.ListAsync<WorkItem>($"""
        with w (kind, number, order_number, partner_id, since, due_on, pieces, amount, currency) as ({Union(kinds)})
        select {Columns}
        from w
        left join partner on partner.partner_id = w.partner_id
        where (@kind::text is null or w.kind = @kind)
          and (@after::date is null or ({Urgent}, w.since, w.kind, w.number, coalesce(w.currency, '')) > (@after, @since, @afterKind, @number, @currency))
        order by {Urgent}, w.since, w.kind, w.number, coalesce(w.currency, '')
        limit @limit
        """, new { kind, after = after?.Urgent, since = after?.Since, afterKind = after?.Kind, number = after?.Number, currency = after?.Currency, limit, now = Now }, ct);

    /// <summary>How much of each kind waits on a worklist; nothing where none of it is the caller's.</summary>
    public async Task<List<WorkCount>> CountsAsync(string list, CancellationToken ct) => Kinds(list) is not { Count: > 0 } kinds ? [] : await db.ListAsync<WorkCount>($"""
        with w (kind, number, order_number, partner_id, since, due_on, pieces, amount, currency) as ({Union(kinds)})
        select w.kind, count(*) as count, count(*) filter (where w.due_on < brand_day(@now)) as late
        from w
        group by w.kind
        order by w.kind
        """, new { now = Now }, ct);

    const string Columns = $"""
        w.kind, w.number, w.order_number, partner.number as partner_number, partner.name as partner_name, partner.name_latin as partner_name_latin, w.since, w.due_on, {Urgent} as urgent,
               w.due_on < brand_day(@now) as is_late, w.pieces, w.amount, w.currency
        """;

    const string Found = "(@words::text is null or w.number = upper(@words) or w.order_number = upper(@words) or partner.name ilike @within or partner.name_latin ilike @within)";

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    List<WorkKind> Kinds(string list) => [.. WorkKinds.Lists.GetValueOrDefault(list, []).Where(kind => me.Has(kind.Roles))];

    static string Union(IEnumerable<WorkKind> kinds) => string.Join("\nunion all\n", kinds.Select(kind => kind.Sql));

    static string Rows(IEnumerable<WorkKind> kinds, string orderBy) => $"""
        with w (kind, number, order_number, partner_id, since, due_on, pieces, amount, currency) as ({Union(kinds)})
        select {Columns}
        from w
        left join partner on partner.partner_id = w.partner_id
        where (@kind::text is null or w.kind = @kind) and {Found}
        order by {orderBy}
        """;

    object Arguments(ListQuery query, List<WorkKind> kinds) => new
    {
        kind = query["kind"] is { } kind && kinds.Exists(known => known.Name == kind) ? kind : null,
        words = query.Words, within = LikePattern.Within(query.Words), limit = query.Limit, offset = query.Offset, now = Now,
    };
}

/// <summary>One thing that waits.</summary>
public sealed record WorkItem
{
    /// <summary>One of <see cref="WorkKinds"/>.</summary>
    public string Kind { get; init; } = "";

    /// <summary>The document: an order, a shipment, a case, a return, an invoice, a payment; of buyers to remind, the buyer.</summary>
    public string Number { get; init; } = "";

    /// <summary>The order it belongs to, where it is none itself.</summary>
    public string? OrderNumber { get; init; }

    /// <summary>The other side's number.</summary>
    public string? PartnerNumber { get; init; }

    /// <summary>The other side.</summary>
    public string? PartnerName { get; init; }

    /// <summary>The same in Latin letters.</summary>
    public string? PartnerNameLatin { get; init; }

    /// <summary>Since when it waits.</summary>
    public DateTime Since { get; init; }

    /// <summary>By which day it is to be done; null where nobody said.</summary>
    public DateOnly? DueOn { get; init; }

    /// <summary>The day by which it is sorted.</summary>
    public DateOnly Urgent { get; init; }

    /// <summary>That day is over.</summary>
    public bool? IsLate { get; init; }

    /// <summary>How many pieces it is about.</summary>
    public long? Pieces { get; init; }

    /// <summary>How much money it is about.</summary>
    public decimal? Amount { get; init; }

    /// <summary>ISO 4217.</summary>
    public string? Currency { get; init; }

    /// <summary>Where it is done.</summary>
    public string Link => WorkKinds.Of(Kind).Link(Number);
}

/// <summary>How much of a kind waits, and how much of it is late.</summary>
public sealed record WorkCount(string Kind, long Count, long Late);

/// <summary>Where a page of a worklist ended.</summary>
public sealed record WorkCursor(DateOnly Urgent, DateTime Since, string Kind, string Number, string Currency);

/// <summary>A worklist.</summary>
/// <param name="List">Its name.</param>
/// <param name="Lists">All worklists of the person.</param>
/// <param name="Query">What was asked.</param>
/// <param name="Page">The rows.</param>
/// <param name="Counts">How much of each kind waits.</param>
public sealed record WorklistPage(string List, IReadOnlyList<string> Lists, ListQuery Query, ListPage<WorkItem> Page, IReadOnlyList<WorkCount> Counts);
