using System.Text.Json;
using System.Text.RegularExpressions;

namespace Portal.Tests.House;

public sealed partial class TheDocumentation
{
    static IReadOnlyList<SourceFile> Pages { get; } =
        [.. SourceTree.Files("docs", ".md"), .. SourceTree.Root.EnumerateFiles("*.md").Select(file => new SourceFile(file.Name, File.ReadAllText(file.FullName)))];

    [Fact]
    public void Every_link_leads_somewhere()
    {
        var broken =
            from page in Pages
            from Match link in Link().Matches(page.Text)
            let target = link.Groups["target"].Value
            where !target.Contains("://", StringComparison.Ordinal) && !Leads(page, target)
            select $"{page.Path}: {target}";

        Assert.Equal([], broken);
    }

    /// <summary>Words in bold type are those on the screen; an ellipsis stands for what differs from case to case.</summary>
    [Theory]
    [InlineData("en")]
    [InlineData("zh-CN")]
    public void The_guide_speaks_in_the_words_of_the_screen(string language)
    {
        var texts = Texts(language).ToList();
        var unknown =
            from page in SourceTree.Files($"docs/guide/{language}", ".md")
            from Match bold in Bold().Matches(page.Text.ReplaceLineEndings(" "))
            let words = bold.Groups["words"].Value
            where !texts.Exists(text => words.Split('…', StringSplitOptions.TrimEntries).All(part => text.Contains(part, StringComparison.Ordinal)))
            select $"{page.Path}: {words}";

        Assert.Equal([], unknown);
    }

    [Fact]
    public void The_guide_has_the_same_chapters_in_both_languages()
    {
        static IEnumerable<string> Chapters(string language) =>
            from page in SourceTree.Files($"docs/guide/{language}", ".md")
            orderby page.Path
            select $"{page.Path.Split('/')[^1]}: {string.Join(' ', Heading().Matches(page.Text).Select(heading => heading.Groups["level"].Value))}";

        Assert.Equal(Chapters("en"), Chapters("zh-CN"));
    }

    [Fact]
    public void Every_setting_that_is_read_stands_in_the_operators_table()
    {
        var described = SourceTree.Files("docs/operations", ".md").Single(page => page.Path.EndsWith("/production.md", StringComparison.Ordinal)).Text;
        var missing =
            from folder in new[] { "portal", "identity", "platform" }
            from file in SourceTree.Files(folder, ".cs")
            from Match read in Setting().Matches(file.Text)
            let name = read.Groups["name"].Value.Replace(":", "__", StringComparison.Ordinal)
            where !described.Contains($"`{name}", StringComparison.Ordinal)
            select name;

        Assert.Equal([], missing.Distinct());
    }

    static bool Leads(SourceFile page, string target)
    {
        var parts = target.Split('#');
        var file = parts[0].Length == 0 ? page.Path : Path.Combine(Path.GetDirectoryName(page.Path)!, parts[0]);
        var full = Path.GetFullPath(Path.Combine(SourceTree.Root.FullName, file));
        return parts.Length == 1
            ? File.Exists(full) || Directory.Exists(full)
            : File.Exists(full) && Heading().Matches(File.ReadAllText(full)).Any(heading => Anchor(heading.Groups["words"].Value) == parts[1]);
    }

    // As GitHub and most others make it of a heading.
    static string Anchor(string heading) => NoLetter().Replace(heading.Trim().ToLowerInvariant(), "").Replace(' ', '-');

    static IEnumerable<string> Texts(string language) =>
        from folder in new[] { "portal", "identity", "platform" }
        from file in SourceTree.Files(folder, ".json")
        where file.Path.EndsWith("/texts.json", StringComparison.Ordinal)
        from text in JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, string>>>(file.Text)!
        select text.Value[language];

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\*\*(?<words>.+?)\*\*")]
    private static partial Regex Bold();

    [GeneratedRegex(@"^(?<level>#+) (?<words>[^\r\n]+)", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NoLetter();

    [GeneratedRegex(@"[Cc]onfiguration(\[|\.GetValue<[a-z?]+>\()""(?<name>[A-Z][A-Za-z]+:[A-Za-z:]+)""")]
    private static partial Regex Setting();
}
