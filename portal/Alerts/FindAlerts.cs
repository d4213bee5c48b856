using System.Globalization;
using System.Text.Json;
using Dapper;
using Platform.Database;
using Portal.Kpis;
using Portal.Kpis.Formulas;
using Portal.Kpis.Metrics;

namespace Portal.Alerts;

/// <summary>Looks where the conditions of rules hold now: a statement for each kind that is asked for, whatever the number of rules and partners. What the caller may not see is not found.</summary>
public sealed class FindAlerts(Db db, Attainments attainments, BrandCalendar calendar, TimeProvider clock)
{
    // Before a fifth of a period is over nobody is behind: one order makes the month.
    const decimal LeastElapsed = 0.2m;

    static readonly PeriodKind[] Running = [PeriodKind.Month, PeriodKind.Quarter, PeriodKind.Half, PeriodKind.Year];

    /// <summary>Where they hold.</summary>
    /// <param name="rules">The rules, of any kinds.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<List<FoundAlert>> RunAsync(IReadOnlyCollection<WatchedRule> rules, CancellationToken ct) => db.TogetherAsync(async () =>
    {
        var (today, _) = await calendar.TodayAsync(ct);
        List<FoundAlert> found = [];
        foreach (var ofKind in rules.GroupBy(rule => rule.Kind, StringComparer.Ordinal))
        {
            found.AddRange(ofKind.Key == AlertKinds.RunRate.Name
                ? await BehindAsync([.. ofKind], today, ct)
                : await db.ListAsync<FoundAlert>($"with {AlertKind.Among} {AlertKinds.Find(ofKind.Key)!.Sql}", Arguments(ofKind, today), ct));
        }

        return found;
    }, ct);

    // One statement for each kind of period in which KPIs are measured. Only what adds up from day to day has a pace: no rates, no levels, and nothing that shall be small.
    async Task<List<FoundAlert>> BehindAsync(IReadOnlyList<WatchedRule> rules, DateOnly today, CancellationToken ct)
    {
        List<FoundAlert> found = [];
        foreach (var period in Running.Select(kind => Period.Of(kind, today)))
        {
            var elapsed = Math.Round((decimal)(today.DayNumber - period.Start.DayNumber) / (period.End.DayNumber - period.Start.DayNumber), 4);
            var all = await attainments.MeasuredAsync(period, ct);
            var measured = new Measured(period, [.. all.Kpis.Where(HasAPace)]) { Standing = all.Standing };
            if (measured.Kpis.Count == 0 || elapsed < LeastElapsed)
            {
                continue;
            }

            var arguments = Arguments(rules, today);
            arguments.AddDynamicParams(measured.Arguments(null));
            arguments.Add("period", period.ToString());
            arguments.Add("elapsed", elapsed);
            found.AddRange(await db.ListAsync<FoundAlert>($"with {AlertKind.Among}, reached as materialized ({measured.ByPartner(onePartner: false)}) {AlertKinds.RunRate.Sql}", arguments, ct));
        }

        return found;
    }

    static bool HasAPace(MeasuredKpi kpi) => kpi.Version is { Direction: "up", Unit: "money" or "pieces" or "count" } && kpi.Tree is { } tree && tree.All.OfType<MeasureNode>().All(measure => measure.Metric.Nature == MetricNature.Flow);

    DynamicParameters Arguments(IEnumerable<WatchedRule> rules, DateOnly today)
    {
        var arguments = new DynamicParameters();
        arguments.Add("rules", JsonSerializer.Serialize(rules.Select(rule => new
        {
            key = rule.Key, threshold = rule.Threshold, types = rule.PartnerTypes, levels = rule.PartnerLevels, territories = rule.Territories, upstream = rule.TellsUpstream,
        })));
        arguments.Add("today", today);
        arguments.Add("now", clock.GetUtcNow().UtcDateTime);
        return arguments;
    }
}

/// <summary>A rule as it is looked for.</summary>
public sealed record WatchedRule
{
    /// <summary>Its key; 0 for one that is not kept yet.</summary>
    public long Key { get; init; }

    /// <summary>One of <see cref="AlertKinds"/>.</summary>
    public string Kind { get; init; } = "";

    /// <summary>From which figure on.</summary>
    public decimal Threshold { get; init; }

    /// <summary>The types of partners; empty is all.</summary>
    public string[] PartnerTypes { get; init; } = [];

    /// <summary>The levels; empty is all.</summary>
    public string[] PartnerLevels { get; init; } = [];

    /// <summary>Codes of the territories, with those under them; empty is all.</summary>
    public string[] Territories { get; init; } = [];

    /// <summary>The company above the partner is told as well.</summary>
    public bool TellsUpstream { get; init; }
}

/// <summary>A condition that holds.</summary>
public sealed record FoundAlert
{
    /// <summary>The rule's key.</summary>
    public long Key { get; init; }

    /// <summary>The partner's key.</summary>
    public long PartnerId { get; init; }

    /// <summary>What of the partner it is about, where there can be several: a KPI and its period, a product line, a claim, an account.</summary>
    public string Subject { get; init; } = "";

    /// <summary>The figure, in the kind's unit.</summary>
    public decimal Figure { get; init; }

    /// <summary>How far past the threshold; 1 at it.</summary>
    public decimal Ratio { get; init; }

    /// <summary>The seller whose limit it is; null of other kinds.</summary>
    public long? SellerId { get; init; }

    /// <summary>What the sentence says, as JSON.</summary>
    public string Facts { get; init; } = "{}";
}

/// <summary>What an alert's sentence says; each kind has its own of these.</summary>
public sealed record AlertFacts
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>The KPI's number.</summary>
    public string? Kpi { get; init; }

    /// <summary>The name of the KPI or of the product line.</summary>
    public string? Name { get; init; }

    /// <summary>The same in Chinese.</summary>
    public string? NameZh { get; init; }

    /// <summary>The period of a run rate.</summary>
    public string? Period { get; init; }

    /// <summary>Its first day.</summary>
    public DateOnly? From { get; init; }

    /// <summary>Its last day.</summary>
    public DateOnly? Until { get; init; }

    /// <summary>The KPI's unit.</summary>
    public string? Unit { get; init; }

    /// <summary>What was reached.</summary>
    public decimal? Actual { get; init; }

    /// <summary>The target of the whole period.</summary>
    public decimal? Target { get; init; }

    /// <summary>What the days that are over would have asked for.</summary>
    public decimal? Expected { get; init; }

    /// <summary>The last day with an order.</summary>
    public DateOnly? LastOn { get; init; }

    /// <summary>The product line's code.</summary>
    public string? Line { get; init; }

    /// <summary>Pieces in stock.</summary>
    public decimal? Stock { get; init; }

    /// <summary>Pieces sold in 90 days.</summary>
    public decimal? Sold { get; init; }

    /// <summary>The claim's number.</summary>
    public string? Deal { get; init; }

    /// <summary>The claimed customer.</summary>
    public string? Customer { get; init; }

    /// <summary>The last day of the protection.</summary>
    public DateOnly? ProtectedUntil { get; init; }

    /// <summary>The claim's amount.</summary>
    public decimal? Amount { get; init; }

    /// <summary>ISO 4217.</summary>
    public string? Currency { get; init; }

    /// <summary>The seller's number.</summary>
    public string? Seller { get; init; }

    /// <summary>The seller's name.</summary>
    public string? SellerName { get; init; }

    /// <summary>What is owed.</summary>
    public decimal? Owed { get; init; }

    /// <summary>The limit.</summary>
    public decimal? Limit { get; init; }

    /// <summary>The median of the days between two days with an order.</summary>
    public decimal? Median { get; init; }

    /// <summary>How far the middle half of these lies apart.</summary>
    public decimal? Spread { get; init; }

    /// <summary>On how many days something was ordered.</summary>
    public int? Orders { get; init; }

    /// <summary>After how many days the rhythm is broken.</summary>
    public int? BreaksAfter { get; init; }

    /// <summary>Reads what is kept.</summary>
    public static AlertFacts Read(string kept) => JsonSerializer.Deserialize<AlertFacts>(kept, Json) ?? new();

    /// <summary>The name in a language.</summary>
    public string? NameIn(string language) => language is "zh-CN" ? NameZh : Name;

    /// <summary>The name in the language of this request.</summary>
    public string? NameHere => NameIn(Platform.Texts.TextBook.LanguageOf(CultureInfo.CurrentUICulture));
}
