using Platform.Texts;
using Portal.Search;
using Portal.Web.Display;

namespace Portal.Orders;

/// <summary>Finds orders by how one of their numbers begins.</summary>
sealed class OrderSearch(OrderStore orders, Texts t) : ISearchSource
{
    public string TextKey => "orders.orders";

    public int Order => 30;

    public string? ListFor(string words) => null;

    public async Task<IReadOnlyList<SearchHit>> FindAsync(string words, int limit, CancellationToken ct) =>
        [.. (await orders.SearchAsync(words, limit, ct)).Select(order => new SearchHit(
            (order.PoNumber ?? order.ExternalNumber) is { } other ? $"{order.Number} · {other}" : order.Number,
            $"{order.BuyerName} → {order.SellerName}, {Formats.Date(order.OrderedOn)}, {t["orders.status." + order.Status].Value}", "/orders/" + order.Number))];
}
