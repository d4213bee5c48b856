using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using Platform.Texts;
using Platform.Web;
using Portal.Web;
using Portal.Web.Display;

namespace Portal.Pricing;

/// <summary>What the pages about prices share: the day it is for the reader, the choices of their forms, how refusals come to their fields.</summary>
static class PricingPage
{
    public static DateOnly Today(this ICurrentPerson me, TimeProvider clock) =>
        DateOnly.FromDateTime(Formats.In(clock.GetUtcNow().UtcDateTime, Formats.Zone(me.TimeZone)));

    public static void Explain(this Controller page, PricingOutcome outcome, string prefix, Texts t)
    {
        if (outcome is PricingOutcome.Stale)
        {
            page.ModelState.AddModelError("", t["pricing.stale"]);
        }
        else if (outcome is PricingOutcome.Refused(var problems))
        {
            foreach (var problem in problems)
            {
                page.ModelState.AddModelError(prefix + (problem.Field is nameof(PriceRuleFacts.Rate) && prefix is "Form." ? nameof(PriceRuleForm.Percent) : problem.Field), t[problem.TextKey, [.. problem.Arguments]]);
            }
        }
    }

    public static IReadOnlyList<SelectListItem> Choices(IEnumerable<string> words, Func<string, string> name) => [.. words.Select(word => new SelectListItem(name(word), word))];

    public static IReadOnlyList<SelectListItem> HistoryChoice(Texts t) => [new(t["pricing.history_all"], "yes")];

    public static IReadOnlyList<SelectListItem> CurrencyChoices() => Choices(Currencies.Codes, code => code);
}
