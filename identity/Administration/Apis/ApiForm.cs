using System.Text.RegularExpressions;
using Identity.Clients;

namespace Identity.Administration.Apis;

/// <summary>An API to be registered, as somebody typed it.</summary>
sealed partial class ApiForm
{
    const int LongestName = 100;
    const int LongestScope = 100;
    const int LongestDescription = 200;
    const int MostScopes = 30;

    public string? Name { get; set; }

    public string? DisplayName { get; set; }

    /// <summary>A line for each scope: <c>scope</c>, or <c>scope = words in English | words in Chinese</c>.</summary>
    public string? Scopes { get; set; }

    /// <summary>The scopes as they were meant; null when a line is none, or a scope stands in two.</summary>
    public IReadOnlyList<DescribedScope>? ScopeList()
    {
        var lines = (Scopes ?? "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(ReadLine).ToList();
        return lines.Count is 0 or > MostScopes || lines.Contains(null) || lines.DistinctBy(line => line!.Scope).Count() < lines.Count ? null : [.. lines.Select(line => line!)];
    }

    /// <summary>What is wrong, field by field.</summary>
    public IEnumerable<(string Field, string TextKey)> Wrong()
    {
        if (!NamePattern().IsMatch(Name?.Trim() ?? "") || Name?.Trim() is "new")
        {
            yield return (nameof(Name), "apis.wrong.name");
        }

        if (DisplayName?.Trim() is not { Length: > 0 and <= LongestName } shown || shown.Any(char.IsControl))
        {
            yield return (nameof(DisplayName), "apis.wrong.display_name");
        }

        if (ScopeList() is not { } scopes)
        {
            yield return (nameof(Scopes), "apis.wrong.scopes");
        }
        else if (scopes.Any(one => IdentityScopes.All.Contains(one.Scope)))
        {
            yield return (nameof(Scopes), "apis.wrong.scope_of_identity");
        }
    }

    static DescribedScope? ReadLine(string line)
    {
        var (scope, words) = line.IndexOf(" = ", StringComparison.Ordinal) is >= 0 and var at ? (line[..at].Trim(), line[(at + 3)..].Split('|', StringSplitOptions.TrimEntries)) : (line, []);
        return scope.Length is 0 or > LongestScope || !ScopePattern().IsMatch(scope) ? null
            : words.Length == 0 ? new(scope, null, null)
            : words is [{ Length: > 0 and <= LongestDescription } english, { Length: > 0 and <= LongestDescription } chinese] && !line.Any(char.IsControl) ? new(scope, english, chinese)
            : null;
    }

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,99}\z", RegexOptions.None, matchTimeoutMilliseconds: 200)]
    private static partial Regex NamePattern();

    // RFC 6749, 3.3
    [GeneratedRegex(@"\A[!#-\[\]-~]+\z", RegexOptions.None, matchTimeoutMilliseconds: 200)]
    private static partial Regex ScopePattern();
}
