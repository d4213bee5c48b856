using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Texts;
using Portal.Web;

namespace Portal.Disputes;

/// <summary>The brand's calendar: holidays, and the weekend days worked in their place.</summary>
[Route("disputes/calendar"), AllowRoles("brand_admin", "deal_desk")]
public sealed class WorkingDaysController(WorkingDays days, ICurrentPerson me, Texts t) : Controller
{
    /// <summary>Shows it, from the beginning of this year.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken ct) => await PageAsync(ct);

    /// <summary>Enters a day.</summary>
    [HttpPost(""), AllowRoles("brand_admin"), Idempotent]
    public async Task<IActionResult> Create([FromForm] DateOnly? day, [FromForm] string? name, CancellationToken ct)
    {
        switch (await days.PutAsync(day, name, ct))
        {
            case DisputeOutcome.Done(var number):
                this.Flash(FlashKind.Done, t["disputes.day_entered", number]);
                return RedirectToAction(nameof(Index));
            case DisputeOutcome.Invalid(var problems):
                ModelState.Explain(problems, t);
                return await PageAsync(ct);
            default:
                throw new InvalidOperationException("A day is entered or wrong.");
        }
    }

    /// <summary>Takes a day away.</summary>
    [HttpPost("{day}/removal"), AllowRoles("brand_admin")]
    public async Task<IActionResult> Delete(DateOnly day, CancellationToken ct)
    {
        if (await days.RemoveAsync(day, ct) is not DisputeOutcome.Done(var number))
        {
            return NotFound();
        }

        this.Flash(FlashKind.Done, t["disputes.day_removed", number]);
        return RedirectToAction(nameof(Index));
    }

    async Task<ViewResult> PageAsync(CancellationToken ct)
    {
        var today = await days.TodayAsync(ct);
        return View("WorkingDays", new WorkingDaysPage(await days.FromAsync(new DateOnly(today.Year, 1, 1), ct), me.Has("brand_admin")));
    }
}

/// <summary>What <c>WorkingDays.cshtml</c> shows.</summary>
/// <param name="Days">The exceptions.</param>
/// <param name="MayChange">The person keeps them.</param>
public sealed record WorkingDaysPage(IReadOnlyList<WorkingDayException> Days, bool MayChange);
