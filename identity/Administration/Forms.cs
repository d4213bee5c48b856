namespace Identity.Administration;

/// <summary>One field of a form with its label, its hint and what was wrong with it, as <c>_Field.cshtml</c> draws it.</summary>
/// <param name="Name">As the form is read; what is wrong stands in the model state under it.</param>
/// <param name="Label">In the reader's language.</param>
/// <param name="Value">What stands in it.</param>
sealed record Field(string Name, string Label, string? Value)
{
    public string? Hint { get; init; }

    public string Type { get; init; } = "text";

    public bool Required { get; init; }

    public int Longest { get; init; } = 200;

    /// <summary>So many lines; the field becomes a text area.</summary>
    public int Rows { get; init; }

    /// <summary>Value and words of each choice; the field becomes a list.</summary>
    public IReadOnlyList<(string Value, string Words)>? Choices { get; init; }

    public string Id => Name.ToLowerInvariant();
}

/// <summary>A yes or no, as <c>_Check.cshtml</c> draws it.</summary>
sealed record Check(string Name, string Label, bool Value, string? Hint = null, string Means = "true")
{
    public string Id => (Name + "-" + Means).ToLowerInvariant().Replace('.', '-').Replace(':', '-');
}

/// <summary>A button that asks before it acts, as <c>_Ask.cshtml</c> draws it; it opens without JavaScript.</summary>
/// <param name="Action">Where the form is sent.</param>
/// <param name="Button">What the button says.</param>
/// <param name="Text">What will happen.</param>
/// <param name="Sends">Names and values of what is sent along.</param>
sealed record Ask(string Action, string Button, string Text, params (string Name, string Value)[] Sends)
{
    public IReadOnlyList<Field> Fields { get; init; } = [];
}

/// <summary>How moments are written: to the minute, in UTC, so that two administrators speak of the same.</summary>
static class Moment
{
    public static string Of(DateTime? at) => at?.ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture) ?? "–";
}

/// <summary>One page of a list.</summary>
/// <param name="Rows">Those of the page.</param>
/// <param name="Number">Counted from 1.</param>
/// <param name="HasNext">Whether there are more.</param>
sealed record ListPage<T>(IReadOnlyList<T> Rows, int Number, bool HasNext)
{
    /// <summary>How many rows a page has.</summary>
    public const int Size = 50;

    /// <summary>Of one row more than fits.</summary>
    public static ListPage<T> Of(List<T> rows, int number) => new(rows.Count > Size ? rows[..Size] : rows, number, rows.Count > Size);

    /// <summary>A page's number as somebody may have typed it.</summary>
    public static int Asked(int? asked) => Math.Clamp(asked ?? 1, 1, 2000);
}
