using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using NpgsqlTypes;
using Platform.Database;
using Platform.Rows;
using Portal.Documents.Tables;
using Portal.Web.Lists;

namespace Portal.Imports;

/// <summary>The statements with which people and pages look at imports and take them on; running them is <see cref="ImportLedger"/>'s.</summary>
public sealed class ImportStore(Db db)
{
    internal const int PartBytes = 1024 * 1024;

    internal const string Columns = """
        i.import_id, i.number, i.partner_id, i.person_id, u.name as person_name, i.kind, i.file_name, i.file_size, i.file_sha256, i.file_is_stored, i.format, i.columns, i.sample, i.notes,
        i.mapping as mapping_json, i.leaves_out_wrong, i.status, i.phase, i.progress, i.rows_expected, i.rows_read, i.rows_taken, i.rows_refused, i.figures as figures_json, i.problem as problem_json,
        i.attempts, i.cancel_requested_at is not null as is_stopping, i.created_at, i.started_at, i.ended_at, b.partner_type = 'brand' as is_brands
        """;

    internal const string From = """
        from import i
        join partner b on b.partner_id = i.partner_id
        left join person u on u.person_id = i.person_id
        """;

    /// <summary>What may be asked of the list.</summary>
    public static readonly ListShape Shape = new("imports", "-created", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["created"] = "i.created_at", ["number"] = "i.number", ["file"] = "i.file_name", ["kind"] = "i.kind", ["status"] = "i.status", ["rows"] = "i.rows_read",
    }, Tie: "i.import_id desc", Filters: ["kind", "status"]);

    /// <summary>What may be asked of the refusals of one import.</summary>
    public static readonly ListShape RefusalShape = new("import-refusals", "row", new Dictionary<string, string>(StringComparer.Ordinal) { ["row"] = "row_number" },
        Tie: "import_refusal_id", Filters: []);

    /// <summary>The imports of the own company.</summary>
    public Task<ListPage<Import>> PageAsync(ListQuery query, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        const string Where = """
            where (@kind::text is null or i.kind = @kind)
              and (@status::text is null or i.status = @status)
              and (@words::text is null or i.file_name ilike @within or i.number ilike @within)
              and (i.partner_id = app_partner_id() or app_is_system())
            """;
        var args = new
        {
            kind = query["kind"], status = query["status"], words = query.Words, query.Offset, query.Limit,
            within = LikePattern.Within(query.Words),
        };
        var rows = await db.ListAsync<Import>($"select {Columns} {From} {Where} order by {query.OrderBy} offset @Offset limit @Limit", args, ct);
        return new ListPage<Import>(rows, await db.OneAsync<long>($"select count(*) from import i {Where}", args, ct));
    }, ct);

    /// <summary>An import of the own company, or null.</summary>
    public Task<Import?> FindAsync(string number, CancellationToken ct) => db.FindAsync<Import>($"select {Columns} {From} where i.number = @number", new { number }, ct);

    /// <summary>Earlier imports of the same content that were taken, the latest first.</summary>
    public Task<List<Import>> SameContentAsync(Import import, CancellationToken ct) => db.ListAsync<Import>($"""
        select {Columns} {From}
        where i.partner_id = @PartnerId and i.file_sha256 = @FileSha256 and i.import_id <> @ImportId and i.kind = @Kind and i.status = 'done'
        order by i.ended_at desc
        limit 5
        """, new { import.PartnerId, import.FileSha256, import.ImportId, import.Kind }, ct);

    /// <summary>The first refusals of an import, by row; the repair file has them all.</summary>
    public async Task<IReadOnlyList<ImportRefusal>> RefusalsAsync(Import import, int most, CancellationToken ct) => await db.ListAsync<ImportRefusal>("""
        select row_number, column_name, value, text_key, arguments as arguments_json
        from import_refusal
        where import_id = @ImportId
        order by row_number, import_refusal_id
        limit @most
        """, new { import.ImportId, most }, ct);

    /// <summary>A page of the refusals of an import.</summary>
    public Task<ListPage<ImportRefusal>> RefusalPageAsync(Import import, ListQuery query, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var args = new { import.ImportId, query.Offset, query.Limit };
        var rows = await db.ListAsync<ImportRefusal>($"""
            select row_number, column_name, value, text_key, arguments as arguments_json
            from import_refusal
            where import_id = @ImportId
            order by {query.OrderBy}
            offset @Offset limit @Limit
            """, args, ct);
        return new ListPage<ImportRefusal>(rows, await db.OneAsync<long>("select count(*) from import_refusal where import_id = @ImportId", args, ct));
    }, ct);

    /// <summary>What is wrong most often, each with how many rows it concerns and the first of them.</summary>
    public Task<List<RefusalKind>> RefusalKindsAsync(Import import, CancellationToken ct) => db.ListAsync<RefusalKind>("""
        select k.rows, first.row_number, first.column_name, first.value, first.text_key, first.arguments as arguments_json
        from (
            select count(distinct row_number) as rows, min(import_refusal_id) as import_refusal_id
            from import_refusal
            where import_id = @ImportId
            group by column_name, text_key
            order by 1 desc, 2
            limit 6) as k
        join import_refusal first using (import_refusal_id)
        order by k.rows desc, first.import_refusal_id
        """, new { import.ImportId }, ct);

    /// <summary>All refusals of an import, by row.</summary>
    internal IAsyncEnumerable<ImportRefusal> EveryRefusalAsync(long importId, CancellationToken ct) => db.StreamAsync<ImportRefusal>("""
        select row_number, column_name, value, text_key, arguments as arguments_json
        from import_refusal
        where import_id = @importId
        order by row_number, import_refusal_id
        """, new { importId }, ct);

    /// <summary>The file, put together on this machine. Null when it has been deleted since.</summary>
    public async Task<SpooledFile?> OpenFileAsync(Import import, CancellationToken ct)
    {
        if (!import.FileIsStored)
        {
            return null;
        }

        var file = await SpooledFile.FromPartsAsync(db.StreamAsync<byte[]>("select content from import_part where import_id = @ImportId order by part", new { import.ImportId }, ct), ct);
        if (file.Length == import.FileSize)
        {
            return file;
        }

        await file.DisposeAsync();
        return null;
    }

    /// <summary>The brand's currency; null while there is no brand.</summary>
    public Task<string?> BrandCurrencyAsync(CancellationToken ct) => db.FindAsync<string>("select kpi_currency()", null, ct);

    internal async Task<Import> InsertAsync(NewImport file, CancellationToken ct)
    {
        var number = PublicNumber.New("IM");
        await db.ExecuteAsync("""
            insert into import (number, partner_id, person_id, kind, file_name, file_size, file_sha256, file_is_stored, format, columns, sample, notes, mapping, rows_expected, leaves_out_wrong, created_at)
            values (@number, coalesce(app_partner_id(), (select partner_id from partner where partner_type = 'brand')), app_person_id(), @Kind, @FileName, @Size, @Sha256, @IsStored, @Format,
                    @columns, @sample::jsonb, @notes::jsonb, @mapping::jsonb, @RowsExpected, @LeavesOutWrong, @Now)
            """, new
        {
            number, file.Kind, file.FileName, file.Size, file.Sha256, file.IsStored, file.Format, columns = file.Columns.ToArray(), sample = Import.Keep(file.Sample), notes = Import.Keep(file.Notes),
            mapping = file.Mapping.ToJson(), file.RowsExpected, file.LeavesOutWrong, file.Now,
        }, ct);
        return await db.OneAsync<Import>($"select {Columns} {From} where i.number = @number", new { number }, ct);
    }

    internal async Task KeepFileAsync(Import import, Stream content, CancellationToken ct)
    {
        content.Position = 0;
        var buffer = new byte[PartBytes];
        for (var part = 0; await content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct) is > 0 and var length; part++)
        {
            await db.ExecuteAsync("insert into import_part (import_id, part, content) values (@ImportId, @part, @content)",
                new { import.ImportId, part, content = length == buffer.Length ? buffer : buffer[..length] }, ct);
        }
    }

    internal Task<Import?> QueueAsync(string number, ImportMapping mapping, bool leavesOutWrong, CancellationToken ct) => db.FindAsync<Import>($"""
        with queued as (
            update import
            set status = 'queued', mapping = @mapping::jsonb, leaves_out_wrong = @leavesOutWrong, attempts = 0, cancel_requested_at = null, phase = null, progress = 0, rows_read = 0, rows_taken = 0,
                rows_refused = 0, figures = default, problem = null, started_at = null, ended_at = null, told_at = null
            where number = @number and status in ('ready', 'refused', 'failed', 'cancelled') and file_is_stored
            returning *)
        select {Columns} {From.Replace("from import i", "from queued i", StringComparison.Ordinal)}
        """, new { number, mapping = mapping.ToJson(), leavesOutWrong }, ct);

    internal Task<string?> CancelAsync(string number, DateTime now, CancellationToken ct) => db.FindAsync<string>("""
        update import
        set cancel_requested_at = @now,
            status = case when status = 'running' then status else 'cancelled' end,
            ended_at = case when status = 'running' then ended_at else @now end,
            -- What an earlier attempt entered stays, and what it refused is given back.
            rows_taken = case when status = 'running' then rows_taken else stays.entries end,
            rows_refused = case when status = 'running' or stays.entries = 0 then rows_refused else stays.refusals end,
            rows_read = case when status = 'running' or stays.entries = 0 then rows_read else stays.entries + stays.refusals end
        from (
            select (select count(*) from import_entry e where e.import_id = i.import_id) as entries, (select count(distinct r.row_number) from import_refusal r where r.import_id = i.import_id) as refusals
            from import i where i.number = @number
        ) stays
        where number = @number and status in ('ready', 'queued', 'running')
        returning status
        """, new { number, now }, ct);
}

/// <summary>A file as it is entered.</summary>
sealed record NewImport(
    string Kind, string FileName, long Size, byte[] Sha256, bool IsStored, string Format, IReadOnlyList<string> Columns, IReadOnlyList<SampleRow> Sample, IReadOnlyList<TableNote> Notes,
    ImportMapping Mapping, long RowsExpected, bool LeavesOutWrong, DateTime Now);

/// <summary>One of the first rows of a file, kept for the preview.</summary>
/// <param name="Number">The row as a spreadsheet counts it.</param>
/// <param name="Cells">Its cells; empty where it cannot be read.</param>
/// <param name="Problem">Why it cannot be read, if so.</param>
public sealed record SampleRow(long Number, IReadOnlyList<string?> Cells, ImportProblem? Problem);

/// <summary>An import, as it stands in the list and on its page.</summary>
public sealed record Import
{
    // jsonb keeps no order
    static readonly List<string> FigureOrder = ["partners", "orders", "lines", "moves", "prices", "added", "known", "submitted", "blocked", "drafts", "not_submitted", "entered", "offered", "pooled", "not_handed_out", "repaired"];

    internal long ImportId { get; init; }

    internal long PartnerId { get; init; }

    internal byte[] FileSha256 { get; init; } = [];

    internal string Sample { get; init; } = "[]";

    internal string Notes { get; init; } = "[]";

    internal string MappingJson { get; init; } = "{}";

    internal string FiguresJson { get; init; } = "{}";

    internal string? ProblemJson { get; init; }

    internal int Attempts { get; init; }

    internal long? PersonId { get; init; }

    /// <summary>The public number: <c>IM-7K3M-9Q2X-V4TD</c>.</summary>
    public string Number { get; init; } = "";

    /// <summary>Who gave us the file; null for the command line.</summary>
    public string? PersonName { get; init; }

    /// <summary>The code of its <see cref="ImportKind"/>.</summary>
    public string Kind { get; init; } = "";

    /// <summary>The file's name.</summary>
    public string FileName { get; init; } = "";

    /// <summary>The file's size in bytes.</summary>
    public long FileSize { get; init; }

    /// <summary>The file is still there: it can be started (again), and its repair file made.</summary>
    public bool FileIsStored { get; init; }

    /// <summary>What it was read as: <c>CSV, GB18030, ;</c>.</summary>
    public string Format { get; init; } = "";

    /// <summary>The columns as the file names them.</summary>
    public string[] Columns { get; init; } = [];

    /// <summary>Which column fills which field; the suggestion until somebody chose otherwise.</summary>
    public ImportMapping Mapping => field ??= ImportMapping.FromJson(MappingJson);

    /// <summary>Rows that are wrong are left out and the others taken; otherwise one wrong row keeps all of them out.</summary>
    public bool LeavesOutWrong { get; init; }

    /// <summary>One of <see cref="ImportStatus"/>.</summary>
    public string Status { get; init; } = "";

    /// <summary>What is being done while it runs: reading, checking, writing.</summary>
    public string? Phase { get; init; }

    /// <summary>How much of the file has been read, between 0 and 1.</summary>
    public decimal Progress { get; init; }

    /// <summary>How many rows the file has, about: empty ones among them are not read. Null where nobody looked.</summary>
    public long? RowsExpected { get; init; }

    /// <summary>Rows read so far.</summary>
    public long RowsRead { get; init; }

    /// <summary>Rows that were taken: added, changed, or there already as they are.</summary>
    public long RowsTaken { get; init; }

    /// <summary>Rows that were refused.</summary>
    public long RowsRefused { get; init; }

    /// <summary>Somebody asked for it to stop, and it is about to.</summary>
    public bool IsStopping { get; init; }

    /// <summary>It is the brand's, not a partner's.</summary>
    public bool IsBrands { get; init; }

    /// <summary>When the file came.</summary>
    public DateTime CreatedAt { get; init; }

    /// <summary>When it began to run.</summary>
    public DateTime? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTime? EndedAt { get; init; }

    /// <summary>What it came to, in the order to show: the key is the text <c>imports.figure.KEY</c>.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> Figures =>
        [.. JsonSerializer.Deserialize<Dictionary<string, long>>(FiguresJson)!.OrderBy(figure => FigureOrder.IndexOf(figure.Key))];

    /// <summary>Why it was refused or failed.</summary>
    public ImportProblem? Problem => ImportProblem.FromJson(ProblemJson);

    /// <summary>What was noticed about the file: hidden rows, sheets that are not read.</summary>
    public IReadOnlyList<TableNote> TableNotes => JsonSerializer.Deserialize<List<TableNote>>(Notes, JsonSerializerOptions.Web)!;

    internal IReadOnlyList<SampleRow> SampleRows => [.. JsonNode.Parse(Sample)!.AsArray().Select(row => new SampleRow(
        (long)row!["row"]!, [.. row["cells"]!.AsArray().Select(cell => (string?)cell)], ImportProblem.FromJson(row["problem"]?.ToJsonString())))];

    internal static string Keep(IReadOnlyList<SampleRow> rows) => new JsonArray([.. rows.Select(row => (JsonNode)new JsonObject
    {
        ["row"] = row.Number, ["cells"] = new JsonArray([.. row.Cells.Select(cell => (JsonNode?)JsonValue.Create(cell?.Replace("\0", "", StringComparison.Ordinal)))]),
        ["problem"] = row.Problem is { } problem ? JsonNode.Parse(problem.ToJson()) : null,
    })]).ToJsonString();

    internal static string Keep(IReadOnlyList<TableNote> notes) => JsonSerializer.Serialize(notes, JsonSerializerOptions.Web);
}

/// <summary>Where an import stands (texts <c>imports.status.*</c>).</summary>
public static class ImportStatus
{
    /// <summary>The file is here; somebody looks at the preview.</summary>
    public const string Ready = "ready";

    /// <summary>Started; it waits for its turn.</summary>
    public const string Queued = "queued";

    /// <summary>It runs.</summary>
    public const string Running = "running";

    /// <summary>Taken, all of it or without the wrong rows.</summary>
    public const string Done = "done";

    /// <summary>Nothing was taken, because of what is in the file.</summary>
    public const string Refused = "refused";

    /// <summary>Nothing was taken, because of us.</summary>
    public const string Failed = "failed";

    /// <summary>Nothing was taken, because somebody stopped it.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Ready, Queued, Running, Done, Refused, Failed, Cancelled];
}

/// <summary>Something that is wrong with several rows, by its first.</summary>
public sealed record RefusalKind : ImportRefusal
{
    /// <summary>How many rows it concerns.</summary>
    public long Rows { get; init; }
}

/// <summary>Why a row was not taken.</summary>
public record ImportRefusal
{
    internal string ArgumentsJson { get; init; } = "[]";

    /// <summary>The row as a spreadsheet counts it.</summary>
    public long RowNumber { get; init; }

    /// <summary>The field at fault, or null.</summary>
    public string? ColumnName { get; init; }

    /// <summary>What stands there, as the file has it; null where the row as a whole is at fault, or the cell is empty.</summary>
    public string? Value { get; init; }

    /// <summary>The key of the sentence.</summary>
    public string TextKey { get; init; } = "";

    /// <summary>The sentence.</summary>
    public ImportProblem Problem => new(TextKey, ImportProblem.ReadArguments(JsonNode.Parse(ArgumentsJson)?.AsArray()));

    /// <summary>The column as the file calls it; the field's label where it came from none.</summary>
    public string? ColumnOf(Import import, Platform.Texts.Texts texts) => ColumnOf(ImportKind.Of(import.Kind), import.Mapping, texts);

    /// <summary>A value as it is kept: its beginning where it is long, and no letters that are none.</summary>
    internal static string? Keep(string? value)
    {
        const int Longest = 200;
        return string.IsNullOrWhiteSpace(value) ? null
            : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(value.Length > Longest ? value[..Longest] + "…" : value)).Replace("\0", "", StringComparison.Ordinal);
    }

    internal string? ColumnOf(ImportKind kind, ImportMapping mapping, Platform.Texts.Texts texts) =>
        ColumnName is null ? null
        : mapping[ColumnName]?.Column is { } column ? column
        : kind.Fields.FirstOrDefault(field => field.Name == ColumnName) is { } field ? texts[kind.LabelKey(field)].Value
        : ColumnName;
}
