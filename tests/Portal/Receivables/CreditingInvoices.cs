using Portal.Receivables;

namespace Portal.Tests.Receivables;

public sealed class CreditingInvoices(KeepingBooks books) : IClassFixture<KeepingBooks>
{
    static CreditNoteTyped Lines(params (int Line, decimal? Quantity)[] lines) => new("lines", [.. lines.Select(line => new CreditedLine(line.Line, line.Quantity))], null, "lost on the way");

    static CreditNoteTyped Amount(decimal amount) => new("amount", [], amount, "agreed rebate");

    static readonly CreditNoteTyped Whole = new("whole", [], null, "wrong address");

    [Fact]
    public async Task A_whole_credit_note_leaves_nothing_and_a_second_one_finds_nothing()
    {
        var invoice = await books.InvoicedAsync(await books.Given.ADistributor("Whole"), ("A-01", 3), ("ODD", 7));

        Assert.IsType<BooksOutcome.Done>(await books.CreditAsync(invoice, Whole));

        var page = await books.InvoiceAsync(invoice);
        Assert.Equal((0m, page.Invoice.GrossAmount), (page.Invoice.OpenAmount, page.CreditNotes.Single().GrossAmount));
        Assert.Matches("^2026-C[0-9]{5}$", page.CreditNotes[0].LegalNumber);
        Assert.Equal(["receivables.problem.nothing_left"], KeepingBooks.Keys(await books.CreditAsync(invoice, Whole)));
    }

    [Fact]
    public async Task Lost_pieces_are_credited_and_the_last_ones_take_what_is_left_to_the_cent()
    {
        // 7 at 0.3333 are 2.33 and 0.30 tax
        var invoice = await books.InvoicedAsync(await books.Given.ADistributor("Lost"), ("ODD", 7));

        foreach (var quantity in new[] { 2m, 2m, 3m })
        {
            Assert.IsType<BooksOutcome.Done>(await books.CreditAsync(invoice, Lines((1, quantity))));
        }

        var page = await books.InvoiceAsync(invoice);
        Assert.Equal([0.76m, 0.74m, 1.13m], page.CreditNotes.Select(note => note.GrossAmount));
        Assert.Equal((0m, 7), (page.Invoice.OpenAmount, page.Lines[0].Credited));
    }

    [Fact]
    public async Task An_amount_is_spread_over_lines_and_tax_and_never_more_than_is_left()
    {
        var invoice = await books.InvoicedAsync(await books.Given.ADistributor("Amount"), ("A-01", 1), ("A-10", 1));

        Assert.IsType<BooksOutcome.Done>(await books.CreditAsync(invoice, Amount(10.00m)));
        Assert.Equal(["receivables.problem.credit_amount"], KeepingBooks.Keys(await books.CreditAsync(invoice, Amount(114.43m))));
        Assert.IsType<BooksOutcome.Done>(await books.CreditAsync(invoice, Amount(114.42m)));

        var page = await books.InvoiceAsync(invoice);
        Assert.Equal((124.42m, 0m), (page.Invoice.GrossAmount, page.Invoice.OpenAmount));
    }

    [Fact]
    public async Task What_is_wrong_with_it_is_named()
    {
        var invoice = await books.InvoicedAsync(await books.Given.ADistributor("Wrong note"), ("A-01", 3));

        Assert.Equal(["receivables.problem.reason_missing"], KeepingBooks.Keys(await books.CreditAsync(invoice, Whole with { Reason = " " })));
        Assert.Equal(["receivables.problem.no_quantity"], KeepingBooks.Keys(await books.CreditAsync(invoice, Lines((1, 0)))));
        Assert.Equal(["receivables.problem.quantity"], KeepingBooks.Keys(await books.CreditAsync(invoice, Lines((1, 0.5m)))));
        Assert.Equal(["receivables.problem.credit_line"], KeepingBooks.Keys(await books.CreditAsync(invoice, Lines((1, 4)))));
        Assert.Equal(["receivables.problem.credit_line"], KeepingBooks.Keys(await books.CreditAsync(invoice, Lines((2, 1)))));
        Assert.Equal(["receivables.problem.amount"], KeepingBooks.Keys(await books.CreditAsync(invoice, Amount(1.005m))));
        Assert.Equal(["receivables.problem.credit_kind"], KeepingBooks.Keys(await books.CreditAsync(invoice, Whole with { Kind = "half" })));
    }

    [Fact]
    public async Task Of_two_at_once_for_the_same_pieces_one_is_written()
    {
        var invoice = await books.InvoicedAsync(await books.Given.ADistributor("Two notes"), ("A-01", 5));

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => books.CreditAsync(invoice, Lines((1, 3)))));

        Assert.Single(outcomes.OfType<BooksOutcome.Done>());
        Assert.Equal(3, (await books.InvoiceAsync(invoice)).Lines[0].Credited);
    }

    [Fact]
    public async Task A_credit_note_and_a_payment_at_once_are_both_written()
    {
        // they take the account's rows in different orders; whoever is ended by that begins anew
        var buyer = await books.Given.ADistributor("Note and payment");
        var invoice = (await books.InvoiceAsync(await books.InvoicedAsync(buyer, ("A-10", 1)))).Invoice;
        for (var round = 1; round <= 3; round++)
        {
            var (note, payment) = (books.CreditAsync(invoice.Number, Amount(1m)), books.PayAsync(buyer, 2m, $"{invoice.LegalNumber} {round}"));
            Assert.IsType<BooksOutcome.Done>(await note);
            Assert.IsType<PaymentEntry.Entered>(await payment);
        }

        Assert.Equal(invoice.GrossAmount - 9m, (await books.InvoiceAsync(invoice.Number)).Invoice.OpenAmount);
    }

    [Fact]
    public async Task A_credit_note_on_a_paid_invoice_stays_as_credit_for_the_next()
    {
        var buyer = await books.Given.ADistributor("Credit on account");
        var first = await books.InvoiceAsync(await books.InvoicedAsync(buyer, ("A-01", 2)));
        await books.PaidAsync(buyer, first.Invoice.GrossAmount, first.Invoice.LegalNumber);

        Assert.IsType<BooksOutcome.Done>(await books.CreditAsync(first.Invoice.Number, Whole));

        var position = await books.PositionAsync(buyer);
        Assert.Equal((-22.62m, 22.62m), (position.Balance, position.OnAccount));
        var second = await books.InvoicedAsync(buyer, ("A-01", 1));
        var note = (await books.InvoiceAsync(first.Invoice.Number)).CreditNotes.Single().Number;
        Assert.IsType<BooksOutcome.Done>(await books.AsAsync<MatchCredits, BooksOutcome>(books.Finance, match => match.MatchAsync(note, [new(second, 11.31m)], default)));
        Assert.Equal(0m, (await books.InvoiceAsync(second)).Invoice.OpenAmount);
    }

    [Fact]
    public async Task The_buyer_reads_it_and_writes_none_and_another_tenant_sees_nothing()
    {
        var buyer = await books.Given.ADistributor("Own invoice");
        var other = await books.Given.ADistributor("Other tenant");
        var invoice = await books.InvoicedAsync(buyer, ("A-01", 1));

        Assert.IsType<BooksOutcome.Forbidden>(await books.AsAsync<IssueCreditNote, BooksOutcome>(buyer, act => act.RunAsync(invoice, Whole, default)));
        Assert.IsType<BooksOutcome.NotFound>(await books.AsAsync<IssueCreditNote, BooksOutcome>(other, act => act.RunAsync(invoice, Whole, default)));
        Assert.IsType<BooksOutcome.Forbidden>(await books.AsAsync<IssueCreditNote, BooksOutcome>(await books.Given.SomebodyOfTheBrand("channel_manager"), act => act.RunAsync(invoice, Whole, default)));
        Assert.NotNull(await books.AsAsync<ReceivablesStore, InvoicePage?>(buyer, store => store.InvoiceAsync(invoice, default)));
        Assert.Null(await books.AsAsync<ReceivablesStore, InvoicePage?>(other, store => store.InvoiceAsync(invoice, default)));
    }
}
