using System.Globalization;
using Platform.Texts;

namespace Portal.Stock;

/// <summary>How stock is said on the pages.</summary>
public static class StockWords
{
    /// <summary>A name in the reader's language.</summary>
    public static string Name(string name, string nameZh) => TextBook.LanguageOf(CultureInfo.CurrentUICulture) == "zh-CN" ? nameZh : name;

    /// <summary>What is wrong, in the reader's language.</summary>
    public static string Say(this Texts texts, StockProblem problem)
    {
        var sentence = problem.Arguments.Count == 0 ? texts[problem.TextKey].Value : texts[problem.TextKey, [.. problem.Arguments]].Value;
        return problem.Line is { } line ? texts["stock.line_says", line, sentence].Value : sentence;
    }
}
