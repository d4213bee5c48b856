using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Portal.Kpis.Formulas;

/// <summary>Computes a formula as the database does, to the last decimal. The pages compute in SQL; this is the second opinion that the tests hold it against, and it folds what is constant.</summary>
public static class FormulaValue
{
    /// <summary>The value; null where it cannot be computed.</summary>
    public static Exact? Of(Node tree, Func<MeasureNode, decimal> figure) => tree switch
    {
        NumberNode number => Exact.Of(number.Value),
        MeasureNode measure => Exact.Of(figure(measure)),
        NegativeNode negative => Of(negative.Of, figure)?.Negative(),
        PairNode pair => Pair(pair.Sign, Of(pair.Left, figure), Of(pair.Right, figure)),
        CallNode { Name: "ratio" } call => Pair('/', Of(call.Arguments[0], figure), Of(call.Arguments[1], figure)),
        CallNode { Name: "round" } call => Of(call.Arguments[0], figure)?.Rounded(call.Arguments is [_, NumberNode places] ? (int)places.Value : 0),
        CallNode { Name: "or" } call => Of(call.Arguments[0], figure) ?? Of(call.Arguments[1], figure),
        CallNode call => call.Arguments.Select(argument => Of(argument, figure)).Where(value => value is not null).Aggregate((Exact?)null, (best, value) =>
            best is null || (call.Name == "min" ? value!.Value.Against(best.Value) < 0 : value!.Value.Against(best.Value) > 0) ? value : best),
        _ => throw new InvalidOperationException($"{tree} was not written out."),
    };

    /// <summary>The value as a figure: rounded, and none past a million million million.</summary>
    public static decimal? Figure(Node tree, Func<MeasureNode, decimal> figure) =>
        Of(tree, figure) is { } value && value.Against(Exact.Of(1e18m)) < 0 && value.Negative().Against(Exact.Of(1e18m)) < 0 ? value.Rounded(FormulaSql.FigureDecimals).ToDecimal() : null;

    static Exact? Pair(char sign, Exact? left, Exact? right) => left is not { } one || right is not { } other ? null : sign switch
    {
        '+' => one.Plus(other),
        '-' => one.Plus(other.Negative()),
        '*' => one.Times(other),
        _ => one.Over(other, FormulaSql.QuotientDecimals),
    };
}

/// <summary>A decimal number of any length.</summary>
/// <param name="Digits">All its digits.</param>
/// <param name="Decimals">How many of them stand behind the point.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Exact(BigInteger Digits, int Decimals)
{
    /// <summary>True for 0, 0.0, 0.00.</summary>
    public bool IsZero => Digits.IsZero;

    /// <summary>The same number.</summary>
    public static Exact Of(decimal value)
    {
        var bits = decimal.GetBits(value);
        var digits = (new BigInteger((uint)bits[2]) << 64) + (new BigInteger((uint)bits[1]) << 32) + (uint)bits[0];
        return new(value < 0 ? -digits : digits, value.Scale);
    }

    /// <summary>The sum.</summary>
    public Exact Plus(Exact other) => Decimals >= other.Decimals ? new(Digits + (other.Digits * Power(Decimals - other.Decimals)), Decimals) : other.Plus(this);

    /// <summary>The product.</summary>
    public Exact Times(Exact other) => new(Digits * other.Digits, Decimals + other.Decimals);

    /// <summary>The quotient, cut off; null by zero.</summary>
    public Exact? Over(Exact other, int decimals) => other.IsZero ? null : new(BigInteger.Divide(Digits * Power(decimals + other.Decimals), other.Digits * Power(Decimals)), decimals);

    /// <summary>The sign turned.</summary>
    public Exact Negative() => new(-Digits, Decimals);

    /// <summary>Rounded, half away from zero.</summary>
    public Exact Rounded(int decimals)
    {
        if (Decimals <= decimals)
        {
            return new(Digits * Power(decimals - Decimals), decimals);
        }

        var cut = Power(Decimals - decimals);
        var magnitude = ((BigInteger.Abs(Digits) * 2) + cut) / (cut * 2);
        return new(Digits.Sign < 0 ? -magnitude : magnitude, decimals);
    }

    /// <summary>The same number; what has more digits than fit is an error.</summary>
    public decimal ToDecimal() => decimal.Parse(ToString(), CultureInfo.InvariantCulture);

    /// <summary>Below 0 where it is less than the other, above 0 where it is more.</summary>
    public int Against(Exact other) => Plus(other.Negative()).Digits.Sign;

    /// <inheritdoc/>
    public override string ToString()
    {
        var digits = BigInteger.Abs(Digits).ToString(CultureInfo.InvariantCulture).PadLeft(Decimals + 1, '0');
        return (Digits.Sign < 0 ? "-" : "") + (Decimals == 0 ? digits : $"{digits[..^Decimals]}.{digits[^Decimals..]}");
    }

    static BigInteger Power(int exponent) => BigInteger.Pow(10, exponent);
}
