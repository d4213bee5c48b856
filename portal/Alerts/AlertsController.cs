using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Texts;
using Platform.Web;
using Portal.Documents.Tables;
using Portal.Kpis;
using Portal.Web;
using Portal.Web.Display;
using Portal.Web.Lists;

namespace Portal.Alerts;

/// <summary>The alerts that tell the reader's company: what is the matter, the rows behind it, and what the company makes of it.</summary>
[Route("alerts")]
public sealed class AlertsController(AlertStore alerts, HandleAlert handle, BrandCalendar calendar, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    /// <summary>The list, the worst first.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken ct)
    {
        var query = ListQuery.Read(Request, AlertStore.Shape);
        return View("AlertList", new AlertListPage(query, await alerts.PageAsync(query, ct),
            [.. AlertStore.States.Select(state => new SelectListItem(t["alerts.state." + state], state))], [.. AlertKinds.All.Select(kind => new SelectListItem(t["alerts.kind." + kind.Name], kind.Name))]));
    }

    /// <summary>The list as a file.</summary>
    [HttpGet("export"), EnableRateLimiting(RateLimits.Costly)]
    public Task Export(CancellationToken ct) => Response.SendListAsync(t["alerts.alerts"], me.PartnerName, clock.GetUtcNow(),
        [
            new(t["alerts.number"]), new(t["alerts.partner"], Width: 30), new(t["alerts.kind"], Width: 26), new(t["alerts.about"], Width: 70), new(t["alerts.figure"], TableColumnKind.Number, 12), new(t["alerts.threshold"], TableColumnKind.Number, 12),
            new(t["alerts.raised_at"], TableColumnKind.Time, 18), new(t["alerts.state"]), new(t["alerts.handled_by"], Width: 20), new(t["alerts.reason"], Width: 40),
        ],
        alerts.Stream(ListQuery.Read(Request, AlertStore.Shape), ct).Select(IReadOnlyList<object?> (alert) =>
        [
            alert.Number, alert.PartnerName, t["alerts.kind." + alert.Kind].Value, AlertWords.Said(t, alert.Kind, alert.PartnerName, alert.Figure, alert.Facts), alert.Figure, alert.Threshold,
            Formats.In(alert.RaisedAt, Formats.Zone(me.TimeZone)), t["alerts.state." + alert.State].Value, alert.PersonName, alert.Reason,
        ]), ct);

    /// <summary>One alert, with the rows behind its figure.</summary>
    [HttpGet("{number:regex(^AL-)}")]
    public async Task<IActionResult> Show(string number, CancellationToken ct) => await alerts.FindAsync(number, ct) is { } alert ? await PageAsync(alert, null, ct) : NotFound();

    /// <summary>Takes it, puts it off, closes it or opens it again.</summary>
    [HttpPost("{number:regex(^AL-)}/handling"), AllowRoles("brand_admin", "channel_manager", "deal_desk", "finance", "partner_admin", "sales", "purchasing")]
    public async Task<IActionResult> Handle(string number, string? act, string? until, string? reason, string? why, int version, CancellationToken ct)
    {
        switch (await handle.RunAsync(number, version, new(act, Typed.Day(until), reason ?? why), ct))
        {
            case AlertHandled.Done(var state):
                this.Flash(FlashKind.Done, t["alerts.now." + state]);
                return RedirectToAction(nameof(Show), new { number });
            case AlertHandled.Invalid(var problems) when await alerts.FindAsync(number, ct) is { } alert:
                // The page asks for a reason in two dialogs, each with a field of its own.
                ModelState.Explain(problems, t, field => field == "reason" && act is "close" ? "why" : field);
                Response.StatusCode = StatusCodes.Status400BadRequest;
                return await PageAsync(alert, act, ct);
            case AlertHandled.Stale:
                this.Flash(FlashKind.Problem, t["alerts.stale"]);
                return RedirectToAction(nameof(Show), new { number });
            default:
                return NotFound();
        }
    }

    async Task<ViewResult> PageAsync(Alert alert, string? refused, CancellationToken ct)
    {
        var (today, currency) = await calendar.TodayAsync(ct);
        return View("AlertPage", new AlertPage(alert, await alerts.RowsAsync(alert, today, ct), await alerts.StepsAsync(alert.AlertId, ct), await alerts.EarlierAsync(alert, ct), today, currency)
        {
            MayHandle = alert.EndedAt is null && me.Has("brand_admin", "channel_manager", "deal_desk", "finance", "partner_admin", "sales", "purchasing"), Refused = refused,
        });
    }
}

/// <summary>What <c>AlertList.cshtml</c> shows.</summary>
/// <param name="Query">What was asked.</param>
/// <param name="Page">The alerts of the page.</param>
/// <param name="States">The states to filter by.</param>
/// <param name="Kinds">The kinds to filter by.</param>
public sealed record AlertListPage(ListQuery Query, ListPage<Alert> Page, IReadOnlyList<SelectListItem> States, IReadOnlyList<SelectListItem> Kinds);

/// <summary>What <c>AlertPage.cshtml</c> shows.</summary>
/// <param name="Alert">The alert.</param>
/// <param name="Rows">The rows behind its figure.</param>
/// <param name="Steps">What happened to it.</param>
/// <param name="Earlier">When the same was raised before.</param>
/// <param name="Today">The brand's day.</param>
/// <param name="Currency">The brand's currency.</param>
public sealed record AlertPage(Alert Alert, IReadOnlyList<AlertRow> Rows, IReadOnlyList<AlertStep> Steps, IReadOnlyList<EarlierAlert> Earlier, DateOnly Today, string Currency)
{
    /// <summary>The reader may deal with it.</summary>
    public bool MayHandle { get; init; }

    /// <summary>What the reader wanted to do and could not.</summary>
    public string? Refused { get; init; }
}
