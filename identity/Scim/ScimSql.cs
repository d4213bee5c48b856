using System.Globalization;
using Dapper;

namespace Identity.Scim;

/// <summary>An attribute as SQL has it. The fragments are ours alone; what a directory sends arrives as parameters.</summary>
/// <param name="Sql">The column or expression.</param>
/// <param name="Kind">How it compares.</param>
sealed record ScimColumn(string Sql, ScimKind Kind);

/// <summary>How an attribute compares (RFC 7643, 2.3).</summary>
enum ScimKind
{
    /// <summary>A string in any letter case.</summary>
    Text,

    /// <summary>A string as it is.</summary>
    ExactText,

    /// <summary>True or false.</summary>
    Truth,

    /// <summary>A moment.</summary>
    Moment,
}

/// <summary>A list of values: how to walk it, and what its values have.</summary>
/// <param name="From">What stands after <c>from</c>; its rows are called <c>e</c>.</param>
/// <param name="Columns">The attributes of one value; the empty name is what the list itself compares by.</param>
sealed record ScimList(string From, IReadOnlyDictionary<string, ScimColumn> Columns);

/// <summary>The attributes of a kind of resource that can be filtered and sorted by.</summary>
/// <param name="Columns">The simple ones, by path in small letters.</param>
/// <param name="Lists">The lists, by name in small letters.</param>
sealed record ScimAttributes(IReadOnlyDictionary<string, ScimColumn> Columns, IReadOnlyDictionary<string, ScimList> Lists);

/// <summary>Writes a filter as a condition of SQL.</summary>
sealed class ScimSql(ScimAttributes attributes, DynamicParameters parameters)
{
    int count;

    /// <summary>The condition.</summary>
    /// <exception cref="ScimException">invalidFilter: an attribute is not known, or does not compare that way.</exception>
    public string Condition(ScimFilter filter) => Condition(filter, attributes);

    /// <summary>What to sort by, from the fixed list of attributes.</summary>
    /// <exception cref="ScimException">invalidPath: nothing of that name can be sorted by.</exception>
    public static string Order(ScimAttributes attributes, string? sortBy, bool descending, string tieBreaker)
    {
        if (sortBy is null)
        {
            return tieBreaker;
        }

        return attributes.Columns.TryGetValue(ScimJson.WithoutSchema(sortBy).ToLowerInvariant(), out var column)
            ? $"{(column.Kind is ScimKind.Text ? $"lower({column.Sql})" : column.Sql)} {(descending ? "desc" : "asc")} nulls last, {tieBreaker}"
            : throw ScimException.InvalidPath("It cannot be sorted by that attribute.");
    }

    string Condition(ScimFilter filter, ScimAttributes known) => filter switch
    {
        ScimFilter.And both => $"({Condition(both.Left, known)} and {Condition(both.Right, known)})",
        ScimFilter.Or either => $"({Condition(either.Left, known)} or {Condition(either.Right, known)})",
        // What is unknown is not the case, so that "not" is the other half.
        ScimFilter.Not not => $"(not coalesce({Condition(not.Inner, known)}, false))",
        ScimFilter.Some some => known.Lists.TryGetValue(some.Attribute.ToLowerInvariant(), out var list)
            ? $"exists (select from {list.From} where {Condition(some.Inner, new(list.Columns, new Dictionary<string, ScimList>(StringComparer.Ordinal)))})"
            : throw Unknown(some.Attribute),
        ScimFilter.Present present => Simple(present.Attribute, known, column => column.Kind is ScimKind.Text or ScimKind.ExactText ? $"coalesce({column.Sql}, '') <> ''" : $"{column.Sql} is not null"),
        ScimFilter.Compare compare => Simple(compare.Attribute, known, column => Compares(column, compare)),
        _ => throw new InvalidOperationException("A filter is one of those above."),
    };

    // A path may lead into a list: then some value has to fit.
    string Simple(string attribute, ScimAttributes known, Func<ScimColumn, string> condition)
    {
        var path = attribute.ToLowerInvariant();
        if (known.Columns.TryGetValue(path, out var column))
        {
            return condition(column);
        }

        var (name, rest) = path.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? (path[..dot], path[(dot + 1)..]) : (path, "");
        return known.Lists.TryGetValue(name, out var list) && list.Columns.TryGetValue(rest, out var inner)
            ? $"exists (select from {list.From} where {condition(inner)})"
            : throw Unknown(attribute);
    }

    string Compares(ScimColumn column, ScimFilter.Compare compare) => (column.Kind, compare.Value) switch
    {
        (_, null) when compare.Operator is "eq" => $"{column.Sql} is null",
        (_, null) when compare.Operator is "ne" => $"{column.Sql} is not null",
        (ScimKind.Text, string text) => Texts($"lower({column.Sql})", text.ToLowerInvariant(), compare.Operator),
        (ScimKind.ExactText, string text) => Texts(column.Sql, text, compare.Operator),
        (ScimKind.Truth, bool flag) when compare.Operator is "eq" => $"{column.Sql} = {Parameter(flag)}",
        (ScimKind.Truth, bool flag) when compare.Operator is "ne" => $"{column.Sql} <> {Parameter(flag)}",
        (ScimKind.Moment, string text) when Sign(compare.Operator) is { } sign && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) =>
            $"date_trunc('milliseconds', {column.Sql}) {sign} {Parameter(moment.UtcDateTime)}",
        _ => throw ScimException.InvalidFilter($"The attribute {compare.Attribute} does not compare that way with that value."),
    };

    string Texts(string column, string text, string comparison)
    {
        var value = Parameter(text);
        return comparison switch
        {
            "ne" => $"{column} is distinct from {value}",
            "co" => $"position({value} in {column}) > 0",
            "sw" => $"starts_with({column}, {value})",
            "ew" => $"right({column}, char_length({value})) = {value}",
            _ => $"{column} collate \"C\" {Sign(comparison)} {value}",
        };
    }

    static string? Sign(string comparison) => comparison switch { "eq" => "=", "ne" => "<>", "gt" => ">", "ge" => ">=", "lt" => "<", "le" => "<=", _ => null };

    string Parameter(object value)
    {
        var name = "filter" + (count++).ToString(CultureInfo.InvariantCulture);
        parameters.Add(name, value);
        return "@" + name;
    }

    static ScimException Unknown(string attribute) => ScimException.InvalidFilter($"There is no attribute {attribute} to filter by.");
}
