using System.Globalization;
using System.Text.Json.Nodes;

namespace Identity.Scim;

/// <summary>A filter of RFC 7644, 3.4.2.2, understood; what it means for rows or for JSON is said elsewhere.</summary>
abstract record ScimFilter
{
    ScimFilter()
    {
    }

    /// <summary>Both hold.</summary>
    public sealed record And(ScimFilter Left, ScimFilter Right) : ScimFilter;

    /// <summary>One holds.</summary>
    public sealed record Or(ScimFilter Left, ScimFilter Right) : ScimFilter;

    /// <summary>It does not hold.</summary>
    public sealed record Not(ScimFilter Inner) : ScimFilter;

    /// <summary>An attribute has a value.</summary>
    public sealed record Present(string Attribute) : ScimFilter;

    /// <summary>An attribute compares with a value.</summary>
    /// <param name="Attribute">Its path, such as <c>name.familyName</c>, without the schema.</param>
    /// <param name="Operator">eq, ne, co, sw, ew, gt, ge, lt or le.</param>
    /// <param name="Value">A string, a number, a boolean or null.</param>
    public sealed record Compare(string Attribute, string Operator, object? Value) : ScimFilter;

    /// <summary>Some value of a list fits all of what stands in the brackets.</summary>
    public sealed record Some(string Attribute, ScimFilter Inner) : ScimFilter;

    /// <summary>Whether it holds for a JSON object; used where a PATCH picks values of a list.</summary>
    public bool Holds(JsonNode? value) => this switch
    {
        And both => both.Left.Holds(value) && both.Right.Holds(value),
        Or either => either.Left.Holds(value) || either.Right.Holds(value),
        Not not => !not.Inner.Holds(value),
        Present present => ScimJson.At(value, present.Attribute) is not null,
        Compare compare => Compares(ScimJson.At(value, compare.Attribute), compare),
        Some some => ScimJson.At(value, some.Attribute) is JsonArray list && list.Any(some.Inner.Holds),
        _ => throw new InvalidOperationException("A filter is one of those above."),
    };

    static bool Compares(JsonNode? node, Compare compare)
    {
        var (mine, wanted) = (ScimJson.Text(node), Written(compare.Value));
        return compare.Operator switch
        {
            "eq" => string.Equals(mine, wanted, StringComparison.OrdinalIgnoreCase),
            "ne" => !string.Equals(mine, wanted, StringComparison.OrdinalIgnoreCase),
            _ when mine is null || wanted is null => false,
            "co" => mine.Contains(wanted, StringComparison.OrdinalIgnoreCase),
            "sw" => mine.StartsWith(wanted, StringComparison.OrdinalIgnoreCase),
            "ew" => mine.EndsWith(wanted, StringComparison.OrdinalIgnoreCase),
            "gt" => string.Compare(mine, wanted, StringComparison.OrdinalIgnoreCase) > 0,
            "ge" => string.Compare(mine, wanted, StringComparison.OrdinalIgnoreCase) >= 0,
            "lt" => string.Compare(mine, wanted, StringComparison.OrdinalIgnoreCase) < 0,
            _ => string.Compare(mine, wanted, StringComparison.OrdinalIgnoreCase) <= 0,
        };
    }

    static string? Written(object? value) => value switch
    {
        null => null,
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };
}
