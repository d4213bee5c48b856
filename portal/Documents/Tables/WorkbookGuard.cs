using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Xml;

namespace Portal.Documents.Tables;

/// <summary>
/// Looks a workbook over before the reader gets it: how much it unpacks to (by what it says and by unpacking it), that its XML is plain, and what on the
/// sheet a person should know about. Whatever the zip directory claims, no more is unpacked than it claimed, and a claim above the limits ends it at once.
/// </summary>
sealed class WorkbookGuard
{
    const int LargestDirectory = 1024 * 1024;
    const int EndRecord = 22;
    const long LargePart = 10 * 1024 * 1024;
    const int MostRows = 1_048_576;
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
    readonly Dictionary<string, ZipArchiveEntry> parts;

    WorkbookGuard(ZipArchive zip, TableLimits limits)
    {
        this.zip = zip;
        this.limits = limits;
        parts = zip.Entries.GroupBy(entry => entry.FullName, StringComparer.OrdinalIgnoreCase).ToDictionary(same => same.Key, same => same.First(), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Looks a workbook over.</summary>
    /// <returns>The first visible sheet and what was noticed on it, or the refusal.</returns>
    public static (SheetSurvey? Survey, TableRefusal? Refusal) Inspect(Stream file, TableLimits limits, CancellationToken ct)
    {
        if (!HasModestDirectory(file, limits))
        {
            return (null, new TableRefusal(TableRefusalKind.Bomb));
        }

        try
        {
            file.Position = 0;
            using var archive = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
            var guard = new WorkbookGuard(archive, limits);
            return guard.Sizes() is { } tooMuch ? (null, tooMuch) : guard.Survey(ct);
        }
        catch (XmlException fault)
        {
            return (null, new TableRefusal(fault.Message.Contains("DTD", StringComparison.Ordinal) ? TableRefusalKind.ForbiddenXml : TableRefusalKind.Damaged));
        }
        catch (BombException)
        {
            return (null, new TableRefusal(TableRefusalKind.Bomb));
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

        if (!parts.ContainsKey("[Content_Types].xml") || !ContentTypes().Contains(SpreadsheetMain, StringComparer.OrdinalIgnoreCase))
        {
            return (null, new TableRefusal(TableRefusalKind.ContentDiffers, Detail: ".xlsx"));
        }

        var sheets = Sheets();
        var index = sheets.FindIndex(sheet => sheet.IsVisible && parts.ContainsKey(sheet.Part));
        if (index < 0)
        {
            return (null, new TableRefusal(TableRefusalKind.NoSheet));
        }

        foreach (var part in zip.Entries.Where(part => !part.FullName.Equals(sheets[index].Part, StringComparison.OrdinalIgnoreCase)))
        {
            Unpack(part, ct);
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

        using var reader = XmlReader.Create(Open(entry), PlainXml);
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
        using var reader = XmlReader.Create(Open(part), PlainXml);
        var (row, column) = (0, 0);
        var inFormula = (Address: "", HasValue: true);
        while (reader.Read())
        {
            if (reader.NodeType != XmlNodeType.Element)
            {
                continue;
            }

            switch (reader.LocalName)
            {
                case "row":
                    ct.ThrowIfCancellationRequested();
                    row = int.TryParse(reader.GetAttribute("r"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : row + 1;
                    column = 0;
                    if (row > MostRows)
                    {
                        return new TableRefusal(TableRefusalKind.TooManyRows, row);
                    }

                    if (reader.GetAttribute("hidden") is "1" or "true")
                    {
                        survey.HiddenRows.Add(row.ToString(CultureInfo.InvariantCulture));
                    }

                    break;
                case "c":
                    if (!inFormula.HasValue)
                    {
                        return Uncalculated(inFormula.Address);
                    }

                    inFormula = (reader.GetAttribute("r") ?? "", true);
                    column = ColumnOf(inFormula.Address) ?? column + 1;
                    if (column > Math.Max(limits.Columns, 1))
                    {
                        return new TableRefusal(TableRefusalKind.TooManyColumns, row, Detail: limits.Columns.ToString(CultureInfo.InvariantCulture));
                    }

                    break;
                case "f":
                    survey.Formulas.Add(inFormula.Address);
                    inFormula.HasValue = false;
                    break;
                case "v":
                case "is":
                    inFormula.HasValue = true;
                    break;
                case "col" when reader.GetAttribute("hidden") is "1" or "true":
                    survey.HiddenColumns.Add(ColumnLetters(reader.GetAttribute("min")));
                    break;
                case "mergeCell":
                    survey.Merged.Add(reader.GetAttribute("ref") ?? "");
                    break;
            }
        }

        return inFormula.HasValue ? null : Uncalculated(inFormula.Address);
    }

    static TableRefusal Uncalculated(string address) =>
        new(TableRefusalKind.FormulaWithoutValue, long.TryParse(address.AsSpan().TrimStart("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), NumberStyles.None, CultureInfo.InvariantCulture, out var row) ? row : null, address.TrimEnd("0123456789".ToCharArray()));

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

    static void Unpack(ZipArchiveEntry part, CancellationToken ct)
    {
        using var content = Open(part);
        var buffer = new byte[64 * 1024];
        var isFirst = true;
        int read;
        while ((read = content.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)) > 0)
        {
            ct.ThrowIfCancellationRequested();
            if (isFirst && IsXml(part.FullName) && DeclaresType(buffer.AsSpan(0, read)))
            {
                throw new XmlException("For security reasons DTD is prohibited.");
            }

            isFirst = false;
        }
    }

    static bool IsXml(string name) => name.EndsWith(".xml", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".rels", StringComparison.OrdinalIgnoreCase);

    static bool DeclaresType(ReadOnlySpan<byte> head) =>
        head.IndexOf("<!DOCTYPE"u8) >= 0 || head.IndexOf(Encoding.Unicode.GetBytes("<!DOCTYPE")) >= 0 || head.IndexOf(Encoding.BigEndianUnicode.GetBytes("<!DOCTYPE")) >= 0;

    static UnpackedPart Open(ZipArchiveEntry part) => new(part.Open(), part.Length);

    /// <summary>A part as it is unpacked, which may not be longer than the directory says.</summary>
    sealed class UnpackedPart(Stream content, long length) : Stream
    {
        long left = length;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var read = content.Read(buffer);
            left -= read;
            return left < 0 ? throw new BombException() : read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            content.Dispose();
            base.Dispose(disposing);
        }
    }

    sealed class BombException : Exception;
}

/// <summary>What was noticed about the sheet that is read.</summary>
/// <param name="Index">Its place among the sheets, from 0.</param>
/// <param name="Name">Its name.</param>
/// <param name="OtherSheets">Visible sheets that are not read.</param>
sealed record SheetSurvey(int Index, string Name, IReadOnlyList<string> OtherSheets)
{
    /// <summary>Rows nobody sees; they are read all the same.</summary>
    public Sightings HiddenRows { get; } = new();

    /// <summary>Columns nobody sees; they are read all the same.</summary>
    public Sightings HiddenColumns { get; } = new();

    /// <summary>Merged cells: only the left upper one has a value.</summary>
    public Sightings Merged { get; } = new();

    /// <summary>Formulas: their stored value is read.</summary>
    public Sightings Formulas { get; } = new();

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
