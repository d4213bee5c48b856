using Microsoft.AspNetCore.Mvc;
using Platform.Texts;
using Platform.Web;
using Portal.Web;

namespace Portal.Deals;

/// <summary>How pages and the API answer what became of an act on a deal, the same for all acts.</summary>
static class DealAnswers
{
    /// <summary>The page an act leads to, with a sentence on it; null where the form has to be shown again, its fields explained.</summary>
    /// <param name="controller">The controller whose form it was.</param>
    /// <param name="outcome">What became of it.</param>
    /// <param name="t">The texts.</param>
    /// <param name="doneKey">The sentence for when it is done.</param>
    /// <param name="done">The page of what was done, by its number; the deal's where nothing is said.</param>
    /// <param name="way">Where what was done stands, when the page that comes next is another's: the sentence leads there.</param>
    public static IActionResult? Leads(this Controller controller, DealOutcome outcome, Texts t, string doneKey, Func<string, string>? done = null, string? way = null)
    {
        done ??= PageOf;
        switch (outcome)
        {
            case DealOutcome.Done { Verdict: not null, Number: var number }:
                controller.Flash(FlashKind.Done, t["deals.submitted", number]);
                return controller.Redirect(done(number));
            case DealOutcome.Done { Number: var number, TextKey: var instead }:
                controller.Flash(FlashKind.Done, t[instead ?? doneKey, number], way);
                return controller.Redirect(done(number));
            case DealOutcome.Blocked { Number: var number }:
                controller.Flash(FlashKind.Problem, t["deals.blocked", number]);
                return controller.Redirect(PageOf(number));
            case DealOutcome.Forbidden:
                return controller.StatusCode(StatusCodes.Status403Forbidden);
            case DealOutcome.Missing:
                return controller.NotFound();
            default:
                controller.Explain(outcome, t);
                return null;
        }
    }

    /// <summary>As <see cref="Leads"/>, for acts that stand on the deal's page, or on <paramref name="page"/>: what went wrong is said there.</summary>
    public static IActionResult Back(this Controller controller, string number, DealOutcome outcome, Texts t, string doneKey, string? page = null, Func<string, string>? done = null)
    {
        if (controller.Leads(outcome, t, doneKey, done) is { } led)
        {
            return led;
        }

        foreach (var problem in controller.ModelState.Values.SelectMany(entry => entry.Errors))
        {
            controller.Flash(FlashKind.Problem, problem.ErrorMessage);
        }

        return controller.Redirect(page ?? PageOf(number));
    }

    /// <summary>The API's answer to what was not done.</summary>
    public static IActionResult Problem(DealOutcome outcome) => outcome switch
    {
        DealOutcome.Invalid(var problems) => ApiProblem.Invalid(problems),
        DealOutcome.Refused(var key, var arguments) => ApiProblem.Conflict("deal-" + key.Split('.')[^1].Replace('_', '-'), "deals.refused.title") with { DetailKey = key, Arguments = arguments },
        DealOutcome.Forbidden => ApiProblem.Forbidden,
        DealOutcome.Missing => ApiProblem.NotFound,
        DealOutcome.Stale => ApiProblem.Stale,
        DealOutcome.NoScreeningLeft(var wait) => new ApiProblem(StatusCodes.Status429TooManyRequests, "screening-quota", "deals.refused.title") { DetailKey = "deals.refused.quota", RetryAfter = wait },
        _ => throw new InvalidOperationException($"{outcome.GetType().Name} is no refusal."),
    };

    static string PageOf(string number) => $"/deals/{number}";

    static void Explain(this Controller controller, DealOutcome outcome, Texts t)
    {
        var problems = outcome switch
        {
            DealOutcome.Invalid(var fields) => fields,
            DealOutcome.Refused(var key, var arguments) => [new FieldProblem("", key, arguments)],
            DealOutcome.Stale => [new FieldProblem("", "deals.refused.stale")],
            DealOutcome.NoScreeningLeft => [new FieldProblem("", "deals.refused.quota")],
            _ => throw new InvalidOperationException($"{outcome.GetType().Name} needs no explanation."),
        };
        controller.ModelState.Explain(problems, t, FieldProblems.AsOnForm);
    }
}
