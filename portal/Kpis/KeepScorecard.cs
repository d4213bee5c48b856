using Platform.Audit;
using Platform.Database;

namespace Portal.Kpis;

/// <summary>The brand weighs its KPIs anew: the new card holds from the first day of a period on, the one before it ends there.</summary>
public sealed class KeepScorecard(Db db, KpiDefinitions kpis, AuditTrail audit, TimeProvider clock)
{
    /// <summary>Makes the card.</summary>
    public Task<ScorecardKept> RunAsync(NewScorecard card, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var known = (await kpis.ListAsync(ct)).Where(kpi => kpi.Status == "published").ToDictionary(kpi => kpi.Number, StringComparer.Ordinal);
        if (Refusal(card, known) is { } refused)
        {
            return (ScorecardKept)refused;
        }

        var from = Period.Parse(card.From)!.Value;
        var number = PublicNumber.New("S");
        // The first statement ends what held from before, the second drops what was planned to begin on that day or later: the new card replaces it.
        await db.ExecuteAsync("""
            update scorecard set valid = daterange(lower(valid), @start), version = version + 1
            where period = @kind and valid @> @start and lower(valid) < @start;
            delete from scorecard where period = @kind and lower(valid) >= @start
            """, new { kind = from.KindName, start = from.HeldOn }, ct);
        await db.ExecuteAsync("""
            with card as (
                insert into scorecard (number, name, name_zh, period, valid, most_points, unmet, created_at)
                values (@number, @Name, @NameZh, @kind, daterange(@start, null), @MostPoints, @Unmet, @now)
                returning scorecard_id
            ), asked as (
                insert into scorecard_condition (scorecard_id, kpi_definition_id, bound)
                select card.scorecard_id, condition.kpi_definition_id, condition.bound from card, unnest(@asked, @bounds) as condition (kpi_definition_id, bound))
            insert into scorecard_line (scorecard_id, kpi_definition_id, weight, threshold, cap, below, below_share)
            select card.scorecard_id, line.kpi_definition_id, line.weight, line.threshold, line.cap, line.below, line.below_share
            from card, unnest(@definitions, @weights, @thresholds, @caps, @below, @belowShares) as line (kpi_definition_id, weight, threshold, cap, below, below_share)
            """, new
        {
            number, card.Name, card.NameZh, card.MostPoints, card.Unmet, kind = from.KindName, start = from.HeldOn, now = clock.GetUtcNow().UtcDateTime,
            definitions = card.Lines.Select(line => known[line.Kpi].KpiDefinitionId).ToArray(),
            weights = card.Lines.Select(line => line.Weight).ToArray(),
            thresholds = card.Lines.Select(line => line.Threshold / 100).ToArray(),
            caps = card.Lines.Select(line => line.Cap / 100).ToArray(),
            below = card.Lines.Select(line => line.Below).ToArray(),
            belowShares = card.Lines.Select(line => line.Below == Credit.Nothing ? 0 : line.BelowShare / 100).ToArray(),
            asked = card.Conditions.Select(condition => known[condition.Kpi].KpiDefinitionId).ToArray(),
            bounds = card.Conditions.Select(condition => condition.Bound).ToArray(),
        }, ct);
        await audit.RecordAsync("kpi.scorecard-kept", "scorecard", number, null, card, ct);
        return new ScorecardKept.Stored(number);
    }, ct);

    static ScorecardKept.Refused? Refusal(NewScorecard card, Dictionary<string, KpiDefinition> known) => card switch
    {
        { Name: var name } when string.IsNullOrWhiteSpace(name) || name.Length > 120 => new("name", "kpis.refused.name"),
        { NameZh: var name } when string.IsNullOrWhiteSpace(name) || name.Length > 120 => new("name_zh", "kpis.refused.name"),
        { From: var from } when Period.Parse(from) is null => new("from", "kpis.refused.period"),
        { Lines.Count: 0 } => new("lines", "kpis.refused.no_weights"),
        { MostPoints: < 100 or > 200 } => new("most_points", "kpis.refused.most_points"),
        { Unmet: not (Card.NoPoints or Card.NoPromotion) } => new("unmet", "kpis.refused.unmet"),
        _ => CheckLines(card.Lines) ?? OfKpis(card, known),
    };

    static ScorecardKept.Refused? OfKpis(NewScorecard card, Dictionary<string, KpiDefinition> known)
    {
        var (kind, asked) = (Period.Parse(card.From)!.Value.KindName, card.Lines.Select(line => line.Kpi).Concat(card.Conditions.Select(condition => condition.Kpi)).ToList());
        return asked.Exists(kpi => !known.ContainsKey(kpi)) ? new("lines", "kpis.refused.unknown_kpi")
            : asked.Exists(kpi => known[kpi].Period != kind) ? new("from", "kpis.refused.other_period")
            : card.Conditions.FirstOrDefault(condition => condition.Bound is < -SetTargets.Most or > SetTargets.Most) is { } condition ? new("bound", "kpis.refused.bound") { Kpi = condition.Kpi }
            : null;
    }

    /// <summary>What is wrong with the lines of a card, also of one that is only tried out: the first flaw, with the KPI whose row it stands in.</summary>
    internal static ScorecardKept.Refused? CheckLines(IReadOnlyList<NewScorecardLine> lines)
    {
        foreach (var line in lines)
        {
            if (line switch
            {
                { Weight: <= 0 or > 100 } => ("weight", "kpis.refused.weight"),
                { Threshold: < 0 or > 100 } => ("threshold", "kpis.refused.threshold"),
                { Cap: < 100 or > 200 } => ("cap", "kpis.refused.cap"),
                { Below: not (Credit.Nothing or Credit.Share or Credit.Fixed) } => ("below", "kpis.refused.below"),
                { Below: not Credit.Nothing, BelowShare: <= 0 or > 100 } => ("below_share", "kpis.refused.below_share"),
                { Below: Credit.Fixed } when line.BelowShare > line.Threshold => ("below_share", "kpis.refused.below_the_threshold"),
                _ => default((string Field, string Key)?),
            } is { } flaw)
            {
                return new(flaw.Field, flaw.Key) { Kpi = line.Kpi };
            }
        }

        return lines.DistinctBy(line => line.Kpi, StringComparer.Ordinal).Count() != lines.Count ? new("lines", "kpis.refused.twice_on_the_card")
            : lines.Sum(line => line.Weight) != 100 ? new("lines", "kpis.refused.weights_add_up") : null;
    }
}

/// <summary>A card to be made.</summary>
/// <param name="Name">In English.</param>
/// <param name="NameZh">In Chinese.</param>
/// <param name="From">The first period it holds for; its kind is the card's.</param>
/// <param name="Lines">The weighted KPIs.</param>
public sealed record NewScorecard(string Name, string NameZh, string From, IReadOnlyList<NewScorecardLine> Lines)
{
    /// <summary>The bonus cap: 100 to 200 points.</summary>
    public decimal MostPoints { get; init; } = 200;

    /// <summary><c>no_points</c> or <c>no_promotion</c>: what follows where a condition is not met.</summary>
    public string Unmet { get; init; } = Card.NoPoints;

    /// <summary>The minimum conditions.</summary>
    public IReadOnlyList<NewCondition> Conditions { get; init; } = [];
}

/// <summary>A minimum condition of a card to be made.</summary>
/// <param name="Kpi">The KPI's number; it need not be weighed.</param>
/// <param name="Bound">The figure must be more than this; less, where less is better.</param>
public sealed record NewCondition(string Kpi, decimal Bound);

/// <summary>One weighted KPI of a card to be made; everything in percent.</summary>
/// <param name="Kpi">Its number.</param>
/// <param name="Weight">More than 0; all of a card add up to 100.</param>
/// <param name="Threshold">0 to 100: attainment below it earns what <see cref="Below"/> says.</param>
/// <param name="Cap">100 to 200: attainment above it earns no more.</param>
public sealed record NewScorecardLine(string Kpi, decimal Weight, decimal Threshold, decimal Cap)
{
    /// <summary>What is earned below the threshold, one of <see cref="Credit.Rules"/>.</summary>
    public string Below { get; init; } = Credit.Nothing;

    /// <summary>The share that is earned there, in percent.</summary>
    public decimal BelowShare { get; init; }
}

/// <summary>What became of a card to be made.</summary>
public abstract record ScorecardKept
{
    /// <summary>It stands.</summary>
    public sealed record Stored(string Number) : ScorecardKept;

    /// <summary>It was refused because of one field.</summary>
    public sealed record Refused(string Field, string TextKey) : ScorecardKept
    {
        /// <summary>The KPI in whose row the field stands.</summary>
        public string? Kpi { get; init; }
    }
}
