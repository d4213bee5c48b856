using Identity.Sessions;
using Identity.Web;
using Microsoft.AspNetCore.Mvc;

namespace Identity.OwnAccount;

/// <summary>Ends sessions of one's own.</summary>
[Route("account/sessions")]
[NeedsSession]
sealed class OwnSessionsController(EndOwnSessions end) : Controller
{
    /// <summary>Ends one; that of another person is not there.</summary>
    [HttpPost("{sid}/end")]
    public async Task<IActionResult> Delete(string sid, CancellationToken ct)
    {
        var own = HttpContext.Session()!;
        if (sid == own.Sid)
        {
            return this.SeeOther("/sign-out");
        }

        return await end.OneAsync(HttpContext, own, sid, ct) ? this.SeeOther("/account?done=session") : NotFound();
    }

    /// <summary>Ends all but this.</summary>
    [HttpPost("others/end")]
    public async Task<IActionResult> DeleteOthers(CancellationToken ct)
    {
        await end.OthersAsync(HttpContext, HttpContext.Session()!, ct);
        return this.SeeOther("/account?done=sessions");
    }
}
