using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using Platform.Texts;
using Platform.Web;
using Portal.Documents;
using Portal.Documents.Typst;
using Portal.Web;
using Portal.Web.Display;

namespace Portal.Kpis.Papers;

/// <summary>
/// A partner's scorecard (计分卡) of a period as PDF, with bars beside its figures and the twelve months before. It is not kept: figures and targets give it again, as they stand then, and equal ones give equal bytes on one day.
/// </summary>
public sealed class ScorecardPaper(KpiStore kpis, Standings standings, Attainments attainments, BrandCalendar calendar, TypstWorkers typst, Texts texts, ICurrentPerson me, IConfiguration settings)
{
    const int Months = 12;

    static readonly string Template = TypstTemplate.Read("Kpis/Papers/scorecard.typ");

    /// <summary>Makes the file; or says why there is none now.</summary>
    /// <param name="partner">Whose card.</param>
    /// <param name="period">Of which period.</param>
    /// <param name="language"><c>en</c> or <c>zh-CN</c>.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<IActionResult> AnswerAsync(PartnerName partner, Period period, string? language, CancellationToken ct)
    {
        var tongue = Languages.Of(language);
        var (today, currency) = await calendar.TodayAsync(ct);
        var card = await kpis.ScorecardAsync(period, ct);
        var reached = await attainments.ReachedAsync(period, partner.PartnerId, card, ct);
        // Its place among all is the brand's and its own to know: who sees a branch sees no place in it.
        var standing = !card.IsEmpty && (me.IsBrand || partner.PartnerId == me.PartnerId) ? (await standings.OfAsync(partner.PartnerId, period, ct))[^1] : null;
        var last = new DateOnly(period.End.AddDays(-1).Year, period.End.AddDays(-1).Month, 1);
        var months = await kpis.MetricMonthsAsync(partner.PartnerId, [Metric.Purchases, Metric.SellThrough], last.AddMonths(1 - Months), last.AddMonths(1), ct);
        var scored = new ScoredCard(card, reached);
        var others = reached.Where(row => row.IsShown && !scored.Lines.Any(line => line.Line.KpiNumber == row.KpiNumber)).ToList();
        return await typst.RenderAsync(Job(new(partner, period, today, currency, scored, others, standing, [.. Enumerable.Range(0, Months).Select(month => last.AddMonths(month + 1 - Months))], months), tongue), ct) switch
        {
            Typesetting.Pdf pdf => new FileContentResult(pdf.Content, "application/pdf")
            {
                FileDownloadName = $"{texts.In(tongue, "kpis.scorecard.paper")}-{partner.Number}-{period}.pdf",
                EntityTag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(pdf.Content))}\""),
            },
            Typesetting.Refused refused => DocumentsBusy.Answer(refused.TextKey),
            var flawed => throw new InvalidOperationException($"The scorecard's template is wrong: {flawed}"),
        };
    }

    TypstJob Job(Content content, string language)
    {
        var chinese = language is "zh-CN";
        var culture = CultureInfo.GetCultureInfo(language);
        var decimals = "N" + Money.MinorUnits(content.Currency).ToString(CultureInfo.InvariantCulture);
        string T(string key, params object[] arguments) => texts.In(language, key, arguments);
        string Day(DateOnly day) => day.ToString(chinese ? "yyyy年M月d日" : "d MMM yyyy", culture);
        string Figure(string unit, decimal? value) => value is not { } number ? "–" : Named.IsMoney(unit) ? $"{content.Currency} {number.ToString(decimals, culture)}" : unit == "ratio" ? (number * 100).ToString("0.##", culture) + "%" : number.ToString("#,##0.##", culture);
        string Percent(decimal? share) => share is not { } part ? "–" : (part * 100).ToString("0.#", culture) + "%";
        string Points(decimal points) => points.ToString("0.00", culture);
        string Name(string name, string? other) => chinese ? other ?? name : name;
        decimal Of(string metric, DateOnly month) => content.Figures.Where(row => row.Metric == metric && row.Month == month).Sum(row => row.Value);
        string Below(ScorecardLine line) => line.Below == Credit.Nothing ? "" : T("kpis.below.said." + line.Below, Percent(line.BelowShare));
        var (partner, scored) = (content.Partner, content.Scored);
        var most = Math.Max(1, content.Months.SelectMany(month => new[] { Of(Metric.Purchases, month), Of(Metric.SellThrough, month) }).Max());
        var company = chinese ? partner.Name : partner.NameLatin ?? partner.Name;
        return new(Template, new
        {
            partner = company, period = content.Period.ToString(), level = T("kpis.level." + partner.PartnerLevel), points = Points(scored.Points), asOf = Day(content.Today),
            rank = content.Standing?.Rank is { } place ? T("kpis.scorecard.place", place, content.Standing.Of) : "", qrAlt = T("kpis.scorecard.qr", company),
            lines = scored.Lines.Select(line => new
            {
                name = Name(line.Line.KpiName, line.Line.KpiNameZh), weight = line.Line.Weight.ToString("0.##", culture), actual = Figure(line.Line.Unit, line.Reached is null && line.Line.Unit != "ratio" ? 0 : line.Reached?.Actual), target = Figure(line.Line.Unit, line.Reached?.Target),
                attainment = Percent(line.Reached?.Attainment), share = line.Reached?.Attainment ?? 0, threshold = line.Line.Threshold, points = Points(line.Points), below = Below(line.Line),
            }),
            capped = scored.IsVoid ? T("kpis.total.void") : scored.Sum > scored.Points ? T("kpis.total.capped", scored.Card.MostPoints.ToString("0.##", culture)) : "", sum = Points(scored.Sum),
            conditions = scored.Conditions.Select(condition => new
            {
                name = Name(condition.Condition.KpiName, condition.Condition.KpiNameZh), bound = T(condition.Condition.LowIsGood ? "kpis.condition.less" : "kpis.condition.more") + " " + Figure(condition.Condition.Unit, condition.Condition.Bound),
                actual = Figure(condition.Condition.Unit, condition.Actual), met = T(condition.IsMet ? "kpis.conditions.met" : "kpis.conditions.unmet"),
            }),
            unmet = T("kpis.unmet.said." + scored.Card.Unmet),
            others = content.Others.Select(row => new
            {
                name = Name(row.KpiName, row.KpiNameZh), actual = Figure(row.Unit, row.Actual), target = Figure(row.Unit, row.Target), attainment = Percent(row.Attainment), share = row.Attainment ?? 0,
            }),
            months = content.Months.Select(month => new
            {
                name = month.ToString(chinese ? "yyyy年M月" : "MMM yyyy", culture), first = Of(Metric.Purchases, month).ToString("N0", culture), firstShare = Math.Max(0, Of(Metric.Purchases, month)) / most,
                second = Of(Metric.SellThrough, month).ToString("N0", culture), secondShare = Math.Max(0, Of(Metric.SellThrough, month)) / most,
            }),
            words = new
            {
                kind = T("kpis.scorecard.paper"), level = T("kpis.partner_level"), points = T("kpis.points"), rank = T("kpis.rank"), asOf = T("kpis.scorecard.as_of"), card = T("kpis.scorecard.weighed"), kpi = T("kpis.kpi"), weight = T("kpis.weight"),
                actual = T("kpis.actual"), target = T("kpis.target"), attainment = T("kpis.attainment"), total = T("kpis.total"), credit = T("kpis.scorecard.credit"), none = T("kpis.no_scorecard", content.Period), others = T("kpis.others"),
                trend = T("kpis.scorecard.months", content.Currency), month = T("kpis.period.month"), first = T("kpis.metric.purchases"), second = T("kpis.metric.sell_through"), online = T("kpis.scorecard.online"), conditions = T("kpis.conditions"), bound = T("kpis.bound"), met = T("kpis.status"),
            },
        }, $"{T("kpis.scorecard.paper")} {company} {content.Period}", new DateTimeOffset(content.Today.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero))
        {
            Language = language,
            Files = new Dictionary<string, byte[]>(StringComparer.Ordinal) { ["online.svg"] = QrImage.Svg(PortalUrl.Of(settings) + $"/kpis/scorecards/{partner.Number}?period={content.Period}") },
        };
    }

    sealed record Content(
        PartnerName Partner, Period Period, DateOnly Today, string Currency, ScoredCard Scored, IReadOnlyList<Reached> Others, Standing? Standing, IReadOnlyList<DateOnly> Months, IReadOnlyList<MetricMonth> Figures);
}
