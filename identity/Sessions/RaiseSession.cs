using Identity.Throttling;
using Identity.Web;
using Platform.Audit;
using Platform.Database;

namespace Identity.Sessions;

/// <summary>
/// Lets the session of this browser go on with one more factor shown, under a new key (ASVS 7.2.4). When it began, when it ends and when
/// the password was shown stay what they were.
/// </summary>
sealed class RaiseSession(Db db, SessionStore sessions, AuditTrail audit)
{
    /// <summary>Does so; a session that has ended meanwhile stays ended.</summary>
    public async Task RunAsync(HttpContext http, SignInSession session, string[] shown, CancellationToken ct)
    {
        var key = Secret.New();
        var amr = session.Amr.Union(shown, StringComparer.Ordinal).ToArray();
        var goesOn = await db.InTransactionAsync(async () =>
        {
            if (!await sessions.RaiseAsync(session.SignInSessionId, key, amr, ct))
            {
                return false;
            }

            await audit.RecordAsync("sign_in.raised", "account", session.Subject, null, new { session.Sid, amr, address = Throttle.Address(http) }, ct);
            return true;
        }, ct);
        if (goesOn)
        {
            SessionCookie.Write(http.Response, key);
        }
    }
}
