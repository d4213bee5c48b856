using Identity.Web;
using Microsoft.AspNetCore.Mvc;

namespace Identity.Administration;

/// <summary>What became of something an administrator asked for.</summary>
abstract record Outcome
{
    Outcome()
    {
    }

    /// <summary>It is done.</summary>
    /// <param name="TextKey">What to say.</param>
    public sealed record Done(string TextKey) : Outcome;

    /// <summary>There is nothing of that name, or nothing the administrator may see: the two look the same.</summary>
    public sealed record Unknown : Outcome;

    /// <summary>Nothing was changed.</summary>
    /// <param name="TextKey">Why, and what to do.</param>
    public sealed record Refused(string TextKey) : Outcome;
}

/// <summary>Answers of the administration's controllers.</summary>
static class OutcomeAnswers
{
    /// <summary>Goes on to a page that begins by saying what became of it.</summary>
    public static IActionResult Tell(this Controller controller, Outcome outcome, string path)
    {
        switch (outcome)
        {
            case Outcome.Done done:
                controller.TempData["notice"] = done.TextKey;
                return controller.SeeOther(path);
            case Outcome.Refused refused:
                controller.TempData["refusal"] = refused.TextKey;
                return controller.SeeOther(path);
            default:
                return controller.NotFound();
        }
    }
}
