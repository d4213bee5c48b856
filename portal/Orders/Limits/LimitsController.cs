using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Texts;
using Portal.Web;
using Portal.Web.Display;

namespace Portal.Orders;

/// <summary>What the people of a company may order alone, kept by its administrator.</summary>
[Route("orders/limits"), AllowRoles(BuyerRoles.Admin)]
public sealed class LimitsController(PurchaseLimits limits, ICurrentPerson me, Texts t) : Controller
{
    /// <summary>Everybody who orders, with limits.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken ct)
    {
        var company = await limits.CompanyAsync(ct);
        return View("/Orders/Limits/LimitList.cshtml", new LimitListPage(company, LimitForm.Of(company), me.Currency));
    }

    /// <summary>Takes all that was typed; nothing is kept while something is wrong.</summary>
    [HttpPost(""), Idempotent]
    public async Task<IActionResult> Update(LimitForm form, CancellationToken ct)
    {
        var company = await limits.CompanyAsync(ct);
        var chosen = form.Read(company, ModelState, t);
        if (!ModelState.IsValid)
        {
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return View("/Orders/Limits/LimitList.cshtml", new LimitListPage(company, form, me.Currency));
        }

        if (!await limits.KeepAsync(chosen, ct))
        {
            return Forbid();
        }

        this.Flash(FlashKind.Done, t["orders.limits_kept"]);
        return RedirectToAction(nameof(Index));
    }
}

/// <summary>Limits as they are typed, a row for each person.</summary>
public sealed class LimitForm
{
    /// <summary>The rows.</summary>
    public List<LimitFormRow> Rows { get; set; } = [];

    internal static LimitForm Of(IEnumerable<LimitedPerson> company)
    {
        var people = company.ToList();
        var numbers = people.ToDictionary(person => person.PersonId, person => person.Number);
        return new()
        {
            Rows = [.. people.Select(person => new LimitFormRow
            {
                Person = person.Number,
                PerOrder = person.PerOrder?.ToString("0.####", CultureInfo.CurrentCulture),
                PerMonth = person.PerMonth?.ToString("0.####", CultureInfo.CurrentCulture),
                Approver = person.ApproverId is { } approver ? numbers.GetValueOrDefault(approver) : null,
            })],
        };
    }

    internal List<ChosenLimit> Read(IReadOnlyCollection<LimitedPerson> company, Microsoft.AspNetCore.Mvc.ModelBinding.ModelStateDictionary problems, Texts t)
    {
        var people = company.ToDictionary(person => person.Number, StringComparer.Ordinal);
        var chosen = new List<ChosenLimit>();
        for (var index = 0; index < Rows.Count; index++)
        {
            var row = Rows[index];
            if (!people.TryGetValue(row.Person ?? "", out var person))
            {
                continue; // somebody who left the company meanwhile
            }

            var perOrder = Amount(row.PerOrder, $"Rows[{index}].PerOrder", problems, t);
            var perMonth = Amount(row.PerMonth, $"Rows[{index}].PerMonth", problems, t);
            var approver = string.IsNullOrEmpty(row.Approver) ? null : people.GetValueOrDefault(row.Approver);
            if (!string.IsNullOrEmpty(row.Approver) && (approver is null || approver.Number == person.Number))
            {
                problems.AddModelError($"Rows[{index}].Approver", t["orders.problem.approver"]);
            }

            chosen.Add(new(person.PersonId, person.Number, perOrder, perMonth, approver?.PersonId, approver?.Number));
        }

        return [.. chosen.DistinctBy(limit => limit.PersonId)];
    }

    static decimal? Amount(string? typed, string field, Microsoft.AspNetCore.Mvc.ModelBinding.ModelStateDictionary problems, Texts t)
    {
        if (string.IsNullOrWhiteSpace(typed))
        {
            return null;
        }

        if (decimal.TryParse(typed.Normalize(System.Text.NormalizationForm.FormKC), NumberStyles.Number, CultureInfo.CurrentCulture, out var amount) && amount is >= 0 and < 10_000_000_000_000m)
        {
            return decimal.Round(amount, 4);
        }

        problems.AddModelError(field, t["orders.problem.limit_amount"]);
        return null;
    }
}

/// <summary>The limits of a person as they are typed; nothing is no limit.</summary>
public sealed class LimitFormRow
{
    /// <summary>The person's number.</summary>
    public string? Person { get; set; }

    /// <summary>For a single order.</summary>
    public string? PerOrder { get; set; }

    /// <summary>For all orders of a month.</summary>
    public string? PerMonth { get; set; }

    /// <summary>The number of whoever is asked beyond it; nothing for the administrators.</summary>
    public string? Approver { get; set; }
}

/// <summary>The page of limits.</summary>
/// <param name="Company">Everybody who orders.</param>
/// <param name="Form">What is typed.</param>
/// <param name="Currency">The company's.</param>
public sealed record LimitListPage(IReadOnlyList<LimitedPerson> Company, LimitForm Form, string Currency);
