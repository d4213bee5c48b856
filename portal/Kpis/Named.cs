using System.Globalization;
using Platform.Texts;

namespace Portal.Kpis;

/// <summary>Chooses between the two names a thing has.</summary>
static class Named
{
    /// <summary>The Chinese name on a Chinese screen, the other one elsewhere.</summary>
    public static string In(string name, string nameZh) => TextBook.LanguageOf(CultureInfo.CurrentUICulture) == "zh-CN" ? nameZh : name;

    /// <summary>The measure's own unit: money has the brand's currency, everything else counts.</summary>
    public static string? UnitOf(string metric, string currency) => DefineKpi.IsMoney(metric) ? currency : null;
}
