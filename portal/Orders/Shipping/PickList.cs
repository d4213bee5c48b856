using System.Globalization;
using Platform.Database;
using Platform.Texts;
using Portal.Documents.Typst;
using Portal.Stock;
using Portal.Web;

namespace Portal.Orders;

/// <summary>
/// The pick list (拣货单): what is reserved for a seller's orders and ready to be sent, over several orders, in the order in which it lies on the shelves. What waits for
/// the seller's finance is left out: it may not be sent.
/// </summary>
public sealed class PickList(Db db, LotStore lots, TypstWorkers typst, Texts texts, ICurrentPerson me, TimeProvider clock)
{
    /// <summary>More lines are not picked at once.</summary>
    public const int Most = 5000;

    static readonly string Template = TypstTemplate.Read("Orders/Shipping/pick-list.typ");

    /// <summary>The lines, by SKU.</summary>
    /// <param name="choice">Which of the orders.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<List<PickLine>> LinesAsync(PickChoice choice, CancellationToken ct) => db.ListAsync<PickLine>($"""
        select p.sku, p.name, coalesce(p.name_zh, p.name) as name_zh, p.unit, o.number, l.line_number, buyer.name as buyer_name, buyer.name_latin as buyer_name_latin, l.reserved as quantity,
               coalesce(l.promised_on, l.requested_on) as due_on, place.code as place, place.stock_place_id as place_id, p.product_id, p.is_tracked
        from purchase_order_line l
        join purchase_order o on o.purchase_order_id = l.purchase_order_id
        join product p on p.product_id = l.product_id
        join stock_place place on place.stock_place_id = o.from_place_id
        left join partner buyer on buyer.partner_id = o.buyer_id
        where l.seller_id = (select app_partner_id()) and l.reserved > 0 and l.from_stock and o.status in ('confirmed', 'partially_shipped')
          and (@orders::text[] is null or o.number = any (@orders))
          and (@Place::text is null or place.code = @Place)
          and (@until::date is null or coalesce(l.promised_on, l.requested_on, @until) <= @until)
          and {OrderStore.MayLeave}
        order by place.code, p.sku, due_on nulls last, o.ordered_on, o.number, l.line_number
        limit @Most
        """, new { orders = choice.Orders is { Count: > 0 } some ? some.ToArray() : null, choice.Until, choice.Place, Most }, ct);

    /// <summary>Which lots or serial numbers of tracked products are fetched for lines of the list: what expires first. By order and line.</summary>
    public async Task<ILookup<(string Number, int LineNumber), ProposedLot>> LotsAsync(IReadOnlyList<PickLine> lines, CancellationToken ct)
    {
        var tracked = lines.Where(line => line.IsTracked).ToList();
        var proposed = tracked.Count == 0 ? [] : await lots.ProposedAsync([.. tracked.Select(line => (line.PlaceId, line.ProductId, (long)line.Quantity))], ct);
        return proposed.ToLookup(lot => (tracked[lot.Line - 1].Number, tracked[lot.Line - 1].LineNumber));
    }

    /// <summary>The list as a PDF for the walk along the shelves; made anew each time, for it says what is reserved now.</summary>
    public async Task<Typesetting> PdfAsync(PickChoice choice, string language, CancellationToken ct)
    {
        var lines = await LinesAsync(choice, ct);
        var named = await LotsAsync(lines, ct);
        var culture = CultureInfo.GetCultureInfo(language);
        var several = lines.Select(line => line.Place).Distinct(StringComparer.Ordinal).Count() > 1;
        var chinese = language is "zh-CN";
        var now = clock.GetUtcNow();
        string T(string key, params object[] arguments) => texts.In(language, key, arguments);
        string Day(DateOnly day) => day.ToString(chinese ? "yyyy年M月d日" : "d MMM yyyy", culture);
        return await typst.RenderAsync(new(Template, new
        {
            seller = me.PartnerName,
            made = now.ToString(chinese ? "yyyy年M月d日 HH:mm 'UTC'" : "d MMMM yyyy HH:mm 'UTC'", culture),
            orders = lines.Select(line => line.Number).Distinct(StringComparer.Ordinal).Count().ToString(culture),
            pieces = lines.Sum(line => (long)line.Quantity).ToString("N0", culture),
            until = choice.Until is { } until ? Day(until) : "–",
            rows = lines.GroupBy(line => (line.Place, line.Sku)).Select(product => new
            {
                sku = several ? $"{product.Key.Place} · {product.Key.Sku}" : product.Key.Sku, name = chinese ? product.First().NameZh : product.First().Name, total = product.Sum(line => (long)line.Quantity).ToString("N0", culture), unit = product.First().Unit,
                orders = product.Select(line => new { number = line.Number, buyer = (chinese ? line.BuyerName : line.BuyerNameLatin ?? line.BuyerName) ?? "–", quantity = line.Quantity.ToString("N0", culture), due = line.DueOn is { } due ? Day(due) : "", lots = string.Join(", ", named[(line.Number, line.LineNumber)].Select(lot => lot.Said)) }),
            }),
            words = new
            {
                list = T("orders.pick_list"), orders = T("orders.pick_orders"), pieces = T("orders.pick_pieces"), until = T("orders.pick_until"), sku = T("orders.sku"), product = T("orders.product"),
                quantity = T("orders.quantity"), order = T("orders.number"), picked = T("orders.pick_picked"), nothing = T("orders.none_to_pick"),
            },
        }, T("orders.pick_list"), now) { Language = language }, ct);
    }
}

/// <summary>Which orders are picked.</summary>
/// <param name="Orders">Their numbers; nothing for all that are ready.</param>
/// <param name="Until">Only what is promised or wanted up to this day, and what has no day.</param>
/// <param name="Place">Only what is sent from this place, by its code; all places where none is named.</param>
public sealed record PickChoice(IReadOnlyList<string>? Orders, DateOnly? Until, string? Place = null);

/// <summary>A line to be picked.</summary>
/// <param name="Sku">The product.</param>
/// <param name="Name">Its name.</param>
/// <param name="NameZh">Its Chinese name, or the other.</param>
/// <param name="Unit">What one is.</param>
/// <param name="Number">The order.</param>
/// <param name="LineNumber">The order's line.</param>
/// <param name="BuyerName">For whom.</param>
/// <param name="BuyerNameLatin">The same in Latin letters.</param>
/// <param name="Quantity">How many.</param>
/// <param name="DueOn">The day that was promised, or else wanted.</param>
/// <param name="Place">The code of the place where it lies.</param>
/// <param name="PlaceId">Its key; it never leaves the server.</param>
/// <param name="ProductId">The product's key; it never leaves the server.</param>
/// <param name="IsTracked">True where its pieces are told apart by lot or serial number.</param>
public sealed record PickLine(string Sku, string Name, string NameZh, string Unit, string Number, int LineNumber, string? BuyerName, string? BuyerNameLatin, int Quantity, DateOnly? DueOn, string Place, long PlaceId, long ProductId, bool IsTracked);
