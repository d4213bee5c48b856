using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace Portal.Attachments;

/// <summary>
/// What a file is, told from its content alone: neither its name nor what the sender says of it counts. What is none of the kinds we take is
/// refused, and so is what could run: programs, pages, drawings with script, macros.
/// </summary>
/// <param name="Name">The kind as it is stored.</param>
/// <param name="ContentType">What a browser is told it is.</param>
/// <param name="Endings">The endings its name may have; the first is given where it has none of them.</param>
public sealed partial record FileKind(string Name, string ContentType, params IReadOnlyList<string> Endings)
{
    const int MostEntries = 10_000, LookedAt = 64 * 1024;

    static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    static FileKind() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>The kinds we take.</summary>
    public static IReadOnlyList<FileKind> All { get; } =
    [
        new("pdf", "application/pdf", ".pdf"),
        new("png", "image/png", ".png"),
        new("jpeg", "image/jpeg", ".jpg", ".jpeg"),
        new("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"),
        new("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"),
        new("csv", "text/csv", ".csv", ".tsv"),
        new("txt", "text/plain", ".txt", ".log", ".md"),
        new("eml", "message/rfc822", ".eml"),
    ];

    /// <summary>The kind of that name.</summary>
    public static FileKind Of(string name) => All.Single(kind => string.Equals(kind.Name, name, StringComparison.Ordinal));

    /// <summary>What a file is, or the key of the sentence that says why it is not taken.</summary>
    public static (FileKind? Kind, string? Refusal) Recognise(byte[] content)
    {
        ReadOnlySpan<byte> head = content;
        return head switch
        {
            { Length: 0 } => (null, "attachments.refused.empty"),
            _ when head.StartsWith("%PDF-"u8) => head.IndexOf("/JavaScript"u8) >= 0 || head.IndexOf("/Launch"u8) >= 0 ? (null, "attachments.refused.active") : Taken("pdf"),
            _ when head.StartsWith(new byte[] { 0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A }) => Taken("png"),
            _ when head.StartsWith(new byte[] { 0xFF, 0xD8, 0xFF }) => Taken("jpeg"),
            _ when head.StartsWith("PK\x03\x04"u8) => Package(content),
            _ when head.StartsWith("MZ"u8) || head.StartsWith("\u007FELF"u8) || head.StartsWith("#!"u8) || IsMachO(head) => (null, "attachments.refused.program"),
            _ when head.StartsWith(new byte[] { 0xD0, 0xCF, 0x11, 0xE0 }) => (null, "attachments.refused.old_office"),
            _ => Words(content),
        };
    }

    /// <summary>A name as it was sent, fit to be shown: the last part of a path, without what controls a terminal or turns the writing round.</summary>
    public static string Shown(string? fileName) => Short(Readable(fileName));

    /// <summary>A name as it is kept: the same with an ending that tells what the file is.</summary>
    public string Clean(string? fileName)
    {
        var kept = Readable(fileName);
        var ending = Endings.FirstOrDefault(known => kept.EndsWith(known, StringComparison.OrdinalIgnoreCase));
        var stem = (ending is null ? kept : kept[..^ending.Length]).TrimEnd(' ', '.');
        return Short(stem) + (ending ?? Endings[0]).ToLowerInvariant();
    }

    static string Readable(string? fileName)
    {
        var last = (fileName ?? "").Split('/', '\\')[^1].Normalize(NormalizationForm.FormC);
        return string.Concat(last.EnumerateRunes().Where(rune => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator))
            .Select(rune => rune.Value is '<' or '>' or ':' or '"' or '|' or '?' or '*' ? "_" : rune.ToString())).Trim(' ', '.');
    }

    static string Short(string name) => name.Length == 0 ? "file" : string.Concat(name.EnumerateRunes().Take(120).Select(rune => rune.ToString()));

    static (FileKind?, string?) Taken(string name) => (Of(name), null);

    static bool IsMachO(ReadOnlySpan<byte> head) => head.Length >= 4 && System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(head) is 0xFEEDFACE or 0xFEEDFACF or 0xCEFAEDFE or 0xCFFAEDFE or 0xCAFEBABE;

    // Office documents are packages whose list of contents says what they are; what is not listed as one of the two is none.
    static (FileKind?, string?) Package(byte[] content)
    {
        try
        {
            using var package = new ZipArchive(new MemoryStream(content, writable: false), ZipArchiveMode.Read);
            if (package.Entries.Count > MostEntries || package.GetEntry("[Content_Types].xml") is not { Length: < 1024 * 1024 } list)
            {
                return (null, "attachments.refused.unknown");
            }

            using var reader = new StreamReader(list.Open());
            var types = reader.ReadToEnd();
            if (types.Contains("macroEnabled", StringComparison.OrdinalIgnoreCase) || package.Entries.Any(entry => Runs().IsMatch(entry.FullName)))
            {
                return (null, "attachments.refused.macros");
            }

            return types.Contains("wordprocessingml.document.main+xml", StringComparison.Ordinal) && package.GetEntry("word/document.xml") is not null ? Taken("docx")
                : types.Contains("spreadsheetml.sheet.main+xml", StringComparison.Ordinal) && package.GetEntry("xl/workbook.xml") is not null ? Taken("xlsx")
                : (null, "attachments.refused.unknown");
        }
        catch (InvalidDataException)
        {
            return (null, "attachments.refused.unknown");
        }
    }

    static (FileKind?, string?) Words(byte[] content)
    {
        if (Read(content) is not { } text || text.Any(letter => char.IsControl(letter) && letter is not ('\n' or '\r' or '\t' or '\f')))
        {
            return (null, "attachments.refused.unknown");
        }

        var head = text[..Math.Min(text.Length, LookedAt)];
        var headers = Headers().Match(head);
        if (headers.Success && headers.Value.Contains("from:", StringComparison.OrdinalIgnoreCase) && (headers.Value.Contains("date:", StringComparison.OrdinalIgnoreCase) || headers.Value.Contains("subject:", StringComparison.OrdinalIgnoreCase)))
        {
            return CarriesAProgram().IsMatch(text) ? (null, "attachments.refused.program") : Taken("eml");
        }

        return Markup().IsMatch(head) ? (null, "attachments.refused.markup") : Taken(IsTable(head) ? "csv" : "txt");
    }

    static string? Read(ReadOnlySpan<byte> content)
    {
        try
        {
            return content.StartsWith(new byte[] { 0xFF, 0xFE }) ? Encoding.Unicode.GetString(content[2..])
                : content.StartsWith(new byte[] { 0xFE, 0xFF }) ? Encoding.BigEndianUnicode.GetString(content[2..])
                : Utf8.GetString(content.StartsWith(new byte[] { 0xEF, 0xBB, 0xBF }) ? content[3..] : content);
        }
        catch (DecoderFallbackException)
        {
            return ReadChinese(content);
        }
    }

    // What Chinese Windows still writes.
    static string? ReadChinese(ReadOnlySpan<byte> content)
    {
        try
        {
            return Encoding.GetEncoding("GB18030", EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback).GetString(content);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    // Several lines with as many separators each.
    static bool IsTable(string head)
    {
        var lines = head.Split('\n').Select(line => line.TrimEnd('\r')).Where(line => line.Length > 0).Take(20).ToList();
        return lines.Count > 1 && new[] { ',', ';', '\t' }.Any(separator => lines[0].Count(letter => letter == separator) is > 0 and var columns
            && lines.Take(Math.Max(2, lines.Count - 1)).All(line => line.Contains('"', StringComparison.Ordinal) || line.Count(letter => letter == separator) == columns));
    }

    [GeneratedRegex(@"(vbaProject|vbaData)\.|/activeX/|/embeddings/[^/]+\.(bin|exe|vbs|js)$|\.(exe|dll|vbs|js|hta|scr|bat|cmd)$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Runs();

    [GeneratedRegex(@"\A([A-Za-z][A-Za-z0-9-]*:[^\n]*\n([ \t][^\n]*\n)*){2,}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Headers();

    [GeneratedRegex(@"name\*?=[^\n;]*\.(exe|dll|scr|bat|cmd|com|msi|vbs|js|jse|hta|ps1|jar|html?|svg|docm|xlsm|pptm|lnk|iso)\b", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CarriesAProgram();

    [GeneratedRegex(@"\A\s*<\?xml|<(!doctype|html|head|body|script|svg|iframe|object|embed|meta|link|math)\b", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Markup();
}
