using Microsoft.AspNetCore.Mvc;
using Platform.Texts;
using Platform.Web;
using Portal.Deals;
using Portal.Web;

namespace Portal.Leads;

/// <summary>How pages and the API answer what became of an act on a lead.</summary>
static class LeadAnswers
{
    /// <summary>The page an act leads to, with a sentence on it; null where the form has to be shown again, its fields explained.</summary>
    public static IActionResult? Leads(this Controller controller, LeadOutcome outcome, Texts t, string doneKey)
    {
        switch (outcome)
        {
            case LeadOutcome.Done { Deal: { } deal, Number: var number }:
                controller.Flash(FlashKind.Done, t["leads.accepted", number, deal]);
                return controller.Redirect($"/deals/{deal}");
            case LeadOutcome.Done { Number: var number }:
                controller.Flash(FlashKind.Done, t[doneKey, number]);
                return controller.Redirect(doneKey is "leads.declined" ? "/leads" : $"/leads/{number}");
            case LeadOutcome.Forbidden:
                return controller.StatusCode(StatusCodes.Status403Forbidden);
            case LeadOutcome.NotRegistered { Why: DealOutcome.Forbidden }:
                return controller.StatusCode(StatusCodes.Status403Forbidden);
            default:
                controller.ModelState.Explain(Problems(outcome), t, FieldProblems.AsOnForm);
                return null;
        }
    }

    /// <summary>As <see cref="Leads"/>, for acts that stand on a page of their own: what went wrong is said there.</summary>
    public static IActionResult Back(this Controller controller, LeadOutcome outcome, Texts t, string doneKey, string page)
    {
        if (controller.Leads(outcome, t, doneKey) is { } led)
        {
            return led;
        }

        foreach (var problem in controller.ModelState.Values.SelectMany(entry => entry.Errors))
        {
            controller.Flash(FlashKind.Problem, problem.ErrorMessage);
        }

        return controller.Redirect(outcome is LeadOutcome.Gone ? "/leads" : page);
    }

    /// <summary>The API's answer to what was not done.</summary>
    public static IActionResult Problem(LeadOutcome outcome) => outcome switch
    {
        LeadOutcome.Invalid(var problems) => ApiProblem.Invalid(problems),
        LeadOutcome.Refused(var key, var arguments) => ApiProblem.Conflict("lead-" + key.Split('.')[^1].Replace('_', '-'), "leads.refused.title") with { DetailKey = key, Arguments = arguments },
        LeadOutcome.Forbidden => ApiProblem.Forbidden,
        LeadOutcome.Gone => ApiProblem.NotFound,
        LeadOutcome.Stale => ApiProblem.Stale,
        LeadOutcome.NotRegistered(var why) => DealAnswers.Problem(why),
        _ => throw new InvalidOperationException($"{outcome.GetType().Name} is no refusal."),
    };

    static IReadOnlyList<FieldProblem> Problems(LeadOutcome outcome) => outcome switch
    {
        LeadOutcome.Invalid(var problems) => problems,
        LeadOutcome.Refused(var key, var arguments) => [new("", key, arguments)],
        LeadOutcome.Gone => [new("", "leads.refused.gone")],
        LeadOutcome.Stale => [new("", "leads.refused.stale")],
        LeadOutcome.NotRegistered { Why: DealOutcome.Invalid(var problems) } => problems,
        LeadOutcome.NotRegistered { Why: DealOutcome.Refused(var key, var arguments) } => [new("", key, arguments)],
        LeadOutcome.NotRegistered { Why: DealOutcome.NoScreeningLeft } => [new("", "deals.refused.quota")],
        _ => [new("", "leads.refused.state")],
    };
}
