using System.Text.Json;
using System.Text.RegularExpressions;

namespace Portal.Tests.House;

public sealed partial class EveryText
{
    static readonly string[] Languages = ["en", "zh-CN"];

    public static TheoryData<string> Products => ["portal", "identity"];

    [Theory]
    [MemberData(nameof(Products))]
    public void Every_text_exists_in_both_languages(string product)
    {
        var missing =
            from text in Texts(product)
            from language in Languages
            where !text.Value.TryGetValue(language, out var words) || string.IsNullOrWhiteSpace(words)
            select $"{text.Key} ({language})";

        Assert.Equal([], missing);
    }

    [Theory]
    [MemberData(nameof(Products))]
    public void A_translation_keeps_the_placeholders(string product)
    {
        var differing =
            from text in Texts(product)
            where text.Value.Values.Select(words => string.Join(' ', Placeholder().Matches(words).Select(match => match.Groups[1].Value).Distinct().Order())).Distinct().Count() > 1
            select text.Key;

        Assert.Equal([], differing);
    }

    [Theory]
    [MemberData(nameof(Products))]
    public void Every_text_that_is_asked_for_is_there(string product)
    {
        var texts = Texts(product).Select(text => text.Key).ToHashSet(StringComparer.Ordinal);
        var missing =
            from file in Sources(product)
            from Match asked in AskedFor().Matches(DocComments().Replace(file.Text, ""))
            where !texts.Contains(asked.Groups["key"].Value)
            select $"{file.Path}: {asked.Groups["key"].Value}";

        Assert.Equal([], missing.Distinct());
    }

    /// <summary>A key that is put together, such as <c>$"deals.status.{status}"</c>, uses every key that begins like it.</summary>
    [Theory]
    [MemberData(nameof(Products))]
    public void No_text_is_left_over(string product)
    {
        var literals = Sources(product).SelectMany(file => Literal().Matches(file.Text)).Select(match => match.Groups["key"].Value).ToHashSet(StringComparer.Ordinal);
        var beginnings = Sources(product).SelectMany(file => Beginning().Matches(file.Text)).Select(match => match.Groups["key"].Value).Distinct(StringComparer.Ordinal).ToList();
        var unused =
            from text in Texts(product)
            where !literals.Contains(text.Key) && !beginnings.Exists(beginning => text.Key.StartsWith(beginning, StringComparison.Ordinal))
            select text.Key;

        Assert.Equal([], unused);
    }

    static IEnumerable<KeyValuePair<string, Dictionary<string, string>>> Texts(string product) =>
        Folders(product).SelectMany(folder => SourceTree.Files(folder, ".json"))
            .Where(file => file.Path.EndsWith("/texts.json", StringComparison.Ordinal))
            .SelectMany(file => JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, string>>>(file.Text)!);

    static IEnumerable<SourceFile> Sources(string product) =>
        Folders(product).SelectMany(folder => SourceTree.Files(folder, ".cs", ".cshtml", ".sql", ".typ"));

    static string[] Folders(string product) => [product, "platform"];

    [GeneratedRegex(@"\{(\d+)[^}]*\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"\bT(exts)?\[""(?<key>[a-z0-9_.-]*[a-z0-9])""")]
    private static partial Regex AskedFor();

    [GeneratedRegex("///[^\n]*")]
    private static partial Regex DocComments();

    [GeneratedRegex(@"[""'](?<key>[a-z][a-z0-9_-]*(\.[a-z0-9_-]+)+)[""']")]
    private static partial Regex Literal();

    [GeneratedRegex(@"[""'](?<key>[a-z][a-z0-9_-]*(\.[a-z0-9_-]+)*\.)(\{|"")")]
    private static partial Regex Beginning();
}
