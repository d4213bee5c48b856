namespace Portal.Deliveries;

/// <summary>What was ordered, sent and received, line by line over all orders: lists, the calendar of promised days, and how well promises are kept.</summary>
static class DeliveriesFeature
{
    /// <summary>Registers what reads it.</summary>
    public static IServiceCollection AddDeliveries(this IServiceCollection services) => services
        .AddScoped<OrderLines>()
        .AddScoped<Shipments>()
        .AddScoped<GoodsReceipts>()
        .AddScoped<DeliveryCalendar>()
        .AddScoped<CalendarSubscriptions>()
        .AddScoped<Fulfilment>();
}

/// <summary>From which side deliveries are looked at, as addresses name it.</summary>
public static class DeliverySide
{
    /// <summary>What comes to the own company.</summary>
    public const string Buyer = "buyer";

    /// <summary>What the own company sends.</summary>
    public const string Seller = "seller";

    /// <summary>All there is in the channel, for the brand.</summary>
    public const string Channel = "channel";

    /// <summary>A side in an address.</summary>
    public const string Route = "{side:regex(^(buyer|seller|channel)$)}";

    /// <summary>Whoever may look at deliveries.</summary>
    public static IReadOnlyList<string> Roles { get; } = ["brand_admin", "channel_manager", "finance", "deal_desk", "partner_admin", "purchasing", "sales", "viewer"];

    /// <summary>True where the person may look from there: the brand buys from nobody, and nobody else sees the whole channel.</summary>
    public static bool IsOpenTo(Web.ICurrentPerson me, string side) => me.IsBrand ? side is not Buyer : side is not Channel;

    // Which rows of a table with buyer_id and seller_id are of that side, as a condition an index knows; row-level security has the last word.
    internal static string Of(string table, string side) => side switch
    {
        Buyer => $"{table}.buyer_id = (select app_partner_id())",
        Seller => $"{table}.seller_id = (select app_partner_id())",
        _ => "(select app_is_brand())",
    };
}
