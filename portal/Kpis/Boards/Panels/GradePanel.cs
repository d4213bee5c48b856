using Platform.Database;
using Platform.Texts;
using Portal.Web.Charts;
using Portal.Web.Display;

namespace Portal.Kpis.Boards;

/// <summary>
/// Who the sales come from: customers in grades by rank (A the first 20 % of them, B 30, C 30, D 20) and in classes by what they bring (ABC: those that make 80 % of it, up to 95 %, the rest).
/// </summary>
public sealed class GradePanel(Db db, Texts t) : IPanel
{
    static readonly IReadOnlyList<(string Grade, decimal Share)> Grades = [("A", 0.2m), ("B", 0.5m), ("C", 0.8m), ("D", 1)];

    /// <inheritdoc/>
    public string Name => "grades";

    /// <summary>The grade of a place among many: A to D.</summary>
    /// <param name="place">From 1.</param>
    /// <param name="many">Of how many.</param>
    public static string GradeOf(int place, int many) => Grades.First(grade => place <= Math.Ceiling(grade.Share * many)).Grade;

    /// <summary>The class of one whose predecessors make a share of the whole: A begins at 0, B at 80 %, C at 95 %.</summary>
    /// <param name="before">The share of all that are larger.</param>
    public static string ClassOf(decimal before) => before < 0.8m ? "A" : before < 0.95m ? "B" : "C";

    /// <inheritdoc/>
    public async Task<PanelFigures> ReadAsync(BoardAsked asked, CancellationToken ct)
    {
        var scope = asked.Scope;
        var args = scope.Arguments();
        args.Add("root", scope.Root.PartnerId);
        var customers = await db.ListAsync<Customer>($"""
            select p.number, p.name, p.name_latin, sum(f.value) filter (where f.month >= @start and f.month < @end) as now, sum(f.value) filter (where f.month >= @beforeStart and f.month < @beforeEnd) as before
            from {scope.OwnFacts("metric = 'purchases' and (month >= @start and month < @end or month >= @beforeStart and month < @beforeEnd)")} f
            join partner p on p.partner_id = f.partner_id
            where f.partner_id <> @root
            group by p.partner_id
            order by now desc nulls last, p.name, p.partner_id
            """, args, ct);
        var buying = customers.Where(customer => customer.Now > 0).ToList();
        var whole = buying.Sum(customer => customer.Now!.Value);
        var graded = new List<Graded>();
        var sum = 0m;
        foreach (var customer in buying)
        {
            graded.Add(new(customer, GradeOf(graded.Count + 1, buying.Count), ClassOf(sum / whole), (sum + customer.Now!.Value) / whole));
            sum += customer.Now.Value;
        }

        // What a customer was graded in the other period, by the same rule.
        var beforehand = customers.Where(customer => customer.Before > 0).OrderByDescending(customer => customer.Before).ToList();
        var then = beforehand.Select((customer, place) => (customer.Number, Grade: GradeOf(place + 1, beforehand.Count))).ToDictionary(pair => pair.Number, pair => pair.Grade, StringComparer.Ordinal);
        var shares = Grades.Select(grade => (grade.Grade, Of: graded.Where(one => one.Grade == grade.Grade).ToList())).ToList();
        var gone = customers.Count(customer => customer.Now is null or <= 0 && customer.Before > 0);
        return new(t["kpis.panel.grades"], new(
            [
                new("grade", t["kpis.panel.grades.grade"], PanelValue.Text), new("class", t["kpis.panel.grades.class"], PanelValue.Text), new("partner", t["kpis.partner"], PanelValue.Text), new("value", t["kpis.metric.purchases"], PanelValue.Money),
                new("share", t["kpis.panel.share"], PanelValue.Share), new("share_so_far", t["kpis.panel.grades.so_far"], PanelValue.Share), new("change", Compared.Head(scope, t), PanelValue.Change), new("grade_before", t["kpis.panel.grades.before"], PanelValue.Text),
            ],
            [
                .. graded.Select(IReadOnlyList<PanelCell> (one) =>
                [
                    new(one.Grade), new(one.Class), new(Formats.Company(one.Customer.Name, one.Customer.NameLatin)) { Link = scope.Of(one.Customer.Number) },
                    new(one.Customer.Now) { Link = scope.RowsOf(Metric.Purchases, one.Customer.Number) }, new(one.Customer.Now / whole), new(one.SoFar), new(Compared.Change(one.Customer.Now!.Value, one.Customer.Before ?? 0)),
                    new(scope.Before is null ? null : then.GetValueOrDefault(one.Customer.Number, "–")),
                ]),
            ]))
        {
            Chart = new([.. shares.Select(share => share.Grade)],
            [
                new(t["kpis.panel.grades.of_customers"], [.. shares.Select(share => (decimal?)Math.Round(share.Of.Count * 100m / Math.Max(1, graded.Count), 1))]),
                new(t["kpis.panel.grades.of_sales"], [.. shares.Select(share => (decimal?)(whole > 0 ? Math.Round(share.Of.Sum(one => one.Customer.Now!.Value) * 100 / whole, 1) : 0))]),
            ]) { Unit = "%", Decimals = 1 },
            Rule = t["kpis.panel.grades.rule"],
            Findings =
            [
                .. whole > 0 ? [t["kpis.panel.grades.finding", graded.Count(one => one.Class == "A"), graded.Count, Formats.Percent(shares[0].Of.Sum(one => one.Customer.Now!.Value) / whole)].Value] : Array.Empty<string>(),
                .. gone > 0 && scope.Before is { } before ? [t["kpis.panel.grades.gone", gone, before.Said(t), scope.Period.Said(t)].Value] : Array.Empty<string>(),
            ],
            WhenEmpty = t["kpis.branches.empty_text", scope.Period.Said(t)],
            RowsShown = 15,
        };
    }

    sealed record Customer(string Number, string Name, string? NameLatin, decimal? Now, decimal? Before);

    sealed record Graded(Customer Customer, string Grade, string Class, decimal SoFar);
}
