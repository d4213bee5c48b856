using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Portal.Documents.Tables;
using Portal.Web;
using Portal.Web.Forms;
using Portal.Web.Display;
using Portal.Web.Lists;

namespace Portal.Webhooks;

/// <summary>The endpoints of the own company on the pages: what they want, what became of each delivery.</summary>
[Route("webhooks"), AllowRoles(WebhookRoles.Partner, WebhookRoles.Brand)]
public sealed class WebhooksController(WebhookStore webhooks, KeepWebhooks keep, ReplayWebhooks replay, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    // The secret travels in the protected cookie of messages to the page that comes next, and is shown there once.
    const string NewSecret = "webhook_secret";

    /// <summary>All of them.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken ct) => View("EndpointList", await webhooks.AllAsync(ct));

    /// <summary>The form for a new one.</summary>
    [HttpGet("new")]
    public IActionResult New() => Form(new() { EventTypes = [.. WebhookEvents.All.Where(type => type.Group is "order" or "shipment" or "invoice").Select(type => type.Name)] });

    /// <summary>Adds it.</summary>
    [HttpPost(""), Idempotent]
    public async Task<IActionResult> Create([FromForm(Name = "Form")] EndpointForm form, CancellationToken ct) => After(await keep.CreateAsync(form.Facts, null, ct), form, "webhooks.done.added");

    /// <summary>One endpoint with its deliveries.</summary>
    [HttpGet("{number}")]
    public async Task<IActionResult> Show(string number, CancellationToken ct)
    {
        if (await webhooks.FindAsync(number, ct) is not { } endpoint)
        {
            return NotFound();
        }

        var query = ListQuery.Read(Request, WebhookStore.Shape);
        Response.Headers.CacheControl = "no-store";
        return View("EndpointPage", new EndpointPage(endpoint, query, await webhooks.DeliveriesAsync(number, query, ct), TempData[NewSecret] as string, DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime)));
    }

    /// <summary>Its deliveries as a file.</summary>
    [HttpGet("{number}/export"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> Export(string number, CancellationToken ct)
    {
        if (await webhooks.FindAsync(number, ct) is null)
        {
            return NotFound();
        }

        await Response.SendListAsync(t["webhooks.deliveries"], me.PartnerName, clock.GetUtcNow(),
            [
                new(t["webhooks.happened"], TableColumnKind.Time, 18), new(t["webhooks.event_type"], Width: 28), new(t["webhooks.record"], Width: 22), new("webhook-id", Width: 38), new(t["webhooks.status"], Width: 14), new(t["webhooks.result"], Width: 32),
                new(t["webhooks.attempts"], TableColumnKind.Number, 10, 0), new(t["webhooks.took"], TableColumnKind.Number, 10, 0),
            ],
            webhooks.StreamAsync(number, ListQuery.Read(Request, WebhookStore.Shape), ct).Select(IReadOnlyList<object?> (row) =>
            [
                Formats.In(row.OccurredAt, Formats.Zone(me.TimeZone)), t[$"webhooks.event.{row.EventType}"].Value, row.Subject, row.Event, t[$"webhooks.delivery_status.{row.Status}"].Value, WebhookWords.Result(t, row.LastStatus, row.LastError), row.Attempts, row.LastMilliseconds,
            ]), ct);
        return new EmptyResult();
    }

    /// <summary>The form of one that is there.</summary>
    [HttpGet("{number}/edit")]
    public async Task<IActionResult> Edit(string number, CancellationToken ct) => await webhooks.FindAsync(number, ct) is { } endpoint
        ? Form(new() { Number = number, Version = endpoint.Version, Url = endpoint.Url, Description = endpoint.Description, EventTypes = endpoint.EventTypes, Scope = endpoint.Scope })
        : NotFound();

    /// <summary>Changes it.</summary>
    [HttpPost("{number}"), Idempotent]
    public async Task<IActionResult> Update(string number, [FromForm(Name = "Form")] EndpointForm form, CancellationToken ct) =>
        After(await keep.ChangeAsync(number, form.Version, form.Facts, ct), form with { Number = number }, "webhooks.done.changed");

    /// <summary>Stops sending.</summary>
    [HttpPost("{number}/pause"), Idempotent]
    public async Task<IActionResult> Pause(string number, CancellationToken ct) => Back(number, await keep.PauseAsync(number, null, ct), "webhooks.done.paused");

    /// <summary>Sends again.</summary>
    [HttpPost("{number}/resumption"), Idempotent]
    public async Task<IActionResult> Resume(string number, CancellationToken ct) => Back(number, await keep.ResumeAsync(number, null, ct), "webhooks.done.resumed");

    /// <summary>Gives it a new secret.</summary>
    [HttpPost("{number}/secret"), Idempotent]
    public async Task<IActionResult> Renew(string number, int? overlapHours, CancellationToken ct) => Back(number, await keep.RotateAsync(number, null, overlapHours ?? -1, ct), "webhooks.done.renewed");

    /// <summary>Takes it away.</summary>
    [HttpPost("{number}/delete"), Idempotent]
    public async Task<IActionResult> Delete(string number, CancellationToken ct)
    {
        if (await keep.RemoveAsync(number, ct) is not WebhookOutcome.Done)
        {
            return NotFound();
        }

        this.Flash(FlashKind.Done, t["webhooks.done.removed"]);
        return RedirectToAction(nameof(Index));
    }

    /// <summary>Sends a test event.</summary>
    [HttpPost("{number}/tests"), Idempotent]
    public async Task<IActionResult> Test(string number, CancellationToken ct) => await replay.TestAsync(number, ct) is WebhookOutcome.Done(var delivery)
        ? RedirectToAction(nameof(Delivery), new { number = delivery })
        : NotFound();

    /// <summary>Sends the events since a day again.</summary>
    [HttpPost("{number}/replays"), Idempotent]
    public async Task<IActionResult> Replay(string number, string? since, bool onlyMissed, CancellationToken ct)
    {
        DateTime? from = Typed.Day(since) is { } day ? Web.Display.Formats.InUtc(day.ToDateTime(TimeOnly.MinValue), Web.Display.Formats.Zone(me.TimeZone)) : null;
        var outcome = await replay.SinceAsync(number, from, null, onlyMissed, ct);
        if (outcome is WebhookOutcome.Done done)
        {
            this.Flash(FlashKind.Done, t["webhooks.done.replayed", done.Deliveries]);
            return RedirectToAction(nameof(Show), new { number });
        }

        return Back(number, outcome, "");
    }

    /// <summary>One delivery with what was sent and what came back.</summary>
    [HttpGet("deliveries/{number}")]
    public async Task<IActionResult> Delivery(string number, CancellationToken ct) => await webhooks.DeliveryAsync(number, ct) is { } page ? View("DeliveryPage", page) : NotFound();

    /// <summary>Sends its event again.</summary>
    [HttpPost("deliveries/{number}/replay"), Idempotent]
    public async Task<IActionResult> ReplayOne(string number, CancellationToken ct)
    {
        if (await replay.OneAsync(number, ct) is not WebhookOutcome.Done(var delivery))
        {
            return NotFound();
        }

        this.Flash(FlashKind.Done, t["webhooks.done.replayed_one"]);
        return RedirectToAction(nameof(Delivery), new { number = delivery });
    }

    IActionResult After(WebhookOutcome outcome, EndpointForm form, string done)
    {
        switch (outcome)
        {
            case WebhookOutcome.Done made:
                Keep(made);
                this.Flash(FlashKind.Done, t[done]);
                return RedirectToAction(nameof(Show), new { number = made.Number });
            case WebhookOutcome.Wrong(var problems):
                ModelState.Explain(problems, t, field => "Form." + FieldProblems.AsOnForm(field));
                break;
            case WebhookOutcome.Stale:
                ModelState.AddModelError("", t["webhooks.stale"]);
                break;
            case WebhookOutcome.Forbidden:
                return Forbid();
            default:
                return NotFound();
        }

        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return Form(form);
    }

    IActionResult Back(string number, WebhookOutcome outcome, string done)
    {
        if (outcome is WebhookOutcome.NotFound)
        {
            return NotFound();
        }

        if (outcome is WebhookOutcome.Done made)
        {
            Keep(made);
            this.Flash(FlashKind.Done, t[done]);
        }
        else if (outcome is WebhookOutcome.Wrong(var problems))
        {
            this.Flash(FlashKind.Problem, problems[0].Text(t));
            ModelState.Explain(problems, t);
            this.KeepTyped("/webhooks/" + number);
        }

        return RedirectToAction(nameof(Show), new { number });
    }

    void Keep(WebhookOutcome.Done made)
    {
        if (made.Secret is { } secret)
        {
            TempData[NewSecret] = secret;
        }
    }

    ViewResult Form(EndpointForm form) => View("EndpointForm", form with { IsBrand = me.IsBrand });
}

/// <summary>What the form of an endpoint holds.</summary>
public sealed record EndpointForm
{
    /// <summary>The endpoint that is changed; null for a new one.</summary>
    public string? Number { get; init; }

    /// <summary>The version that was read; none for a new one.</summary>
    public int? Version { get; init; }

    /// <summary>Where events are sent.</summary>
    public string? Url { get; init; }

    /// <summary>What it is for.</summary>
    public string? Description { get; init; }

    /// <summary>Which events it wants.</summary>
    public IReadOnlyList<string>? EventTypes { get; init; }

    /// <summary>Whom it listens to.</summary>
    public string? Scope { get; init; }

    /// <summary>Whether the brand asks, which has a channel.</summary>
    public bool IsBrand { get; init; }

    internal WebhookFacts Facts => new() { Url = Url, Description = Description, EventTypes = EventTypes ?? [], Scope = Scope };
}

/// <summary>An endpoint's page.</summary>
/// <param name="Endpoint">The endpoint.</param>
/// <param name="Query">What was asked of its deliveries.</param>
/// <param name="Deliveries">Those.</param>
/// <param name="Secret">Its new secret, on the page after it was made only.</param>
/// <param name="Today">The day it is.</param>
public sealed record EndpointPage(WebhookEndpoint Endpoint, ListQuery Query, ListPage<WebhookDelivery> Deliveries, string? Secret, DateOnly Today);
