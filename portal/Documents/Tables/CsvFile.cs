using System.Buffers;
using System.Globalization;
using System.Text;

namespace Portal.Documents.Tables;

/// <summary>
/// Writes CSV as RFC 4180 has it (commas, CRLF, doubled quotes), in UTF-8 with the byte order mark by which Excel knows it. Used for exports and for
/// repair files, which <see cref="TableReader"/> reads back as they were.
/// </summary>
/// <param name="target">Where it goes; left open.</param>
public sealed class CsvFile(Stream target) : IAsyncDisposable
{
    static readonly SearchValues<char> NeedQuotes = SearchValues.Create(",;\t\"\r\n");
    readonly StreamWriter writer = new(target, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), bufferSize: 16 * 1024, leaveOpen: true) { NewLine = "\r\n" };
    readonly StringBuilder line = new();

    /// <summary>Writes one row as it is given; pass what people typed through <see cref="Harmless"/>.</summary>
    public async Task RowAsync(IReadOnlyList<string?> cells, CancellationToken ct)
    {
        line.Clear();
        for (var index = 0; index < cells.Count; index++)
        {
            Append(index == 0 ? "" : ",", cells[index] ?? "");
        }

        if (cells.Count == 1 && line.Length == 0)
        {
            line.Append("\"\""); // a lone empty cell would be an empty line, which readers skip
        }

        await writer.WriteLineAsync(line, ct);
    }

    /// <summary>Sends what is written.</summary>
    public async ValueTask DisposeAsync() => await writer.DisposeAsync();

    /// <summary>
    /// A text that no spreadsheet runs: one that begins like a formula (= + - @, tab, carriage return) gets an apostrophe in front, unless it is a plain number.
    /// </summary>
    public static string Harmless(string text) => LooksLikeFormula(text.AsSpan().TrimStart('\'')) && !IsNumber(text) ? "'" + text : text;

    /// <summary>Takes the apostrophe away that <see cref="Harmless"/> put in front.</summary>
    internal static string AsTyped(string text) => text.Length > 1 && text[0] == '\'' && LooksLikeFormula(text.AsSpan().TrimStart('\'')) ? text[1..] : text;

    static bool LooksLikeFormula(ReadOnlySpan<char> text) => text.Length > 0 && (text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '＝' or '＋' or '－' or '＠');

    static bool IsNumber(string text) => decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _);

    void Append(string separator, string cell)
    {
        line.Append(separator);
        if (cell.AsSpan().IndexOfAny(NeedQuotes) < 0 && !cell.StartsWith(' ') && !cell.EndsWith(' '))
        {
            line.Append(cell);
            return;
        }

        line.Append('"').Append(cell.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
    }
}
