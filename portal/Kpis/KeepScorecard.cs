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
                insert into scorecard (number, name, name_zh, period, valid, created_at)
                values (@number, @Name, @NameZh, @kind, daterange(@start, null), @now)
                returning scorecard_id)
            insert into scorecard_line (scorecard_id, kpi_definition_id, weight, threshold, cap)
            select card.scorecard_id, line.kpi_definition_id, line.weight, line.threshold, line.cap
            from card, unnest(@definitions, @weights, @thresholds, @caps) as line (kpi_definition_id, weight, threshold, cap)
            """, new
        {
            number, card.Name, card.NameZh, kind = from.KindName, start = from.HeldOn, now = clock.GetUtcNow().UtcDateTime,
            definitions = card.Lines.Select(line => known[line.Kpi].KpiDefinitionId).ToArray(),
            weights = card.Lines.Select(line => line.Weight).ToArray(),
            thresholds = card.Lines.Select(line => line.Threshold / 100).ToArray(),
            caps = card.Lines.Select(line => line.Cap / 100).ToArray(),
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
        { Lines: var lines } when lines.Any(line => !known.ContainsKey(line.Kpi)) => new("lines", "kpis.refused.unknown_kpi"),
        { Lines: var lines } when lines.Any(line => known[line.Kpi].Period != Period.Parse(card.From)!.Value.KindName) => new("from", "kpis.refused.other_period"),
        { Lines: var lines } when lines.Any(line => line.Weight is <= 0 or > 100 || line.Threshold is < 0 or > 100 || line.Cap is < 100 or > 200) => new("lines", "kpis.refused.weight"),
        { Lines: var lines } when lines.Sum(line => line.Weight) != 100 => new("lines", "kpis.refused.weights_add_up"),
        _ => null,
    };
}

/// <summary>A card to be made.</summary>
/// <param name="Name">In English.</param>
/// <param name="NameZh">In Chinese.</param>
/// <param name="From">The first period it holds for; its kind is the card's.</param>
/// <param name="Lines">The weighted KPIs.</param>
public sealed record NewScorecard(string Name, string NameZh, string From, IReadOnlyList<NewScorecardLine> Lines);

/// <summary>One weighted KPI of a card to be made; everything in percent.</summary>
/// <param name="Kpi">Its number.</param>
/// <param name="Weight">More than 0; all of a card add up to 100.</param>
/// <param name="Threshold">0 to 100: attainment below it earns nothing.</param>
/// <param name="Cap">100 to 200: attainment above it earns no more.</param>
public sealed record NewScorecardLine(string Kpi, decimal Weight, decimal Threshold, decimal Cap);

/// <summary>What became of a card to be made.</summary>
public abstract record ScorecardKept
{
    /// <summary>It stands.</summary>
    public sealed record Stored(string Number) : ScorecardKept;

    /// <summary>It was refused because of one field.</summary>
    public sealed record Refused(string Field, string TextKey) : ScorecardKept;
}
