using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Portal.Web;

namespace Portal.Deals;

/// <summary>Capacity: a partner sees how many open claims it has and why it may have so many, the brand sees all partners and decides requests for more.</summary>
[Route("deals/capacity"), AllowRoles("sales", "partner_admin", "viewer", "brand_admin", "deal_desk", "channel_manager")]
public sealed class CapacityController(CapacityStore capacities, AllowMoreClaims allowMoreClaims, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    /// <summary>The page.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken ct)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var allowances = await capacities.AllowancesAsync(ct);
        return me.IsBrand
            ? View("/Deals/Protection/CapacityList.cshtml", new CapacityList(await capacities.ListAsync(now, ct), allowances, me.Has("brand_admin", "channel_manager")))
            : View("/Deals/Protection/CapacityPage.cshtml", new CapacityPage(await capacities.FindAsync(me.PartnerId, now, ct), await capacities.OpenAsync(me.PartnerId, now, 100, ct), allowances, me.Has("sales", "partner_admin")));
    }

    /// <summary>Asks for more.</summary>
    [HttpPost("requests"), AllowRoles("sales", "partner_admin"), Idempotent]
    public async Task<IActionResult> Ask(int? asked, string? reason, CancellationToken ct) => Back(await allowMoreClaims.RequestAsync(asked, reason, ct), "capacity.asked");

    /// <summary>Decides.</summary>
    [HttpPost("requests/{number}/decision"), AllowRoles("brand_admin", "channel_manager")]
    public async Task<IActionResult> Decide(string number, int? granted, DateOnly? until, string? answer, CancellationToken ct) =>
        Back(await allowMoreClaims.DecideAsync(number, granted, until, answer, ct), "capacity.decided");

    IActionResult Back(DealOutcome outcome, string doneKey) => this.Back("", outcome, t, doneKey, "/deals/capacity", _ => "/deals/capacity");
}

/// <summary>The same for programs.</summary>
[ApiController]
[Route("api/v1/claim-capacity")]
public sealed class CapacityApi(CapacityStore capacities, AllowMoreClaims allowMoreClaims, ICurrentPerson me, TimeProvider clock) : ControllerBase
{
    /// <summary>How many open claims one's own company has and may have, and where the number comes from.</summary>
    [HttpGet(""), AllowRoles("sales", "partner_admin", "viewer")]
    [ProducesResponseType<ClaimCapacity>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Show(CancellationToken ct) => Ok(await capacities.FindAsync(me.PartnerId, clock.GetUtcNow().UtcDateTime, ct));

    /// <summary>How all partners with open claims stand, the fullest first; for the brand.</summary>
    [HttpGet("partners"), AllowRoles("brand_admin", "deal_desk", "channel_manager")]
    [ProducesResponseType<IReadOnlyList<CapacityOfPartner>>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Index(CancellationToken ct) => Ok(await capacities.ListAsync(clock.GetUtcNow().UtcDateTime, ct));

    /// <summary>The requests for more that one may see, those that wait first.</summary>
    [HttpGet("requests"), AllowRoles("sales", "partner_admin", "viewer", "brand_admin", "deal_desk", "channel_manager")]
    [ProducesResponseType<IReadOnlyList<ClaimAllowance>>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Requests(CancellationToken ct) => Ok(await capacities.AllowancesAsync(ct));

    /// <summary>Asks for more open claims.</summary>
    [HttpPost("requests"), AllowRoles("sales", "partner_admin"), Idempotent]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    public async Task<IActionResult> Ask(AllowanceBody body, CancellationToken ct) => Answer(await allowMoreClaims.RequestAsync(body.Asked, body.Reason, ct));

    /// <summary>Decides a request: so many more until that day; 0 refuses and needs an answer.</summary>
    [HttpPost("requests/{number}/decision"), AllowRoles("brand_admin", "channel_manager")]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    public async Task<IActionResult> Decide(string number, AllowanceDecision body, CancellationToken ct) => Answer(await allowMoreClaims.DecideAsync(number, body.Granted, body.Until, body.Answer, ct));

    IActionResult Answer(DealOutcome outcome) => outcome is DealOutcome.Done ? NoContent() : DealAnswers.Problem(outcome);
}

/// <summary>A request for more open claims.</summary>
public sealed record AllowanceBody
{
    /// <summary>How many more.</summary>
    public int? Asked { get; init; }

    /// <summary>Why.</summary>
    public string? Reason { get; init; }
}

/// <summary>What the brand decides about it.</summary>
public sealed record AllowanceDecision
{
    /// <summary>How many more; 0 refuses.</summary>
    public int? Granted { get; init; }

    /// <summary>Up to and with this day.</summary>
    public DateOnly? Until { get; init; }

    /// <summary>What the partner is answered.</summary>
    public string? Answer { get; init; }
}

/// <summary>What <c>CapacityPage.cshtml</c> shows a partner.</summary>
/// <param name="Capacity">How it stands.</param>
/// <param name="Claims">Its open claims, those first that nothing has kept alive for longest.</param>
/// <param name="Allowances">What it asked for.</param>
/// <param name="MayAsk">The reader may ask for more.</param>
public sealed record CapacityPage(ClaimCapacity Capacity, IReadOnlyList<OpenClaim> Claims, IReadOnlyList<ClaimAllowance> Allowances, bool MayAsk)
{
    /// <summary>A request waits.</summary>
    public bool Waits => Allowances.Any(allowance => allowance.Granted is null);
}

/// <summary>What <c>CapacityList.cshtml</c> shows the brand.</summary>
/// <param name="Partners">The partners with open claims.</param>
/// <param name="Allowances">What was asked for.</param>
/// <param name="MayDecide">The reader decides.</param>
public sealed record CapacityList(IReadOnlyList<CapacityOfPartner> Partners, IReadOnlyList<ClaimAllowance> Allowances, bool MayDecide);
