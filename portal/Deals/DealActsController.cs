using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Portal.Web;

namespace Portal.Deals;

/// <summary>The acts that stand on a deal's page. What a person may do is decided by the acts themselves.</summary>
[Route("deals/{number}")]
public sealed class DealActsController(RegisterDeal registerDeal, PursueDeal pursueDeal, ExtendProtection extendProtection, CommentOnDeal commentOnDeal, Texts t) : Controller
{
    /// <summary>Submits it.</summary>
    [HttpPost("submission"), AllowRoles("sales", "partner_admin"), TakesTurns("registrations")]
    public async Task<IActionResult> Submit(string number, int? version, CancellationToken ct) =>
        this.Back(number, await registerDeal.SubmitAsync(number, version, ct), t, "deals.submitted");

    /// <summary>Gives it up.</summary>
    [HttpPost("withdrawal"), AllowRoles("sales", "partner_admin")]
    public async Task<IActionResult> Withdraw(string number, int? version, string? reason, CancellationToken ct) =>
        this.Back(number, await pursueDeal.WithdrawAsync(number, version, reason, ct), t, "deals.withdrawn");

    /// <summary>Asks for a longer protection.</summary>
    [HttpPost("extensions"), AllowRoles("sales", "partner_admin")]
    public async Task<IActionResult> Extend(string number, int? version, int? days, string? reason, CancellationToken ct) =>
        this.Back(number, await extendProtection.RequestAsync(number, version, days, reason, ct), t, "deals.extension_requested");

    /// <summary>Grants or refuses it.</summary>
    [HttpPost("extensions/decision"), AllowRoles("deal_desk")]
    public async Task<IActionResult> DecideExtension(string number, int? version, string? decision, string? reason, CancellationToken ct) => decision switch
    {
        "grant" => this.Back(number, await extendProtection.GrantAsync(number, version, ct), t, "deals.extension_granted"),
        "refuse" => this.Back(number, await extendProtection.RefuseAsync(number, version, reason, ct), t, "deals.extension_refused"),
        _ => BadRequest(),
    };

    /// <summary>Writes a remark.</summary>
    [HttpPost("comments"), Idempotent]
    public async Task<IActionResult> Comment(string number, string? stream, string? body, CancellationToken ct) =>
        this.Back(number, await commentOnDeal.RunAsync(number, stream, body, ct), t, "deals.commented");
}
