using Identity.Tenants;
using Microsoft.AspNetCore.Mvc;
using Platform.Audit;
using Platform.Database;

namespace Identity.Administration.Audit;

/// <summary>What was done here, by whom: all of it, or what concerns the own tenant.</summary>
[Route("admin/audit"), Audience(Administrators.Tenant)]
sealed class AuditController(AuditListStore acts, TenantStore tenants, Db db, AuditTrail audit, TimeProvider clock) : Controller
{
    Administrator Me => HttpContext.Administrator();

    /// <summary>The acts, the latest first.</summary>
    [HttpGet]
    public async Task<IActionResult> Index([FromQuery] AuditQuery query, CancellationToken ct)
    {
        var (rows, hasNext) = await acts.ListAsync(Trimmed(query), Me.Only, ct);
        return View("AuditList", new AuditPage(query, rows, hasNext, Me.IsOfInstallation ? await tenants.ListAsync(ct) : []));
    }

    /// <summary>All acts of the question as a file. Who takes the audit out of the house stands in it too.</summary>
    [HttpGet("export")]
    public async Task Export([FromQuery] AuditQuery query, CancellationToken ct)
    {
        Trimmed(query).Before = null;
        await db.InTransactionAsync(() => audit.RecordAsync("audit.exported", "account", Me.Subject, null, new { query.From, query.To, query.Actor, query.Act, query.Subject, query.Tenant }, ct), ct);
        Response.ContentType = "text/csv; charset=utf-8";
        Response.Headers.ContentDisposition = $"attachment; filename=\"audit-{clock.GetUtcNow():yyyyMMdd-HHmm}.csv\"";
        await AuditCsv.WriteAsync(Response.Body, acts.StreamAsync(query, Me.Only, ct), ct);
    }

    static AuditQuery Trimmed(AuditQuery query)
    {
        (query.Actor, query.Act, query.Subject) = (query.Actor?.Trim(), query.Act?.Trim(), query.Subject?.Trim());
        return query;
    }
}

/// <summary>A page of the audit.</summary>
sealed record AuditPage(AuditQuery Query, IReadOnlyList<AuditRow> Rows, bool HasNext, IReadOnlyList<Tenant> Tenants);
