namespace Platform.Rows;

/// <summary>
/// Why one row of many was not taken: what a feature's set-based act (<c>AddPartners</c>, <c>AddProducts</c>, ...) answers about the rows
/// it refused, so that an import can name row, column and remedy. Rows without a refusal were taken.
/// </summary>
/// <param name="Row">The row's number as its giver counts, for example the line of the file.</param>
/// <param name="Column">The field at fault as the act's row names it, in snake case: <c>upstream_code</c>; null where no single one is.</param>
/// <param name="TextKey">The text key of the sentence that says what is wrong and what to do.</param>
/// <param name="Arguments">Values for the sentence's placeholders.</param>
public sealed record RowRefusal(long Row, string? Column, string TextKey, params IReadOnlyList<object> Arguments)
{
    /// <summary>What stands in the field at fault, where whoever refuses has it as it was written.</summary>
    public string? Value { get; init; }
}
