namespace Portal.Kpis.Formulas;

/// <summary>
/// Finds the unit of a formula that was written out, and what in it does not go together. A number that was written takes the unit of what it stands beside; a percentage is a ratio.
/// </summary>
public sealed class FormulaUnits
{
    readonly string text;
    FormulaProblem? problem;

    FormulaUnits(string text) => this.text = text;

    /// <summary>Finds it.</summary>
    /// <param name="text">What was written, to be quoted.</param>
    /// <param name="tree">The same, written out.</param>
    public static FormulaUnit Of(string text, Node tree)
    {
        var units = new FormulaUnits(text);
        var unit = units.Of(tree);
        return units.problem is { } problem ? new FormulaUnit.Wrong(problem)
            : !tree.All.Any(part => part is MeasureNode) || unit is null ? new FormulaUnit.Wrong(new(1, "kpis.formula.no_metric"))
            : new FormulaUnit.Right(unit.Value);
    }

    // Null: a written number, which has none of its own.
    Unit? Of(Node node) => node switch
    {
        NumberNode number => number.IsPercent ? Unit.Ratio : null,
        MeasureNode measure => Unit.Of(measure.Metric.Unit),
        NegativeNode negative => Of(negative.Of),
        PairNode { Sign: '+' or '-' } pair => Same(pair, pair.SignAt, pair.Sign == '+' ? "kpis.formula.cannot_be_added" : "kpis.formula.cannot_be_subtracted", pair.Left, pair.Right),
        PairNode { Sign: '*' } pair => Product(pair),
        PairNode pair => Quotient(pair, pair.Left, pair.Right),
        CallNode { Name: "ratio" } call => Ratio(call),
        CallNode { Name: "round" } call => Of(call.Arguments[0]),
        CallNode call => Same(call, call.Start, "kpis.formula.cannot_be_compared", [.. call.Arguments]),
        _ => throw new InvalidOperationException($"{node} was not written out."),
    };

    Unit? Same(Node whole, int where, string textKey, params Node[] parts)
    {
        Node? first = null;
        Unit? unit = null;
        foreach (var part in parts)
        {
            var found = Of(part);
            if (unit is null)
            {
                (first, unit) = (part, found);
            }
            else if (found is not null && found != unit)
            {
                return Fail(where, textKey, Quoted(first!), unit, Quoted(part), found);
            }
        }

        return unit;
    }

    Unit? Product(PairNode pair)
    {
        var (left, right) = (Of(pair.Left), Of(pair.Right));
        var unit = left is null ? right : right is null ? left : left.Value.Times(right.Value);
        return unit is { HasMeaning: false } ? Fail(pair.SignAt, "kpis.formula.cannot_be_multiplied", Quoted(pair.Left), left!, Quoted(pair.Right), right!) : unit;
    }

    Unit? Quotient(Node whole, Node left, Node right)
    {
        var (above, below) = (Of(left), Of(right));
        if (IsAlwaysZero(right))
        {
            return Fail(right.Start, "kpis.formula.always_zero", Quoted(right));
        }

        var unit = below is null ? above : (above ?? Unit.Ratio).Over(below.Value);
        return unit is { HasMeaning: false } ? Fail(whole.Start, "kpis.formula.cannot_be_divided", Quoted(left), above ?? Unit.Ratio, Quoted(right), below!) : unit;
    }

    Unit? Ratio(CallNode call)
    {
        Same(call, call.Start, "kpis.formula.cannot_be_compared", [.. call.Arguments]);
        Quotient(call, call.Arguments[0], call.Arguments[1]);
        return Unit.Ratio;
    }

    Unit? Fail(int where, string textKey, params object[] arguments)
    {
        problem ??= new(where + 1, textKey, arguments);
        return null;
    }

    string Quoted(Node node) => text[Math.Min(node.Start, text.Length)..Math.Min(node.End, text.Length)] is { Length: > 40 } wide ? wide[..39] + "…" : text[Math.Min(node.Start, text.Length)..Math.Min(node.End, text.Length)];

    // Not every divisor that is always 0 is found; what is not found here gives no figure, as one that happens to be 0 does.
    static bool IsAlwaysZero(Node node) => !node.All.Any(part => part is MeasureNode) ? FormulaValue.Of(node, _ => throw new InvalidOperationException("There is no metric in it.")) is { IsZero: true }
        : node switch
        {
            NegativeNode negative => IsAlwaysZero(negative.Of),
            PairNode { Sign: '-' } pair => FormulaSql.Of(pair.Left, Named) == FormulaSql.Of(pair.Right, Named),
            PairNode { Sign: '*' } pair => IsAlwaysZero(pair.Left) || IsAlwaysZero(pair.Right),
            PairNode { Sign: '/' } pair => IsAlwaysZero(pair.Left),
            CallNode { Name: "round" } call => IsAlwaysZero(call.Arguments[0]),
            _ => false,
        };

    static string Named(MeasureNode measure) => $"{measure.Metric.Name}[{string.Join(',', measure.Lines)}]";
}

/// <summary>The unit of a formula.</summary>
public abstract record FormulaUnit
{
    /// <summary>It has this one.</summary>
    public sealed record Right(Unit Unit) : FormulaUnit;

    /// <summary>It has none.</summary>
    public sealed record Wrong(FormulaProblem Problem) : FormulaUnit;
}
