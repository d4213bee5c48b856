using System.Globalization;
using System.Text.Json;

namespace Identity.Scim;

/// <summary>Reads filters (RFC 7644, 3.4.2.2, figure 1). Bounded in length, depth and number of comparisons, for others write them.</summary>
/// <exception cref="ScimException">invalidFilter, with the place where it stops making sense.</exception>
ref struct ScimFilterParser
{
    const int Longest = 2000;
    const int Deepest = 20;
    const int MostComparisons = 50;

    static readonly string[] Operators = ["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"];

    readonly ReadOnlySpan<char> text;
    int at;
    int depth;
    int comparisons;

    ScimFilterParser(ReadOnlySpan<char> text) => this.text = text;

    /// <summary>Reads all of a text as one filter.</summary>
    public static ScimFilter Read(string text)
    {
        if (text.Length > Longest)
        {
            throw ScimException.InvalidFilter($"A filter has {Longest} characters at most.");
        }

        var parser = new ScimFilterParser(text);
        var filter = parser.Or();
        parser.SkipSpaces();
        return parser.at == text.Length ? filter : throw parser.Wrong("the end");
    }

    ScimFilter Or()
    {
        var left = And();
        while (TakeWord("or"))
        {
            left = new ScimFilter.Or(left, And());
        }

        return left;
    }

    ScimFilter And()
    {
        var left = Term();
        while (TakeWord("and"))
        {
            left = new ScimFilter.And(left, Term());
        }

        return left;
    }

    ScimFilter Term()
    {
        if (++depth > Deepest)
        {
            throw ScimException.InvalidFilter($"A filter is nested {Deepest} deep at most.");
        }

        try
        {
            if (TakeWord("not"))
            {
                return new ScimFilter.Not(InParentheses() ?? throw Wrong("( after not"));
            }

            return InParentheses() ?? Comparison();
        }
        finally
        {
            depth--;
        }
    }

    ScimFilter? InParentheses()
    {
        if (!Take('('))
        {
            return null;
        }

        var inner = Or();
        return Take(')') ? inner : throw Wrong(")");
    }

    ScimFilter Comparison()
    {
        if (++comparisons > MostComparisons)
        {
            throw ScimException.InvalidFilter($"A filter has {MostComparisons} comparisons at most.");
        }

        var attribute = ScimJson.WithoutSchema(Name());
        if (Take('['))
        {
            var inner = Or();
            return Take(']') ? new ScimFilter.Some(attribute, inner) : throw Wrong("]");
        }

        if (TakeWord("pr"))
        {
            return new ScimFilter.Present(attribute);
        }

        foreach (var name in Operators)
        {
            if (TakeWord(name))
            {
                return new ScimFilter.Compare(attribute, name, Value());
            }
        }

        throw Wrong("an operator");
    }

    string Name()
    {
        SkipSpaces();
        var begin = at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '.' or '_' or '-' or ':' or '$'))
        {
            at++;
        }

        return at > begin ? text[begin..at].ToString() : throw Wrong("an attribute");
    }

    // compValue is JSON (RFC 7159): a string, a number, true, false or null.
    object? Value()
    {
        SkipSpaces();
        var begin = at;
        if (at < text.Length && text[at] == '"')
        {
            for (at++; at < text.Length && text[at] != '"'; at++)
            {
                at += text[at] == '\\' ? 1 : 0;
            }

            at++;
        }
        else
        {
            while (at < text.Length && text[at] is not (' ' or ')' or ']'))
            {
                at++;
            }
        }

        return at <= text.Length ? Json(text[begin..at].ToString()) ?? null : throw Wrong("the closing quote");
    }

    readonly object? Json(string written)
    {
        try
        {
            using var document = JsonDocument.Parse(written);
            return document.RootElement switch
            {
                { ValueKind: JsonValueKind.String } value when !value.GetString()!.Contains('\0', StringComparison.Ordinal) => value.GetString(),
                { ValueKind: JsonValueKind.True } => true,
                { ValueKind: JsonValueKind.False } => false,
                { ValueKind: JsonValueKind.Null } => null,
                { ValueKind: JsonValueKind.Number } value when value.TryGetDecimal(out var number) => number,
                _ => throw Wrong("a string, a number, true, false or null"),
            };
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            throw Wrong("a string, a number, true, false or null");
        }
    }

    bool Take(char letter)
    {
        SkipSpaces();
        if (at >= text.Length || text[at] != letter)
        {
            return false;
        }

        at++;
        return true;
    }

    bool TakeWord(string word)
    {
        SkipSpaces();
        var end = at + word.Length;
        if (end > text.Length || !text[at..end].Equals(word, StringComparison.OrdinalIgnoreCase) || (end < text.Length && text[end] is not (' ' or '(' or ')' or ']')))
        {
            return false;
        }

        at = end;
        return true;
    }

    void SkipSpaces()
    {
        while (at < text.Length && text[at] == ' ')
        {
            at++;
        }
    }

    readonly ScimException Wrong(string expected) => ScimException.InvalidFilter(string.Create(CultureInfo.InvariantCulture, $"At character {Math.Min(at, text.Length) + 1} of the filter {expected} is expected."));
}
