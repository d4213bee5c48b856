using System.Text.Json.Nodes;
using Platform.Database;
using Portal.Web.Lists;

namespace Portal.Imports;

/// <summary>The statements about what the rows of a file became, for kinds whose rows are looked at one by one afterwards: registrations and leads.</summary>
public sealed class ImportEntries(Db db)
{
    /// <summary>What may be asked of the list.</summary>
    public static readonly ListShape Shape = new("import-entries", "row", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["row"] = "e.row_number", ["customer"] = "coalesce(c.name, l.company)", ["status"] = "coalesce(d.status, l.status)",
    }, Tie: "e.row_number", Filters: []);

    // The verdict stands as the claimant was given it; where the record stands is asked now.
    const string Select = """
        select e.row_number, e.record_number, e.follows, e.problem as problem_json, d.number is not null as is_deal, coalesce(c.name, l.company) as company, coalesce(d.status, l.status) as status,
               p.name as partner_name, s.conflict, s.band, s.matched_fields, s.free_from, s.own_deal, coalesce(s.blocked, false) as blocked
        from import_entry e
        left join deal d on d.number = e.record_number
        left join end_customer c on c.end_customer_id = d.end_customer_id
        left join lead l on l.number = e.record_number
        left join partner p on p.partner_id = l.partner_id
        left join lateral (
            select v.conflict, v.band, v.matched_fields, v.free_from, v.own_deal, v.blocked from deal_screening v where v.deal_id = d.deal_id order by v.deal_screening_id desc limit 1
        ) s on true
        where e.import_id = @ImportId
        """;

    /// <summary>A page of them.</summary>
    public Task<ListPage<ImportEntry>> PageAsync(Import import, ListQuery query, CancellationToken ct) => db.PageAsync<ImportEntry>(
        $"{Select} order by {query.OrderBy} offset @Offset limit @Limit", "select count(*) from import_entry e where e.import_id = @ImportId", new { import.ImportId, query.Offset, query.Limit }, ct);

    /// <summary>All of them, for a file.</summary>
    public IAsyncEnumerable<ImportEntry> StreamAsync(Import import, CancellationToken ct) => db.StreamAsync<ImportEntry>($"{Select} order by e.row_number", new { import.ImportId }, ct);

    /// <summary>How many there are.</summary>
    public Task<long> CountAsync(Import import, CancellationToken ct) => db.OneAsync<long>("select count(*) from import_entry where import_id = @ImportId", new { import.ImportId }, ct);

    /// <summary>Keeps what rows became, and what kept them from becoming more.</summary>
    internal Task KeepAsync(long importId, IReadOnlyCollection<KeptEntry> entries, CancellationToken ct) => db.ExecuteAsync("""
        insert into import_entry (import_id, row_number, record_number, follows, problem)
        select @importId, e.row_number, e.record_number, e.follows, e.problem::jsonb from unnest(@rows, @numbers, @follow, @problems) as e (row_number, record_number, follows, problem)
        """, new
    {
        importId, rows = entries.Select(entry => entry.Row).ToArray(), numbers = entries.Select(entry => entry.Number).ToArray(), follow = entries.Select(entry => entry.Follows).ToArray(),
        problems = entries.Select(entry => entry.Problem?.ToJson()).ToArray(),
    }, ct);

    /// <summary>The records that still wait to be submitted, in the order of their rows.</summary>
    internal Task<List<(long Row, string Number)>> ToFollowAsync(long importId, CancellationToken ct) => db.ListAsync<(long, string)>("""
        select row_number, record_number from import_entry where import_id = @importId and follows order by row_number
        """, new { importId }, ct);

    /// <summary>Notes that one does not wait any more, and why it was not submitted, if it was not.</summary>
    internal Task<int> FollowedAsync(long importId, long row, ImportProblem? problem, CancellationToken ct) => db.ExecuteAsync("""
        update import_entry set follows = false, problem = @problem::jsonb where import_id = @importId and row_number = @row
        """, new { importId, row, problem = problem?.ToJson() }, ct);

    /// <summary>Whoever stopped it wants no more of them submitted: they stay drafts.</summary>
    internal Task<int> LeaveAsync(long importId, ImportProblem problem, CancellationToken ct) => db.ExecuteAsync("""
        update import_entry set follows = false, problem = @problem::jsonb where import_id = @importId and follows
        """, new { importId, problem = problem.ToJson() }, ct);

    /// <summary>The registrations that were submitted and that nobody has been told of yet; from now on they have.</summary>
    internal Task<List<string>> TellAsync(long importId, CancellationToken ct) => db.ListAsync<string>("""
        update import_entry e set told = true
        from deal d
        where d.number = e.record_number and e.import_id = @importId and not e.told and not e.follows and d.status <> 'draft'
        returning e.record_number
        """, new { importId }, ct);

    /// <summary>How many rows an earlier attempt took and refused; nothing where it took none.</summary>
    internal Task<(long Taken, long Refused)> EarlierAsync(long importId, CancellationToken ct) => db.OneAsync<(long, long)>("""
        select (select count(*) from import_entry where import_id = @importId), (select count(distinct row_number) from import_refusal where import_id = @importId)
        """, new { importId }, ct);

    /// <summary>What the registrations of a file came to.</summary>
    internal async Task<IReadOnlyDictionary<string, long>> DealFiguresAsync(long importId, CancellationToken ct) => (await db.ListAsync<(string Figure, long Count)>("""
        select case when d.status <> 'draft' then 'submitted' when e.problem is not null then 'not_submitted' when exists (select from deal_screening s where s.deal_id = d.deal_id) then 'blocked' else 'drafts' end, count(*)
        from import_entry e join deal d on d.number = e.record_number
        where e.import_id = @importId
        group by 1
        """, new { importId }, ct)).ToDictionary(figure => figure.Figure, figure => figure.Count, StringComparer.Ordinal);
}

/// <summary>What a row of a file became, as it is kept.</summary>
/// <param name="Row">The row as a spreadsheet counts it.</param>
/// <param name="Number">The number of the deal or lead.</param>
/// <param name="Follows">It is still to be submitted.</param>
/// <param name="Problem">What kept it from becoming more.</param>
sealed record KeptEntry(long Row, string Number, bool Follows = false, ImportProblem? Problem = null);

/// <summary>What a row of a file became.</summary>
public sealed record ImportEntry
{
    internal string? ProblemJson { get; init; }

    /// <summary>The row as a spreadsheet counts it.</summary>
    public long RowNumber { get; init; }

    /// <summary>The number of the deal or lead.</summary>
    public string RecordNumber { get; init; } = "";

    /// <summary>It is a deal, not a lead.</summary>
    public bool IsDeal { get; init; }

    /// <summary>It is still to be submitted.</summary>
    public bool Follows { get; init; }

    /// <summary>The company it is about.</summary>
    public string? Company { get; init; }

    /// <summary>Where the deal or lead stands now; null where the reader may not see it any more.</summary>
    public string? Status { get; init; }

    /// <summary>Who holds the lead.</summary>
    public string? PartnerName { get; init; }

    /// <summary>The class of conflict; null where nothing was screened.</summary>
    public string? Conflict { get; init; }

    /// <summary>How sure the matcher is.</summary>
    public string? Band { get; init; }

    /// <summary>Which of the claimant's own fields matched.</summary>
    public string[] MatchedFields { get; init; } = [];

    /// <summary>The first free day.</summary>
    public DateOnly? FreeFrom { get; init; }

    /// <summary>The colleague's deal.</summary>
    public string? OwnDeal { get; init; }

    /// <summary>The claim was not taken in.</summary>
    public bool Blocked { get; init; }

    /// <summary>Why it was not submitted, if it was not.</summary>
    public ImportProblem? Problem => ImportProblem.FromJson(ProblemJson);

    /// <summary>The text that says what the screening found; null where nothing was screened.</summary>
    public string? VerdictKey => Conflict is null ? null : $"deals.verdict.{Conflict}";

    /// <summary>The text that says where it stands.</summary>
    public string? StatusKey => Status is null ? null : IsDeal ? $"deals.status.{Status}" : $"leads.status.{Status}";

    /// <summary>The page of it.</summary>
    public string Path => (IsDeal ? "/deals/" : "/leads/") + RecordNumber;
}
