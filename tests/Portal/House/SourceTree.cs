using System.Text.RegularExpressions;
using Support;

namespace Portal.Tests.House;

/// <summary>The product's own sources, found from where the tests run.</summary>
static partial class SourceTree
{
    public static DirectoryInfo Root { get; } = new(Repository.Folder);

    public static IEnumerable<SourceFile> Files(string folder, params string[] extensions) =>
        from file in Folder(folder).EnumerateFiles("*", SearchOption.AllDirectories)
        let path = Path.GetRelativePath(Root.FullName, file.FullName).Replace('\\', '/')
        where !Generated().IsMatch(path) && extensions.Contains(file.Extension)
        select new SourceFile(path, File.ReadAllText(file.FullName));

    /// <summary>The feature folders of the portal: every folder that holds code, but for the web shell that knows no feature.</summary>
    public static IReadOnlyList<string> Features { get; } =
        [.. new DirectoryInfo(Path.Combine(Root.FullName, "portal")).EnumerateDirectories()
            .Where(folder => folder.Name is not ("Web" or "wwwroot" or "bin" or "obj" or "node_modules" or "Properties")
                             && folder.EnumerateFiles("*.cs", SearchOption.AllDirectories).Any())
            .Select(folder => folder.Name).Order(StringComparer.Ordinal)];

    static DirectoryInfo Folder(string path) =>
        new DirectoryInfo(Path.Combine(Root.FullName, path)) is { Exists: true } folder ? folder : throw new InvalidOperationException($"The folder {path} has moved; the tests of the house look into it.");

    [GeneratedRegex("(^|/)(bin|obj|node_modules|lib)/")]
    private static partial Regex Generated();
}

sealed record SourceFile(string Path, string Text)
{
    /// <summary>The folder below portal/ (or the top folder elsewhere).</summary>
    public string Feature { get; } = Path.Split('/') is ["portal", var feature, _, ..] ? feature : Path.Split('/')[0];
}
