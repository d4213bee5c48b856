using Identity.Grants;
using Identity.Throttling;
using Platform.Audit;
using Platform.Database;

namespace Identity.Sessions;

/// <summary>Ends sessions of somebody in other browsers, as the person wishes; what was granted in them ends too.</summary>
sealed class EndOwnSessions(Db db, SessionStore sessions, GrantStore grants, AuditTrail audit)
{
    /// <summary>Ends one.</summary>
    /// <returns>False when the person has no such session (any more).</returns>
    public Task<bool> OneAsync(HttpContext http, SignInSession own, string sid, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        if (!await sessions.DeleteAsync(own.AccountId, sid, ct))
        {
            return false;
        }

        await grants.RevokeSessionAsync(sid, "session_ended", ct);
        await audit.RecordAsync("session.ended", "account", own.Subject, null, new { sid, address = Throttle.Address(http) }, ct);
        return true;
    }, ct);

    /// <summary>Ends all but the one of this browser.</summary>
    public Task OthersAsync(HttpContext http, SignInSession own, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var ended = await sessions.DeleteOthersAsync(own.AccountId, own.Sid, ct);
        await grants.RevokeOthersAsync(own.AccountId, own.Sid, "session_ended", ct);
        await audit.RecordAsync("session.others_ended", "account", own.Subject, null, new { ended, address = Throttle.Address(http) }, ct);
    }, ct);
}
