using System.Globalization;
using System.Text;

namespace Identity.Administration.Audit;

/// <summary>Writes acts as CSV (RFC 4180) while they come, however many there are.</summary>
static class AuditCsv
{
    static readonly string[] Heads = ["id", "time_utc", "actor", "actor_name", "action", "subject_kind", "subject", "subject_name", "details", "correlation_id"];

    // What a spreadsheet would take for a formula.
    static readonly char[] Dangerous = ['=', '+', '-', '@', '\t', '\r'];

    /// <summary>Does so. It begins with a byte order mark: without it Excel takes Chinese for something else.</summary>
    public static async Task WriteAsync(Stream target, IAsyncEnumerable<AuditRow> rows, CancellationToken ct)
    {
        await using var writer = new StreamWriter(target, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), bufferSize: 16 * 1024, leaveOpen: true) { NewLine = "\r\n" };
        await writer.WriteLineAsync(string.Join(',', Heads).AsMemory(), ct);
        await foreach (var row in rows.WithCancellation(ct))
        {
            await writer.WriteLineAsync(string.Join(',', Cells(row).Select(Cell)).AsMemory(), ct);
        }
    }

    /// <summary>One cell, quoted where it must be, harmless where a spreadsheet would compute it.</summary>
    public static string Cell(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        var harmless = Dangerous.Contains(text[0]) ? "'" + text : text;
        return harmless.AsSpan().IndexOfAny(",\"\r\n") < 0 ? harmless : "\"" + harmless.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
    }

    static IEnumerable<string?> Cells(AuditRow row) =>
    [
        row.AuditEntryId.ToString(CultureInfo.InvariantCulture), row.HappenedAt.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture), row.Actor, row.ActorName,
        row.Action, row.SubjectKind, row.SubjectNumber, row.SubjectName, row.Details, row.CorrelationId,
    ];
}
