using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Portal.Web;
using Portal.Web.Display;

namespace Portal.Deals;

/// <summary>The form by which the claimant records an activity, or corrects one.</summary>
[Route("deals/{number}/activities"), AllowRoles("sales", "partner_admin")]
public sealed class ActivitiesController(DealStore deals, ActivityStore activities, RecordActivity recordActivity, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    /// <summary>The form; with <paramref name="corrects"/> it holds what that activity says.</summary>
    [HttpGet("new")]
    public async Task<IActionResult> New(string number, string? corrects, string? kind, CancellationToken ct)
    {
        if (await deals.FindAsync(number, ct) is not { } deal || !deal.Allows("record_activity"))
        {
            return NotFound();
        }

        var wrong = corrects is null ? null : await activities.FindAsync(deal.DealId, corrects, ct);
        return corrects is not null && wrong is null ? NotFound() : Form(deal, wrong is null ? Blank(kind) : Of(wrong));
    }

    /// <summary>Records it.</summary>
    [HttpPost(""), Idempotent]
    public async Task<IActionResult> Create(string number, [FromForm] ActivityForm form, CancellationToken ct)
    {
        if (await deals.FindAsync(number, ct) is not { } deal)
        {
            return NotFound();
        }

        return ModelState.IsValid && this.Leads(await recordActivity.RunAsync(number, form.Typed(Zone), ct), t, form.Corrects is null ? "activities.recorded" : "activities.corrected") is { } page
            ? page
            : Form(deal, form);
    }

    /// <summary>Takes one back.</summary>
    [HttpPost("{activity}/retraction")]
    public async Task<IActionResult> Retract(string number, string activity, string? reason, CancellationToken ct) =>
        this.Back(number, await recordActivity.RetractAsync(number, activity, reason, ct), t, "activities.retracted");

    TimeZoneInfo Zone => Formats.Zone(me.TimeZone);

    ViewResult Form(Deal deal, ActivityForm form)
    {
        ViewData["Deal"] = deal;
        return View("/Deals/Activities/ActivityForm.cshtml", form);
    }

    ActivityForm Blank(string? kind) => new() { Kind = kind, HappenedAt = ToTheMinute(Formats.In(clock.GetUtcNow().UtcDateTime, Zone)) };

    ActivityForm Of(DealActivity activity) => new()
    {
        Corrects = activity.Number, Kind = activity.Kind, HappenedAt = ToTheMinute(Formats.In(activity.HappenedAt, Zone)), WithWhom = activity.WithWhom, Note = activity.Note,
        NextStep = activity.NextStep, NextStepDue = activity.NextStepDue,
    };

    static DateTime ToTheMinute(DateTime time) => new(time.Year, time.Month, time.Day, time.Hour, time.Minute, 0, DateTimeKind.Unspecified);
}

/// <summary>What the form sends; times in the zone of whoever fills it in.</summary>
public sealed class ActivityForm
{
    /// <summary>The activity that is corrected.</summary>
    public string? Corrects { get; set; }

    /// <summary>What it was.</summary>
    public string? Kind { get; set; }

    /// <summary>When.</summary>
    public DateTime? HappenedAt { get; set; }

    /// <summary>With whom.</summary>
    [StringLength(200)]
    public string? WithWhom { get; set; }

    /// <summary>What was said and found.</summary>
    [StringLength(4000)]
    public string? Note { get; set; }

    /// <summary>What comes next.</summary>
    [StringLength(500)]
    public string? NextStep { get; set; }

    /// <summary>By which day.</summary>
    public DateOnly? NextStepDue { get; set; }

    /// <summary>What was typed. An hour that the clocks skip is taken an hour later.</summary>
    public ActivityTyped Typed(TimeZoneInfo zone) => new()
    {
        Corrects = string.IsNullOrWhiteSpace(Corrects) ? null : Corrects, Kind = Kind, WithWhom = WithWhom, Note = Note, NextStep = NextStep, NextStepDue = NextStepDue,
        HappenedAt = HappenedAt is { } local ? Portal.Web.Display.Formats.InUtc(local, zone) : null,
    };
}
