using Identity.Keys;
using Microsoft.AspNetCore.Mvc;

namespace Identity.Administration.Keys;

/// <summary>The keys that sign tokens.</summary>
[Route("admin/keys"), Audience(Administrators.Installation)]
sealed class KeysController(SigningKeyStore keys, RotateKeys rotate, TimeProvider clock) : Controller
{
    /// <summary>All of them with their state, ended ones too.</summary>
    [HttpGet]
    public async Task<IActionResult> Index(CancellationToken ct)
    {
        var all = await keys.ListAsync(ct);
        return View("KeyList", all.ConvertAll(key => new KeyRow(key, State(key, all))));
    }

    /// <summary>Lets the next keys sign as soon as everybody can know them.</summary>
    [HttpPost("rotation"), Audience(Administrators.Installation, Fresh = true)]
    public async Task<IActionResult> Rotate(CancellationToken ct)
    {
        await rotate.RotateNowAsync(ct);
        return this.Tell(new Outcome.Done("keys.rotated"), "/admin/keys");
    }

    /// <summary>Declares a key compromised.</summary>
    [HttpPost("revocation"), Audience(Administrators.Installation, Fresh = true)]
    public async Task<IActionResult> Revoke(string? kid, string? reason, CancellationToken ct) => this.Tell(
        reason?.Trim() is not { Length: > 0 and <= 200 } because ? new Outcome.Refused("keys.reason_missing")
        : await rotate.RevokeAsync(kid ?? "", because, ct) ? new Outcome.Done("keys.revoked")
        : new Outcome.Refused("keys.ended_already"),
        "/admin/keys");

    string State(SigningKey key, List<SigningKey> all)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return key switch
        {
            { RevokedAt: not null } => "revoked",
            { RetiredAt: not null } => "retired",
            _ when key.SignsFrom > now => "announced",
            _ when KeyLife.SigningAt(now, key.Algorithm, all)?.Kid == key.Kid => "signing",
            _ => "verifying",
        };
    }
}

/// <summary>A key and what it is good for now.</summary>
sealed record KeyRow(SigningKey Key, string State);
