using Microsoft.AspNetCore.Mvc.Rendering;
using Platform.Texts;
using Platform.Web;
using Portal.Web.Display;

namespace Portal.Deals;

/// <summary>How deals are called on the screen.</summary>
public static class DealWords
{
    static bool Chinese => string.Equals(Languages.Current, "zh-CN", StringComparison.Ordinal);

    /// <summary>How a state feels to the person who works with it.</summary>
    public static Tone Tone(string status) => status switch
    {
        "submitted" or "information_requested" => Web.Display.Tone.Waiting,
        "under_review" or "converted" => Web.Display.Tone.Active,
        "approved" or "won" => Web.Display.Tone.Good,
        "rejected" or "duplicate" or "lost" => Web.Display.Tone.Bad,
        _ => Web.Display.Tone.Neutral,
    };

    /// <summary>How a band feels to a reviewer.</summary>
    public static Tone BandTone(string band) => band switch
    {
        "certain" => Web.Display.Tone.Bad,
        "likely" or "related" => Web.Display.Tone.Waiting,
        "possible" => Web.Display.Tone.Active,
        _ => Web.Display.Tone.Neutral,
    };

    /// <summary>The product lines of a deal in the reader's language.</summary>
    public static string Lines(Deal deal) => string.Join(Chinese ? "、" : ", ", Chinese ? deal.LineNamesZh : deal.LineNames);

    /// <summary>The product lines of a deal in the reader's language.</summary>
    public static string Lines(DealRow deal) => string.Join(Chinese ? "、" : ", ", Chinese ? deal.LineNamesZh : deal.LineNames);

    /// <summary>The name of a line that a deal lost, in the reader's language.</summary>
    public static string LostLine(Deal deal, int place) => Chinese ? deal.LostLineNamesZh[place] : deal.LostLineNames[place];

    /// <summary>The territory of a deal in the reader's language.</summary>
    public static string Territory(Deal deal) => Chinese ? deal.TerritoryNameZh : deal.TerritoryName;

    /// <summary>The territory of a deal in the reader's language.</summary>
    public static string Territory(DealRow deal) => Chinese ? deal.TerritoryNameZh : deal.TerritoryName;

    /// <summary>The product lines to choose from.</summary>
    public static IReadOnlyList<SelectListItem> LineOptions(DealChoices choices) =>
        [.. choices.LineCodes.Zip(Chinese ? choices.LineNamesZh : choices.LineNames, (code, name) => new SelectListItem(name, code))];

    /// <summary>The territories to choose from.</summary>
    public static IReadOnlyList<SelectListItem> TerritoryOptions(DealChoices choices) =>
        [.. choices.TerritoryCodes.Zip(Chinese ? choices.TerritoryNamesZh : choices.TerritoryNames, (code, name) => new SelectListItem(name, code))];

    /// <summary>The states to choose from.</summary>
    public static IReadOnlyList<SelectListItem> StatusOptions(Texts texts) =>
        [.. DealLifecycle.States.Select(status => new SelectListItem(texts[$"deals.status.{status}"], status))];

    /// <summary>Fields of a customer as a sentence names them.</summary>
    public static string Fields(IEnumerable<string> fields, Texts texts) =>
        string.Join(Chinese ? "、" : ", ", fields.Select(field => texts[$"deals.field.{field}"].Value));
}
