using Portal.Pricing;
using Shouldly;
using Support;

namespace Portal.Tests.Pricing;

/// <summary>How long something sold by the term is had, and what it costs: whole months, broken ones, and that the parts come to the whole.</summary>
public sealed class CountingATerm(PortalApp portal) : IClassFixture<PortalApp>
{
    static DateOnly Day(string day) => DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture);

    [Theory]
    [InlineData("2026-12-01", 12, "2027-11-30")]
    [InlineData("2026-12-15", 1, "2027-01-14")]
    // Where the next month has no such day, the month ends with it, and the one after begins on the first.
    [InlineData("2027-01-31", 1, "2027-02-28")]
    [InlineData("2027-01-30", 1, "2027-02-28")]
    [InlineData("2027-01-29", 1, "2027-02-28")]
    [InlineData("2027-01-31", 2, "2027-03-30")]
    [InlineData("2027-01-31", 3, "2027-04-30")]
    [InlineData("2028-01-31", 1, "2028-02-29")]
    [InlineData("2028-02-29", 12, "2029-02-28")]
    [InlineData("2028-02-29", 48, "2032-02-28")]
    [InlineData("2027-02-28", 1, "2027-03-27")]
    public void A_term_ends_the_day_before_its_month_begins_anew(string start, int months, string end) => Term.Of(Day(start), months).End.ShouldBe(Day(end));

    [Theory]
    [InlineData("2027-01-01", "2027-12-31", "2027-01-01", "12 months")]
    [InlineData("2027-01-01", "2027-01-31", "2027-01-01", "1 month")]
    // What joins in the middle of a month has the rest of it, then whole ones.
    [InlineData("2027-03-15", "2027-12-31", "2027-01-01", "9 months + 17 of 31 days")]
    [InlineData("2027-03-15", "2027-03-31", "2027-01-01", "17 of 31 days")]
    [InlineData("2027-02-10", "2027-02-20", "2027-01-01", "11 of 28 days")]
    [InlineData("2028-02-10", "2028-02-20", "2028-01-01", "11 of 29 days")]
    // The months of a term from the 31st are as long as they are.
    [InlineData("2027-03-01", "2027-03-30", "2027-01-31", "1 month")]
    [InlineData("2027-02-15", "2027-03-30", "2027-01-31", "1 month + 14 of 29 days")]
    [InlineData("2027-01-16", "2027-03-10", "2027-01-01", "1 month + 16 of 31 days + 10 of 31 days")]
    public void It_is_counted_in_months_and_days(string start, string end, string from, string said) => new Term(Day(start), Day(end), Day(from)).Count.Said.ShouldBe(said);

    [Theory]
    [InlineData("96", 1, "2027-01-01", "2027-12-31", "1152.00")]
    [InlineData("96", 1, "2027-03-15", "2027-03-31", "52.65")]
    [InlineData("96", 1, "2027-03-15", "2027-12-31", "916.65")]
    // The price of a year: a twelfth for each month.
    [InlineData("12000", 12, "2027-01-01", "2027-12-31", "12000.00")]
    [InlineData("12000", 12, "2027-01-01", "2029-12-31", "36000.00")]
    [InlineData("12000", 12, "2027-07-01", "2027-12-31", "6000.00")]
    [InlineData("100", 12, "2027-01-01", "2027-01-31", "8.33")]
    // Thirds of a cent: a quarter of a month and the other three.
    [InlineData("0.02", 1, "2027-02-01", "2027-02-07", "0.01")]
    [InlineData("0.02", 1, "2027-02-08", "2027-02-28", "0.01")]
    public void It_costs_whole_months_and_the_days_of_broken_ones(string price, int months, string start, string end, string cost) =>
        new Term(Day(start), Day(end), Day("2027-01-01")).PriceOf(decimal.Parse(price, System.Globalization.CultureInfo.InvariantCulture), months, 2).ShouldBe(decimal.Parse(cost, System.Globalization.CultureInfo.InvariantCulture));

    [Fact]
    public void However_a_term_is_cut_its_parts_come_to_the_price_of_the_whole()
    {
        var random = new Random(20);
        for (var round = 0; round < 2000; round++)
        {
            var (start, months, decimals) = (Day("2026-01-01").AddDays(random.Next(1500)), random.Next(1, 40), random.Next(0, 5));
            var price = Math.Round((decimal)(random.NextDouble() * 1000), decimals);
            var whole = Term.Of(start, months);
            var unit = random.Next(2) == 0 ? 1 : 12;
            var days = whole.End.DayNumber - start.DayNumber + 1;
            var cuts = Enumerable.Range(0, random.Next(1, 5)).Select(_ => random.Next(1, Math.Max(2, days))).Append(0).Append(days).Distinct().Order().ToList();

            var parts = cuts.Zip(cuts.Skip(1), (from, to) => new Term(start.AddDays(from), start.AddDays(to - 1), start).PriceOf(price, unit, decimals)).ToList();

            parts.Sum().ShouldBe(whole.PriceOf(price, unit, decimals));
            parts.ShouldAllBe(part => part >= 0);
            if (unit == 1)
            {
                whole.PriceOf(price, unit, decimals).ShouldBe(price * months);
            }
        }
    }

    [Fact]
    public async Task The_term_is_a_step_behind_the_book_and_what_comes_off_comes_off_the_price_of_the_whole_term()
    {
        var given = portal.Given;
        var brand = await given.TheBrand();
        var huaxin = await given.APerson(await given.APartner("Huaxin", "distributor", level: "gold"), "purchasing");
        var seat = await given.AProduct("SEAT");
        var piece = await given.AProduct("PIECE");
        await portal.Database.ExecuteAsync("update product set unit = 'seat_month' where sku = 'SEAT'");
        var (list, gold) = (await given.ABook(brand, "LIST", kind: "list"), await given.ABook(brand, "GOLD", level: "gold"));
        await given.AnEntry(list, seat, 120m);
        await given.AnEntry(list, piece, 120m);
        await given.AnEntry(gold, seat, 96m);
        await given.ARule(brand, "V5", 0.02m, kind: "volume", min: 5);
        await given.ARule(brand, "SPRING", 0.05m);
        var prices = new Prices(portal.Database.As(Platform.Database.Caller.Subject(TestIdentityProvider.Issuer, huaxin.Subject)));
        async Task<LinePrice> Ask(string sku, decimal quantity, Term term) => (await prices.ForAsync(huaxin.Partner.PartnerId, brand.PartnerId, "CNY", Day("2026-03-01"), [new AskedLine(sku, quantity) { Term = term }], default)).Single();

        var year = await Ask("SEAT", 5, Term.Of(Day("2027-01-01"), 12));
        var rest = await Ask("SEAT", 1, new(Day("2027-03-15"), Day("2027-12-31"), Day("2027-01-01")));

        year.Explain().ShouldBe("list LIST 120.00, book GOLD 96.00, term 2027-01-01/2027-12-31 1152.00, volume V5 1128.96, promotion SPRING 1072.51 = 5362.55");
        (year.ListPrice, year.UnitPrice, year.Steps[2].Label, year.Steps[2].LabelZh).ShouldBe((1440.00m, 1072.51m, "12 months", "12 个月"));
        rest.Explain().ShouldBe("list LIST 120.00, book GOLD 96.00, term 2027-03-15/2027-12-31 916.65, promotion SPRING 870.82 = 870.82");
        (await Ask("PIECE", 1, Term.Of(Day("2027-01-01"), 12))).Refusal.ShouldBe("pricing.refused.not_by_term");
    }
}
