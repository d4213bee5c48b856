using System.Diagnostics;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Database;
using Platform.Texts;
using Platform.Web;
using Portal.Web;

namespace Portal.Deliveries;

/// <summary>One's own subscriptions of the calendar: the list, a new one, the end of one.</summary>
[Route("deliveries/subscriptions"), AllowRoles("brand_admin", "channel_manager", "finance", "deal_desk", "partner_admin", "purchasing", "sales", "viewer")]
public sealed class SubscriptionsController(CalendarSubscriptions subscriptions, ICurrentPerson me, Texts t, IConfiguration settings) : Controller
{
    // The secret travels in the protected cookie of messages to the page that comes next, and is shown there once.
    const string NewSecret = "calendar_secret";

    /// <summary>All of them.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken ct)
    {
        Response.Headers.CacheControl = "no-store";
        return View("SubscriptionList", new SubscriptionListPage(await subscriptions.AllAsync(ct), TempData[NewSecret] is string secret ? $"{PortalUrl.Of(settings)}/calendars/{secret}.ics" : null));
    }

    /// <summary>Subscribes the calendar of a side, narrowed as its page was.</summary>
    [HttpPost("")]
    public async Task<IActionResult> Create(string? side, string? partner, string? place, string? state, CancellationToken ct)
    {
        if (side is not (DeliverySide.Buyer or DeliverySide.Seller or DeliverySide.Channel) || !DeliverySide.IsOpenTo(me, side))
        {
            return NotFound();
        }

        if (await subscriptions.SubscribeAsync(side, Cut(partner, 40), Cut(place, 100), CalendarAsked.States.Contains(state) ? state : null, ct) is { } secret)
        {
            TempData[NewSecret] = secret;
        }
        else
        {
            this.Flash(FlashKind.Problem, t["deliveries.problem.subscriptions", CalendarSubscriptions.Most]);
        }

        return RedirectToAction(nameof(Index));
    }

    /// <summary>Ends one.</summary>
    [HttpPost("{number}/end")]
    public async Task<IActionResult> End(string number, CancellationToken ct)
    {
        await subscriptions.EndAsync(number, ct);
        this.Flash(FlashKind.Done, t["deliveries.unsubscribed"]);
        return RedirectToAction(nameof(Index));
    }

    static string? Cut(string? typed, int longest) => Typed.Text(typed) is { } text ? text[..Math.Min(text.Length, longest)] : null;
}

/// <summary>The calendar of a subscription, for a calendar program that is not signed in: the secret in the address is the proof. What is shown is what its person may see at that moment.</summary>
[AllowAnonymous, ApiExplorerSettings(IgnoreApi = true)]
public sealed class SubscribedCalendarController(CalendarSubscriptions subscriptions, IServiceScopeFactory scopes, Texts t, IConfiguration settings, TimeProvider clock) : Controller
{
    /// <summary>The calendar, from a month back to a year ahead.</summary>
    [HttpGet("calendars/{secret}.ics"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> Show(string secret, CancellationToken ct)
    {
        // The address is the secret: it stands in no trace, no search engine and no cache.
        Activity.Current?.SetTag("url.path", "/calendars/(secret).ics");
        Response.Headers.CacheControl = "private, no-store";
        Response.Headers["X-Robots-Tag"] = "noindex, nofollow";
        if (await subscriptions.ReadAsync(secret, ct) is not { } read)
        {
            return NotFound();
        }

        // As its person, whoever asks: the database lets through what that one may see.
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallerAccessor>().Current = Caller.Subject(read.Issuer, read.Subject);
        if (!await scope.ServiceProvider.GetRequiredService<CalendarSubscriptions>().IsOpenAsync(read.Side, ct))
        {
            return NotFound();
        }

        Languages.Prefer(HttpContext, read.Language);
        return await CalendarController.FeedAsync(scope.ServiceProvider.GetRequiredService<DeliveryCalendar>(), read.Side, (read.PartnerNumber, read.Place, read.State), settings, clock, t, ct);
    }
}

/// <summary>One's own subscriptions.</summary>
/// <param name="Subscriptions">All of them.</param>
/// <param name="Address">The address of the one that was made just now; it is not shown again.</param>
public sealed record SubscriptionListPage(IReadOnlyList<CalendarSubscription> Subscriptions, string? Address);
