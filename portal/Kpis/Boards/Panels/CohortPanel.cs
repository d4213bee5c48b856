using Platform.Database;
using Platform.Texts;
using Portal.Web.Display;

namespace Portal.Kpis.Boards;

/// <summary>Partners by the quarter in which they first bought, and how many of each still buy in the quarters after it (同期群).</summary>
public sealed class CohortPanel(Db db, Texts t) : IPanel
{
    const int Quarters = 8;

    /// <inheritdoc/>
    public string Name => "cohorts";

    /// <inheritdoc/>
    public async Task<PanelFigures> ReadAsync(BoardAsked asked, CancellationToken ct)
    {
        var scope = asked.Scope;
        var last = Period.Of(PeriodKind.Quarter, scope.LastMonth);
        var first = Period.From(PeriodKind.Quarter, last.Start.AddMonths(-3 * (Quarters - 1)));
        var args = scope.Arguments();
        args.Add("first", first.Start);
        args.Add("last", last.End);
        // The first month is one look into the index for each partner, however long its history.
        var rows = await db.ListAsync<CohortAge>($"""
            with cohort as materialized (
                select who.partner_id, date_trunc('quarter', began.month)::date as quarter
                from ({scope.Partners}) who
                cross join lateral (select m.month from kpi_branch_month m where m.partner_id = who.partner_id and m.metric = 'purchases' and m.own > 0 order by m.month limit 1) began
                where began.month >= @first and began.month < @last
            ), bought as (
                select distinct c.partner_id, c.quarter, ((extract(year from m.month) - extract(year from c.quarter)) * 4 + extract(quarter from m.month) - extract(quarter from c.quarter))::integer as age
                from cohort c join kpi_branch_month m on m.partner_id = c.partner_id and m.metric = 'purchases' and m.own > 0 and m.month < @last
            )
            select quarter, age, count(*)::integer as partners from bought group by quarter, age
            """, args, ct);
        var cohorts = rows.GroupBy(row => row.Quarter).OrderByDescending(group => group.Key).ToList();
        var whole = cohorts.Sum(cohort => cohort.Where(row => row.Age == 0).Sum(row => row.Partners));
        // Of those that can be told: cohorts old enough to have had a quarter of that age.
        decimal? KeptAfter(int age)
        {
            var old = cohorts.Where(cohort => cohort.Key.AddMonths(3 * age) < last.End).ToList();
            var began = old.Sum(cohort => cohort.Where(row => row.Age == 0).Sum(row => row.Partners));
            return began == 0 ? null : old.Sum(cohort => cohort.Where(row => row.Age == age).Sum(row => row.Partners)) / (decimal)began;
        }

        return new(t["kpis.panel.cohorts"], new(
            [
                new("cohort", t["kpis.panel.cohorts.began"], PanelValue.Text), new("partners", t["kpis.panel.cohorts.partners"]),
                .. Enumerable.Range(1, Quarters - 1).Select(age => new PanelColumn("after_" + age.ToString(System.Globalization.CultureInfo.InvariantCulture), t["kpis.panel.cohorts.after", age], PanelValue.Share)),
            ],
            [
                .. cohorts.Select(IReadOnlyList<PanelCell> (cohort) =>
                {
                    var began = cohort.Where(row => row.Age == 0).Sum(row => row.Partners);
                    return
                    [
                        new(Period.From(PeriodKind.Quarter, cohort.Key).ToString()), new(began),
                        .. Enumerable.Range(1, Quarters - 1).Select(age => cohort.Key.AddMonths(3 * age) >= last.End ? new PanelCell(null) : Kept(cohort.Where(row => row.Age == age).Sum(row => row.Partners) / (decimal)began)),
                    ];
                }),
            ]))
        {
            Rule = t["kpis.panel.cohorts.rule"],
            Findings = KeptAfter(1) is { } next ? [t["kpis.panel.cohorts.finding", Formats.Number(whole), Formats.Percent(next), KeptAfter(4) is { } year ? Formats.Percent(year) : "–"].Value] : [],
            WhenEmpty = t["kpis.panel.cohorts.empty"],
        };
    }

    static PanelCell Kept(decimal share) => new(share) { Heat = share <= 0 ? null : Math.Clamp((int)Math.Ceiling(share * 5), 1, 5) };

    sealed record CohortAge(DateOnly Quarter, int Age, int Partners);
}
