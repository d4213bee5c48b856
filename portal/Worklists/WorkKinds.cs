using Portal.Orders;
using Portal.Receivables;
using Portal.Stock;

namespace Portal.Worklists;

/// <summary>A kind of work that waits for somebody: who does it, where it is done, and the statement that finds it.</summary>
/// <param name="Name">What it is called in addresses and texts.</param>
/// <param name="Roles">Who does it.</param>
/// <param name="Act">The address of the act, with <c>{0}</c> for the number of the document.</param>
/// <param name="Sql">Finds what waits for the company at work: kind, number, order_number, partner_id, since, due_on, pieces, amount, currency.</param>
public sealed record WorkKind(string Name, IReadOnlyList<string> Roles, string Act, string Sql)
{
    /// <summary>Where the act on a document is done.</summary>
    public string Link(string number) => string.Format(System.Globalization.CultureInfo.InvariantCulture, Act, Uri.EscapeDataString(number));
}

/// <summary>All kinds of work, and the worklists (待办) they stand on. What is waiting is said as the features themselves say it: the lists behind the tiles of the start page show the same rows.</summary>
public static class WorkKinds
{
    const string AtWork = "in ('confirmed', 'partially_shipped')";
    const string Changeable = "in ('submitted', 'confirmed', 'partially_shipped')";

    /// <summary>Orders beyond a purchase limit, for whoever may decide.</summary>
    public static WorkKind Approve { get; } = new("approve", BuyerRoles.All, "/orders/{0}", $"""
        select 'approve', o.number, null, o.seller_id, a.asked_at, (select min(l.requested_on) from purchase_order_line l where l.purchase_order_id = o.purchase_order_id), null::bigint, o.total_amount, o.currency
        from order_approval a
        join purchase_order o on o.purchase_order_id = a.purchase_order_id and o.buyer_id = (select app_partner_id()) and o.status = 'pending_approval'
        where a.outcome is null and {OrderApprovals.Deciders}
        """);

    /// <summary>Drafts that lie.</summary>
    public static WorkKind Draft { get; } = new("draft", BuyerRoles.All, "/orders/{0}/edit", """
        select 'draft', o.number, null, o.seller_id, o.created_at, null::date, null::bigint, o.total_amount, o.currency
        from purchase_order o
        where o.buyer_id = (select app_partner_id()) and o.status = 'draft'
        """);

    /// <summary>Changes that a seller asked for.</summary>
    public static WorkKind AnswerPurchase { get; } = new("answer_purchase", BuyerRoles.All, "/orders/{0}#changes", $"""
        select 'answer_purchase', o.number, null, o.seller_id, c.asked_at, null::date, null::bigint, o.total_amount, o.currency
        from order_change c
        join purchase_order o on o.purchase_order_id = c.purchase_order_id and o.status {Changeable}
        where c.status = 'open' and c.asked_by_side = 'seller' and c.buyer_id = (select app_partner_id())
        """);

    /// <summary>Shipments on their way; late where the day that was promised, or wanted, is over.</summary>
    public static WorkKind Receive { get; } = new("receive", BuyerRoles.All, "/shipments/{0}/receipts/new", """
        select 'receive', s.number, o.number, s.seller_id, s.shipped_at, min(coalesce(l.promised_on, l.requested_on)), sum(sl.quantity - sl.received - sl.lost)::bigint, null::numeric, null
        from purchase_order o
        join shipment s on s.purchase_order_id = o.purchase_order_id
        join shipment_line sl on sl.shipment_id = s.shipment_id and sl.received + sl.lost < sl.quantity
        join purchase_order_line l on l.purchase_order_line_id = sl.purchase_order_line_id
        where o.buyer_id = (select app_partner_id()) and o.status in ('partially_shipped', 'shipped') and not o.drop_ships
        group by s.shipment_id, s.number, o.number, s.seller_id, s.shipped_at
        """);

    /// <summary>Discrepancies that the seller disputes.</summary>
    public static WorkKind Disputed { get; } = new("disputed", BuyerRoles.All, "/discrepancies/{0}", """
        select 'disputed', c.number, o.number, c.seller_id, c.opened_at, c.answer_by, c.quantity::bigint, null::numeric, null
        from discrepancy_case c
        join purchase_order o on o.purchase_order_id = c.purchase_order_id
        where c.status = 'disputed' and c.buyer_id = (select app_partner_id())
        """);

    /// <summary>Returns that the seller agreed to.</summary>
    public static WorkKind SendBack { get; } = new("send_back", BuyerRoles.All, "/returns/{0}", """
        select 'send_back', r.number, null, r.seller_id, r.requested_at, r.answer_by, (select sum(l.approved) from return_order_line l where l.return_order_id = r.return_order_id)::bigint, r.amount, r.currency
        from return_order r
        where r.status = 'approved' and r.buyer_id = (select app_partner_id())
        """);

    /// <summary>Invoices of sellers that are overdue.</summary>
    public static WorkKind Pay { get; } = new("pay", ReceivablesRoles.BuyerReaders, "/receivables/invoices/{0}", """
        select 'pay', i.number, null, i.seller_id, i.recorded_at, i.due_on, null::bigint, i.open_amount, i.currency
        from open_item i
        where i.buyer_id = (select app_partner_id()) and i.kind = 'invoice' and i.open_amount > 0 and i.due_on < brand_day(@now)
        """);

    /// <summary>Orders without an answer.</summary>
    public static WorkKind Confirm { get; } = new("confirm", SellerRoles.All, "/orders/{0}/confirmation/new", """
        select 'confirm', o.number, null, o.buyer_id, o.submitted_at, (select min(l.requested_on) from purchase_order_line l where l.purchase_order_id = o.purchase_order_id), (select sum(l.quantity) from purchase_order_line l where l.purchase_order_id = o.purchase_order_id)::bigint, o.total_amount, o.currency
        from purchase_order o
        where o.seller_id = (select app_partner_id()) and o.status = 'submitted'
        """);

    /// <summary>Orders of which something waits for goods.</summary>
    public static WorkKind Goods { get; } = new("goods", SellerRoles.All, "/orders/waiting?q={0}", $"""
        select 'goods', o.number, null, o.buyer_id, o.confirmed_at, min(coalesce(l.promised_on, l.requested_on)), sum(l.quantity - l.shipped - l.cancelled - l.reserved - l.direct)::bigint, null::numeric, null
        from purchase_order_line l
        join purchase_order o on o.purchase_order_id = l.purchase_order_id and o.status {AtWork}
        where l.seller_id = (select app_partner_id()) and l.shipped + l.cancelled + l.reserved + l.direct < l.quantity
        group by o.purchase_order_id, o.number, o.buyer_id, o.confirmed_at
        """);

    /// <summary>Changes that a buyer asked for.</summary>
    public static WorkKind AnswerSale { get; } = new("answer_sale", SellerRoles.All, "/orders/{0}#changes", $"""
        select 'answer_sale', o.number, null, o.buyer_id, c.asked_at, null::date, null::bigint, o.total_amount, o.currency
        from order_change c
        join purchase_order o on o.purchase_order_id = c.purchase_order_id and o.status {Changeable}
        where c.status = 'open' and c.asked_by_side = 'buyer' and c.seller_id = (select app_partner_id())
        """);

    /// <summary>Discrepancies without an answer.</summary>
    public static WorkKind Settle { get; } = new("settle", SellerRoles.All, "/discrepancies/{0}", """
        select 'settle', c.number, o.number, c.buyer_id, c.opened_at, c.answer_by, c.quantity::bigint, null::numeric, null
        from discrepancy_case c
        join purchase_order o on o.purchase_order_id = c.purchase_order_id
        where c.status = 'open' and c.seller_id = (select app_partner_id())
        """);

    /// <summary>Returns without an answer.</summary>
    public static WorkKind AnswerReturn { get; } = new("answer_return", SellerRoles.All, "/returns/{0}", """
        select 'answer_return', r.number, null, r.buyer_id, r.requested_at, r.answer_by, (select sum(l.quantity) from return_order_line l where l.return_order_id = r.return_order_id)::bigint, r.amount, r.currency
        from return_order r
        where r.status = 'requested' and r.seller_id = (select app_partner_id())
        """);

    /// <summary>Buyers to be reminded: those with overdue invoices, one row for each currency.</summary>
    public static WorkKind Remind { get; } = new("remind", ReceivablesRoles.SellerReaders, "/receivables/accounts/{0}", """
        select 'remind', b.number, null, i.buyer_id, min(i.recorded_at), min(i.due_on), null::bigint, sum(i.open_amount), i.currency
        from open_item i
        join account_partners() b on b.partner_id = i.buyer_id
        where i.seller_id = (select app_partner_id()) and i.kind = 'invoice' and i.open_amount > 0 and i.due_on < brand_day(@now)
        group by b.number, i.buyer_id, i.currency
        """);

    /// <summary>Orders of which something is reserved and may leave.</summary>
    public static WorkKind Ship { get; } = new("ship", SellerRoles.All, "/orders/{0}/shipments/new", $"""
        select 'ship', o.number, null, o.buyer_id, o.confirmed_at, min(coalesce(l.promised_on, l.requested_on)), sum(l.reserved)::bigint, null::numeric, null
        from purchase_order_line l
        join purchase_order o on o.purchase_order_id = l.purchase_order_id and o.status {AtWork}
        where l.seller_id = (select app_partner_id()) and l.reserved > 0 and {OrderStore.MayLeave}
        group by o.purchase_order_id, o.number, o.buyer_id, o.confirmed_at
        """);

    /// <summary>Returned goods that have come, or are about to.</summary>
    public static WorkKind Inspect { get; } = new("inspect", SellerRoles.All, "/returns/{0}", """
        select 'inspect', r.number, null, r.buyer_id, r.requested_at, r.answer_by, (select sum(l.sent) from return_order_line l where l.return_order_id = r.return_order_id)::bigint, r.amount, r.currency
        from return_order r
        where r.status = 'sent' and r.seller_id = (select app_partner_id())
        """);

    /// <summary>Goods on their way between the own places.</summary>
    public static WorkKind Transfer { get; } = new("transfer", StockRoles.Keepers, "/stock/transfers/{0}", """
        select 'transfer', t.number, null, null::bigint, t.sent_at, null::date, (select sum(l.quantity - l.received - l.lost) from stock_transfer_line l where l.stock_transfer_id = t.stock_transfer_id)::bigint, null::numeric, null
        from stock_transfer t
        where t.status = 'in_transit' and t.partner_id = (select app_partner_id())
        """);

    /// <summary>Counts that were begun.</summary>
    public static WorkKind Count { get; } = new("count", StockRoles.Keepers, "/stock/counts/{0}", """
        select 'count', c.number, null, null::bigint, c.begun_at, null::date, null::bigint, null::numeric, null
        from stock_count c
        where c.status = 'open' and c.partner_id = (select app_partner_id())
        """);

    /// <summary>Counts that were handed in.</summary>
    public static WorkKind PostCount { get; } = new("post_count", StockRoles.Admins, "/stock/counts/{0}", """
        select 'post_count', c.number, null, null::bigint, c.handed_in_at, null::date, null::bigint, null::numeric, null
        from stock_count c
        where c.status = 'review' and c.partner_id = (select app_partner_id())
        """);

    /// <summary>Orders that wait for the own finance.</summary>
    public static WorkKind Release { get; } = new("release", ReceivablesRoles.Keepers, "/orders/{0}", $"""
        select 'release', o.number, null, h.buyer_id, h.placed_at, null::date, null::bigint, h.order_amount, o.currency
        from (select distinct on (x.purchase_order_id) x.*
              from order_credit_hold x
              where x.seller_id = (select app_partner_id()) and not exists (select from order_credit_release r where r.order_credit_hold_id = x.order_credit_hold_id)
              order by x.purchase_order_id, x.order_credit_hold_id desc) as h
        join purchase_order o on o.purchase_order_id = h.purchase_order_id and o.status {Changeable}
        """);

    /// <summary>Payments of which something pays for nothing yet.</summary>
    public static WorkKind Match { get; } = new("match", ReceivablesRoles.Keepers, "/receivables/payments/{0}", """
        select 'match', i.number, null, i.buyer_id, i.recorded_at, null::date, null::bigint, i.open_amount, i.currency
        from open_item i
        where i.seller_id = (select app_partner_id()) and i.kind = 'payment' and i.open_amount > 0
        """);

    /// <summary>Invoices that buyers owe for longer than agreed.</summary>
    public static WorkKind Collect { get; } = new("collect", ReceivablesRoles.Keepers, "/receivables/invoices/{0}", """
        select 'collect', i.number, null, i.buyer_id, i.recorded_at, i.due_on, null::bigint, i.open_amount, i.currency
        from open_item i
        where i.seller_id = (select app_partner_id()) and i.kind = 'invoice' and i.open_amount > 0 and i.due_on < brand_day(@now)
        """);

    /// <summary>The worklists by name, each with its kinds in the order in which they are shown.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<WorkKind>> Lists { get; } = new Dictionary<string, IReadOnlyList<WorkKind>>(StringComparer.Ordinal)
    {
        ["buying"] = [Approve, AnswerPurchase, Receive, Disputed, SendBack, Pay, Draft],
        ["selling"] = [Confirm, AnswerSale, Goods, Settle, AnswerReturn, Remind],
        ["shipping"] = [Ship, Receive, Inspect, Transfer, Count, PostCount],
        ["books"] = [Release, Match, Collect],
    };

    /// <summary>Everybody for whom something can wait.</summary>
    public static IReadOnlyList<string> AllRoles { get; } = [.. Lists.Values.SelectMany(kinds => kinds).SelectMany(kind => kind.Roles).Distinct()];

    /// <summary>A kind by its name.</summary>
    public static WorkKind Of(string name) => Lists.Values.SelectMany(kinds => kinds).First(kind => kind.Name == name);
}
