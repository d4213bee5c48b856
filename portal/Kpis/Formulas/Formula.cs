namespace Portal.Kpis.Formulas;

/// <summary>A formula as it was read: the tree of what was written, nothing looked up yet but metrics.</summary>
public sealed record Formula(string Text, Node Tree)
{
    /// <summary>How long a formula can be.</summary>
    public const int LongestText = 2000;

    /// <summary>How many parts it can have.</summary>
    public const int MostParts = 200;

    /// <summary>How deep parentheses and calls can stand in each other.</summary>
    public const int Deepest = 40;

    /// <summary>The numbers of the KPIs it names.</summary>
    public IEnumerable<string> Kpis => Tree.All.OfType<KpiNode>().Select(kpi => kpi.Number).Distinct(StringComparer.Ordinal);

    /// <summary>Reads it. Whatever was typed, this ends: each step takes a character, and depth and length have limits.</summary>
    public static FormulaRead Read(string? text)
    {
        text = (text ?? "").Trim();
        if (text.Length > LongestText)
        {
            return new FormulaRead.Wrong(new(LongestText + 1, "kpis.formula.too_long", LongestText));
        }

        var parser = new FormulaParser(text);
        var tree = parser.Read();
        return parser.Problem is { } problem ? new FormulaRead.Wrong(problem)
            : tree.All.Skip(MostParts).FirstOrDefault() is { } beyond ? new FormulaRead.Wrong(new(beyond.Start + 1, "kpis.formula.too_many_parts", MostParts))
            : new FormulaRead.Right(new(text, tree));
    }
}

/// <summary>What became of a text that was read as a formula.</summary>
public abstract record FormulaRead
{
    /// <summary>It is one.</summary>
    public sealed record Right(Formula Formula) : FormulaRead;

    /// <summary>It is none.</summary>
    public sealed record Wrong(FormulaProblem Problem) : FormulaRead;
}
