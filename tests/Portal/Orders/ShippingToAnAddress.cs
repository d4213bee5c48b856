using Npgsql;
using Platform.Audit;
using Platform.Database;
using Portal.Orders;
using static Portal.Tests.Orders.TradingChain;

namespace Portal.Tests.Orders;

public sealed class ShippingToAnAddress(TradingChain chain) : IClassFixture<TradingChain>
{
    static readonly ShipToFacts Warehouse = new() { Name = "主仓", Contact = "王芳", Phone = "0510-1", CountryCode = "cn", State = "江苏", City = "无锡", Address = "太湖大道 1 号" };

    [Fact]
    public async Task An_order_takes_the_default_or_the_chosen_address_and_keeps_it_as_it_was()
    {
        var book = Book("jiangnan-all");
        var first = Kept(await book.KeepAsync(null, null, Warehouse, default));
        var second = Kept(await book.KeepAsync(null, null, Warehouse with { Name = "门店", City = "苏州" }, default));
        var buyer = chain.At("jiangnan-all");
        var usual = Number(await buyer.Place.CreateAsync(Order(("S-001", 1)), submit: true, default));
        var chosen = Number(await buyer.Place.CreateAsync(Order(("S-001", 1)) with { ShipTo = second }, submit: false, default));

        Kept(await book.KeepAsync(first, 1, Warehouse with { Address = "moved" }, default));
        Number(await buyer.Place.SubmitAsync(chosen, null, default));

        var seen = (await chain.At("huaxin-sells").HeadAsync(usual)).ShipTo!;
        Assert.Equal(("主仓", "王芳", "CN", "太湖大道 1 号"), (seen.Name, seen.Contact, seen.CountryCode, seen.Address));
        Assert.Equal("主仓 · 江苏无锡太湖大道 1 号 · 王芳 · 0510-1", seen.OnOneLine);
        Assert.Equal("苏州", (await buyer.HeadAsync(chosen)).ShipTo!.City);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => buyer.Db.ExecuteAsync("update purchase_order set ship_to = null where number = @usual", new { usual }, default));
        Assert.True(refused.Violates("the_address_of_an_order_stays"));
    }

    [Fact]
    public async Task A_draft_whose_address_is_gone_asks_for_another_and_a_strangers_address_is_unknown()
    {
        var book = Book("eurodist-all");
        Kept(await book.KeepAsync(null, null, Warehouse with { CountryCode = "DE", City = "Berlin" }, default));
        var shop = Kept(await book.KeepAsync(null, null, Warehouse with { Name = "shop", IsDefault = true }, default));
        var draft = Number(await chain.At("eurodist-all").Place.CreateAsync(Order(("S-001", 1)), submit: false, default));
        Assert.Equal(shop, (await chain.At("eurodist-all").HeadAsync(draft)).ShipTo!.Number);
        Assert.Single(await book.AllAsync(default), address => address.IsDefault);

        await book.DropAsync(shop, default);

        Assert.Equal([(null, "orders.problem.ship_to_unknown")], Problems(await chain.At("eurodist-all").Place.SubmitAsync(draft, null, default)));
        Assert.Equal([(null, "orders.problem.ship_to_unknown")], Problems(await chain.At("huaxin-buys").Place.CreateAsync(Order(("S-001", 1)) with { ShipTo = shop }, submit: true, default)));
        Assert.Empty(await Book("huaxin-buys").AllAsync(default));
    }

    [Fact]
    public async Task The_book_is_kept_by_those_who_order_and_says_what_is_wrong()
    {
        var book = Book("wuxi-all");
        var number = Kept(await book.KeepAsync(null, null, Warehouse, default));

        Assert.IsType<ShipToOutcome.Forbidden>(await Book("huaxin-looks").KeepAsync(null, null, Warehouse, default));
        Assert.IsType<ShipToOutcome.NotThere>(await Book("huaxin-buys").KeepAsync(number, null, Warehouse, default));
        Assert.IsType<ShipToOutcome.Stale>(await book.KeepAsync(number, 9, Warehouse, default));
        Assert.Equal(["orders.address.named_already"], Assert.IsType<ShipToOutcome.Refused>(await book.KeepAsync(null, null, Warehouse, default)).Problems.Select(problem => problem.TextKey));
        Assert.Equal(["Name", "City", "Address", "CountryCode"], Assert.IsType<ShipToOutcome.Refused>(await book.KeepAsync(null, null, new() { CountryCode = "China" }, default)).Problems.Select(problem => problem.Field));
    }

    ShipToAddresses Book(string person)
    {
        var db = chain.At(person).Db;
        return new(db, new AuditTrail(db, TimeProvider.System), TimeProvider.System);
    }

    static string Kept(ShipToOutcome outcome) => Assert.IsType<ShipToOutcome.Done>(outcome).Number;
}
