using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Texts;
using Platform.Web;
using Platform.Web.Api;
using Portal.Documents.Tables;
using Portal.Web;
using Portal.Web.Lists;

namespace Portal.Worklists;

/// <summary>The worklists (待办): what waits for the person at work, the most urgent first, with the act at hand.</summary>
[Route("worklists"), AllowRoles("partner_admin", "purchasing", "sales", "brand_admin", "channel_manager", "finance")]
public sealed class WorklistsController(WorklistStore worklists, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    /// <summary>The first of the person's worklists.</summary>
    [HttpGet("")]
    public IActionResult Index() => RedirectToAction(nameof(Show), new { list = worklists.Lists[0] });

    /// <summary>One worklist.</summary>
    [HttpGet("{list:regex(^(buying|selling|shipping|books)$)}")]
    public async Task<IActionResult> Show(string list, CancellationToken ct) =>
        await worklists.PageAsync(list, ListQuery.Read(Request, WorklistStore.Shape(list)), ct) is { } page ? View("WorklistPage", page) : Forbid();

    /// <summary>The same as a file.</summary>
    [HttpGet("{list:regex(^(buying|selling|shipping|books)$)}/export"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> Export(string list, CancellationToken ct)
    {
        if (worklists.Stream(list, ListQuery.Read(Request, WorklistStore.Shape(list)), ct) is not { } items)
        {
            return Forbid();
        }

        await Response.SendListAsync(t["worklists.list." + list], me.PartnerName, clock.GetUtcNow(),
            [
                new(t["worklists.kind"], Width: 26), new(t["worklists.document"], Width: 21), new(t["worklists.order"], Width: 21), new(t["worklists.partner"], Width: 30), new(t["worklists.since"], TableColumnKind.Time, 18),
                new(t["worklists.due_on"], TableColumnKind.Date, 12), new(t["worklists.pieces"], TableColumnKind.Number, 10, 0), new(t["worklists.amount"], TableColumnKind.Number), new(t["worklists.currency"], Width: 10),
            ],
            items.Select(IReadOnlyList<object?> (item) =>
                [t["worklists.kind." + item.Kind].Value, item.Number, item.OrderNumber, item.PartnerName, Web.Display.Formats.In(item.Since, Web.Display.Formats.Zone(me.TimeZone)), item.DueOn, item.Pieces, item.Amount, item.Currency]), ct);
        return new EmptyResult();
    }
}

/// <summary>The worklists for programs.</summary>
[ApiController]
[Route("api/v1/worklists"), AllowRoles("partner_admin", "purchasing", "sales", "brand_admin", "channel_manager", "finance")]
public sealed class WorklistsApi(WorklistStore worklists) : ControllerBase
{
    /// <summary>The worklists of whoever asks, with how much of each kind waits and how much of it is late.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken ct)
    {
        List<object> items = [];
        foreach (var list in worklists.Lists)
        {
            items.Add(new { list, kinds = await worklists.CountsAsync(list, ct) });
        }

        return Ok(new { items });
    }

    /// <summary>What waits on a worklist, the most urgent first.</summary>
    /// <param name="list"><c>buying</c>, <c>selling</c>, <c>shipping</c> or <c>books</c>.</param>
    /// <param name="page">Which page.</param>
    /// <param name="kind">Only this kind of work.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("{list:regex(^(buying|selling|shipping|books)$)}")]
    public async Task<IActionResult> Show(string list, [FromQuery] PageRequest page, string? kind = null, CancellationToken ct = default)
    {
        if (!page.TryReadCursor<WorkCursor>(out var after))
        {
            return PageRequest.BadCursor;
        }

        if (kind is not null && !WorkKinds.Lists[list].Any(known => known.Name == kind))
        {
            return ApiProblem.Invalid(new FieldProblem("kind", "worklists.problem.kind", string.Join(", ", WorkKinds.Lists[list].Select(known => known.Name))));
        }

        return await worklists.AfterAsync(list, kind, after, page.Take(), ct) is { } items
            ? Ok(page.Cut(items, item => new WorkCursor(item.Urgent, item.Since, item.Kind, item.Number, item.Currency ?? "")).Select(WorkAnswer.Of))
            : ApiProblem.Forbidden;
    }
}

/// <summary>Something that waits, as the API tells it.</summary>
/// <param name="Kind">What is to be done.</param>
/// <param name="Number">The document.</param>
/// <param name="Order">The order it belongs to, where it is none itself.</param>
/// <param name="Partner">The other side's number.</param>
/// <param name="Since">Since when it waits.</param>
/// <param name="DueOn">By which day it is to be done.</param>
/// <param name="IsLate">That day is over.</param>
/// <param name="Pieces">How many pieces it is about.</param>
/// <param name="Amount">How much money it is about.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Page">Where a person does it.</param>
public sealed record WorkAnswer(string Kind, string Number, string? Order, string? Partner, DateTime Since, DateOnly? DueOn, bool IsLate, long? Pieces, decimal? Amount, string? Currency, string Page)
{
    internal static WorkAnswer Of(WorkItem item) => new(item.Kind, item.Number, item.OrderNumber, item.PartnerNumber, item.Since, item.DueOn, item.IsLate is true, item.Pieces, item.Amount, item.Currency, item.Link);
}
