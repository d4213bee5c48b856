using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Web;
using Platform.Web.Api;
using Portal.Web;

namespace Portal.Webhooks;

/// <summary>Endpoints for events, for programs of a company's administrators.</summary>
[ApiController]
[Route("api/v1/webhook-endpoints"), AllowRoles(WebhookRoles.Partner, WebhookRoles.Brand)]
public sealed class WebhookEndpointsApi(WebhookStore webhooks, KeepWebhooks keep, ReplayWebhooks replay) : ControllerBase
{
    static readonly string[] States = ["pending", "delivered", "given_up"];

    /// <summary>The endpoints of the own company.</summary>
    [HttpGet("")]
    [ProducesResponseType<Page<EndpointAnswer>>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Index([FromQuery] PageRequest page, CancellationToken ct) => page.TryReadCursor<EndpointCursor>(out var after)
        ? Ok(page.Cut(await webhooks.AfterAsync(after?.Number, page.Take(), ct), row => new EndpointCursor(row.Number)).Select(EndpointAnswer.Of))
        : PageRequest.BadCursor;

    /// <summary>One of them.</summary>
    [HttpGet("{number}")]
    [ProducesResponseType<EndpointAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Show(string number, CancellationToken ct)
    {
        if (await webhooks.FindAsync(number, ct) is not { } endpoint)
        {
            return ApiProblem.NotFound;
        }

        this.SendVersion(endpoint.Version);
        return Ok(EndpointAnswer.Of(endpoint));
    }

    /// <summary>Adds one. Send a <c>secret</c> of your own, or ask for one afterwards with <c>POST …/secret</c>.</summary>
    [HttpPost(""), Idempotent]
    public async Task<IActionResult> Create(EndpointAsked asked, CancellationToken ct) => await keep.CreateAsync(asked.Facts, asked.Secret, ct) switch
    {
        // An answer that is kept for repetition must not hold a secret.
        WebhookOutcome.Done(var number) => CreatedAtAction(nameof(Show), new { number }, new { number, status = "active", version = 1 }),
        var outcome => WebhookProblems.Of(outcome),
    };

    /// <summary>Writes all facts of one; what is left out is emptied.</summary>
    [HttpPut("{number}")]
    public async Task<IActionResult> Update(string number, EndpointFactsAsked asked, [IfMatch] int version, CancellationToken ct) => await AnswerAsync(await keep.ChangeAsync(number, version, asked.Facts, ct), number, ct);

    /// <summary>Takes one away with its log.</summary>
    [HttpDelete("{number}")]
    public async Task<IActionResult> Delete(string number, CancellationToken ct) => await keep.RemoveAsync(number, ct) is WebhookOutcome.Done ? NoContent() : ApiProblem.NotFound;

    /// <summary>Stops sending; what happens meanwhile is kept, to be replayed.</summary>
    [HttpPost("{number}/pause")]
    public async Task<IActionResult> Pause(string number, [IfMatch] int version, CancellationToken ct) => await AnswerAsync(await keep.PauseAsync(number, version, ct), number, ct);

    /// <summary>Sends again, also after it was switched off.</summary>
    [HttpPost("{number}/resumption")]
    public async Task<IActionResult> Resume(string number, [IfMatch] int version, CancellationToken ct) => await AnswerAsync(await keep.ResumeAsync(number, version, ct), number, ct);

    /// <summary>Makes a new secret and answers it, this once. The one before stays good for <c>overlapHours</c> (24), so that a receiver can change over without a gap.</summary>
    [HttpPost("{number}/secret")]
    [ProducesResponseType<SecretAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Renew(string number, [FromBody] RenewalAsked asked, [IfMatch] int version, CancellationToken ct)
    {
        var outcome = await keep.RotateAsync(number, version, asked.OverlapHours, ct);
        if (outcome is not WebhookOutcome.Done { Secret: { } secret })
        {
            return WebhookProblems.Of(outcome);
        }

        Response.Headers.CacheControl = "no-store";
        this.SendVersion(version + 1);
        return Ok(new SecretAnswer(number, secret));
    }

    /// <summary>Sends a test event; its delivery is answered.</summary>
    [HttpPost("{number}/tests"), Idempotent]
    public async Task<IActionResult> Test(string number, CancellationToken ct) => Asked(await replay.TestAsync(number, ct));

    /// <summary>Sends the events of a time again, also those that were never sent because it was paused or off.</summary>
    [HttpPost("{number}/replays"), Idempotent]
    public async Task<IActionResult> Replay(string number, ReplayAsked asked, CancellationToken ct) =>
        await replay.SinceAsync(number, asked.Since?.UtcDateTime, asked.Until?.UtcDateTime, asked.OnlyMissed, ct) switch
        {
            WebhookOutcome.Done done => Accepted(new { number, deliveries = done.Deliveries }),
            var outcome => WebhookProblems.Of(outcome),
        };

    /// <summary>The deliveries of an endpoint, the newest first.</summary>
    /// <param name="number">The endpoint.</param>
    /// <param name="page">Which page.</param>
    /// <param name="status">Only <c>pending</c>, <c>delivered</c> or <c>given_up</c>.</param>
    /// <param name="type">Only this event.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("{number}/deliveries")]
    public async Task<IActionResult> Deliveries(string number, [FromQuery] PageRequest page, string? status = null, string? type = null, CancellationToken ct = default)
    {
        if (!page.TryReadCursor<DeliveryCursor>(out var before))
        {
            return PageRequest.BadCursor;
        }

        if (status is not null && !States.Contains(status))
        {
            return ApiProblem.Invalid(new FieldProblem("status", "webhooks.problem.status"));
        }

        return await webhooks.FindAsync(number, ct) is null
            ? ApiProblem.NotFound
            : Ok(page.Cut(await webhooks.DeliveriesBeforeAsync(number, status, type, before?.Key, page.Take(), ct), row => new DeliveryCursor(row.WebhookDeliveryId)).Select(DeliveryAnswer.Of));
    }

    IActionResult Asked(WebhookOutcome outcome) => outcome is WebhookOutcome.Done(var delivery)
        ? Created(new Uri("/api/v1/webhook-deliveries/" + delivery, UriKind.Relative), new { number = delivery })
        : WebhookProblems.Of(outcome);

    async Task<IActionResult> AnswerAsync(WebhookOutcome outcome, string number, CancellationToken ct) => outcome is WebhookOutcome.Done ? await Show(number, ct) : WebhookProblems.Of(outcome);
}

/// <summary>Single deliveries, for programs.</summary>
[ApiController]
[Route("api/v1/webhook-deliveries"), AllowRoles(WebhookRoles.Partner, WebhookRoles.Brand)]
public sealed class WebhookDeliveriesApi(WebhookStore webhooks, ReplayWebhooks replay) : ControllerBase
{
    /// <summary>One delivery with what was sent and each attempt.</summary>
    [HttpGet("{number}")]
    [ProducesResponseType<DeliveryAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Show(string number, CancellationToken ct) =>
        await webhooks.DeliveryAsync(number, ct) is { } page ? Ok(DeliveryAnswer.Of(page.Delivery) with { Body = page.Body, Tries = page.Attempts }) : ApiProblem.NotFound;

    /// <summary>Sends its event again to the same endpoint.</summary>
    [HttpPost("{number}/replay"), Idempotent]
    public async Task<IActionResult> Replay(string number, CancellationToken ct) => await replay.OneAsync(number, ct) is WebhookOutcome.Done(var delivery)
        ? CreatedAtAction(nameof(Show), new { number = delivery }, new { number = delivery })
        : ApiProblem.NotFound;
}

/// <summary>The events that can be subscribed to, for anybody who has signed in.</summary>
[ApiController]
[Route("api/v1/webhook-event-types")]
public sealed class WebhookEventTypesApi : ControllerBase
{
    /// <summary>All of them, each with its schema's address.</summary>
    [HttpGet("")]
    public IActionResult Index() => Ok(new { items = WebhookEvents.All.Select(type => new { type.Name, type.Subject, version = 1, schema = $"/api/v1/webhook-event-types/{type.Name}/schema" }) });

    /// <summary>What an event holds, as JSON Schema.</summary>
    [HttpGet("{name}/schema"), Produces("application/schema+json", "application/json")]
    [ProducesResponseType<JsonObject>(StatusCodes.Status200OK)]
    public IActionResult Schema(string name) => WebhookEvents.Find(name) is { } type ? Content(WebhookSchemas.Of(type).ToJsonString(), "application/schema+json") : ApiProblem.NotFound;
}

/// <summary>An endpoint as a program adds it.</summary>
/// <param name="Url">Where events are sent: https, on the public internet.</param>
/// <param name="Description">What it is for.</param>
/// <param name="EventTypes">Which events it wants, of <c>webhook-event-types</c>.</param>
/// <param name="Scope"><c>channel</c> for the brand that wants to hear of all its channel; <c>own</c> where left out.</param>
/// <param name="Secret">A secret of one's own, <c>whsec_</c> and 24 to 64 bytes in base64; left out, one is made.</param>
public sealed record EndpointAsked(string? Url, string? Description, IReadOnlyList<string>? EventTypes, string? Scope = null, string? Secret = null)
{
    internal WebhookFacts Facts => new() { Url = Url, Description = Description, EventTypes = EventTypes ?? [], Scope = Scope };
}

/// <summary>What a program says of an endpoint that is there.</summary>
/// <param name="Url">Where events are sent.</param>
/// <param name="Description">What it is for.</param>
/// <param name="EventTypes">Which events it wants.</param>
/// <param name="Scope"><c>own</c> or, for the brand, <c>channel</c>.</param>
public sealed record EndpointFactsAsked(string? Url, string? Description, IReadOnlyList<string>? EventTypes, string? Scope = null)
{
    internal WebhookFacts Facts => new() { Url = Url, Description = Description, EventTypes = EventTypes ?? [], Scope = Scope };
}

/// <summary>How a secret is renewed.</summary>
/// <param name="OverlapHours">For how many hours the old one stays good.</param>
public sealed record RenewalAsked(int OverlapHours = 24);

/// <summary>Which events are sent again.</summary>
/// <param name="Since">From when on.</param>
/// <param name="Until">Until when; now where left out.</param>
/// <param name="OnlyMissed">Only those that never arrived.</param>
public sealed record ReplayAsked(DateTimeOffset? Since, DateTimeOffset? Until = null, bool OnlyMissed = false);

/// <summary>A new secret; it is not shown again.</summary>
public sealed record SecretAnswer(string Number, string Secret);

/// <summary>An endpoint as the API tells it.</summary>
public sealed record EndpointAnswer(
    string Number, string Url, string? Description, IReadOnlyList<string> EventTypes, string Scope, string Status, string? OffBecause, DateTime? PreviousSecretUntil, int Failures, DateTime? FailingSince, DateTime? LastSuccessAt,
    long Waiting, long Delivered, long GivenUp, int? MedianMilliseconds, DateTime CreatedAt, int Version)
{
    internal static EndpointAnswer Of(WebhookEndpoint row) => new(
        row.Number, row.Url, row.Description, row.EventTypes, row.Scope, row.Status, row.OffBecause, row.PreviousUntil, row.Failures, row.FailingSince, row.LastSuccessAt,
        row.Waiting, row.Delivered, row.GivenUp, row.MedianMilliseconds, row.CreatedAt, row.Version);
}

/// <summary>A delivery as the API tells it.</summary>
public sealed record DeliveryAnswer(
    string Number, string Endpoint, string Event, string Type, string Subject, DateTime OccurredAt, bool IsReplay, string Status, int Attempts, DateTime? NextAt, int? LastStatus, string? LastError, int? LastMilliseconds)
{
    /// <summary>What is sent; of one delivery only.</summary>
    public string? Body { get; init; }

    /// <summary>Each attempt, the newest first; of one delivery only.</summary>
    public IReadOnlyList<WebhookAttempt>? Tries { get; init; }

    internal static DeliveryAnswer Of(WebhookDelivery row) => new(
        row.Number, row.Endpoint, row.Event, row.EventType, row.Subject, row.OccurredAt, row.IsReplay, row.Status, row.Attempts, row.NextAt, row.LastStatus, row.LastError, row.LastMilliseconds);
}

/// <summary>Where a page of endpoints ended.</summary>
sealed record EndpointCursor(string Number);

/// <summary>Where a page of deliveries ended.</summary>
sealed record DeliveryCursor(long Key);

/// <summary>What the API says when an act was not done.</summary>
static class WebhookProblems
{
    public static ApiProblem Of(WebhookOutcome outcome) => outcome switch
    {
        WebhookOutcome.Stale => ApiProblem.Stale,
        WebhookOutcome.Forbidden => ApiProblem.Forbidden,
        WebhookOutcome.Wrong(var problems) => ApiProblem.Invalid([.. problems]),
        _ => ApiProblem.NotFound,
    };
}
