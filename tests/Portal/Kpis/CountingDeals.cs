using Portal.Deals;
using Portal.Kpis;
using Portal.Tests.Deals;
using Support;

namespace Portal.Tests.Kpis;

public sealed class CountingDeals(ClaimingPartners portal) : IClassFixture<ClaimingPartners>, IAsyncLifetime
{
    public Task InitializeAsync() => Facts.GivenARateAsync(portal.Database, 0.5m);

    public async Task DisposeAsync() => Assert.Equal([], await Facts.FindingsAsync(portal.Database));

    [Fact]
    public async Task A_deal_stands_in_the_pipeline_from_its_approval_to_its_end_with_what_it_was_worth_on_each_day()
    {
        var sales = await portal.Given.ADistributor("管道");
        var number = await portal.ApprovedAsync(sales, portal.Deal("管道客户有限公司"));
        var approved = portal.Clock.Today;
        portal.Clock.Advance(TimeSpan.FromDays(3));
        await DoneAsync<AmendDeal>(sales, amend => amend.RequestAsync(number, null, new() { Amount = 150_000, Reason = "More rooms" }, default));
        await DoneAsync<AmendDeal>(portal.DealDesk, amend => amend.GrantAsync(number, null, default));
        Assert.Equal([$"{approved:yyyy-MM-dd} 60000", $"{approved.AddDays(3):yyyy-MM-dd} 15000"], await OfAsync(sales, Metric.Pipeline));
        portal.Clock.Advance(TimeSpan.FromDays(5));

        await DoneAsync<PursueDeal>(sales, pursue => pursue.WinAsync(number, null, default));

        var won = approved.AddDays(8);
        Assert.Equal([$"{approved:yyyy-MM-dd} 60000", $"{approved.AddDays(3):yyyy-MM-dd} 15000", $"{won:yyyy-MM-dd} -75000"], await OfAsync(sales, Metric.Pipeline));
        Assert.Equal([$"{won:yyyy-MM-dd} 75000"], await OfAsync(sales, Metric.DealsWonValue));
        Assert.Equal([$"{won:yyyy-MM-dd} 8"], await OfAsync(sales, Metric.DealConversionDays));
        Assert.Equal([$"{won:yyyy-MM-dd} 1"], await OfAsync(sales, Metric.DealConversions));
        Assert.Equal([$"{won:yyyy-MM-dd} 1"], await OfAsync(sales, Metric.NewCustomers));
    }

    [Fact]
    public async Task What_is_turned_down_or_given_up_is_counted_and_a_draft_thrown_away_is_not()
    {
        var sales = await portal.Given.ADistributor("放弃");
        var rejected = await portal.SubmittedAsync(sales, portal.Deal("驳回客户有限公司"));
        await DoneAsync<ReviewDeal>(portal.DealDesk, review => review.RejectAsync(rejected, null, "not ours", default));
        var withdrawn = await portal.ApprovedAsync(sales, portal.Deal("撤回客户有限公司"));
        await DoneAsync<PursueDeal>(sales, pursue => pursue.WithdrawAsync(withdrawn, null, "no budget", default));
        var draft = Assert.IsType<DealOutcome.Done>(await portal.AsAsync<RegisterDeal, DealOutcome>(sales, register => register.EnterAsync(portal.Deal("草稿客户有限公司"), submit: false, default))).Number;
        await DoneAsync<PursueDeal>(sales, pursue => pursue.WithdrawAsync(draft, null, "typed twice", default));

        var today = portal.Clock.Today;
        Assert.Equal([$"{today:yyyy-MM-dd} 1"], await OfAsync(sales, Metric.DealsRejected));
        Assert.Equal([$"{today:yyyy-MM-dd} 1"], await OfAsync(sales, Metric.DealsWithdrawn));
        Assert.Empty(await OfAsync(sales, Metric.Pipeline)); // on and off on one day
        Assert.Empty(await OfAsync(sales, Metric.NewCustomers));
    }

    async Task DoneAsync<TPart>(TestPerson person, Func<TPart, Task<DealOutcome>> act)
        where TPart : notnull => Assert.IsType<DealOutcome.Done>(await portal.AsAsync(person, act));

    Task<List<string>> OfAsync(TestPerson person, string metric) => Facts.OfAsync(portal.Database, person.Partner.Number, metric);
}
