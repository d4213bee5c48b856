using System.Globalization;
using Platform.Texts;

namespace Portal.Stock;

/// <summary>How stock is said on the pages.</summary>
public static class StockWords
{
    /// <summary>A name in the reader's language.</summary>
    public static string Name(string name, string nameZh) => TextBook.LanguageOf(CultureInfo.CurrentUICulture) == "zh-CN" ? nameZh : name;

    /// <summary>The page of a document of the ledger that belongs to no order; null where it has none.</summary>
    public static string? PageOf(string document) => document.Split('-')[0] switch
    {
        "TF" => "/stock/transfers/" + document,
        "CT" => "/stock/counts/" + document,
        "RT" => "/returns/" + document,
        _ => null,
    };

    /// <summary>What is wrong, in the reader's language.</summary>
    public static string Say(this Texts texts, StockProblem problem)
    {
        var sentence = problem.Arguments.Count == 0 ? texts[problem.TextKey].Value : texts[problem.TextKey, [.. problem.Arguments]].Value;
        return problem.Line is { } line ? texts["stock.line_says", line, sentence].Value : sentence;
    }
}
