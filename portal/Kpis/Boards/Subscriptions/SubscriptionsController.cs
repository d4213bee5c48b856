using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Texts;
using Platform.Web;
using Portal.Documents.Tables;
using Portal.Web;
using Portal.Web.Display;

namespace Portal.Kpis.Boards.Subscriptions;

/// <summary>The dashboards that a person has sent to itself by mail.</summary>
[Route("kpis/subscriptions")]
public sealed class SubscriptionsController(SubscriptionStore subscriptions, BoardScopes scopes, Texts t, ICurrentPerson me, TimeProvider clock) : Controller
{
    /// <summary>All of one's own.</summary>
    [HttpGet]
    public async Task<IActionResult> Index(CancellationToken ct) => View("SubscriptionList", await subscriptions.OfAsync(ct));

    /// <summary>The same as a file.</summary>
    [HttpGet("export"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> Export(CancellationToken ct)
    {
        var zone = Formats.Zone(me.TimeZone);
        await Response.SendListAsync(t["kpis.subscriptions"], me.PartnerName, clock.GetUtcNow(),
            [
                new(t["kpis.subscription.name"], Width: 30), new(t["kpis.subscription.every"], Width: 24), new(t["kpis.subscription.formats"]), new(t["kpis.subscription.next"], TableColumnKind.Date, 12),
                new(t["kpis.subscription.last"], TableColumnKind.Time, 18),
            ],
            (await subscriptions.OfAsync(ct)).ToAsyncEnumerable().Select(IReadOnlyList<object?> (one) =>
            [
                one.Name, t["kpis.subscription.every." + one.Every].Value, string.Join(", ", one.Formats.Select(format => t["kpis.subscription.format." + format].Value)), one.NextOn,
                one.SentAt is { } sent ? Formats.In(sent, zone) : null,
            ]), ct);
        return new EmptyResult();
    }

    /// <summary>The form for the view that the address describes.</summary>
    [HttpGet("new")]
    public async Task<IActionResult> New(BoardAddress asked, CancellationToken ct) =>
        await scopes.ReadAsync(asked, ct) is { } read ? View("SubscriptionForm", new SubscriptionForm { Asked = read }) : NotFound();

    /// <summary>Subscribes.</summary>
    [HttpPost("new")]
    public async Task<IActionResult> Create(BoardAddress asked, SubscriptionForm form, CancellationToken ct)
    {
        if (await scopes.ReadAsync(asked, ct) is not { } read)
        {
            return NotFound();
        }

        form.Asked = read;
        form.Formats = [.. SubscriptionStore.Formats.Where(form.Formats.Contains)];
        var name = form.Name?.Trim() ?? "";
        if (name.Length is 0 or > 60)
        {
            ModelState.AddModelError(nameof(form.Name), t["kpis.subscription.name_wrong"]);
        }

        if (!SubscriptionStore.Paces.Contains(form.Every))
        {
            ModelState.AddModelError(nameof(form.Every), t["kpis.subscription.every_wrong"]);
        }

        if (form.Formats.Count == 0)
        {
            ModelState.AddModelError(nameof(form.Formats), t["kpis.subscription.no_file"]);
        }

        if (ModelState.IsValid && !await subscriptions.AddAsync(name, read.Scope.Query, form.Every!, form.Formats, ct))
        {
            ModelState.AddModelError(nameof(form.Name), t["kpis.subscription.too_many", SubscriptionStore.Most]);
        }

        if (!ModelState.IsValid)
        {
            Response.StatusCode = StatusCodes.Status400BadRequest;
            return View("SubscriptionForm", form);
        }

        this.Flash(FlashKind.Done, t["kpis.subscription.added", name]);
        return RedirectToAction(nameof(Index));
    }

    /// <summary>Ends one.</summary>
    [HttpPost("{number}/end")]
    public async Task<IActionResult> End(string number, CancellationToken ct)
    {
        if (await subscriptions.EndAsync(number, ct) is not { } name)
        {
            return NotFound();
        }

        this.Flash(FlashKind.Done, t["kpis.subscription.ended", name]);
        return RedirectToAction(nameof(Index));
    }
}

/// <summary>What is typed to subscribe.</summary>
public sealed class SubscriptionForm
{
    /// <summary>What is looked at.</summary>
    [Microsoft.AspNetCore.Mvc.ModelBinding.BindNever]
    public BoardAsked? Asked { get; set; }

    /// <summary>What the person calls it.</summary>
    public string? Name { get; set; }

    /// <summary>How often.</summary>
    public string? Every { get; set; } = "week";

    /// <summary>As which files.</summary>
    public List<string> Formats { get; set; } = ["pdf"];
}
