using Platform.Texts;
using Portal.Kpis;
using Portal.Web.Charts;
using Portal.Web.Display;

namespace Portal.Analysis;

/// <summary>What a column of a report is counted in.</summary>
public enum ReportUnit
{
    /// <summary>Money in the brand's currency.</summary>
    Money,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A share: 0.8 is 80 %.</summary>
    Percent,
}

/// <summary>A column of a report.</summary>
/// <param name="Name">Its words are the text <c>analysis.column.NAME</c>.</param>
/// <param name="Unit">What it is counted in.</param>
public sealed record ReportColumn(string Name, ReportUnit Unit);

/// <summary>A row of a report.</summary>
public sealed record ReportRow
{
    /// <summary>What it is about.</summary>
    public string Text { get; init; } = "";

    /// <summary>The same in Latin letters (companies) or in Chinese (all else).</summary>
    public string? Other { get; init; }

    /// <summary>Where there is more about it.</summary>
    public string? Link { get; init; }

    /// <summary>The value of the first column.</summary>
    public decimal? A { get; init; }

    /// <summary>The value of the second.</summary>
    public decimal? B { get; init; }

    /// <summary>The value of the third.</summary>
    public decimal? C { get; init; }

    /// <summary>The value of the fourth.</summary>
    public decimal? D { get; init; }

    /// <summary>The value of the fifth.</summary>
    public decimal? E { get; init; }

    /// <summary>The value of the sixth.</summary>
    public decimal? F { get; init; }

    /// <summary>The values in the order of the columns.</summary>
    public IReadOnlyList<decimal?> Values => [A, B, C, D, E, F];
}

/// <summary>The whole that the rows are part of; each report says what its numbers are.</summary>
/// <param name="A">The first.</param>
/// <param name="B">The second.</param>
/// <param name="C">The third.</param>
/// <param name="D">The fourth.</param>
public sealed record ReportSums(decimal? A, decimal? B, decimal? C, decimal? D);

/// <summary>A finding: a sentence and its values, computed from the figures.</summary>
/// <param name="TextKey">The sentence.</param>
/// <param name="Values">Its values; amounts, shares and names are written when the language is known.</param>
public sealed record Finding(string TextKey, params IReadOnlyList<object> Values)
{
    /// <summary>The sentence in the language of this request.</summary>
    public string In(Texts t) => t[TextKey, [.. Values.Select(value => value switch
    {
        // Of sums over months the cents say nothing.
        Money money => money.Currency + "\u00A0" + Formats.Number(money.Amount, 0, 0),
        Share share => Formats.Percent(share.Value),
        Kind kind => t[kind.Key].Value,
        decimal number => Formats.Number(number, 0, 1),
        int number => Formats.Number(number),
        _ => value,
    })]].Value;
}

/// <summary>A share in a finding: 0.8 is 80 %.</summary>
/// <param name="Value">The share.</param>
public sealed record Share(decimal Value)
{
    /// <summary>The share of a whole; nothing of nothing is nothing.</summary>
    public static Share Of(decimal? part, decimal? whole) => new(whole is > 0 ? (part ?? 0) / whole.Value : 0);
}

/// <summary>
/// A ready report: its columns, the statement of its rows and of the whole, what is drawn, and what it finds. Statements have @start, @end, @yearBefore, @yearBeforeEnd, @before (the period before), @today, and the table expression <c>who</c>: the
/// partners of the reader's branch.
/// </summary>
/// <param name="Name">As addresses have it; its words are the texts <c>analysis.NAME</c> and <c>analysis.NAME.about</c>.</param>
public sealed record Report(string Name)
{
    /// <summary>The columns, six at most.</summary>
    public required IReadOnlyList<ReportColumn> Columns { get; init; }

    /// <summary>The statement of the rows: text, other, link, a to f; in the order in which they are read.</summary>
    public required string Rows { get; init; }

    /// <summary>The statement of the whole: a to d.</summary>
    public required string Sums { get; init; }

    /// <summary>The columns that are drawn, by their places.</summary>
    public required IReadOnlyList<int> Drawn { get; init; }

    /// <summary>What the figures say, the most important first.</summary>
    public required Func<ReportFigures, IEnumerable<Finding>> Finds { get; init; }

    /// <summary>The rows are companies: their other name is the Latin one.</summary>
    public bool IsOfCompanies { get; init; } = true;

    /// <summary>The rows' text is the end of a text key that begins so.</summary>
    public string? TextKeys { get; init; }

    /// <summary>An icon.</summary>
    public required string Icon { get; init; }
}

/// <summary>A report of a period, read.</summary>
/// <param name="Report">Which.</param>
/// <param name="Period">The period.</param>
/// <param name="Currency">The brand's currency.</param>
/// <param name="Rows">The rows.</param>
/// <param name="Sums">The whole.</param>
public sealed record ReportFigures(Report Report, Period Period, string Currency, IReadOnlyList<ReportRow> Rows, ReportSums Sums)
{
    // More lines of a chart are no picture.
    const int MostDrawn = 12;

    /// <summary>What the figures say.</summary>
    public IReadOnlyList<Finding> Findings => Rows.Count == 0 ? [] : [.. Report.Finds(this)];

    /// <summary>An amount of the brand's currency.</summary>
    public Money Money(decimal? amount) => new(amount ?? 0, Currency);

    /// <summary>What a row is called in the language of this request.</summary>
    public string NameOf(ReportRow row, Texts t) => Report.TextKeys is { } keys ? t[keys + row.Text].Value : Report.IsOfCompanies ? Formats.Company(row.Text, row.Other) : Named.In(row.Text, row.Other ?? row.Text);

    /// <summary>A row's name, for a finding; the language is that of the request in which it is asked.</summary>
    public string NameOf(ReportRow row) => Report.IsOfCompanies ? Formats.Company(row.Text, row.Other) : Named.In(row.Text, row.Other ?? row.Text);

    /// <summary>The chart of the first rows.</summary>
    public Chart ChartIn(Texts t)
    {
        var rows = Rows.Take(MostDrawn).ToList();
        var isShare = Report.Columns[Report.Drawn[0]].Unit == ReportUnit.Percent;
        return new([.. rows.Select(row => NameOf(row, t))],
            [.. Report.Drawn.Select(place => new ChartSeries(t["analysis.column." + Report.Columns[place].Name], [.. rows.Select(row => isShare ? row.Values[place] * 100 : row.Values[place])]) { Kind = ChartKind.Row })])
        {
            Unit = isShare ? "%" : Report.Columns[Report.Drawn[0]].Unit == ReportUnit.Money ? Currency : null, Decimals = isShare ? 1 : 0,
        };
    }
}
