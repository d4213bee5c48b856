using Identity.Grants;
using Identity.Throttling;
using Identity.Users;
using Identity.Web;
using Platform.Audit;
using Platform.Database;

namespace Identity.Sessions;

/// <summary>Begins the session of somebody who has just proved who they are; whatever session the browser had before ends.</summary>
sealed class BeginSession(Db db, SessionStore sessions, GrantStore grants, AuditTrail audit, CallerAccessor caller)
{
    const int LongestUserAgent = 300;

    /// <summary>Does so; a new key each time, so that a key planted before is worth nothing.</summary>
    /// <param name="http">The browser.</param>
    /// <param name="account">Who.</param>
    /// <param name="amr">How they proved it (RFC 8176).</param>
    /// <param name="ct">Stops waiting.</param>
    /// <param name="through">The provider that vouches for them; null: they showed a credential of ours.</param>
    public async Task RunAsync(HttpContext http, Account account, string[] amr, CancellationToken ct, ProviderOfSession? through = null)
    {
        var key = Secret.New();
        var userAgent = http.Request.Headers.UserAgent.ToString();
        caller.Current = Caller.System("account:" + account.Subject);
        await db.InTransactionAsync(async () =>
        {
            var sid = await ReplaceAsync(http, account, ct);
            await sessions.InsertAsync(key, sid, account.AccountId, amr, Throttle.Address(http), userAgent[..Math.Min(userAgent.Length, LongestUserAgent)], through, ct);
            await audit.RecordAsync("sign_in.succeeded", "account", account.Subject, null, new { sid, amr, idp = through?.Scheme, address = Throttle.Address(http) }, ct);
        }, ct);
        SessionCookie.Write(http.Response, key);
    }

    // The same person again (a fresh proof was asked for) goes on under the same sid, which applications know; anybody else begins anew.
    async Task<string> ReplaceAsync(HttpContext http, Account account, CancellationToken ct)
    {
        if (SessionCookie.Read(http.Request) is not { } old || await sessions.DeleteAsync(old, ct) is not { } before)
        {
            return Secret.NewName();
        }

        if (before.Subject == account.Subject)
        {
            return before.Sid;
        }

        await grants.RevokeSessionAsync(before.Sid, "another_person_signed_in", ct);
        return Secret.NewName();
    }
}

/// <summary>Ends the session of this browser, and with it all that was granted in it.</summary>
sealed class EndSession(Db db, SessionStore sessions, GrantStore grants, AuditTrail audit)
{
    /// <summary>Does so; ending a session twice is no mistake.</summary>
    public async Task RunAsync(HttpContext http, CancellationToken ct)
    {
        if (SessionCookie.Read(http.Request) is { } key)
        {
            await db.InTransactionAsync(async () =>
            {
                if (await sessions.DeleteAsync(key, ct) is { } ended)
                {
                    await grants.RevokeSessionAsync(ended.Sid, "signed_out", ct);
                    await audit.RecordAsync("sign_out", "account", ended.Subject, null, new { ended.Sid, address = Throttle.Address(http) }, ct);
                }
            }, ct);
        }

        SessionCookie.Delete(http.Response);
        // Not "cookies": that would clear those of every service under the same domain.
        http.Response.Headers["Clear-Site-Data"] = "\"cache\", \"storage\"";
    }
}
