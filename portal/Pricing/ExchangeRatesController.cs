using Microsoft.AspNetCore.Mvc;
using Platform.Texts;
using Portal.Web;

namespace Portal.Pricing;

/// <summary>Exchange rates to the brand's currency.</summary>
[Route("prices/rates")]
[AllowRoles("brand_admin", "channel_manager", "deal_desk", "finance")]
public sealed class ExchangeRatesController(ExchangeRates rates, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    /// <summary>The rates, and for finance the form to enter one.</summary>
    [HttpGet("")]
    public Task<IActionResult> Index(CancellationToken ct) => PageAsync(new RateForm { From = me.Today(clock) }, ct);

    /// <summary>Enters a rate.</summary>
    [HttpPost("")]
    [AllowRoles("brand_admin", "finance")]
    public async Task<IActionResult> Create([FromForm(Name = "Form")] RateForm form, CancellationToken ct)
    {
        if (ModelState.IsValid && await rates.EnterAsync(form, ct) is var wrong)
        {
            if (wrong is null)
            {
                this.Flash(FlashKind.Done, t["pricing.rate.entered", form.Currency ?? ""]);
                return RedirectToAction(nameof(Index));
            }

            ModelState.AddModelError("Form." + wrong.Field, t[wrong.TextKey, [.. wrong.Arguments]]);
        }

        return await PageAsync(form, ct);
    }

    async Task<IActionResult> PageAsync(RateForm form, CancellationToken ct) =>
        View("ExchangeRateList", new ExchangeRateListPage(await rates.ListAsync(ct), await rates.BrandCurrencyAsync(ct) ?? "", form, me.Has("finance", "brand_admin")));
}

/// <summary>The rates as <c>ExchangeRateList.cshtml</c> shows them.</summary>
public sealed record ExchangeRateListPage(IReadOnlyList<ExchangeRate> Rates, string BrandCurrency, RateForm Form, bool MayEnter);
