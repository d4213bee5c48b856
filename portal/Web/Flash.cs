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
/// <param name="Href">What it is about, where that is another page than the one it stands on.</param>
public sealed record FlashMessage(FlashKind Kind, string Text, string? Href = null);

/// <summary>Flash messages: <c>this.Flash(FlashKind.Done, T["deals.registered", number])</c> before a redirect.</summary>
public static class FlashMessages
{
    const string Key = "flash";

    /// <summary>Says a sentence on the page that comes next.</summary>
    /// <param name="controller">Whose page comes next.</param>
    /// <param name="kind">What it is about.</param>
    /// <param name="text">The sentence.</param>
    /// <param name="href">The address of what it is about, where the page that comes next is another: the sentence leads there.</param>
    public static void Flash(this Controller controller, FlashKind kind, string text, string? href = null) =>
        controller.TempData[Key] = ((string[]?)controller.TempData[Key] ?? []).Append($"{kind} {href}:{text}").ToArray();

    /// <summary>Takes what is to be said now.</summary>
    public static IEnumerable<FlashMessage> TakeFlash(this ITempDataDictionary temporary) =>
        ((string[]?)temporary[Key] ?? []).Select(Read);

    // An address of ours has no colon.
    static FlashMessage Read(string entry)
    {
        var (head, text) = (entry.Split(':', 2)[0].Split(' ', 2), entry.Split(':', 2)[1]);
        return new(Enum.Parse<FlashKind>(head[0]), text, head[1] is { Length: > 0 } href ? href : null);
    }
}
