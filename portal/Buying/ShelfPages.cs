using System.Text.Json;
using Platform.Database;
using Portal.Assortment;
using Portal.Orders;
using Portal.Pricing;
using Portal.Stock;

namespace Portal.Buying;

/// <summary>Puts together what stands beside a product on the shelf: price, terms, stock, last order; each for the whole page in one statement.</summary>
public sealed class ShelfPages(Db db, Shelf shelf, Prices prices, Terms terms, StockStore stock)
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    static readonly int[] Ladder = [1, 5, 10, 25, 50, 100, 250, 500, 1000];

    /// <summary>A page of the shelf; null for somebody who buys from nobody.</summary>
    public Task<ShelfPage?> PageAsync(ShelfQuery query, CancellationToken ct) => db.TogetherAsync<ShelfPage?>(async () =>
    {
        if (await shelf.SellerAsync(ct) is not { } seller)
        {
            return null;
        }

        var found = await shelf.PageAsync(query, Shelf.PageSize + 1, ct);
        var facets = await shelf.FacetsAsync(query, ct);
        return new(query, seller, facets, await WithAllAsync(seller, [.. found.Take(Shelf.PageSize)], ct), found.Count > Shelf.PageSize);
    }, ct);

    /// <summary>Rows for a program.</summary>
    public Task<IReadOnlyList<ShelfRow>?> RowsAsync(ShelfQuery query, int take, CancellationToken ct) => db.TogetherAsync<IReadOnlyList<ShelfRow>?>(async () =>
        await shelf.SellerAsync(ct) is { } seller ? await WithAllAsync(seller, await shelf.PageAsync(query, take, ct), ct) : null, ct);

    /// <summary>One product with all that a buyer asks of it; null where there is none on its shelf.</summary>
    public Task<ShelfProductPage?> ProductAsync(string sku, CancellationToken ct) => db.TogetherAsync<ShelfProductPage?>(async () =>
    {
        if (await shelf.SellerAsync(ct) is not { } seller || await shelf.FindAsync(sku, ct) is not { } product)
        {
            return null;
        }

        var row = (await WithAllAsync(seller, [product], ct))[0];
        var ladder = await prices.ForAsync(seller.BuyerId, seller.SellerId, seller.Currency, seller.Today,
            [.. Ladder.Select(row.Terms.Covering).Distinct().Select(quantity => new AskedLine(sku, quantity))], ct);
        return new(seller, row, Steps(ladder), await shelf.OrdersOfAsync(product.ProductId, ct));
    }, ct);

    async Task<IReadOnlyList<ShelfRow>> WithAllAsync(BuyingFrom seller, List<ShelfProduct> products, CancellationToken ct)
    {
        if (products.Count == 0)
        {
            return [];
        }

        var keys = products.Select(product => product.ProductId).ToList();
        var sold = await terms.ForAsync(null, products.Select(product => product.Sku), ct);
        // The price one pays for the least one can order.
        var priced = await prices.ForAsync(seller.BuyerId, seller.SellerId, seller.Currency, seller.Today,
            [.. products.Select(product => new AskedLine(product.Sku, sold.GetValueOrDefault(product.Sku)?.Least ?? 1))], ct);
        var offered = (await stock.OfferedAsync(keys, ct)).ToDictionary(row => row.ProductId);
        var bought = await shelf.LastBoughtAsync(keys, ct);
        return [.. products.Zip(priced, (product, price) => new ShelfRow(
            product, price, JsonSerializer.Serialize(price.Steps, Json), sold.GetValueOrDefault(product.Sku) ?? new() { Sku = product.Sku }, offered.GetValueOrDefault(product.ProductId), bought.GetValueOrDefault(product.ProductId)))];
    }

    // Only the quantities at which the price changes.
    static List<LinePrice> Steps(IReadOnlyList<LinePrice> ladder)
    {
        var steps = new List<LinePrice>();
        foreach (var price in ladder.Where(price => price.Refusal is null))
        {
            if (steps.Count == 0 || steps[^1].UnitPrice != price.UnitPrice)
            {
                steps.Add(price);
            }
        }

        return steps;
    }
}

/// <summary>A product with what stands beside it.</summary>
/// <param name="Product">The product.</param>
/// <param name="Price">What one costs the company at the least quantity, or why there is no price.</param>
/// <param name="PriceSteps">How the price came about, as <c>_PriceSteps</c> shows it.</param>
/// <param name="Terms">How it is sold.</param>
/// <param name="Stock">What the seller shows of its stock.</param>
/// <param name="Last">When it was bought last.</param>
public sealed record ShelfRow(ShelfProduct Product, LinePrice Price, string PriceSteps, TermsOfSale Terms, OfferedStock? Stock, LastBought? Last);

/// <summary>The shelf as <c>ShelfList.cshtml</c> shows it.</summary>
/// <param name="Query">What was asked.</param>
/// <param name="Seller">Who sells.</param>
/// <param name="Facets">What could be chosen.</param>
/// <param name="Rows">The products.</param>
/// <param name="HasMore">There is another page.</param>
public sealed record ShelfPage(ShelfQuery Query, BuyingFrom Seller, Facets Facets, IReadOnlyList<ShelfRow> Rows, bool HasMore)
{
    /// <summary>The draft that lines are added to.</summary>
    public DraftInHand? Draft { get; init; }

    /// <summary>The draft as the address names it; null for the newest.</summary>
    public string? Chosen { get; init; }

    /// <summary>True for those who order.</summary>
    public bool MayOrder { get; init; }

    /// <summary>This page's address with one thing changed, from its first page.</summary>
    public string With(string name, string? value)
    {
        var asked = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["q"] = Query.Words, ["line"] = Query.Line, ["category"] = Query.Category, ["colour"] = Query.Colour, ["only"] = Query.Only, ["draft"] = Chosen,
            [name] = value,
        };
        return Microsoft.AspNetCore.WebUtilities.QueryHelpers.AddQueryString("/buy", asked.Where(pair => pair.Value is not null));
    }

    /// <summary>The next page.</summary>
    public string Next => With("after", $"{Rows[^1].Product.Rank}.{Rows[^1].Product.Sku}");
}

/// <summary>A product as <c>ShelfProduct.cshtml</c> shows it.</summary>
/// <param name="Seller">Who sells.</param>
/// <param name="Row">The product.</param>
/// <param name="Steps">The quantities at which the price changes.</param>
/// <param name="Orders">When the company bought it.</param>
public sealed record ShelfProductPage(BuyingFrom Seller, ShelfRow Row, IReadOnlyList<LinePrice> Steps, IReadOnlyList<LastBought> Orders)
{
    /// <summary>The draft that lines are added to.</summary>
    public DraftInHand? Draft { get; init; }

    /// <summary>True for those who order.</summary>
    public bool MayOrder { get; init; }
}
