using Portal.Kpis;
using Portal.Tests.Quotes;

namespace Portal.Tests.Kpis;

public sealed class CountingQuotes(QuotingPartner portal) : IClassFixture<QuotingPartner>
{
    [Fact]
    public async Task A_quote_is_worth_its_list_price_and_gives_its_discount_on_the_day_it_is_first_sent_and_not_again()
    {
        await Facts.GivenARateAsync(portal.Database, 1);
        var sales = portal.SignIn(portal.Sales);
        await portal.DraftAsync(sales, ("D-1", 3, 3m));
        Assert.Empty(await Facts.OfAsync(portal.Database, portal.Sales.Partner.Number, Metric.QuotedList));

        var number = await portal.SentAsync(sales, ("D-1", 3, 3m), ("D-2", 7, null));

        // 3 × 1999.99 and 7 × 80.05; of the first 3 % are off: 3 × 1939.99
        Assert.Equal([$"{portal.Clock.Today:yyyy-MM-dd} 6560.32"], await Facts.OfAsync(portal.Database, portal.Sales.Partner.Number, Metric.QuotedList));
        Assert.Equal([$"{portal.Clock.Today:yyyy-MM-dd} 180"], await Facts.OfAsync(portal.Database, portal.Sales.Partner.Number, Metric.QuotedDiscount));
        Assert.Empty(await Facts.OfAsync(portal.Database, portal.Rival.Partner.Number, Metric.QuotedList));
        Assert.Equal("sent", await portal.StatusAsync(number));
        Assert.Equal([], await Facts.FindingsAsync(portal.Database));
    }
}
