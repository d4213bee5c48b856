namespace Portal.Kpis.Formulas;

/// <summary>
/// The formulas of all KPIs that hold at one time; writes out one of them, until nothing is left of it but metrics and numbers. That it ends is made sure of twice: a KPI within itself is refused, and so is what grows past <see cref="MostParts"/>.
/// </summary>
public sealed class FormulaBook(IEnumerable<BookEntry> entries)
{
    /// <summary>How many parts a formula may have when all it names is written out.</summary>
    public const int MostParts = 600;

    readonly Dictionary<string, BookEntry> entries = entries.ToDictionary(entry => entry.Number, StringComparer.Ordinal);

    /// <summary>Writes a formula out.</summary>
    /// <param name="number">Whose it is; a new KPI has no number yet.</param>
    /// <param name="formula">What was written.</param>
    /// <param name="lines">The product lines its metrics are narrowed to, ascending; empty is all. What another KPI measures is its own matter.</param>
    public WrittenOut WriteOut(string? number, Formula formula, IReadOnlyList<long> lines)
    {
        var writer = new Writer(entries);
        var tree = writer.Write(formula.Tree, lines, number is null ? [] : [number]);
        return writer.Problem is { } problem ? new WrittenOut.Wrong(problem) : new WrittenOut.Right(tree);
    }

    sealed class Writer(Dictionary<string, BookEntry> entries)
    {
        int parts;

        public FormulaProblem? Problem { get; private set; }

        public Node Write(Node node, IReadOnlyList<long> lines, IReadOnlyList<string> within) => Problem is not null || ++parts > MostParts
            ? Fail(node, "kpis.formula.grows", MostParts)
            : node switch
            {
                MeasureNode measure when lines.Count > 0 && !measure.Metric.KnowsProductLines => Fail(node, "kpis.formula.no_lines", measure.Metric.Name),
                MeasureNode measure => measure with { Lines = lines },
                DerivedNode derived => Moved(derived, ((FormulaRead.Right)Formula.Read(derived.Metric.Formula)).Formula.Tree, lines, within),
                KpiNode kpi => Other(kpi, within),
                NegativeNode negative => negative with { Of = Write(negative.Of, lines, within) },
                PairNode pair => pair with { Left = Write(pair.Left, lines, within), Right = Write(pair.Right, lines, within) },
                CallNode call => call with { Arguments = [.. call.Arguments.Select(argument => Write(argument, lines, within))] },
                _ => node,
            };

        Node Other(KpiNode kpi, IReadOnlyList<string> within) =>
            within.Contains(kpi.Number, StringComparer.Ordinal)
                ? within.Count == 1 ? Fail(kpi, "kpis.formula.itself", kpi.Number) : Fail(kpi, "kpis.formula.circle", string.Join(" → ", within.Append(kpi.Number)))
            : !entries.TryGetValue(kpi.Number, out var other) ? Fail(kpi, "kpis.formula.unknown_kpi", kpi.Number)
            : Moved(kpi, other.Formula.Tree, other.Lines, [.. within, kpi.Number]);

        // What is written out stands where its name stood: a problem in it is shown there.
        Node Moved(Node name, Node tree, IReadOnlyList<long> lines, IReadOnlyList<string> within)
        {
            var before = Problem;
            var written = Write(tree, lines, within);
            Problem = before is null && Problem is { } inner ? inner with { Column = name.Start + 1 } : Problem;
            return At(written, name);
        }

        static Node At(Node node, Node name) => node switch
        {
            NegativeNode negative => negative with { Start = name.Start, End = name.End, Of = At(negative.Of, name) },
            PairNode pair => pair with { Left = At(pair.Left, name), Right = At(pair.Right, name), SignAt = name.Start, Start = name.Start, End = name.End },
            CallNode call => call with { Start = name.Start, End = name.End, Arguments = [.. call.Arguments.Select(argument => At(argument, name))] },
            _ => node with { Start = name.Start, End = name.End },
        };

        NumberNode Fail(Node node, string textKey, params object[] arguments)
        {
            Problem ??= new(node.Start + 1, textKey, arguments);
            return new(node.Start, node.End, 0, false);
        }
    }
}

/// <summary>A KPI in the book.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Formula">What it measures.</param>
/// <param name="Lines">The product lines it is narrowed to, ascending; empty is all.</param>
public sealed record BookEntry(string Number, Formula Formula, IReadOnlyList<long> Lines);

/// <summary>What became of a formula that was written out.</summary>
public abstract record WrittenOut
{
    /// <summary>A tree of metrics and numbers.</summary>
    public sealed record Right(Node Tree) : WrittenOut;

    /// <summary>It cannot be.</summary>
    public sealed record Wrong(FormulaProblem Problem) : WrittenOut;
}
