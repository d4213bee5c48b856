using Platform.Database;
using Portal.Web.Lists;

namespace Portal.Ubl;

/// <summary>The documents that a company's programs and people handed in, and what came of each.</summary>
public sealed class UblMessages(Db db, TimeProvider clock)
{
    const string Columns = "select m.number, m.kind, m.document_id, m.received_at, m.outcome, m.record_number, m.problems::text as problems_json, encode(m.sha256, 'hex') as sha256 from ubl_message m where m.partner_id = app_partner_id()";

    const string Narrowed = "and (@kind::text is null or m.kind = @kind) and (@outcome::text is null or m.outcome = @outcome) and (@words::text is null or m.document_id ilike @beginning or m.record_number ilike @beginning)";

    /// <summary>How the list may be sorted and narrowed.</summary>
    public static ListShape Shape { get; } = new("ubl", "-received", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["received"] = "m.received_at",
        ["kind"] = "m.kind",
        ["document"] = "m.document_id",
        ["outcome"] = "m.outcome",
    }, "m.ubl_message_id", ["kind", "outcome"]);

    /// <summary>One page of them.</summary>
    public async Task<ListPage<UblMessage>> PageAsync(ListQuery query, CancellationToken ct) => new(
        await db.ListAsync<UblMessage>($"{Columns} {Narrowed} order by {query.OrderBy} offset @Offset limit @Limit", Arguments(query), ct),
        await db.OneAsync<long>($"select count(*) from ({Columns} {Narrowed}) as found", Arguments(query), ct));

    /// <summary>All of a list, row by row, for a file.</summary>
    public IAsyncEnumerable<UblMessage> StreamAsync(ListQuery query, CancellationToken ct) => db.StreamAsync<UblMessage>($"{Columns} {Narrowed} order by {query.OrderBy}", Arguments(query), ct);

    /// <summary>The documents after one, the newest first, for programs.</summary>
    public Task<List<UblMessage>> AfterAsync(string? after, int take, CancellationToken ct) => db.ListAsync<UblMessage>($"""
        {Columns} and (@after::text is null or m.ubl_message_id < (select last.ubl_message_id from ubl_message last where last.number = @after))
        order by m.ubl_message_id desc limit @take
        """, new { after, take }, ct);

    static object Arguments(ListQuery query) => new { kind = query["kind"], outcome = query["outcome"], words = query.Words, beginning = LikePattern.Beginning(query.Words), query.Offset, query.Limit };

    /// <summary>One of them, or null.</summary>
    public Task<UblMessage?> FindAsync(string number, CancellationToken ct) => db.FindAsync<UblMessage>($"{Columns} and m.number = @number", new { number }, ct);

    /// <summary>The document of that kind and id that was taken in before, held until the transaction ends: a rival with the same one waits.</summary>
    public async Task<UblMessage?> HoldAsync(string kind, string documentId, CancellationToken ct)
    {
        await db.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended('ubl:' || coalesce(app_partner_id(), 0) || ':' || @kind || ':' || @documentId, 0))", new { kind, documentId }, ct);
        return await db.FindAsync<UblMessage>($"{Columns} and m.kind = @kind and m.document_id = @documentId", new { kind, documentId }, ct);
    }

    /// <summary>Writes down what was handed in and what came of it; a draft that was written anew replaces what was said before.</summary>
    /// <returns>Its number and whose it is.</returns>
    public Task<(string Number, long PartnerId)> KeepAsync(string kind, string documentId, byte[] sha256, string content, UblOutcome.Taken taken, CancellationToken ct) => db.OneAsync<(string, long)>("""
        insert into ubl_message (number, partner_id, kind, document_id, sha256, content, received_at, person_id, outcome, record_number, problems)
        values (@number, app_partner_id(), @kind, @documentId, @sha256, @content, @now, app_person_id(), @Outcome, @RecordNumber, @problems::jsonb)
        on conflict (partner_id, kind, document_id) do update
        set sha256 = excluded.sha256, content = excluded.content, received_at = excluded.received_at, person_id = excluded.person_id, outcome = excluded.outcome, record_number = excluded.record_number, problems = excluded.problems
        returning number, partner_id
        """, new { number = PublicNumber.New("UB"), kind, documentId, sha256, content, now = clock.GetUtcNow().UtcDateTime, taken.Outcome, taken.RecordNumber, problems = UblProblemSaid.Write(taken.Problems) }, ct);
}

/// <summary>A document that was handed in.</summary>
public sealed record UblMessage
{
    /// <summary>Its public number here.</summary>
    public string Number { get; init; } = "";

    /// <summary>One of <see cref="UblKinds"/>.</summary>
    public string Kind { get; init; } = "";

    /// <summary>What its sender calls it (ID).</summary>
    public string DocumentId { get; init; } = "";

    /// <summary>When it came.</summary>
    public DateTime ReceivedAt { get; init; }

    /// <summary>What came of it.</summary>
    public string Outcome { get; init; } = "";

    /// <summary>The record it became, answered or was compared with.</summary>
    public string? RecordNumber { get; init; }

    /// <summary>What was wrong with it, as it is stored.</summary>
    public string ProblemsJson { get; init; } = "[]";

    /// <summary>Of its content, in hexadecimal.</summary>
    public string Sha256 { get; init; } = "";

    /// <summary>What was wrong with it.</summary>
    public IReadOnlyList<UblProblemSaid> Problems => UblProblemSaid.Read(ProblemsJson);
}
