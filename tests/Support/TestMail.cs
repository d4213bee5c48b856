namespace Support;

/// <summary>A mail that went out.</summary>
/// <param name="To">Its address.</param>
/// <param name="Subject">Its subject.</param>
/// <param name="Text">Its text.</param>
public sealed record TestMail(string To, string Subject, string Text)
{
    /// <summary>Where an answer goes.</summary>
    public string? ReplyTo { get; init; }

    /// <summary>The files that came with it.</summary>
    public IReadOnlyList<TestFile> Files { get; init; } = [];

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
        var (headers, body) = Split(text);
        var mail = new TestMail(headers["To"], DecodeWords(headers["Subject"]), "") { ReplyTo = headers.GetValueOrDefault("Reply-To") };
        if (!headers.TryGetValue("Content-Type", out var type) || !type.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase))
        {
            return mail with { Text = Utf8(Decode(headers, body)) };
        }

        var boundary = type.Split("boundary=")[1].Split(';')[0].Trim('"');
        var parts = body.Split("--" + boundary).Skip(1).Where(part => !part.StartsWith("--", StringComparison.Ordinal)).Select(part => Split(part.TrimStart('\n'))).ToList();
        return mail with
        {
            Text = Utf8(Decode(parts[0].Headers, parts[0].Body.TrimEnd('\n'))),
            Files = parts.Skip(1).Select(part => new TestFile(part.Headers["Content-Type"].Split("name=")[^1].Trim('"'), Decode(part.Headers, part.Body), part.Headers["Content-Type"].Split(';')[0])).ToList(),
        };
    }

    static (Dictionary<string, string> Headers, string Body) Split(string text)
    {
        var parts = text.ReplaceLineEndings("\n").Split("\n\n", 2);
        return (parts[0].Replace("\n ", " ", StringComparison.Ordinal).Replace("\n\t", " ", StringComparison.Ordinal).Split('\n').Select(line => line.Split(": ", 2)).Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0], pair => pair[1].Trim(), StringComparer.OrdinalIgnoreCase), parts[1]);
    }

    static byte[] Decode(Dictionary<string, string> headers, string body) =>
        headers.GetValueOrDefault("Content-Transfer-Encoding") is "base64" ? Convert.FromBase64String(body.Replace("\n", "", StringComparison.Ordinal)) : Unquoted(body);

    static string DecodeWords(string text) => text.StartsWith("=?utf-8?B?", StringComparison.OrdinalIgnoreCase)
        ? string.Concat(text.Split("=?utf-8?B?", StringSplitOptions.RemoveEmptyEntries).Select(word => Utf8(Convert.FromBase64String(word.Split("?=")[0]))))
        : text.StartsWith("=?utf-8?Q?", StringComparison.OrdinalIgnoreCase)
            ? string.Concat(text.Split("=?utf-8?Q?", StringSplitOptions.RemoveEmptyEntries).Select(word => QuotedPrintable(word.Split("?=")[0].Replace('_', ' '))))
            : text;

    static string QuotedPrintable(string text) => Utf8(Unquoted(text));

    static byte[] Unquoted(string text)
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

        return [.. bytes];
    }

    static string Utf8(byte[] bytes) => System.Text.Encoding.UTF8.GetString(bytes);
}
