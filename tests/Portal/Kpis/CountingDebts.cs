using Portal.Kpis;
using Portal.Receivables;
using Portal.Tests.Receivables;
using Support;

namespace Portal.Tests.Kpis;

public sealed class CountingDebts(KeepingBooks books) : IClassFixture<KeepingBooks>
{
    [Fact]
    public async Task An_invoice_is_open_from_its_day_overdue_from_the_day_after_it_is_due_and_paid_for_on_the_day_of_the_match()
    {
        await Facts.GivenARateAsync(books.Database, 1);
        var buyer = await books.Given.ADistributor("Owes");
        var invoice = (await books.InvoiceAsync(await books.InvoicedAsync(buyer, ("A-10", 1)))).Invoice;
        var (issued, late) = (invoice.IssuedOn, invoice.DueOn.AddDays(1));
        Assert.Equal([Fact(issued, invoice.GrossAmount)], await OfAsync(buyer, Metric.ReceivablesOpen));
        Assert.Equal([Fact(late, invoice.GrossAmount)], await OfAsync(buyer, Metric.ReceivablesOverdue));

        // a part in time, and it is never overdue
        await books.PaidAsync(buyer, 40m, invoice.LegalNumber);
        Assert.Equal([Fact(issued, invoice.GrossAmount - 40m)], await OfAsync(buyer, Metric.ReceivablesOpen));
        Assert.Equal([Fact(late, invoice.GrossAmount - 40m)], await OfAsync(buyer, Metric.ReceivablesOverdue));

        // a part ten days late
        books.Clock.Now = new(late.AddDays(9).ToDateTime(new(9, 0)), TimeSpan.Zero);
        var second = await books.PaidAsync(buyer, 10m, invoice.LegalNumber);
        Assert.Equal([Fact(late, invoice.GrossAmount - 40m), Fact(late.AddDays(9), -10m)], await OfAsync(buyer, Metric.ReceivablesOverdue));

        // the match was wrong: taken back on its own day
        Assert.IsType<BooksOutcome.Done>(await books.AsAsync<MatchCredits, BooksOutcome>(books.Finance, match => match.UnmatchAsync(second, invoice.Number, "was for another one", default)));
        Assert.Equal([Fact(late, invoice.GrossAmount - 40m)], await OfAsync(buyer, Metric.ReceivablesOverdue));

        Assert.IsType<BooksOutcome.Done>(await books.CreditAsync(invoice.Number, new("whole", [], null, "sent by mistake")));
        await Facts.FoldAsync(books.Database);
        Assert.Equal([], (await OfAsync(buyer, Metric.ReceivablesOverdue)).Where(fact => !fact.StartsWith($"{late:yyyy-MM-dd}", StringComparison.Ordinal) && !fact.StartsWith($"{late.AddDays(9):yyyy-MM-dd}", StringComparison.Ordinal)));
        Assert.Equal([], await Facts.FindingsAsync(books.Database));
        Assert.Empty(await OfAsync(await books.Given.ADistributor("Owes nothing"), Metric.ReceivablesOpen));
    }

    static string Fact(DateOnly day, decimal value) => FormattableString.Invariant($"{day:yyyy-MM-dd} {value:0.####}");

    Task<List<string>> OfAsync(TestPerson person, string metric) => Facts.OfAsync(books.Database, person.Partner.Number, metric);
}
