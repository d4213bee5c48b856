using Npgsql;
using Platform.Database;
using Portal.Orders;
using Portal.Receivables;
using Support;

namespace Portal.Tests.Receivables;

public sealed class InvoicingShipments(KeepingBooks books) : IClassFixture<KeepingBooks>
{
    [Fact]
    public async Task A_shipment_is_invoiced_with_its_lines_tax_and_due_day()
    {
        var buyer = await books.Given.ADistributor("华信 invoice");

        var page = await books.InvoiceAsync(await books.InvoicedAsync(buyer, ("A-01", 3), ("A-10", 2)));

        Assert.Equal((230.23m, 29.93m, 260.16m, 260.16m), (page.Invoice.NetAmount, page.Invoice.TaxAmount, page.Invoice.GrossAmount, page.Invoice.OpenAmount));
        Assert.Equal([(30.03m, 0.13m, 3.90m), (200.20m, 0.13m, 26.03m)], page.Lines.Select(line => (line.NetAmount, line.TaxRate, line.TaxAmount)));
        Assert.Equal((books.Clock.Today, books.Clock.Today.AddDays(30)), (page.Invoice.IssuedOn, page.Invoice.DueOn));
        Assert.Matches("^2026-[0-9]{6}$", page.Invoice.LegalNumber);
    }

    [Fact]
    public async Task The_parts_of_a_line_sum_to_the_line_however_it_is_divided()
    {
        var buyer = await books.Given.ADistributor("华信 parts");
        var order = await books.SubmittedAsync(buyer, ("ODD", 10));
        await books.ConfirmAsync(order);

        foreach (var quantity in new[] { 1, 1, 5, 3 })
        {
            Assert.IsType<OrderOutcome.Done>(await books.ShipAsync(order, (1, quantity)));
        }

        // 10 at 0.3333 are 3.33; 0.33 + 0.34 + 1.66 + 1.00
        Assert.Equal([0.33m, 0.34m, 1.66m, 1.00m], (await books.InvoicesAsync(order)).Select(invoice => invoice.NetAmount));
    }

    /// <summary>What went before, how many now, what the part costs; half a cent goes away from zero.</summary>
    [Theory]
    [InlineData("0.005", 2, 0, 1, "0.01")]
    [InlineData("0.005", 2, 1, 1, "0.00")]
    [InlineData("0.005", 2, 9, 1, "0.00")]
    [InlineData("10.01", 2, 0, 3, "30.03")]
    [InlineData("0.3333", 2, 1, 1, "0.34")]
    [InlineData("0.3333", 2, 2, 8, "2.66")]
    [InlineData("0.5", 0, 0, 1, "1")]
    [InlineData("0.5", 0, 1, 1, "0")]
    [InlineData("1.2345", 3, 0, 1, "1.235")]
    public async Task A_part_costs_what_all_so_far_costs_less_what_went_before(string price, int decimals, int before, int quantity, string amount) =>
        Assert.Equal(decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture),
            (await books.Database.ListAsync<decimal>("select portal.part_amount(@price::numeric, @decimals, @before, @quantity)", new { price, decimals, before, quantity })).Single());

    [Theory]
    [InlineData("2026-01-31", 0, false, "2026-01-31")]
    [InlineData("2026-01-31", 30, false, "2026-03-02")]
    [InlineData("2026-01-31", 30, true, "2026-03-31")]
    [InlineData("2026-01-15", 0, true, "2026-01-31")]
    [InlineData("2024-01-30", 30, true, "2024-02-29")]
    public async Task An_invoice_is_due_by_its_terms(string issued, int days, bool endOfMonth, string due) =>
        Assert.Equal(DateOnly.ParseExact(due, "yyyy-MM-dd"), (await books.Database.ListAsync<DateOnly>("select portal.due_day(@issued::date, @days, @endOfMonth)", new { issued, days, endOfMonth })).Single());

    [Theory]
    [InlineData("CN", "CN", "standard", "2026-03-02", "taxed", "0.13")]
    [InlineData("CN", "CN", "reduced", "2026-03-02", "taxed", "0.09")]
    [InlineData("CN", "CN", "zero", "2026-03-02", "exempt", "0")]
    [InlineData("CN", "DE", "standard", "2026-03-02", "export", "0")]
    [InlineData("DE", "FR", "standard", "2026-03-02", "reverse_charge", "0")]
    [InlineData("DE", "CN", "reduced", "2026-03-02", "export", "0")]
    [InlineData("FI", "FI", "standard", "2024-08-31", "taxed", "0.24")]
    [InlineData("FI", "FI", "standard", "2024-09-01", "taxed", "0.255")]
    // a class without a rule of its own is taxed as standard, never as an export
    [InlineData("AT", "AT", "reduced", "2026-03-02", "taxed", "0.20")]
    [InlineData("BR", "BR", "standard", "2026-03-02", "outside", "0")]
    public async Task Tax_follows_the_closest_rule_of_the_day(string seller, string buyer, string taxClass, string day, string treatment, string rate) =>
        Assert.Equal((treatment, decimal.Parse(rate, System.Globalization.CultureInfo.InvariantCulture)),
            (await books.Database.ListAsync<(string, decimal)>("set local search_path = portal, public; select treatment, rate from portal.tax_for(@seller, @buyer, @taxClass, @day::date)", new { seller, buyer, taxClass, day })).Single());

    [Fact]
    public async Task An_export_says_why_it_bears_no_tax_and_terms_of_the_buyer_count()
    {
        var buyer = await books.Given.ADistributor("Eurodist invoice", country: "DE");
        Assert.IsType<BooksOutcome.Done>(await books.DecideAsync(credit => credit.SetTermsAsync(buyer.Partner.Number, new(45, true, null, "as agreed"), default)));

        var page = await books.InvoiceAsync(await books.InvoicedAsync(buyer, ("A-01", 1)));

        Assert.Equal(("export", 0m, "Export of goods, zero-rated"), (page.Lines[0].Treatment, page.Invoice.TaxAmount, page.Lines[0].TaxReason));
        Assert.Equal(new DateOnly(2026, 4, 30), page.Invoice.DueOn);
    }

    [Fact]
    public async Task Where_no_tax_rule_holds_nothing_is_sent_and_the_countries_are_named()
    {
        var buyer = await books.Given.ADistributor("No rule", country: "BR");
        await books.Database.ExecuteAsync("update portal.tax_rule set valid = daterange(lower(valid), '2026-01-01') where seller_country = 'CN' and buyer_country is null");
        await books.Database.ExecuteAsync("update portal.tax_rule set valid = daterange(lower(valid), '2026-01-01') where seller_country is null");
        try
        {
            var order = await books.SubmittedAsync(buyer, ("A-01", 1));
            await books.ConfirmAsync(order);

            var problem = KeepingBooks.Problem(await books.ShipAsync(order, (1, 1)));

            Assert.Equal(("receivables.gate.untaxed", "CN → BR"), (problem.TextKey, (string)problem.Arguments[0]));
            Assert.Empty(await books.InvoicesAsync(order));
        }
        finally
        {
            await books.Database.ExecuteAsync("update portal.tax_rule set valid = daterange(lower(valid), null) where upper(valid) = '2026-01-01'");
        }
    }

    [Fact]
    public async Task Legal_numbers_have_no_gap_though_shipments_race()
    {
        var buyer = await books.Given.ADistributor("华信 numbers");
        var orders = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            orders.Add(await books.SubmittedAsync(buyer, ("A-01", 1)));
            await books.ConfirmAsync(orders[^1]);
        }

        await Task.WhenAll(orders.Select(order => books.ShipAsync(order, (1, 1))));

        var numbers = await books.Database.ListAsync<int>("select sequence from portal.invoice where seller_id = @id order by sequence", new { id = books.Admin.Partner.PartnerId });
        Assert.Equal(Enumerable.Range(1, numbers.Count), numbers);
    }

    [Fact]
    public async Task Nobody_changes_the_books_not_even_whoever_owns_the_tables()
    {
        var buyer = await books.Given.ADistributor("华信 fixed");
        var invoice = await books.InvoicedAsync(buyer, ("A-01", 1));
        var db = books.Database.As(Caller.Subject(TestIdentityProvider.Issuer, books.Finance.Subject));

        foreach (var sql in new[] { "update invoice set due_on = due_on + 1", "delete from ledger_entry", "insert into ledger_account (seller_id, buyer_id, currency, kind) select seller_id, buyer_id, 'EUR', 'cash' from invoice", "update open_item set open_amount = 0" })
        {
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => db.ExecuteAsync(sql, null, default))).SqlState);
        }

        foreach (var table in new[] { "invoice", "invoice_line", "ledger_journal", "ledger_entry", "settlement", "credit_limit" })
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(() => books.Database.ExecuteAsync($"delete from portal.{table}"));
            Assert.Contains("append-only", refused.MessageText, StringComparison.Ordinal);
        }

        var unbalanced = await Assert.ThrowsAsync<PostgresException>(() => books.Database.ExecuteAsync("""
            begin;
            set local search_path = portal, public;
            insert into ledger_entry (ledger_journal_id, ledger_account_id, amount, balance_after)
            select j.ledger_journal_id, a.ledger_account_id, 1, 1 from ledger_journal j, ledger_account a where j.document_number = @invoice and a.kind = 'cash' limit 1;
            insert into ledger_account (seller_id, buyer_id, currency, kind) select seller_id, buyer_id, currency, 'cash' from invoice where number = @invoice on conflict do nothing;
            insert into ledger_entry (ledger_journal_id, ledger_account_id, amount, balance_after)
            select j.ledger_journal_id, a.ledger_account_id, 1, 1 from ledger_journal j join ledger_account a on a.seller_id = j.seller_id and a.buyer_id = j.buyer_id and a.kind = 'cash' where j.document_number = @invoice
            on conflict do nothing;
            commit
            """, new { invoice }));
        Assert.Equal("a_journal_balances", unbalanced.ConstraintName);
    }
}
