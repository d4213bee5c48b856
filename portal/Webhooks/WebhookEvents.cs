namespace Portal.Webhooks;

/// <summary>The events that can be subscribed to, by what they are about. Which act raises which stands in the table <c>webhook_source</c>; a test holds the two together.</summary>
public static class WebhookEvents
{
    /// <summary>What the button "send a test" sends; nobody subscribes to it.</summary>
    public const string Test = "webhook.test";

    /// <summary>Stock moved or was promised; raised by the stock itself.</summary>
    public const string StockChanged = "stock.changed";

    static readonly IReadOnlyList<string> SubscriptionHappenings = ["begun", "changed", "renewed", "ended"];

    /// <summary>What becomes of subscriptions; raised by the subscriptions themselves.</summary>
    public static IReadOnlyList<string> OfSubscriptions { get; } = [.. SubscriptionHappenings.Select(happening => "subscription." + happening)];

    /// <summary>All of them, in the order in which pages show them.</summary>
    public static IReadOnlyList<WebhookEventType> All { get; } =
    [
        .. Of("order", "order", "submitted", "approval_asked", "sent_back", "recalled", "confirmed", "allocated", "unreserved", "rejected", "cancelled", "change_asked", "changed", "change_declined", "change_withdrawn", "credit_held", "credit_released", "closed"),
        .. Of("shipment", "shipment", "sent"),
        .. Of("shipment", "receipt", "received"),
        .. Of("invoice", "invoice", "issued"),
        .. Of("credit_note", "credit_note", "issued"),
        .. Of("payment", "payment", "recorded", "matched", "unmatched", "reversed"),
        .. Of("payout", "payout", "recorded", "undone"),
        .. Of("return", "return", "requested", "approved", "refused", "withdrawn", "sent", "settled"),
        .. Of("discrepancy", "discrepancy", "filed", "disputed", "renewed", "withdrawn", "settled"),
        .. Of("stock", "stock", "changed"),
        .. Of("deal", "deal", "submitted", "blocked", "review_started", "information_requested", "approved", "rejected", "duplicate", "withdrawn", "expired", "released", "extended", "amended", "special_prices_asked", "special_prices_granted", "special_prices_refused", "special_prices_withdrawn", "converted", "won", "lost"),
        .. Of("quote", "quote", "sent", "opened", "accepted", "declined", "changes_asked", "withdrawn", "ordered"),
        .. Of("subscription", "subscription", SubscriptionHappenings),
        .. Of("alert", "alert", "raised", "ended"),
    ];

    /// <summary>The groups that pages show, in order.</summary>
    public static IEnumerable<IGrouping<string, WebhookEventType>> Groups => All.GroupBy(type => type.Group, StringComparer.Ordinal);

    /// <summary>The event of that name, or null.</summary>
    public static WebhookEventType? Find(string? name) => All.FirstOrDefault(type => type.Name == name);

    static IEnumerable<WebhookEventType> Of(string group, string subject, params IReadOnlyList<string> happenings) => happenings.Select(happening => new WebhookEventType($"{group}.{happening}", group, subject));
}

/// <summary>One event that can be subscribed to.</summary>
/// <param name="Name">Its name: <c>order.submitted</c>.</param>
/// <param name="Group">Beside which others it stands.</param>
/// <param name="Subject">Which record its payload shows; it decides on the schema.</param>
public sealed record WebhookEventType(string Name, string Group, string Subject);
