using System.Globalization;

namespace Portal.Kpis.Formulas;

/// <summary>
/// Writes a formula as an expression of SQL, from its tree alone: numbers as the tree has them, metrics by columns that the caller names. No character of what a person typed gets into it.
/// What cannot be computed is null: a quotient by zero, and all that is made of it but for <c>or</c>, <c>min</c> and <c>max</c>, which take what there is.
/// </summary>
public static class FormulaSql
{
    /// <summary>How many decimals of a quotient are computed; what is behind them is cut off.</summary>
    public const int QuotientDecimals = 12;

    /// <summary>How many decimals a figure has.</summary>
    public const int FigureDecimals = 6;

    /// <summary>Writes it.</summary>
    /// <param name="tree">Written out.</param>
    /// <param name="column">The column that holds a measure.</param>
    public static string Of(Node tree, Func<MeasureNode, string> column) => tree switch
    {
        NumberNode number => $"{number.Value.ToString(CultureInfo.InvariantCulture)}::numeric",
        MeasureNode measure => column(measure),
        NegativeNode negative => $"(- {Of(negative.Of, column)})",
        PairNode { Sign: '/' } pair => Quotient(pair.Left, pair.Right, column),
        PairNode { Sign: '+' or '-' or '*' } pair => $"({Of(pair.Left, column)} {pair.Sign} {Of(pair.Right, column)})",
        CallNode { Name: "ratio" } call => Quotient(call.Arguments[0], call.Arguments[1], column),
        CallNode { Name: "round" } call => $"round({Of(call.Arguments[0], column)}, {(call.Arguments is [_, NumberNode places] ? (int)places.Value : 0)})",
        CallNode { Name: "min" } call => $"least({Many(call, column)})",
        CallNode { Name: "max" } call => $"greatest({Many(call, column)})",
        CallNode { Name: "or" } call => $"coalesce({Many(call, column)})",
        _ => throw new InvalidOperationException($"{tree} was not written out."),
    };

    /// <summary>The same as a figure: rounded, and null past a million million million, where no figure means anything.</summary>
    public static string Figure(Node tree, Func<MeasureNode, string> column) => Figure(Of(tree, column));

    static string Figure(string value) => $"(select case when abs(v) < 1e18 then round(v, {FigureDecimals}) end from (values ({value})) as computed (v))";

    static string Many(CallNode call, Func<MeasureNode, string> column) => string.Join(", ", call.Arguments.Select(argument => Of(argument, column)));

    // Cut off and not rounded at a place that depends on how large the numbers are, as "/" would: the value is then the same everywhere.
    static string Quotient(Node above, Node below, Func<MeasureNode, string> column) =>
        $"(div({Of(above, column)} * 1000000000000, nullif({Of(below, column)}, 0)) * 0.000000000001)";
}
