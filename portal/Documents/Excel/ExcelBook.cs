using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;
using System.Xml;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Spreadsheet;

namespace Portal.Documents.Excel;

/// <summary>
/// Writes a workbook from front to back. Sheets are written one after another, nothing of a row is kept, so a book may be of any length; the package is
/// put together by hand because System.IO.Packaging keeps each part in memory until the end. Equal content gives equal bytes.
/// </summary>
[SuppressMessage("Usage", "CA2213:Disposable fields should be disposed", Justification = "The target belongs to the caller.")]
public sealed class ExcelBook : IAsyncDisposable
{
    const string Main = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    const string Relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const string PackageRelations = "http://schemas.openxmlformats.org/package/2006/relationships";
    static readonly DateTimeOffset EarliestInZip = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    readonly Stream target;
    readonly ExcelBookInfo info;
    readonly HeldBytes held = new();
    readonly ZipArchive zip;
    readonly ExcelStyles styles = new();
    readonly List<ExcelSheet> sheets = [];
    bool isFinished;

    /// <summary>Begins a book.</summary>
    /// <param name="target">Where it goes; need not be seekable, is written asynchronously and left open.</param>
    /// <param name="info">Its properties.</param>
    public ExcelBook(Stream target, ExcelBookInfo info)
    {
        this.target = target;
        this.info = info;
        zip = new ZipArchive(held, ZipArchiveMode.Create, leaveOpen: true);
    }

    /// <summary>Makes a book in memory; for documents, not for exports.</summary>
    /// <param name="info">Its properties.</param>
    /// <param name="fill">Adds the sheets and rows.</param>
    /// <param name="ct">Stops the work.</param>
    public static async Task<byte[]> MakeAsync(ExcelBookInfo info, Action<ExcelBook> fill, CancellationToken ct)
    {
        using var file = new MemoryStream();
        await using var book = new ExcelBook(file, info);
        fill(book);
        await book.FinishAsync(ct);
        return file.ToArray();
    }

    /// <summary>Ends the sheet before, if any, and begins the next.</summary>
    /// <param name="name">Its name on the tab; what Excel forbids in it is replaced.</param>
    /// <param name="setup">Columns, panes, print and protection.</param>
    public ExcelSheet AddSheet(string name, ExcelSheetSetup setup)
    {
        sheets.LastOrDefault()?.End();
        var sheet = new ExcelSheet(UniqueName(name), setup, styles, Entry($"xl/worksheets/sheet{sheets.Count + 1}.xml"));
        sheets.Add(sheet);
        return sheet;
    }

    /// <summary>Sends on what has been written so far. Call it every some hundred rows of a long sheet.</summary>
    public Task FlushAsync(CancellationToken ct) => held.Length >= HeldBytes.WorthSending ? held.SendAsync(target, ct) : Task.CompletedTask;

    /// <summary>Ends the book and sends the rest of it.</summary>
    public async Task FinishAsync(CancellationToken ct)
    {
        sheets.LastOrDefault()?.End();
        WriteElement("xl/workbook.xml", Workbook());
        WriteElement("xl/styles.xml", styles.Sheet());
        WriteXml("xl/_rels/workbook.xml.rels", WriteWorkbookRelations);
        foreach (var (index, sheet) in sheets.Index().Where(sheet => sheet.Item.Picture is not null))
        {
            WritePicture(index + 1, sheet.Picture!);
        }

        WriteXml("docProps/core.xml", WriteProperties);
        WriteXml("_rels/.rels", WritePackageRelations);
        WriteXml("[Content_Types].xml", WriteContentTypes);
        await zip.DisposeAsync();
        isFinished = true;
        await held.SendAsync(target, ct);
        await target.FlushAsync(ct);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!isFinished)
        {
            sheets.LastOrDefault()?.End(); // a book that was given up is not finished, but its writers have to let go
            await zip.DisposeAsync();
        }

        await held.DisposeAsync();
    }

    Workbook Workbook()
    {
        var titles = from sheet in sheets.Index()
                     where sheet.Item.PrintTitles is not null
                     select new DefinedName(sheet.Item.PrintTitles!) { Name = "_xlnm.Print_Titles", LocalSheetId = (uint)sheet.Index };
        return new Workbook(
        [
            new WorkbookProperties { DefaultThemeVersion = 124226U },
            new BookViews(new WorkbookView()),
            new Sheets(sheets.Select((sheet, index) => new Sheet { Name = sheet.Name, SheetId = (uint)index + 1, Id = $"rId{index + 1}", State = sheet.Setup.IsHidden ? SheetStateValues.VeryHidden : null })),
            .. titles.Any() ? [new DefinedNames(titles)] : Array.Empty<OpenXmlElement>(),
            new CalculationProperties { FullCalculationOnLoad = true },
        ]);
    }

    string UniqueName(string name)
    {
        var plain = new string([.. name.Select(letter => "[]:*?/\\".Contains(letter, StringComparison.Ordinal) || char.IsControl(letter) ? '-' : letter)]).Trim('\'', ' ');
        plain = plain.Length == 0 ? "Sheet" : plain;
        var unique = plain[..Math.Min(31, plain.Length)];
        for (var number = 2; sheets.Exists(sheet => sheet.Name.Equals(unique, StringComparison.OrdinalIgnoreCase)); number++)
        {
            var ending = $" ({number})";
            unique = plain[..Math.Min(31 - ending.Length, plain.Length)] + ending;
        }

        return unique;
    }

    Stream Entry(string path)
    {
        var entry = zip.CreateEntry(path, CompressionLevel.Optimal);
        entry.LastWriteTime = info.Created < EarliestInZip ? EarliestInZip : info.Created.ToUniversalTime();
        return entry.Open();
    }

    void WriteElement(string path, OpenXmlElement element)
    {
        using var stream = Entry(path);
        using var writer = OpenXmlWriter.Create(stream);
        writer.WriteStartDocument(standalone: true);
        writer.WriteElement(element);
    }

    void WriteXml(string path, Action<XmlWriter> write)
    {
        using var stream = Entry(path);
        using var writer = XmlWriter.Create(stream);
        writer.WriteStartDocument(standalone: true);
        write(writer);
    }

    void WriteWorkbookRelations(XmlWriter writer)
    {
        writer.WriteStartElement("Relationships", PackageRelations);
        for (var index = 1; index <= sheets.Count; index++)
        {
            WriteRelation(writer, $"rId{index}", $"{Relations}/worksheet", $"worksheets/sheet{index}.xml");
        }

        WriteRelation(writer, $"rId{sheets.Count + 1}", $"{Relations}/styles", "styles.xml");
        writer.WriteEndElement();
    }

    void WritePicture(int number, ExcelPicture picture)
    {
        WriteXml($"xl/worksheets/_rels/sheet{number}.xml.rels", writer => WriteRelations(writer, "drawing", $"../drawings/drawing{number}.xml"));
        WriteXml($"xl/drawings/drawing{number}.xml", picture.WriteDrawing);
        WriteXml($"xl/drawings/_rels/drawing{number}.xml.rels", writer => WriteRelations(writer, "image", "../media/" + picture.FileOf(number)));
        using var media = Entry("xl/media/" + picture.FileOf(number));
        media.Write(picture.Content);
    }

    static void WriteRelations(XmlWriter writer, string kind, string target)
    {
        writer.WriteStartElement("Relationships", PackageRelations);
        WriteRelation(writer, "rId1", $"{Relations}/{kind}", target);
        writer.WriteEndElement();
    }

    static void WritePackageRelations(XmlWriter writer)
    {
        writer.WriteStartElement("Relationships", PackageRelations);
        WriteRelation(writer, "rId1", $"{Relations}/officeDocument", "xl/workbook.xml");
        WriteRelation(writer, "rId2", "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties", "docProps/core.xml");
        writer.WriteEndElement();
    }

    static void WriteRelation(XmlWriter writer, string id, string type, string part)
    {
        writer.WriteStartElement("Relationship", PackageRelations);
        writer.WriteAttributeString("Id", id);
        writer.WriteAttributeString("Type", type);
        writer.WriteAttributeString("Target", part);
        writer.WriteEndElement();
    }

    void WriteProperties(XmlWriter writer)
    {
        const string core = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties";
        const string dublin = "http://purl.org/dc/elements/1.1/";
        const string terms = "http://purl.org/dc/terms/";
        const string instance = "http://www.w3.org/2001/XMLSchema-instance";
        writer.WriteStartElement("cp", "coreProperties", core);
        writer.WriteAttributeString("xmlns", "dcterms", null, terms);
        writer.WriteAttributeString("xmlns", "xsi", null, instance);
        writer.WriteElementString("dc", "title", dublin, ExcelSheet.Clean(info.Title));
        writer.WriteElementString("dc", "creator", dublin, ExcelSheet.Clean(info.Author));
        writer.WriteStartElement("dcterms", "created", terms);
        writer.WriteAttributeString("xsi", "type", instance, "dcterms:W3CDTF");
        writer.WriteString(XmlConvert.ToString(info.Created.UtcDateTime, XmlDateTimeSerializationMode.Utc));
        writer.WriteEndElement();
        writer.WriteEndElement();
    }

    void WriteContentTypes(XmlWriter writer)
    {
        const string types = "http://schemas.openxmlformats.org/package/2006/content-types";
        writer.WriteStartElement("Types", types);
        WriteType("Default", "Extension", "rels", "application/vnd.openxmlformats-package.relationships+xml");
        WriteType("Default", "Extension", "xml", "application/xml");
        foreach (var ending in sheets.Select(sheet => sheet.Picture).OfType<ExcelPicture>().Select(picture => picture.Kind == "png" ? "png" : "jpeg").Distinct(StringComparer.Ordinal))
        {
            WriteType("Default", "Extension", ending, "image/" + ending);
        }

        WriteType("Override", "PartName", "/xl/workbook.xml", $"{Main}.sheet.main+xml");
        WriteType("Override", "PartName", "/xl/styles.xml", $"{Main}.styles+xml");
        WriteType("Override", "PartName", "/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml");
        for (var index = 1; index <= sheets.Count; index++)
        {
            WriteType("Override", "PartName", $"/xl/worksheets/sheet{index}.xml", $"{Main}.worksheet+xml");
        }

        foreach (var index in sheets.Index().Where(sheet => sheet.Item.Picture is not null).Select(sheet => sheet.Index + 1))
        {
            WriteType("Override", "PartName", $"/xl/drawings/drawing{index}.xml", "application/vnd.openxmlformats-officedocument.drawing+xml");
        }

        writer.WriteEndElement();

        void WriteType(string element, string attribute, string of, string type)
        {
            writer.WriteStartElement(element, types);
            writer.WriteAttributeString(attribute, of);
            writer.WriteAttributeString("ContentType", type);
            writer.WriteEndElement();
        }
    }
}

/// <summary>The properties of a book.</summary>
/// <param name="Title">Its title.</param>
/// <param name="Author">Whose it is: the partner or the brand.</param>
/// <param name="Created">When it was made; take it from what it shows, so that equal content gives equal bytes.</param>
public sealed record ExcelBookInfo(string Title, string Author, DateTimeOffset Created);
