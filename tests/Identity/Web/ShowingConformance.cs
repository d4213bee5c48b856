using System.Text.RegularExpressions;
using Support;

namespace Identity.Tests.Web;

/// <summary>The table of what identity must do on the wire (identity/Conformance.md) speaks of tests that are there.</summary>
public sealed partial class ShowingConformance
{
    static IReadOnlyList<string> Lines { get; } = [.. File.ReadLines(Path.Combine(Repository.Folder, "identity", "Conformance.md")).Where(line => Line().IsMatch(line))];

    [Fact]
    public void Each_line_has_its_test_or_says_why_not()
    {
        Assert.Equal(134, Lines.Count);
        Assert.Equal([], Lines.Where(line => line.Split('|')[^2].Trim().Length == 0));
    }

    [Fact]
    public void Every_test_that_is_named_is_there()
    {
        var there = typeof(ShowingConformance).Assembly.GetTypes().Select(type => type.FullName).ToHashSet(StringComparer.Ordinal);
        var folders = Directory.EnumerateDirectories(Path.Combine(Repository.Folder, "tests", "Identity")).Select(Path.GetFileName).ToHashSet(StringComparer.Ordinal);
        var named = Lines.SelectMany(line => Test().Matches(line.Split('|')[^2])).Where(test => folders.Contains(test.Groups["folder"].Value)).Select(test => test.Groups["test"].Value).ToHashSet(StringComparer.Ordinal);

        Assert.InRange(named.Count, 30, 200);
        Assert.Equal([], named.Where(test => !there.Contains("Identity.Tests." + test)));
    }

    [GeneratedRegex(@"^\| [A-N]\d\d \|", RegexOptions.ExplicitCapture)]
    private static partial Regex Line();

    [GeneratedRegex(@"`(?<test>(?<folder>[A-Z]\w+)\.[A-Z]\w+)`", RegexOptions.ExplicitCapture)]
    private static partial Regex Test();
}
