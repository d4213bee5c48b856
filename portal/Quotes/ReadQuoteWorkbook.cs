using System.Globalization;
using System.Text;
using Platform.Texts;
using Portal.Documents.Tables;

namespace Portal.Quotes;

/// <summary>
/// Reads a workbook that came back: from which revision, and product, quantity and discount of each line. Prices, amounts and whatever else stands in it are not read; the portal knows them better.
/// </summary>
public sealed class ReadQuoteWorkbook(TableReader reader, Texts texts)
{
    /// <summary>The head of the column that names products, in every language.</summary>
    public const string Sku = "SKU";

    /// <summary>The largest file; a thousand lines come to a tenth of it.</summary>
    public const int MostBytes = 2 * 1024 * 1024;

    const int LongestSku = 64;

    /// <summary>Reads it; what is wrong with single lines is told with them.</summary>
    /// <param name="file">The content, seekable.</param>
    /// <param name="fileName">Its name.</param>
    /// <param name="ct">Stops the work.</param>
    public async Task<QuoteWorkbookReading> RunAsync(Stream file, string fileName, CancellationToken ct)
    {
        if (!fileName.EndsWith(".xlsx", StringComparison.OrdinalIgnoreCase))
        {
            return new QuoteWorkbookReading.Refused("quotes.upload.problem.not_excel", []);
        }

        if (file.Length > MostBytes)
        {
            return new QuoteWorkbookReading.Refused("quotes.upload.problem.too_large", [MostBytes / 1024 / 1024]);
        }

        // First the file as such, so that one that is damaged is told so and not that it names no quote.
        var opening = await reader.OpenAsync(file, fileName, new() { IsHead = IsHead, TakesOpenFormulas = true }, ct);
        if (opening is not TableOpening.Opened(var table))
        {
            return Refuse(((TableOpening.Refused)opening).Refusal);
        }

        await using (table)
        {
            return await OriginAsync(file, fileName, ct) is not { } origin ? new QuoteWorkbookReading.Refused("quotes.upload.problem.no_origin", [])
                : table.Notes.FirstOrDefault(note => note.TextKey == "documents.table.note.merged") is { } merged ? new QuoteWorkbookReading.Refused("quotes.upload.problem.merged", [merged.Example])
                : await LinesAsync(table, origin, ct);
        }
    }

    async Task<QuoteOrigin?> OriginAsync(Stream file, string fileName, CancellationToken ct)
    {
        if (await reader.OpenAsync(file, fileName, new() { Sheet = QuoteWorkbook.OriginSheet }, ct) is not TableOpening.Opened(var table))
        {
            return null;
        }

        var said = new Dictionary<string, string>(StringComparer.Ordinal);
        await using (table)
        {
            await foreach (var line in table.LinesAsync(ct))
            {
                if (line is TableLine.Row { Cells: [{ } name, { } value, ..] } && said.Count < 20)
                {
                    said[name] = value;
                }
            }
        }

        return QuoteOrigin.Read(said);
    }

    async Task<QuoteWorkbookReading> LinesAsync(Table table, QuoteOrigin origin, CancellationToken ct)
    {
        var (sku, quantity, discount) = (Place(table.Columns, [Sku]), Place(table.Columns, Heads("quotes.document.quantity")), Place(table.Columns, Heads("quotes.document.discount")));
        if (discount < 0)
        {
            return new QuoteWorkbookReading.Refused("quotes.upload.problem.no_column", [texts["quotes.document.discount"].Value]);
        }

        var lines = new List<UploadedLine>();
        await foreach (var line in table.LinesAsync(ct))
        {
            var (row, cells, fault) = line switch
            {
                TableLine.Row(var number, var read) => (number, read, null),
                // What stands beside the table, and errors in cells that are not read, are nobody's concern.
                TableLine.Broken { Refusal: var refusal } broken => (refusal.Row ?? 0, broken.Cells, Concerns(refusal, table.Columns, sku, quantity, discount) ? refusal : null),
                _ => throw new InvalidOperationException("A line is a row or broken."),
            };
            string? Cell(int column) => column < cells.Count && cells[column]?.Trim() is { Length: > 0 } text ? text : null;
            if (fault is null && Cell(sku) is null && Cell(quantity) is null && Cell(discount) is null)
            {
                continue;
            }

            lines.Add(new(row, Cell(sku) is { } code ? code[..Math.Min(LongestSku, code.Length)] : null, Shown(Cell(quantity)), Shown(Cell(discount)), fault?.Describe(texts)));
            if (lines.Count > PriceQuote.MostLines)
            {
                return new QuoteWorkbookReading.Refused("quotes.problem.lines", [PriceQuote.MostLines]);
            }
        }

        return new QuoteWorkbookReading.Read(origin, lines, [.. table.Notes.Where(note => note.TextKey == "documents.table.note.hidden-rows").Select(note => note.Describe(texts))]);
    }

    bool IsHead(IReadOnlyList<string?> cells) => Place(cells, [Sku]) >= 0 && Place(cells, Heads("quotes.document.quantity")) >= 0;

    string[] Heads(string key) => [.. TextBook.Languages.Select(language => texts.In(language, key))];

    static int Place(IReadOnlyList<string?> cells, string[] names) => cells.Index().Where(cell => names.Contains(cell.Item?.Trim(), StringComparer.OrdinalIgnoreCase)).Select(cell => cell.Index).FirstOrDefault(-1);

    static bool Concerns(TableRefusal refusal, IReadOnlyList<string> columns, params int[] read) => refusal.Kind switch
    {
        TableRefusalKind.TooManyCells => false,
        TableRefusalKind.CellError or TableRefusalKind.NumberLostDigits => Array.Exists(read, column => columns[column] == refusal.Column),
        _ => true,
    };

    static string? Shown(string? text) => text is { Length: > 40 } ? text[..40] + "…" : text;

    QuoteWorkbookReading.Refused Refuse(TableRefusal refusal) => refusal.Kind is TableRefusalKind.NoRows
        ? new("quotes.upload.problem.no_head", [Sku, texts["quotes.document.quantity"].Value])
        : new(refusal.TextKey, [refusal.Row?.ToString("N0", CultureInfo.CurrentCulture) ?? "", refusal.Column ?? "", refusal.Detail ?? ""]);
}

/// <summary>A workbook that came back, as it was read.</summary>
public abstract record QuoteWorkbookReading
{
    QuoteWorkbookReading()
    {
    }

    /// <summary>Its lines, and from which revision it says it is.</summary>
    public sealed record Read(QuoteOrigin Origin, IReadOnlyList<UploadedLine> Lines, IReadOnlyList<string> Notes) : QuoteWorkbookReading;

    /// <summary>It cannot be taken as a whole.</summary>
    public sealed record Refused(string TextKey, IReadOnlyList<object> Arguments) : QuoteWorkbookReading;
}

/// <summary>One line of it, as it was typed.</summary>
/// <param name="Row">The row as the spreadsheet counts it.</param>
/// <param name="Sku">The product.</param>
/// <param name="Quantity">Whole pieces; 0 takes the line out.</param>
/// <param name="Discount">A share, or a text with a percent sign.</param>
/// <param name="Fault">What is wrong with the row as such.</param>
public sealed record UploadedLine(long Row, string? Sku, string? Quantity, string? Discount, string? Fault)
{
    /// <summary>Nobody wants it any more.</summary>
    internal bool IsOut => Number(Quantity) is 0m;

    /// <summary>The line as the quote is asked for; null with what is wrong.</summary>
    internal (QuoteRequestLine? Line, QuoteProblem? Problem) Read()
    {
        if (Sku is null)
        {
            return (null, new("sku", "quotes.upload.problem.no_sku"));
        }

        if (Quantity is null)
        {
            return (null, new("quantity", "quotes.upload.problem.no_quantity"));
        }

        if (Number(Quantity) is not { } quantity)
        {
            return (null, new("quantity", "quotes.upload.problem.number", Quantity));
        }

        var share = Discount is null ? 0 : Number(Discount);
        return share is null ? (null, new("discount", "quotes.upload.problem.share", Discount!)) : (new(Sku, quantity, share == 0 ? null : share * 100), null);
    }

    /// <summary>A number, also where it was typed as a text: with thousands apart, in wide digits, with a percent sign.</summary>
    internal static decimal? Number(string? text)
    {
        if (text is null)
        {
            return null;
        }

        var plain = text.Normalize(NormalizationForm.FormKC).Trim();
        var isPercent = plain.EndsWith('%');
        plain = (isPercent ? plain[..^1] : plain).Replace("\u00a0", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
        return decimal.TryParse(plain, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var number) && IsGrouped(plain)
            ? isPercent ? number / 100 : number
            : null;
    }

    // A comma counts where it parts thousands and nowhere else: 1,5 is one and a half to some and fifteen to others.
    static bool IsGrouped(string number)
    {
        var groups = number.TrimStart('-', '+').Split('.')[0].Split(',');
        return groups.Length == 1 || (groups[0].Length is >= 1 and <= 3 && groups.Skip(1).All(group => group.Length == 3));
    }
}
