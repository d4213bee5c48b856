using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Xml;

namespace Portal.Documents.Tables;

/// <summary>
/// Looks a workbook over before the reader gets it: how much it unpacks to by its own directory, that its XML is plain, and what on the sheet a person should
/// know about. A directory that claims too much ends it at once; one that claims too little is believed, for .NET unpacks no more than was claimed.
/// </summary>
sealed class WorkbookGuard
{
    const int LargestDirectory = 1024 * 1024;
    const int EndRecord = 22;
    const long LargePart = 10 * 1024 * 1024;
    const string SpreadsheetMain = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml";

    static readonly XmlReaderSettings PlainXml = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        IgnoreWhitespace = true,
    };

    readonly ZipArchive zip;
    readonly TableLimits limits;
    readonly TableLook look;
    readonly Dictionary<string, ZipArchiveEntry> parts;
    readonly char[] piece = new char[4096];
    int rowLetters;

    WorkbookGuard(ZipArchive zip, TableLimits limits, TableLook look)
    {
        this.zip = zip;
        this.limits = limits;
        this.look = look;
        parts = zip.Entries.GroupBy(entry => entry.FullName, StringComparer.OrdinalIgnoreCase).ToDictionary(same => same.Key, same => same.First(), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Looks a workbook over.</summary>
    /// <returns>The sheet in question and what was noticed on it, or the refusal.</returns>
    public static (SheetSurvey? Survey, TableRefusal? Refusal) Inspect(Stream file, TableLimits limits, TableLook look, CancellationToken ct)
    {
        if (!HasModestDirectory(file, limits))
        {
            return (null, new TableRefusal(TableRefusalKind.Bomb));
        }

        try
        {
            file.Position = 0;
            using var archive = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
            var guard = new WorkbookGuard(archive, limits, look);
            return guard.Sizes() is { } tooMuch ? (null, tooMuch) : guard.Survey(ct);
        }
        catch (XmlException fault)
        {
            return (null, new TableRefusal(fault.Message.Contains("DTD", StringComparison.Ordinal) ? TableRefusalKind.ForbiddenXml : TableRefusalKind.Damaged));
        }
        catch (Exception damage) when (damage is InvalidDataException or IOException or NotSupportedException or FormatException or OverflowException)
        {
            return (null, new TableRefusal(TableRefusalKind.Damaged));
        }
    }

    /// <summary>
    /// Reads the end record of the zip file (APPNOTE 4.3.16) before anything is built from its directory: a directory of millions of parts costs memory by itself.
    /// </summary>
    static bool HasModestDirectory(Stream file, TableLimits limits)
    {
        var tail = new byte[Math.Min(file.Length, EndRecord + ushort.MaxValue)];
        file.Position = file.Length - tail.Length;
        file.ReadExactly(tail);
        var at = tail.AsSpan().LastIndexOf((ReadOnlySpan<byte>)[0x50, 0x4B, 0x05, 0x06]);
        if (at < 0 || at + EndRecord > tail.Length)
        {
            return true; // no archive at all: opening it says so
        }

        var count = BinaryPrimitives.ReadUInt16LittleEndian(tail.AsSpan(at + 10));
        var size = BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(at + 12));
        var offset = BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(at + 16));
        return count <= limits.WorkbookParts
            && size <= LargestDirectory
            && offset + (long)size == file.Length - tail.Length + at; // a gap would hide further entries from the count
    }

    TableRefusal? Sizes()
    {
        var total = 0L;
        foreach (var part in zip.Entries)
        {
            total += part.Length;
            var isTexts = part.FullName.EndsWith("sharedStrings.xml", StringComparison.OrdinalIgnoreCase);
            if (total > limits.UnpackedBytes || (part.Length > LargePart && part.Length / Math.Max(1, part.CompressedLength) > limits.PackingRatio))
            {
                return new TableRefusal(TableRefusalKind.Bomb);
            }

            if (isTexts && part.Length > limits.TextsBytes)
            {
                return new TableRefusal(TableRefusalKind.TooLarge, Detail: string.Create(CultureInfo.InvariantCulture, $"{limits.TextsBytes / 1048576} MB"));
            }
        }

        return null;
    }

    (SheetSurvey? Survey, TableRefusal? Refusal) Survey(CancellationToken ct)
    {
        if (parts.Keys.Any(name => name.EndsWith("vbaProject.bin", StringComparison.OrdinalIgnoreCase)))
        {
            return (null, new TableRefusal(TableRefusalKind.WithMacros));
        }

        if (zip.Entries.Any(part => IsXml(part.FullName) && DeclaresType(part)))
        {
            return (null, new TableRefusal(TableRefusalKind.ForbiddenXml));
        }

        if (!parts.ContainsKey("[Content_Types].xml") || !ContentTypes().Contains(SpreadsheetMain, StringComparer.OrdinalIgnoreCase))
        {
            return (null, new TableRefusal(TableRefusalKind.ContentDiffers, Detail: ".xlsx"));
        }

        var sheets = Sheets();
        var index = sheets.FindIndex(sheet => (look.Sheet is null ? sheet.IsVisible : sheet.Name == look.Sheet) && parts.ContainsKey(sheet.Part));
        if (index < 0)
        {
            return (null, new TableRefusal(TableRefusalKind.NoSheet));
        }

        var survey = new SheetSurvey(index, sheets[index].Name, [.. sheets.Where((sheet, at) => at != index && sheet.IsVisible).Select(sheet => sheet.Name)]);
        return Look(parts[sheets[index].Part], survey, ct) is { } refusal ? (null, refusal) : (survey, null);
    }

    List<string> ContentTypes()
    {
        var types = new List<string>();
        Each("[Content_Types].xml", reader => types.Add(reader.GetAttribute("ContentType") ?? ""));
        return types;
    }

    List<(string Name, string Part, bool IsVisible)> Sheets()
    {
        var targets = new Dictionary<string, string>(StringComparer.Ordinal);
        Each("xl/_rels/workbook.xml.rels", reader =>
        {
            if (reader.LocalName == "Relationship")
            {
                var target = reader.GetAttribute("Target") ?? "";
                targets[reader.GetAttribute("Id") ?? ""] = target.StartsWith('/') ? target[1..] : "xl/" + target;
            }
        });

        var sheets = new List<(string, string, bool)>();
        Each("xl/workbook.xml", reader =>
        {
            if (reader.LocalName == "sheet")
            {
                var id = reader.GetAttribute("id", "http://schemas.openxmlformats.org/officeDocument/2006/relationships")
                    ?? reader.GetAttribute("id", "http://purl.oclc.org/ooxml/officeDocument/relationships") ?? "";
                sheets.Add((reader.GetAttribute("name") ?? "", targets.GetValueOrDefault(id, ""), reader.GetAttribute("state") is null or "visible"));
            }
        });
        return sheets;
    }

    void Each(string part, Action<XmlReader> element)
    {
        if (!parts.TryGetValue(part, out var entry))
        {
            return;
        }

        using var reader = XmlReader.Create(entry.Open(), PlainXml);
        while (reader.Read())
        {
            if (reader.NodeType == XmlNodeType.Element)
            {
                element(reader);
            }
        }
    }

    TableRefusal? Look(ZipArchiveEntry part, SheetSurvey survey, CancellationToken ct)
    {
        using var reader = XmlReader.Create(part.Open(), PlainXml);
        var cell = new CellSeen(0, 0, IsError: false);
        while (reader.Read())
        {
            TableRefusal? fault = null;
            if (reader.NodeType == XmlNodeType.Element)
            {
                ct.ThrowIfCancellationRequested();
                fault = reader.LocalName switch
                {
                    "row" => LeaveCell(survey, cell) ?? EnterRow(reader, survey, ref cell),
                    "c" => LeaveCell(survey, cell) ?? EnterCell(reader, ref cell),
                    _ => Note(reader, survey, ref cell),
                };
            }
            else if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA)
            {
                fault = TakeText(reader, cell, survey);
            }

            if (fault is not null)
            {
                return fault;
            }
        }

        return LeaveCell(survey, cell);
    }

    /// <summary>Counts the letters of a row, piece by piece: the reader of the rows would hold a cell of any length in memory.</summary>
    TableRefusal? TakeText(XmlReader reader, CellSeen cell, SheetSurvey survey)
    {
        var first = "";
        while (reader.ReadValueChunk(piece, 0, piece.Length) is > 0 and var read)
        {
            first = first.Length == 0 ? new string(piece, 0, Math.Min(read, 40)) : first;
            rowLetters += read;
            if (rowLetters > limits.RowBytes)
            {
                return new TableRefusal(TableRefusalKind.RowTooLong, cell.Row, Detail: $"{limits.RowBytes / 1024} KB");
            }
        }

        return cell is { IsError: true, IsInValue: true } ? survey.AddError(cell.Row, cell.Column, first) : null;
    }

    TableRefusal? EnterRow(XmlReader reader, SheetSurvey survey, ref CellSeen cell)
    {
        rowLetters = 0;
        var row = int.TryParse(reader.GetAttribute("r"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : cell.Row + 1;
        cell = new CellSeen(row, 0, IsError: false);
        if (reader.GetAttribute("hidden") is "1" or "true")
        {
            survey.HiddenRows.Add(row.ToString(CultureInfo.InvariantCulture));
        }

        return row > Excel.ExcelSheet.MostRows ? new TableRefusal(TableRefusalKind.TooManyRows, row) : null;
    }

    TableRefusal? EnterCell(XmlReader reader, ref CellSeen cell)
    {
        cell = new CellSeen(cell.Row, ColumnOf(reader.GetAttribute("r") ?? "") ?? cell.Column + 1, reader.GetAttribute("t") == "e");
        return cell.Column > limits.Columns
            ? new TableRefusal(TableRefusalKind.TooManyColumns, cell.Row, Detail: limits.Columns.ToString(CultureInfo.InvariantCulture))
            : null;
    }

    TableRefusal? LeaveCell(SheetSurvey survey, CellSeen cell)
    {
        if (!cell.IsOpen)
        {
            return null;
        }

        survey.OpenFormulas.Add((cell.Row, cell.Column));
        return look.TakesOpenFormulas && survey.OpenFormulas.Count <= SheetSurvey.MostOpenFormulas
            ? null
            : new TableRefusal(TableRefusalKind.FormulaWithoutValue, cell.Row, Excel.ExcelCell.ColumnName(cell.Column));
    }

    static TableRefusal? Note(XmlReader reader, SheetSurvey survey, ref CellSeen cell)
    {
        switch (reader.LocalName)
        {
            case "f" when cell.Column > 0:
                survey.Formulas.Add(Excel.ExcelCell.Address(cell.Column, cell.Row));
                cell = cell with { IsOpen = true, IsInValue = false };
                break;
            case "v":
            case "is":
                cell = cell with { IsOpen = false, IsInValue = true };
                survey.LastRow = Math.Max(survey.LastRow, cell.Row);
                break;
            case "col" when reader.GetAttribute("hidden") is "1" or "true":
                survey.HiddenColumns.Add(ColumnLetters(reader.GetAttribute("min")));
                break;
            case "mergeCell":
                survey.Merged.Add(reader.GetAttribute("ref") ?? "");
                break;
        }

        return null;
    }

    /// <summary>The column of an address such as AB12; one beyond all columns when the letters go on and on.</summary>
    static int? ColumnOf(string address)
    {
        var column = 0;
        foreach (var letter in address.TakeWhile(char.IsAsciiLetterUpper))
        {
            column = (column * 26) + (letter - 'A' + 1);
            if (column > 1_000_000)
            {
                return int.MaxValue;
            }
        }

        return column == 0 ? null : column;
    }

    static string ColumnLetters(string? number) =>
        int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var column) && column is > 0 and <= 16384 ? Excel.ExcelCell.ColumnName(column) : "";

    /// <summary>A document type stands before the first element; the few programs that write a long comment before it are not worth a second look.</summary>
    static bool DeclaresType(ZipArchiveEntry part)
    {
        using var content = part.Open();
        var head = new byte[16 * 1024];
        return DeclaresType(head.AsSpan(0, content.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)));
    }

    static bool IsXml(string name) => name.EndsWith(".xml", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".rels", StringComparison.OrdinalIgnoreCase);

    static bool DeclaresType(ReadOnlySpan<byte> head) =>
        head.IndexOf("<!DOCTYPE"u8) >= 0 || head.IndexOf(Encoding.Unicode.GetBytes("<!DOCTYPE")) >= 0 || head.IndexOf(Encoding.BigEndianUnicode.GetBytes("<!DOCTYPE")) >= 0;
}

/// <summary>The cell the look over the sheet is at.</summary>
/// <param name="Row">Counted from 1.</param>
/// <param name="Column">Counted from 1.</param>
/// <param name="IsError">It shows an error, which its value names.</param>
/// <param name="IsOpen">It has a formula, whose value is still to come.</param>
/// <param name="IsInValue">Its value has begun.</param>
readonly record struct CellSeen(int Row, int Column, bool IsError, bool IsOpen = false, bool IsInValue = false);

/// <summary>What was noticed about the sheet that is read.</summary>
/// <param name="Index">Its place among the sheets, from 0.</param>
/// <param name="Name">Its name.</param>
/// <param name="OtherSheets">Visible sheets that are not read.</param>
sealed record SheetSurvey(int Index, string Name, IReadOnlyList<string> OtherSheets)
{
    /// <summary>How many cells are remembered whose formula was not calculated.</summary>
    public const int MostOpenFormulas = 100_000;

    const int MostErrors = 1000;

    /// <summary>The last row with a value; what is merely coloured below does not count.</summary>
    public int LastRow { get; set; }

    /// <summary>Rows nobody sees; they are read all the same.</summary>
    public Sightings HiddenRows { get; } = new();

    /// <summary>Columns nobody sees; they are read all the same.</summary>
    public Sightings HiddenColumns { get; } = new();

    /// <summary>Merged cells: only the left upper one has a value.</summary>
    public Sightings Merged { get; } = new();

    /// <summary>Formulas: their stored value is read.</summary>
    public Sightings Formulas { get; } = new();

    /// <summary>Cells with a formula and no value, by row and column.</summary>
    public HashSet<(int Row, int Column)> OpenFormulas { get; } = [];

    /// <summary>Cells that show an error, by their row; the reader hands them out as empty.</summary>
    public Dictionary<int, (int Column, string Error)> Errors { get; } = [];

    /// <summary>Remembers an error; a sheet that is full of them is refused as a whole.</summary>
    public TableRefusal? AddError(int row, int column, string error)
    {
        Errors.TryAdd(row, (column, error));
        return Errors.Count > MostErrors ? new TableRefusal(TableRefusalKind.CellError, Errors.Keys.Min(), Excel.ExcelCell.ColumnName(Errors[Errors.Keys.Min()].Column), Errors[Errors.Keys.Min()].Error) : null;
    }

    /// <summary>Counts, and remembers the first.</summary>
    public sealed class Sightings
    {
        /// <summary>How many.</summary>
        public int Count { get; private set; }

        /// <summary>The first.</summary>
        public string First { get; private set; } = "";

        /// <summary>One more.</summary>
        public void Add(string where)
        {
            First = Count++ == 0 ? where : First;
        }
    }
}
