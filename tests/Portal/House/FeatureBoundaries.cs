using System.Text.RegularExpressions;

namespace Portal.Tests.House;

public sealed partial class FeatureBoundaries
{
    static readonly IReadOnlyDictionary<string, string> OwnerOfTable = SourceTree.Files("platform", ".sql").Concat(SourceTree.Files("portal", ".sql"))
        .SelectMany(file => CreateTable().Matches(file.Text).Select(match => (Table: match.Groups["table"].Value, file.Feature)))
        .ToDictionary(pair => pair.Table, pair => pair.Feature, StringComparer.Ordinal);

    [Fact]
    public void A_feature_writes_its_own_tables_only()
    {
        var trespasses =
            from file in SourceTree.Files("portal", ".cs", ".sql").Concat(SourceTree.Files("platform", ".cs"))
            from Match write in Writes().Matches(SqlComments().Replace(file.Text, ""))
            let table = write.Groups["table"].Value
            where OwnerOfTable.TryGetValue(table, out var owner) && owner != file.Feature
            select $"{file.Path} writes {table}, which belongs to {OwnerOfTable[table]}";

        Assert.Equal([], trespasses.Distinct());
    }

    [Fact]
    public void Calls_between_features_run_one_way()
    {
        var calls = SourceTree.Features.ToDictionary(feature => feature, feature => CalledBy(feature).ToList(), StringComparer.Ordinal);

        Assert.Equal([], calls.Keys.SelectMany(start => Circles(calls, [start])).Select(circle => string.Join(" -> ", circle)).Distinct());
    }

    [Fact]
    public void The_shell_the_documents_and_the_platform_know_no_feature()
    {
        var known =
            from file in SourceTree.Files("portal/Web", ".cs", ".cshtml").Concat(SourceTree.Files("portal/Documents", ".cs")).Concat(SourceTree.Files("platform", ".cs"))
            from Match mention in PortalNamespace().Matches(file.Text)
            let feature = mention.Groups["feature"].Value
            where SourceTree.Features.Contains(feature) && feature != file.Feature && feature != "Documents"
            select $"{file.Path} knows {feature}";

        Assert.Equal([], known.Distinct());
    }

    [Fact]
    public void Work_left_for_later_is_not_left_in_the_code()
    {
        var left =
            from folder in new[] { "portal", "identity", "platform", "tests" }
            from file in SourceTree.Files(folder, ".cs", ".cshtml", ".sql", ".js", ".mjs", ".typ")
            where Unfinished().IsMatch(file.Text) && !file.Path.EndsWith("FeatureBoundaries.cs", StringComparison.Ordinal)
            select file.Path;

        Assert.Equal([], left);
    }

    static IEnumerable<string> CalledBy(string feature) =>
        (from file in SourceTree.Files($"portal/{feature}", ".cs", ".cshtml")
         from Match mention in PortalNamespace().Matches(file.Text)
         let called = mention.Groups["feature"].Value
         where called != feature && SourceTree.Features.Contains(called)
         select called).Distinct(StringComparer.Ordinal);

    static IEnumerable<IReadOnlyList<string>> Circles(Dictionary<string, List<string>> calls, IReadOnlyList<string> path)
    {
        foreach (var next in calls[path[^1]])
        {
            if (next == path[0])
            {
                // told once, starting at its first name
                if (path.Min(StringComparer.Ordinal) == path[0])
                {
                    yield return [.. path, next];
                }
            }
            else if (!path.Contains(next, StringComparer.Ordinal))
            {
                foreach (var circle in Circles(calls, [.. path, next]))
                {
                    yield return circle;
                }
            }
        }
    }

    [GeneratedRegex(@"create table (if not exists )?(?<table>[a-z_]+)\s*\(")]
    private static partial Regex CreateTable();

    [GeneratedRegex(@"\b(insert\s+into|update|delete\s+from|merge\s+into|copy|truncate(\s+table)?)\s+(only\s+)?(portal\.)?(?<table>[a-z_]+)\b(?!\s*:)")]
    private static partial Regex Writes();

    [GeneratedRegex(@"(--|///?)[^\n]*")]
    private static partial Regex SqlComments();

    [GeneratedRegex(@"(?<!\w)Portal\.(?<feature>[A-Z][A-Za-z]+)\b")]
    private static partial Regex PortalNamespace();

    [GeneratedRegex(@"\bTODO\b|\bFIXME\b|\bHACK\b|NotImplementedException")]
    private static partial Regex Unfinished();
}
