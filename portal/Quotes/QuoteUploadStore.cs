using System.Text.Json;
using Platform.Database;

namespace Portal.Quotes;

/// <summary>Every statement about workbooks that came back.</summary>
public sealed class QuoteUploadStore(Db db, TimeProvider clock)
{
    /// <summary>How long one can be looked at and confirmed.</summary>
    public const int KeptDays = 30;

    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Keeps what was read of one.</summary>
    public Task InsertAsync(string number, QuoteHead head, string fileName, byte[] sha256, IReadOnlyList<UploadedLine> lines, IReadOnlyList<string> notes, CancellationToken ct) => db.ExecuteAsync("""
        insert into quote_upload (number, quote_id, partner_id, revision, file_name, file_sha256, lines, notes, uploaded_by, uploaded_at)
        values (@number, @QuoteId, @PartnerId, @Revision, @fileName, @sha256, @lines::jsonb, @notes::jsonb, app_person_id(), @Now)
        """, new { number, head.QuoteId, head.PartnerId, head.Revision, fileName, sha256, lines = JsonSerializer.Serialize(lines, Json), notes = JsonSerializer.Serialize(notes, Json), Now }, ct);

    /// <summary>One of a quote, or null.</summary>
    public async Task<QuoteUpload?> FindAsync(long quoteId, string number, CancellationToken ct) => await db.FindAsync<Row>("""
        select u.number, u.revision, u.file_name, encode(u.file_sha256, 'hex') as sha256, u.lines::text as lines, u.notes::text as notes, p.name as person, u.uploaded_at, u.taken_revision
        from quote_upload u left join person p on p.person_id = u.uploaded_by
        where u.quote_id = @quoteId and u.number = @number
        """, new { quoteId, number }, ct) is { } row
        ? new(row.Number, row.Revision, row.FileName, row.Sha256, JsonSerializer.Deserialize<List<UploadedLine>>(row.Lines, Json)!, JsonSerializer.Deserialize<List<string>>(row.Notes, Json)!, row.Person, row.UploadedAt, row.TakenRevision)
        : null;

    /// <summary>Notes that it became a revision; false when it did before.</summary>
    public async Task<bool> TakeAsync(long quoteId, string number, int revision, CancellationToken ct) => await db.ExecuteAsync("""
        update quote_upload set taken_at = @Now, taken_revision = @revision where quote_id = @quoteId and number = @number and taken_at is null
        """, new { quoteId, number, revision, Now }, ct) == 1;

    /// <summary>Forgets what came before that moment.</summary>
    public Task<int> ForgetAsync(DateTime before, CancellationToken ct) => db.ExecuteAsync("delete from quote_upload where uploaded_at < @before", new { before }, ct);

    sealed record Row(string Number, int Revision, string FileName, string Sha256, string Lines, string Notes, string? Person, DateTime UploadedAt, int? TakenRevision);
}

/// <summary>A workbook that came back, as it was read.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Revision">Which revision it was made of.</param>
/// <param name="FileName">Its name.</param>
/// <param name="Sha256">Of its bytes.</param>
/// <param name="Lines">What was read.</param>
/// <param name="Notes">What was noticed.</param>
/// <param name="Person">Who uploaded it.</param>
/// <param name="UploadedAt">When, UTC.</param>
/// <param name="TakenRevision">The revision it became, once it was confirmed.</param>
public sealed record QuoteUpload(
    string Number, int Revision, string FileName, string Sha256, IReadOnlyList<UploadedLine> Lines, IReadOnlyList<string> Notes, string? Person, DateTime UploadedAt, int? TakenRevision);
