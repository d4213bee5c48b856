using System.Globalization;
using Platform.Texts;

namespace Portal.Quotes;

/// <summary>Chooses the name of a product in the language of the reader.</summary>
static class QuoteNames
{
    public static string Of(QuoteLine line) => TextBook.LanguageOf(CultureInfo.CurrentUICulture) == "zh-CN" ? line.NameZh ?? line.Name : line.Name;
}
