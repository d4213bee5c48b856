namespace Portal.Kpis;

/// <summary>
/// Scores the real history again as it would have been with other weights, thresholds, caps, targets and limits (假设分析), and says who would move. The figures of all partners and periods are read with one statement;
/// the rest is arithmetic, the same as everywhere. Nothing is stored.
/// </summary>
public sealed class TryCard(KpiDefinitions kpis, LevelStore levels, ScoreHistory history, BrandCalendar calendar)
{
    /// <summary>The longest history that is scored again, in months.</summary>
    public const int MostMonths = 24;

    /// <summary>Tries it.</summary>
    public async Task<CardTried> RunAsync(AskedTrial asked, CancellationToken ct)
    {
        var known = (await kpis.ListAsync(ct)).ToDictionary(kpi => kpi.Number, StringComparer.Ordinal);
        if (Refusal(asked, known) is { } refused)
        {
            return refused;
        }

        var periods = Period.Until(asked.Last, asked.Periods);
        var card = CardOf(asked, known);
        var read = await history.ReadAsync(periods, null, [.. card.Lines.Select(line => line.KpiDefinitionId).Concat(card.Conditions.Select(condition => condition.KpiDefinitionId))], ct);
        var factors = asked.TargetPercent.Where(pair => known.ContainsKey(pair.Key)).ToDictionary(pair => known[pair.Key].KpiDefinitionId, pair => pair.Value / 100);
        var rules = await levels.RulesAsync((await calendar.TodayAsync(ct)).Today, ct) is { } held && held.Kind == asked.Last.Kind ? held : null;
        return new CardTried.Done(new(read.Scored(), read.Scored([.. periods.Select(_ => card)], factors), rules, RulesOf(asked)));
    }

    static CardTried.Refused? Refusal(AskedTrial asked, Dictionary<string, KpiDefinition> known)
    {
        var kind = asked.Last.KindName;
        var named = asked.Lines.Select(line => line.Kpi).Concat(asked.Conditions.Select(condition => condition.Kpi)).ToList();
        return asked.Periods < 1 || asked.Periods * asked.Last.Months > MostMonths || asked.Last.IsRolling ? new("periods", "kpis.refused.history")
            : asked.Lines.Count == 0 ? new("lines", "kpis.refused.no_weights")
            : named.Exists(kpi => !known.TryGetValue(kpi, out var one) || one.Status != "published" || one.Period != kind) ? new("lines", "kpis.refused.unknown_kpi")
            : asked.MostPoints is < 100 or > 200 ? new("most_points", "kpis.refused.most_points")
            : asked.Unmet is not (Card.NoPoints or Card.NoPromotion) ? new("unmet", "kpis.refused.unmet")
            : KeepScorecard.CheckLines(asked.Lines) is { } flaw ? new(flaw.Field, flaw.TextKey) { Kpi = flaw.Kpi }
            : asked.Conditions.FirstOrDefault(condition => condition.Bound is < -SetTargets.Most or > SetTargets.Most) is { } condition ? new("bound", "kpis.refused.bound") { Kpi = condition.Kpi }
            : asked.TargetPercent.FirstOrDefault(pair => pair.Value is < 1 or > 1000) is { Key: not null } factor ? new("target_percent", "kpis.refused.target_percent") { Kpi = factor.Key }
            : KeepLevelRules.Limits(asked.Limits) is { } limit ? new("limits." + limit.Field, limit.TextKey)
            : null;
    }

    static Card CardOf(AskedTrial asked, Dictionary<string, KpiDefinition> known) => new(
        "", "", "", asked.MostPoints, asked.Unmet,
        [.. from line in asked.Lines
            let kpi = known[line.Kpi]
            orderby line.Weight descending
            select new ScorecardLine(
                kpi.KpiDefinitionId, kpi.Number, kpi.Name, kpi.NameZh, kpi.Unit, kpi.Direction, line.Weight, line.Threshold / 100, line.Cap / 100, line.Below, line.Below == Credit.Nothing ? 0 : line.BelowShare / 100)],
        [.. from condition in asked.Conditions let kpi = known[condition.Kpi] select new CardCondition(kpi.KpiDefinitionId, kpi.Number, kpi.Name, kpi.NameZh, kpi.Unit, kpi.Direction, condition.Bound)]);

    static LevelRules RulesOf(AskedTrial asked) => new(
        0, "", asked.Last.KindName, asked.Limits.Window, asked.Limits.Least, asked.Limits.SilverReach, asked.Limits.SilverKeep, asked.Limits.GoldReach, asked.Limits.GoldKeep, asked.Limits.PlatinumReach, asked.Limits.PlatinumKeep, null, null);
}

/// <summary>What is to be tried.</summary>
/// <param name="Last">The last period of the history.</param>
/// <param name="Periods">How many periods; 24 months at most.</param>
/// <param name="Lines">The card's lines, in percent.</param>
/// <param name="Conditions">Its minimum conditions.</param>
/// <param name="MostPoints">Its bonus cap.</param>
/// <param name="Unmet">What follows where a condition is not met.</param>
/// <param name="TargetPercent">By KPI: which part of its targets would have been asked, 100 being all.</param>
/// <param name="Limits">The limits of the levels.</param>
public sealed record AskedTrial(
    Period Last, int Periods, IReadOnlyList<NewScorecardLine> Lines, IReadOnlyList<NewCondition> Conditions, decimal MostPoints, string Unmet, IReadOnlyDictionary<string, decimal> TargetPercent, NewLevelRules Limits);

/// <summary>What came of a trial.</summary>
public abstract record CardTried
{
    /// <summary>It was scored.</summary>
    public sealed record Done(Trial Trial) : CardTried;

    /// <summary>It was refused because of one field.</summary>
    public sealed record Refused(string Field, string TextKey) : CardTried
    {
        /// <summary>The KPI in whose row the field stands.</summary>
        public string? Kpi { get; init; }
    }
}

/// <summary>The history as it was and as it would have been.</summary>
/// <param name="Before">As it was.</param>
/// <param name="After">As it would have been.</param>
/// <param name="Rules">The rules for levels that hold; null where none do for this kind of period.</param>
/// <param name="Tried">The rules that were tried.</param>
public sealed record Trial(ScoredHistory Before, ScoredHistory After, LevelRules? Rules, LevelRules Tried)
{
    /// <summary>Every partner that was scored in either, those whose level would be another first, then by how many places they would move.</summary>
    public IReadOnlyList<TrialRow> Rows { get; } = [.. RowsOf(Before, After, Rules, Tried).OrderByDescending(row => row.MovesLevel).ThenByDescending(row => Math.Abs(row.RankChange ?? 0)).ThenBy(row => row.Partner.Name, StringComparer.CurrentCulture)];

    /// <summary>Those who would have a higher level than by the rules and the cards of their time.</summary>
    public int Promoted => Rows.Count(row => row.MovesLevel && LevelRules.IsPromotion(row.LevelBefore, row.LevelAfter));

    /// <summary>Those who would have a lower one.</summary>
    public int Demoted => Rows.Count(row => row.MovesLevel && !LevelRules.IsPromotion(row.LevelBefore, row.LevelAfter));

    /// <summary>Those whose place would be another.</summary>
    public int OtherRank => Rows.Count(row => row.RankChange is not (null or 0));

    /// <summary>How many would have a level.</summary>
    public int Count(string level, bool after) => Rows.Count(row => (after ? row.LevelAfter : row.LevelBefore) == level);

    /// <summary>The average points of all scored partners in a period.</summary>
    public static decimal? Average(ScoredHistory scored, int period)
    {
        var points = Enumerable.Range(0, scored.History.Partners.Count).Select(partner => scored[partner, period]?.Points).OfType<decimal>().ToList();
        return points.Count == 0 ? null : Math.Round(points.Average(), 2, MidpointRounding.AwayFromZero);
    }

    static IEnumerable<TrialRow> RowsOf(ScoredHistory before, ScoredHistory after, LevelRules? rules, LevelRules tried)
    {
        var (partners, last) = (before.History.Partners, before.History.Periods.Count - 1);
        var was = Enumerable.Range(0, partners.Count).Select(partner => before.Rolling(partner, last, (rules ?? tried).WindowPeriods)).ToList();
        var would = Enumerable.Range(0, partners.Count).Select(partner => after.Rolling(partner, last, tried.WindowPeriods)).ToList();
        var (ranks, wouldRanks) = (ScoredHistory.RanksOf([.. was.Select(score => score?.Average)]), ScoredHistory.RanksOf([.. would.Select(score => score?.Average)]));
        for (var partner = 0; partner < partners.Count; partner++)
        {
            if (was[partner] is not null || would[partner] is not null)
            {
                var level = partners[partner].PartnerLevel;
                yield return new(partners[partner], was[partner]?.Average, would[partner]?.Average, ranks[partner], wouldRanks[partner], rules?.From(level, was[partner])?.To ?? level, tried.From(level, would[partner])?.To ?? level);
            }
        }
    }
}

/// <summary>One partner, as it was and as it would have been.</summary>
/// <param name="Partner">The partner, with the level it has now.</param>
/// <param name="Before">Its average over the window.</param>
/// <param name="After">The average it would have had.</param>
/// <param name="RankBefore">Its place by that average.</param>
/// <param name="RankAfter">The place it would have had.</param>
/// <param name="LevelBefore">The level a review would propose by the rules that hold; the one it has where there are none.</param>
/// <param name="LevelAfter">The level a review would propose.</param>
public sealed record TrialRow(PartnerName Partner, decimal? Before, decimal? After, int? RankBefore, int? RankAfter, string LevelBefore, string LevelAfter)
{
    /// <summary>How many places better.</summary>
    public int? RankChange => RankBefore - RankAfter;

    /// <summary>True where the level would be another.</summary>
    public bool MovesLevel => LevelBefore != LevelAfter;

    /// <summary>True for a partner that would have another level or another rank.</summary>
    public bool Moves => MovesLevel || RankChange is not (null or 0);
}
