using Microsoft.AspNetCore.Mvc;
using Platform.Database;
using Platform.Texts;
using Portal.Web;
using Portal.Web.Lists;
using Portal.Web.Live;

namespace Portal.Notifications;

/// <summary>A person's notifications.</summary>
[Route("notifications")]
public sealed class NotificationsController(NotificationStore notifications, LiveUpdates live, Db db, ICurrentPerson me, Texts t) : Controller
{
    static readonly ListShape Shape = new("notifications", "-told", new Dictionary<string, string>(StringComparer.Ordinal) { ["told"] = "told_at" }, Tie: "notification_id desc", Filters: ["state"]);

    /// <summary>All of them, the latest first.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken ct)
    {
        var query = ListQuery.Read(Request, Shape);
        return View("NotificationList", new NotificationList(query, await notifications.PageAsync(query, ct)));
    }

    /// <summary>The bell, for an open page that was told that something changed.</summary>
    [HttpGet("bell")]
    public IActionResult Bell() => ViewComponent(typeof(Bell));

    /// <summary>Opens one: it is read from now on.</summary>
    [HttpPost("{number:guid}/reading")]
    public async Task<IActionResult> Read(Guid number, CancellationToken ct)
    {
        var link = await ToldToMyPagesAsync(() => notifications.ReadAsync(number, ct), ct);
        return link is null ? NotFound() : LocalRedirect(link);
    }

    /// <summary>All of them are read.</summary>
    [HttpPost("reading")]
    public async Task<IActionResult> ReadAll(CancellationToken ct)
    {
        await ToldToMyPagesAsync(() => notifications.ReadAllAsync(ct), ct);
        this.Flash(FlashKind.Done, t["notifications.all_read"]);
        return RedirectToAction(nameof(Index));
    }

    Task<T> ToldToMyPagesAsync<T>(Func<Task<T>> change, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var result = await change();
        await live.TellAsync([me.PersonId], NotificationStore.Live, ct);
        return result;
    }, ct);
}

/// <summary>What <c>NotificationList.cshtml</c> shows.</summary>
/// <param name="Query">What was asked.</param>
/// <param name="Page">The notifications of the page.</param>
public sealed record NotificationList(ListQuery Query, ListPage<Notification> Page);
