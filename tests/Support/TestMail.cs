namespace Support;

/// <summary>A mail that went out.</summary>
/// <param name="To">Its address.</param>
/// <param name="Subject">Its subject.</param>
/// <param name="Text">Its text.</param>
public sealed record TestMail(string To, string Subject, string Text)
{
    /// <summary>The first link in it.</summary>
    public string Link => Text.Split(' ', '\n').First(word => word.StartsWith("https://", StringComparison.Ordinal)).Trim();

    internal static IReadOnlyList<TestMail> ReadAndRemove(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return [];
        }

        var files = new DirectoryInfo(folder).GetFiles("*.eml").OrderBy(file => file.CreationTimeUtc).ToList();
        var mails = files.ConvertAll(file => Parse(File.ReadAllText(file.FullName)));
        files.ForEach(file => file.Delete());
        return mails;
    }

    static TestMail Parse(string text)
    {
        var parts = text.ReplaceLineEndings("\n").Split("\n\n", 2);
        var headers = parts[0].Replace("\n ", "", StringComparison.Ordinal).Split('\n').Select(line => line.Split(": ", 2)).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
        return new(headers["To"], DecodeWords(headers["Subject"]), headers["Content-Transfer-Encoding"] is "base64" ? Utf8(Convert.FromBase64String(parts[1].Replace("\n", "", StringComparison.Ordinal))) : QuotedPrintable(parts[1]));
    }

    static string DecodeWords(string text) => text.StartsWith("=?utf-8?B?", StringComparison.OrdinalIgnoreCase)
        ? string.Concat(text.Split("=?utf-8?B?", StringSplitOptions.RemoveEmptyEntries).Select(word => Utf8(Convert.FromBase64String(word.Split("?=")[0]))))
        : text.StartsWith("=?utf-8?Q?", StringComparison.OrdinalIgnoreCase)
            ? string.Concat(text.Split("=?utf-8?Q?", StringSplitOptions.RemoveEmptyEntries).Select(word => QuotedPrintable(word.Split("?=")[0].Replace('_', ' '))))
            : text;

    static string QuotedPrintable(string text)
    {
        var joined = text.Replace("=\n", "", StringComparison.Ordinal);
        var bytes = new List<byte>();
        for (var i = 0; i < joined.Length; i++)
        {
            if (joined[i] == '=' && i + 2 < joined.Length)
            {
                bytes.Add(Convert.ToByte(joined.Substring(i + 1, 2), 16));
                i += 2;
            }
            else
            {
                bytes.Add((byte)joined[i]);
            }
        }

        return Utf8([.. bytes]);
    }

    static string Utf8(byte[] bytes) => System.Text.Encoding.UTF8.GetString(bytes);
}
