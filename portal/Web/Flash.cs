using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ViewFeatures;

namespace Portal.Web;

/// <summary>What a flash message is about.</summary>
public enum FlashKind
{
    /// <summary>What was asked for has been done.</summary>
    Done,

    /// <summary>Something to know.</summary>
    Note,

    /// <summary>It was not done, and why.</summary>
    Problem,
}

/// <summary>One sentence for the page that comes next; kept in MVC's protected TempData cookie, shown once.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Text">The sentence, in the reader's language.</param>
public sealed record FlashMessage(FlashKind Kind, string Text);

/// <summary>Flash messages: <c>this.Flash(FlashKind.Done, T["deals.registered", number])</c> before a redirect.</summary>
public static class FlashMessages
{
    const string Key = "flash";

    /// <summary>Says a sentence on the page that comes next.</summary>
    public static void Flash(this Controller controller, FlashKind kind, string text) =>
        controller.TempData[Key] = ((string[]?)controller.TempData[Key] ?? []).Append($"{kind}:{text}").ToArray();

    /// <summary>Takes what is to be said now.</summary>
    public static IEnumerable<FlashMessage> TakeFlash(this ITempDataDictionary temporary) =>
        ((string[]?)temporary[Key] ?? []).Select(entry => entry.Split(':', 2)).Select(entry => new FlashMessage(Enum.Parse<FlashKind>(entry[0]), entry[1]));
}
