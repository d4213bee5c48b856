using System.Globalization;
using Platform.Texts;
using Portal.Kpis.Formulas;
using Portal.Kpis.Metrics;

namespace Portal.Kpis;

/// <summary>Chooses between the two names a thing has.</summary>
static class Named
{
    /// <summary>The Chinese name on a Chinese screen, the other one elsewhere.</summary>
    public static string In(string name, string nameZh) => TextBook.LanguageOf(CultureInfo.CurrentUICulture) == "zh-CN" ? nameZh : name;

    /// <summary>A period for people: as it is written, but the months that end with a month in words, for nobody knows what 2026-12-R12 is.</summary>
    public static string Said(this Period period, Texts t) => period.IsRolling ? t["kpis.period.months_to", period.Months, period.HeldOn.Year, period.HeldOn.Month].Value : period.ToString();

    /// <summary>True for units that are shown in the brand's currency: money, and money per something.</summary>
    public static bool IsMoney(string unit) => unit is "money" || unit.StartsWith("money/", StringComparison.Ordinal) || unit.StartsWith("money*", StringComparison.Ordinal);

    /// <summary>A unit as the tables have it, read.</summary>
    public static Unit Unit(string unit)
    {
        var (above, below) = unit.Split('/') switch { [var one] => (one, ""), var parts => (parts[0], parts[1]) };
        int Power(string name) => (above.Split('*').Contains(name, StringComparer.Ordinal) ? 1 : 0) - (below.Split('*').Contains(name, StringComparer.Ordinal) ? 1 : 0);
        return new(Power("money"), Power("pieces"), Power("count"), Power("days"));
    }

    /// <summary>What is measured: the metric's words, or the formula as it was written.</summary>
    public static string Measure(string formula, Texts t) =>
        MetricCatalog.Find(formula) is null && MetricCatalog.FindDerived(formula) is null ? formula : t["kpis.metric." + formula].Value;
}
