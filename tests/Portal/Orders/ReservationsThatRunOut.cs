using Microsoft.Extensions.DependencyInjection;
using Platform.Database;
using Portal.Orders;
using Portal.Stock;
using Portal.Tests.Receivables;
using Support;

namespace Portal.Tests.Orders;

public sealed class ReservationsThatRunOut(KeepingBooks books) : IClassFixture<KeepingBooks>
{
    Task<int> MorningAsync() => books.InScopeAsync(Caller.System("job:release"), services => services.GetRequiredService<ReleaseReservations>().RunAsync(default));

    Task<bool> PolicyAsync(int? days, string releases) => books.AsAsync<SellingPolicies, bool>(books.Admin, policies => policies.KeepAsync(new("first_come", "by_hand", days, releases), default));

    Task<ReservationOfOrder?> FindAsync(string order) => books.AsAsync<Reservations, ReservationOfOrder?>(books.Admin, reservations => reservations.FindAsync(order, default));

    async Task<int> ReservedAsync(string order) => (await books.Database.ListAsync<int>("select l.reserved from portal.purchase_order o join portal.purchase_order_line l using (purchase_order_id) where o.number = @order", new { order })).Single();

    Task<List<string>> ToldAsync(TestPerson person) => books.Database.ListAsync<string>("select text_key from portal.notification where person_id = @PersonId and text_key like 'orders.told.r%' order by notification_id", new { person.PersonId });

    async Task<string> ConfirmedAsync(TestPerson buyer, string sku, int quantity)
    {
        var order = await books.SubmittedAsync(buyer, (sku, quantity));
        Assert.IsType<OrderOutcome.Done>(await books.AsAsync<AnswerOrder, OrderOutcome>(books.Admin, answer => answer.ConfirmAsync(order, null, [new(1, quantity, null, null)], default)));
        return order;
    }

    [Fact]
    public async Task What_is_not_shipped_in_time_is_warned_of_given_back_and_reserved_again_by_hand_only()
    {
        Assert.False(await PolicyAsync(0, "all"));
        Assert.True(await PolicyAsync(5, "all"));
        var (slow, next) = (await books.Given.ADistributor("runs out"), await books.Given.ADistributor("waits"));
        await books.Given.Stock(books.Admin.Partner, "A-30", 10);
        var first = await ConfirmedAsync(slow, "A-30", 10);
        var second = await ConfirmedAsync(next, "A-30", 4);

        books.Clock.Advance(TimeSpan.FromDays(3));
        Assert.Equal(0, await MorningAsync());
        Assert.Empty(await ToldAsync(books.Admin));
        books.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(0, await MorningAsync());
        Assert.Equal(["orders.told.runs_out"], await ToldAsync(books.Admin));
        books.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(1, await MorningAsync());
        Assert.Equal(0, await MorningAsync());
        Assert.Equal(["orders.told.ran_out"], await ToldAsync(slow));
        Assert.Equal((0, true), (await ReservedAsync(first), (await FindAsync(first))!.HasLapsed));
        async Task<long?> OnAsync(int daysAgo) => (await books.AsAsync<OutlookStore, List<AsOfRow>>(books.Admin, outlook => outlook.AsOfAfterAsync(books.Clock.Today.AddDays(-daysAgo), null, null, 100, default))).Single(row => row.Sku == "A-30").Reserved;
        Assert.Equal((10, 10, 0), (await OnAsync(5), await OnAsync(1), await OnAsync(0)));

        // the goods are for those who wait, not for the order that let them lie
        await books.AsAsync<AllocateGoods, int>(books.Admin, allocate => allocate.RunAsync(null, default));
        Assert.Equal((0, 4), (await ReservedAsync(first), await ReservedAsync(second)));
        Assert.IsType<OrderOutcome.Forbidden>(await books.AsAsync<Reservations, OrderOutcome>(slow, reservations => reservations.ReserveAgainAsync(first, null, default)));
        Assert.IsType<OrderOutcome.Done>(await books.AsAsync<Reservations, OrderOutcome>(books.Admin, reservations => reservations.ReserveAgainAsync(first, null, default)));
        Assert.Equal((6, false), (await ReservedAsync(first), (await FindAsync(first))!.HasLapsed));
    }

    [Fact]
    public async Task A_person_keeps_a_reservation_longer_and_a_promised_day_counts()
    {
        await PolicyAsync(5, "all");
        var (buyer, other) = (await books.Given.ADistributor("keeps"), await books.Given.ADistributor("stranger"));
        await books.Given.Stock(books.Admin.Partner, "A-31", 10);
        var order = await ConfirmedAsync(buyer, "A-31", 2);
        var today = books.Clock.Today;
        Task<OrderOutcome> Keep(TestPerson person, int days) => books.AsAsync<Reservations, OrderOutcome>(person, reservations => reservations.KeepAsync(order, null, today.AddDays(days), "Site is not ready", default));

        Assert.Equal(today.AddDays(5), (await FindAsync(order))!.EndsOn);
        Assert.Equal("orders.problem.keep_until", KeepingBooks.Problem(await Keep(books.Admin, -1)).TextKey);
        Assert.IsType<OrderOutcome.NotFound>(await Keep(other, 20));
        Assert.IsType<OrderOutcome.Done>(await Keep(books.Admin, 20));
        Assert.Equal(today.AddDays(21), (await FindAsync(order))!.EndsOn);

        var later = await books.SubmittedAsync(buyer, ("A-31", 1));
        await books.AsAsync<AnswerOrder, OrderOutcome>(books.Admin, answer => answer.ConfirmAsync(later, null, [new(1, 1, today.AddDays(30), null)], default));
        Assert.Equal(today.AddDays(35), (await FindAsync(later))!.EndsOn);
        var page = await books.SignIn(books.Admin).GetAsync($"/orders/{later}");
        Assert.Contains("The goods stay reserved until they are given back on", page.Words);
        Assert.DoesNotContain("stay reserved", (await books.SignIn(buyer).GetAsync($"/orders/{later}")).Words);
    }

    [Fact]
    public async Task Where_only_stopped_orders_run_out_the_days_count_from_the_stop()
    {
        await PolicyAsync(5, "stopped");
        var buyer = await books.Given.ADistributor("stopped");
        await books.Given.Stock(books.Admin.Partner, "A-32", 10);
        var order = await ConfirmedAsync(buyer, "A-32", 2);
        Assert.Null((await FindAsync(order))!.EndsOn);
        books.Clock.Advance(TimeSpan.FromDays(9));
        await books.Database.ExecuteAsync("""
            insert into portal.order_credit_hold (purchase_order_id, seller_id, buyer_id, point, why, order_amount, placed_at)
            select purchase_order_id, seller_id, buyer_id, 'ship', 'overdue', 1, @now from portal.purchase_order where number = @order
            """, new { order, now = books.Clock.Now.UtcDateTime });

        Assert.Equal(books.Clock.Today.AddDays(5), (await FindAsync(order))!.EndsOn);
        // the rule comes into force long after: it is warned of first all the same
        books.Clock.Advance(TimeSpan.FromDays(20));
        await MorningAsync();
        Assert.Equal(2, await ReservedAsync(order));
        Assert.Equal(["orders.told.runs_out_buyer"], await ToldAsync(buyer));
        books.Clock.Advance(TimeSpan.FromDays(1));
        await MorningAsync();
        Assert.Equal(0, await ReservedAsync(order));
    }
}
