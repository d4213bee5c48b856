using System.Globalization;
using System.Text.Json;
using Platform.Web;

namespace Portal.Ubl;

/// <summary>What came of a document that was handed in.</summary>
public abstract record UblOutcome
{
    UblOutcome()
    {
    }

    /// <summary>It was taken in, all of it or what was good of it.</summary>
    /// <param name="Outcome"><c>draft</c>, <c>submitted</c>, <c>waits</c> (for approval), <c>confirmed</c>, <c>rejected</c>, <c>asked</c> (the buyer, to agree to something else), <c>shipped</c>, <c>matched</c>, <c>differs</c>.</param>
    /// <param name="RecordNumber">The record it became, answered or was compared with.</param>
    /// <param name="Problems">What was left out, or what differs.</param>
    public sealed record Taken(string Outcome, string? RecordNumber, IReadOnlyList<UblProblemSaid> Problems) : UblOutcome
    {
        /// <summary>Its public number here.</summary>
        public string Number { get; init; } = "";

        /// <summary>True where it had come before, and nothing was done again.</summary>
        public bool IsRepeated { get; init; }
    }

    /// <summary>Nothing was done.</summary>
    /// <param name="Problems">Why, each with its remedy.</param>
    public sealed record Refused(IReadOnlyList<UblProblemSaid> Problems) : UblOutcome;

    /// <summary>The same document came before with other content, and what came of it cannot be written anew.</summary>
    /// <param name="RecordNumber">What came of it.</param>
    public sealed record Used(string RecordNumber) : UblOutcome;

    /// <summary>The person's roles do not allow it.</summary>
    public sealed record Forbidden : UblOutcome;
}

/// <summary>A sentence about a document: the text's key with its values, so that everybody reads it in their own language.</summary>
/// <param name="Line">The line's ID in the document; null for the whole.</param>
/// <param name="Field">What it is about, as the API names it.</param>
/// <param name="TextKey">The sentence.</param>
/// <param name="Arguments">Its values, as text.</param>
public sealed record UblProblemSaid(string? Line, string Field, string TextKey, IReadOnlyList<string> Arguments)
{
    /// <summary>A sentence.</summary>
    public static UblProblemSaid Of(string? line, string field, string textKey, params IEnumerable<object?> arguments) => new(line, field, textKey, [.. arguments.Select(Written)]);

    /// <summary>As the API tells it.</summary>
    public FieldProblem ForApi => new(Line is null ? Field : $"line {Line}: {Field}", TextKey, [.. Arguments]);

    internal static string Write(IReadOnlyList<UblProblemSaid> problems) => JsonSerializer.Serialize(problems, JsonSerializerOptions.Web);

    internal static IReadOnlyList<UblProblemSaid> Read(string json) => JsonSerializer.Deserialize<List<UblProblemSaid>>(json, JsonSerializerOptions.Web)!;

    static string Written(object? value) => value switch
    {
        DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        decimal number => number.ToString("0.####", CultureInfo.InvariantCulture),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => value?.ToString() ?? "",
    };
}
