using System.Reflection;

namespace Portal.Matching.Tables;

/// <summary>The tables that scripts make from packages with a licence, as they lie in the assembly.</summary>
static class Table
{
    /// <summary>The rows of a table, by its path in <c>Matching</c>, each split at its tabs; what begins with # is a remark.</summary>
    public static IEnumerable<string[]> Rows(string file)
    {
        using var text = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("Matching/" + file) ?? throw new InvalidOperationException($"The table {file} is not in the assembly."));
        while (text.ReadLine() is { } line)
        {
            if (line.Length > 0 && line[0] != '#')
            {
                yield return line.Split('\t');
            }
        }
    }
}
