using Platform.Database;

namespace Portal.Kpis;

/// <summary>
/// Takes the facts that KPIs are made of, in the transaction of the change that causes them. The change's share is an inserted
/// row, so no two changes wait for each other; <see cref="FoldFacts"/> moves the shares into the roll-ups that dashboards read.
/// </summary>
public sealed class KpiFacts(Db db)
{
    /// <summary>Adds shares; a correction adds a negative one on the same day.</summary>
    /// <param name="facts">Any number; one statement.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task AddAsync(IReadOnlyCollection<KpiFact> facts, CancellationToken ct) =>
        facts.Count == 0 ? Task.CompletedTask : db.ExecuteAsync("select kpi_add(@partners, @metrics, @lines, @days, @values)", new
        {
            partners = facts.Select(fact => fact.PartnerId).ToArray(),
            metrics = facts.Select(fact => fact.Metric).ToArray(),
            lines = facts.Select(fact => fact.ProductLineId).ToArray(),
            days = facts.Select(fact => fact.Day).ToArray(),
            values = facts.Select(fact => fact.Value).ToArray(),
        }, ct);

    /// <summary>Counts one for a partner, on the day on which a moment falls for the brand.</summary>
    public Task CountAsync(long partnerId, string metric, DateTime at, CancellationToken ct) =>
        db.ExecuteAsync("select kpi_add(array[@partnerId], array[@metric], array[null::bigint], array[brand_day(@at)], array[1.0])", new { partnerId, metric, at }, ct);

    /// <summary>Adds what confirmed orders mean as they stand now; call it after the change that confirmed or altered them, in its transaction.</summary>
    /// <param name="orderIds">Orders that are not confirmed mean nothing and may be among them.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task AddOrdersAsync(long[] orderIds, CancellationToken ct) => db.ExecuteAsync("select kpi_add_orders(@orderIds, 1)", new { orderIds }, ct);

    /// <summary>Takes back what confirmed orders mean as they stand now; call it before a change to them, and <see cref="AddOrdersAsync"/> after it.</summary>
    public Task TakeBackOrdersAsync(long[] orderIds, CancellationToken ct) => db.ExecuteAsync("select kpi_add_orders(@orderIds, -1)", new { orderIds }, ct);
}

/// <summary>A share of a fact.</summary>
/// <param name="PartnerId">Whose figure it is: of sell-in the partner that bought, of sell-through the partner that sold.</param>
/// <param name="Metric">One of <see cref="Metric"/>.</param>
/// <param name="ProductLineId">The product line, where the metric knows one.</param>
/// <param name="Day">The day it counts for, in the brand's time zone.</param>
/// <param name="Value">Money in the brand's currency, pieces or a count, as the metric says; negative takes back.</param>
public sealed record KpiFact(long PartnerId, string Metric, long? ProductLineId, DateOnly Day, decimal Value);

/// <summary>The names of the metrics that are rolled up (指标).</summary>
public static class Metric
{
    /// <summary>Sold by the brand to the partner, money.</summary>
    public const string SellIn = "sell_in";

    /// <summary>The same in pieces.</summary>
    public const string SellInUnits = "sell_in_units";

    /// <summary>Sold by the partner to the next tier, money.</summary>
    public const string SellThrough = "sell_through";

    /// <summary>The same in pieces.</summary>
    public const string SellThroughUnits = "sell_through_units";

    /// <summary>What the partner bought from whichever upstream, money; of a distributor it equals sell-in.</summary>
    public const string Purchases = "purchases";

    /// <summary>Deal registrations submitted, a count.</summary>
    public const string DealsRegistered = "deals_registered";

    /// <summary>Deal registrations approved, a count.</summary>
    public const string DealsApproved = "deals_approved";

    /// <summary>Deals won, a count.</summary>
    public const string DealsWon = "deals_won";

    /// <summary>Deals lost, a count.</summary>
    public const string DealsLost = "deals_lost";

    /// <summary>Quotes sent to customers, a count.</summary>
    public const string QuotesSent = "quotes_sent";

    /// <summary>What the brand's sales to the partner were worth at list price, as far as one is known, money.</summary>
    public const string SellInList = "sell_in_list";

    /// <summary>List value less what was paid, money.</summary>
    public const string SellInDiscount = "sell_in_discount";

    /// <summary>What the partner's own sales were worth at list price, as far as one is known, money.</summary>
    public const string SellThroughList = "sell_through_list";

    /// <summary>List value less what was paid, money.</summary>
    public const string SellThroughDiscount = "sell_through_discount";

    /// <summary>Sold to end customers as the partner's stock moves say, pieces.</summary>
    public const string SellOutUnits = "sell_out_units";

    /// <summary>Gone by the partner's stock reports and by no move, pieces; with <see cref="SellOutUnits"/> the sell-out as calculated.</summary>
    public const string SellOutUnitsUnreported = "sell_out_units_unreported";

    /// <summary>Deal registrations rejected, a count.</summary>
    public const string DealsRejected = "deals_rejected";

    /// <summary>Deal registrations found to be duplicates, a count.</summary>
    public const string DealsDuplicate = "deals_duplicate";

    /// <summary>Deal registrations withdrawn by the partner, a count.</summary>
    public const string DealsWithdrawn = "deals_withdrawn";

    /// <summary>Deals whose protection ended without a result, a count.</summary>
    public const string DealsExpired = "deals_expired";

    /// <summary>What the deals won are worth, money.</summary>
    public const string DealsWonValue = "deals_won_value";

    /// <summary>Deals won after an approval, a count.</summary>
    public const string DealConversions = "deal_conversions";

    /// <summary>Days from approval to win, added up over <see cref="DealConversions"/>.</summary>
    public const string DealConversionDays = "deal_conversion_days";

    /// <summary>End customers with whom the partner won its first deal, a count.</summary>
    public const string NewCustomers = "new_customers";

    /// <summary>What the quotes sent were worth at list price, money.</summary>
    public const string QuotedList = "quoted_list";

    /// <summary>List value less what was offered, money.</summary>
    public const string QuotedDiscount = "quoted_discount";

    /// <summary>Pieces that the partner, as seller, should have sent on the day.</summary>
    public const string FillDue = "fill_due";

    /// <summary>Of those, what it had sent by the end of the day.</summary>
    public const string FillOnTime = "fill_on_time";

    /// <summary>Pieces that the partner, as buyer, should have had on the day.</summary>
    public const string ReceiptDue = "receipt_due";

    /// <summary>Of those, what had come in good order by the end of the day.</summary>
    public const string ReceiptOnTime = "receipt_on_time";

    /// <summary>What the partner's approved, open deals are worth, money; a level.</summary>
    public const string Pipeline = "pipeline";

    /// <summary>What the partner owes, money; a level.</summary>
    public const string ReceivablesOpen = "receivables_open";

    /// <summary>What it owes past the due day, money; a level.</summary>
    public const string ReceivablesOverdue = "receivables_overdue";

    /// <summary>What the partner holds by the stock ledger, pieces; a level.</summary>
    public const string StockOnHand = "stock_on_hand";

    /// <summary>What the partner says it holds, pieces; a level.</summary>
    public const string StockReported = "stock_reported";
}
