using Portal.Kpis.Metrics;

namespace Portal.Kpis.Formulas;

/// <summary>A part of a formula.</summary>
/// <param name="Start">Where it begins in the text, from 0.</param>
/// <param name="End">Where it ends.</param>
public abstract record Node(int Start, int End)
{
    /// <summary>The parts it is made of.</summary>
    public virtual IReadOnlyList<Node> Parts => [];

    /// <summary>This part and all within it.</summary>
    public IEnumerable<Node> All => Parts.SelectMany(part => part.All).Prepend(this);
}

/// <summary>A number that was written: 12.5 or 20%.</summary>
public sealed record NumberNode(int Start, int End, decimal Value, bool IsPercent) : Node(Start, End);

/// <summary>A metric of the roll-ups, narrowed to product lines or not.</summary>
public sealed record MeasureNode(int Start, int End, BaseMetric Metric) : Node(Start, End)
{
    /// <summary>The product lines that count, ascending; empty is all.</summary>
    public IReadOnlyList<long> Lines { get; init; } = [];
}

/// <summary>A metric that is computed from others.</summary>
public sealed record DerivedNode(int Start, int End, DerivedMetric Metric) : Node(Start, End);

/// <summary>Another KPI, by its number.</summary>
public sealed record KpiNode(int Start, int End, string Number) : Node(Start, End);

/// <summary>Something with its sign turned.</summary>
public sealed record NegativeNode(int Start, int End, Node Of) : Node(Start, End)
{
    /// <inheritdoc/>
    public override IReadOnlyList<Node> Parts => [Of];
}

/// <summary>Two parts with a sign between them: + - * /.</summary>
public sealed record PairNode(char Sign, Node Left, Node Right, int SignAt) : Node(Left.Start, Right.End)
{
    /// <inheritdoc/>
    public override IReadOnlyList<Node> Parts => [Left, Right];
}

/// <summary>min, max, round, or, ratio.</summary>
public sealed record CallNode(int Start, int End, string Name, IReadOnlyList<Node> Arguments) : Node(Start, End)
{
    /// <inheritdoc/>
    public override IReadOnlyList<Node> Parts => Arguments;
}
