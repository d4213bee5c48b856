namespace Portal.Imports;

/// <summary>
/// A column that a kind of file may have. Its name is the one that refusals and mappings use; what people read is the text
/// <c>imports.field.KIND.NAME</c>, what it means <c>imports.about.KIND.NAME</c>.
/// </summary>
/// <param name="Name">In snake case, as the act that takes the row calls it.</param>
/// <param name="Type">What stands in it.</param>
/// <param name="Example">A value as it may stand in a file.</param>
/// <param name="Synonyms">What files call it besides its name and its labels, the likeliest first.</param>
public sealed record ImportField(string Name, ImportFieldType Type, string Example, params IReadOnlyList<string> Synonyms)
{
    /// <summary>No row can do without it.</summary>
    public bool IsRequired { get; init; }

    /// <summary>Only the brand's people may fill it.</summary>
    public bool IsOfTheBrand { get; init; }

    /// <summary>The field that names this amount's currency; a column called <c>price_usd</c> fills both.</summary>
    public string? CurrencyField { get; init; }

    /// <summary>Files give its name to something else as often as not: its synonyms are looked for first.</summary>
    public bool GivesWay { get; init; }

    /// <summary>Where no column says it, the brand's currency is proposed.</summary>
    public bool IsTheBrandsCurrency { get; init; }
}

/// <summary>What stands in a column.</summary>
public enum ImportFieldType
{
    /// <summary>A text on one line.</summary>
    Text,

    /// <summary>A number with or without decimals.</summary>
    Number,

    /// <summary>A whole number.</summary>
    WholeNumber,

    /// <summary>A share: 0.05 or 5%.</summary>
    Share,

    /// <summary>A day: 2026-01-31.</summary>
    Day,

    /// <summary>Yes or no.</summary>
    YesNo,

    /// <summary>Several texts, separated by semicolons.</summary>
    List,
}
