using Identity.Web;
using Microsoft.AspNetCore.Mvc;
using Platform.Database;

namespace Identity.Administration.Sessions;

/// <summary>Who is signed in. Ending a session is an act on its person.</summary>
[Route("admin/sessions"), Audience(Administrators.Tenant)]
sealed class SessionsController(SessionListStore sessions) : Controller
{
    /// <summary>The sessions, the one used last first.</summary>
    [HttpGet]
    public async Task<IActionResult> Index(string? words, int? page, CancellationToken ct) =>
        View("SessionList", new SessionListPage(words, await sessions.ListAsync(words, page, HttpContext.Administrator().Only, ct)));
}

/// <summary>The list and the words it is narrowed to.</summary>
sealed record SessionListPage(string? Words, ListPage<SessionRow> Sessions);

/// <summary>One sign-in that lasts.</summary>
sealed class SessionRow
{
    public string Sid { get; init; } = "";

    public string Subject { get; init; } = "";

    public string Name { get; init; } = "";

    public string? Administers { get; init; }

    public string? TenantName { get; init; }

    public string[] Amr { get; init; } = [];

    public DateTime AuthenticatedAt { get; init; }

    public DateTime LastSeenAt { get; init; }

    public string? Address { get; init; }
}

/// <summary>The sessions of a tenant's people, or of all.</summary>
sealed class SessionListStore(Db db, TimeProvider clock)
{
    /// <summary>One page of those that have not ended.</summary>
    public async Task<ListPage<SessionRow>> ListAsync(string? words, int? page, long? only, CancellationToken ct)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var number = ListPage<SessionRow>.Asked(page);
        return ListPage<SessionRow>.Of(await db.ListAsync<SessionRow>("""
            select s.sid, a.subject, a.name, a.administers, t.name as tenant_name, s.amr, s.authenticated_at, s.last_seen_at, s.address
            from sign_in_session s
            join standing_account a on a.account_id = s.account_id
            left join tenant t on t.tenant_id = a.tenant_id
            where s.ends_at > @now and s.last_seen_at > @idleSince
              and (@only::bigint is null or a.tenant_id = @only)
              and (@within::text is null or a.name ilike @within or a.email ilike @within or s.address ilike @within)
            order by s.last_seen_at desc, s.sign_in_session_id desc
            offset @offset limit @limit
            """, new
        {
            now, idleSince = now - Profile.SessionIdle, only, within = LikePattern.WithinIfAny(words),
            offset = (number - 1) * ListPage<SessionRow>.Size, limit = ListPage<SessionRow>.Size + 1,
        }, ct), number);
    }
}
