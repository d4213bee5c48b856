using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Texts;
using Platform.Web;
using Portal.Documents.Tables;
using Portal.Web;
using Portal.Web.Display;
using Portal.Web.Lists;

namespace Portal.Audit;

/// <summary>Who did what, and when: for the brand everywhere, for a partner's administrator on the company's own records.</summary>
[Route("audit"), AllowRoles("brand_admin", "finance", "partner_admin")]
public sealed class AuditController(AuditStore audit, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    /// <summary>The acts, the latest first.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken ct)
    {
        var query = ListQuery.Read(Request, AuditStore.Acts);
        return View("AuditList", new AuditListPage(query, await audit.PageAsync(query, ct)));
    }

    /// <summary>The acts as an Excel file.</summary>
    [HttpGet("export"), EnableRateLimiting(RateLimits.Costly)]
    public Task Export(CancellationToken ct)
    {
        List<TableColumn> columns =
        [
            new(t["audit.time"], TableColumnKind.Time, 18), new(t["audit.actor"], Width: 28), new(t["audit.action"], Width: 32), new(t["audit.kind"], Width: 18), new(t["audit.record"], Width: 22),
        ];
        if (me.IsBrand)
        {
            columns.AddRange([new(t["audit.details"], Width: 60), new(t["audit.hash"], Width: 66)]);
        }

        return Response.SendListAsync(t["audit.audit"], me.PartnerName, clock.GetUtcNow(), columns, audit.StreamAsync(ListQuery.Read(Request, AuditStore.Acts), ct).Select(Row), ct);
    }

    IReadOnlyList<object?> Row(AuditRow row)
    {
        List<object?> cells =
        [
            Formats.In(row.HappenedAt, Formats.Zone(me.TimeZone)), AuditWords.Actor(t, row), AuditWords.Action(t, row.Action), AuditWords.Kind(t, row.SubjectKind), row.SubjectNumber,
        ];
        // What the brand found while it judged a claim may speak of other partners.
        if (me.IsBrand)
        {
            cells.AddRange([string.Join('\n', AuditWords.Details(row.Details).Select(line => $"{line.Key}: {line.Value}")), Convert.ToHexStringLower(row.Hash)]);
        }

        return cells;
    }
}

/// <summary>The list of acts.</summary>
/// <param name="Query">What was asked.</param>
/// <param name="Page">The rows.</param>
public sealed record AuditListPage(ListQuery Query, ListPage<AuditRow> Page);
