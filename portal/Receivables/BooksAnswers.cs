using Microsoft.AspNetCore.Mvc;
using Platform.Texts;
using Platform.Web;
using Portal.Web;

namespace Portal.Receivables;

/// <summary>How pages and the API answer what became of an act on the books, the same for all acts.</summary>
static class BooksAnswers
{
    /// <summary>The page an act leads to, with a sentence on it; null where the form has to be shown again, its fields explained.</summary>
    /// <param name="controller">The controller whose form it was.</param>
    /// <param name="outcome">What became of it.</param>
    /// <param name="t">The texts.</param>
    /// <param name="doneKey">The sentence for when it is done.</param>
    /// <param name="next">Where it leads when it is done.</param>
    /// <param name="field">What the page calls a field, where that differs.</param>
    public static IActionResult? Leads(this Controller controller, BooksOutcome outcome, Texts t, string doneKey, IActionResult next, Func<string, string>? field = null)
    {
        switch (outcome)
        {
            case BooksOutcome.Done(var number):
                controller.Flash(FlashKind.Done, t[doneKey, number]);
                return next;
            case BooksOutcome.Wrong(var problems):
                controller.ModelState.Explain(problems, t, field);
                controller.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
                return null;
            case BooksOutcome.Forbidden:
                return controller.Forbid();
            default:
                return controller.NotFound();
        }
    }

    /// <summary>The API's answer to what was not done.</summary>
    public static ApiProblem Problem(BooksOutcome outcome) => outcome switch
    {
        BooksOutcome.NotFound => ApiProblem.NotFound,
        BooksOutcome.Forbidden => ApiProblem.Forbidden,
        BooksOutcome.Wrong(var problems) => ApiProblem.Invalid(problems),
        _ => throw new InvalidOperationException($"Nobody has said what to answer to {outcome}."),
    };
}
