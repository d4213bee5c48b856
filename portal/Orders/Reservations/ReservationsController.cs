using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web.Api;
using Portal.Web;

namespace Portal.Orders;

/// <summary>The seller keeps what is reserved for an order longer, or reserves again what ran out.</summary>
[Route("orders/{number}/reservation"), AllowRoles(SellerRoles.Sales, SellerRoles.Admin, SellerRoles.BrandAdmin, SellerRoles.ChannelManager)]
public sealed class ReservationsController(Reservations reservations, OrderPages pages, Texts t) : Controller
{
    /// <summary>Keeps it until a day.</summary>
    [HttpPost("")]
    public async Task<IActionResult> Keep(string number, int? version, string? keepUntil, string? because, CancellationToken ct) =>
        await AnswerAsync(number, await reservations.KeepAsync(number, version, Typed.Day(keepUntil), Typed.Text(because), ct), "orders.reservation_kept", ct);

    /// <summary>Reserves again.</summary>
    [HttpPost("again"), Idempotent]
    public async Task<IActionResult> Again(string number, int? version, CancellationToken ct) => await AnswerAsync(number, await reservations.ReserveAgainAsync(number, version, ct), "orders.reserved_again", ct);

    async Task<IActionResult> AnswerAsync(string number, OrderOutcome outcome, string doneKey, CancellationToken ct)
    {
        switch (outcome)
        {
            case OrderOutcome.Done:
                this.Flash(FlashKind.Done, t[doneKey, number]);
                return this.ToOrder(number);
            case OrderOutcome.Wrong wrong when await pages.FindAsync(number, wrong.Problems, ct) is { } page:
                Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
                return View("/Orders/OrderPage.cshtml", page);
            default:
                return this.Refuse(number, outcome, t);
        }
    }
}

/// <summary>The same for programs.</summary>
[ApiController]
[Route("api/v1/orders/{number}/reservation"), AllowRoles(SellerRoles.Sales, SellerRoles.Admin, SellerRoles.BrandAdmin, SellerRoles.ChannelManager)]
public sealed class ReservationsApi(Reservations reservations) : ControllerBase
{
    /// <summary>Until when an own sale's goods stay reserved, and whether something ran out.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Show(string number, CancellationToken ct)
    {
        if (await reservations.FindAsync(number, ct) is not { } one)
        {
            return Platform.Web.ApiProblem.NotFound;
        }

        this.SendVersion(one.Version);
        return Ok(one);
    }

    /// <summary>Keeps them until a day, whatever the rule says.</summary>
    [HttpPut("")]
    public async Task<IActionResult> Keep(string number, ReservationAsked asked, [IfMatch] int version, CancellationToken ct) =>
        await reservations.KeepAsync(number, version, asked.KeepUntil, Typed.Text(asked.Reason), ct) is var outcome and not OrderOutcome.Done ? OrderProblems.Of(outcome) : await Show(number, ct);

    /// <summary>Reserves again what ran out, as far as it is there.</summary>
    [HttpPost(""), Idempotent]
    public async Task<IActionResult> Again(string number, CancellationToken ct) =>
        await reservations.ReserveAgainAsync(number, null, ct) is var outcome and not OrderOutcome.Done ? OrderProblems.Of(outcome) : await Show(number, ct);
}

/// <summary>How long a reservation is kept.</summary>
/// <param name="KeepUntil">The last day.</param>
/// <param name="Reason">Why.</param>
public sealed record ReservationAsked(DateOnly? KeepUntil, string? Reason);
