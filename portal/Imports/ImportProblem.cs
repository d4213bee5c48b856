using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Localization;
using Portal.Documents.Tables;

namespace Portal.Imports;

/// <summary>Something that keeps a file, or a row of it, from being taken: a sentence with its remedy, and the values in it.</summary>
/// <param name="TextKey">The key of the sentence.</param>
/// <param name="Arguments">Values for its placeholders: texts and numbers.</param>
public sealed record ImportProblem(string TextKey, params IReadOnlyList<object> Arguments)
{
    /// <summary>The sentence in the language of the localizer.</summary>
    public string Describe(IStringLocalizer texts) => Arguments.Count == 0 ? texts[TextKey] : texts[TextKey, [.. Arguments]];

    /// <summary>What the reader of tables found.</summary>
    internal static ImportProblem From(TableRefusal refusal) =>
        new(refusal.TextKey, refusal.Row?.ToString("N0", CultureInfo.InvariantCulture) ?? "", refusal.Column ?? "", refusal.Detail ?? "");

    internal string ToJson() => JsonSerializer.Serialize(new Kept(TextKey, KeepArguments(Arguments)), JsonSerializerOptions.Web);

    internal static ImportProblem? FromJson(string? json) =>
        json is not null && JsonSerializer.Deserialize<Kept>(json, JsonSerializerOptions.Web) is { } kept ? new(kept.TextKey, ReadArguments(kept.Arguments)) : null;

    /// <summary>Values as they are kept: numbers as numbers, all else as text.</summary>
    internal static JsonArray KeepArguments(IEnumerable<object> arguments) => [.. arguments.Select(argument => (JsonNode?)(argument switch
    {
        int number => JsonValue.Create((decimal)number),
        long number => JsonValue.Create((decimal)number),
        decimal number => JsonValue.Create(number),
        DateOnly day => JsonValue.Create(day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
        _ => JsonValue.Create(Convert.ToString(argument, CultureInfo.InvariantCulture) ?? ""),
    }))];

    internal static IReadOnlyList<object> ReadArguments(JsonArray? arguments) =>
        [.. (arguments ?? []).Select(value => value is JsonValue number && number.GetValueKind() == JsonValueKind.Number ? (object)number.GetValue<decimal>() : (string?)value ?? "")];

    sealed record Kept(string TextKey, JsonArray Arguments);
}
