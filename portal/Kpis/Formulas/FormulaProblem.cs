using Platform.Texts;

namespace Portal.Kpis.Formulas;

/// <summary>Why a formula does not hold, and where.</summary>
/// <param name="Column">The place in the text, the first character is 1.</param>
/// <param name="TextKey">The reason with its remedy.</param>
/// <param name="Arguments">What the reason names; a <see cref="Unit"/> is said in the reader's words.</param>
public sealed record FormulaProblem(int Column, string TextKey, params IReadOnlyList<object> Arguments)
{
    /// <summary>The sentence for the reader.</summary>
    public string Said(Texts t) => t["kpis.formula.at", Column, t[TextKey, [.. Arguments.Select(argument => argument is Unit unit ? UnitWords.Of(unit, t) : argument)]].Value].Value;
}

/// <summary>Units in the words of the screen.</summary>
public static class UnitWords
{
    /// <summary>money, money per piece, ratio.</summary>
    public static string Of(Unit unit, Texts t)
    {
        var (above, below) = unit.Words;
        string Many(IEnumerable<string> words) => string.Join(" × ", words.Select(word => t["kpis.unit." + word].Value));
        return (above.Count, below.Count) switch
        {
            (0, 0) => t["kpis.unit.ratio"].Value,
            (_, 0) => Many(above),
            (0, _) => t["kpis.unit.per", t["kpis.unit.number"].Value, Many(below)].Value,
            _ => t["kpis.unit.per", Many(above), Many(below)].Value,
        };
    }

    /// <summary>What stands under a figure's name: the currency of money, the words of other units, nothing for counts and shares, which say it themselves.</summary>
    public static string? Note(string unit, string currency, Texts t) => unit switch
    {
        "money" => currency,
        "count" or "ratio" => null,
        _ when Named.IsMoney(unit) => $"{currency}, {Of(Named.Unit(unit), t)}",
        _ => Of(Named.Unit(unit), t),
    };
}
