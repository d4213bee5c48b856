using Platform.Database;
using Portal.Demo;

namespace Portal.Receivables;

/// <summary>The demo's books: terms, limits and reminders of the sellers, and for what was shipped in the demo's orders payments of every kind - to the cent, in part, too much, without a reference.</summary>
sealed class ReceivablesDemo(Db db, KeepCredit keepCredit, EnterPayments enterPayments) : IDemoPart
{
    // After the orders, whose shipments are invoiced.
    public int Order => 65;

    public async Task SeedAsync(DateOnly today, CancellationToken ct)
    {
        var sellers = await db.ListAsync<Seller>("""
            select distinct on (s.partner_id) s.partner_id, u.email
            from partner s
            join person u on u.partner_id = s.partner_id and u.kind = 'person' and u.email is not null
            join person_role r on r.person_id = u.person_id and r.role in ('finance', 'partner_admin')
            where exists (select from invoice i where i.seller_id = s.partner_id)
            order by s.partner_id, r.role, u.person_id
            """, null, ct);
        foreach (var seller in sellers)
        {
            await db.ExecuteAsync("select enter(issuer, subject) from person where email = @Email", seller, ct);
            await KeepAsync(seller, today, ct);
        }

        // Entering as a stranger first leaves nothing of whoever was at work before.
        await db.ExecuteAsync("select enter('', ''), enter_as_system('seed')", null, ct);
    }

    async Task KeepAsync(Seller seller, DateOnly today, CancellationToken ct)
    {
        Expect(await keepCredit.SetPolicyAsync(new(["submit", "ship"], true, "hold", 60, "信用政策 2026 / Credit policy 2026"), ct));
        Expect(await keepCredit.SetTermsAsync(null, new(30, false, null, "标准账期 / Standard terms"), ct));
        Expect(await keepCredit.SetRemindersAsync([3, 15, 30], ct));
        Expect(await keepCredit.SetBankDetailsAsync("开户行 / Bank: 演示银行 Demo Bank\n账号 / Account: 0000 1234 5678 9012", ct));
        var invoices = await db.ListAsync<Invoiced>("""
            select i.number, i.legal_number, i.gross_amount, i.currency, b.number as buyer, row_number() over (partition by i.buyer_id order by i.invoice_id) as place
            from invoice i join partner b on b.partner_id = i.buyer_id
            where i.seller_id = app_partner_id()
            order by i.invoice_id
            """, null, ct);
        foreach (var buyer in invoices.GroupBy(invoice => invoice.Buyer, StringComparer.Ordinal))
        {
            // Three times what was invoiced, in round thousands, so that a few orders fit and a large one does not.
            var limit = Math.Ceiling(buyer.Sum(invoice => invoice.GrossAmount) * 3m / 1000m) * 1000m;
            Expect(await keepCredit.SetLimitAsync(buyer.Key, new(limit, buyer.First().Currency, null, null, "年度授信 / Annual review"), ct));
            await PayAsync([.. buyer], today, ct);
        }
    }

    async Task PayAsync(List<Invoiced> invoices, DateOnly today, CancellationToken ct)
    {
        foreach (var invoice in invoices)
        {
            PaymentTyped? payment = invoice.Place switch
            {
                1 => new(invoice.Buyer, invoice.Currency, invoice.GrossAmount, today, $"货款 {invoice.LegalNumber}", null),
                2 => new(invoice.Buyer, invoice.Currency, Math.Round(invoice.GrossAmount / 3, 0) + 1, today, "预付货款 / on account", null),
                _ => null,
            };
            if (payment is not null && (await enterPayments.RunAsync([payment], "typed", ct))[0] is PaymentEntry.Refused refused)
            {
                throw new InvalidOperationException($"The demo's payments do not go through: {string.Join(' ', refused.Problems)}");
            }
        }
    }

    static void Expect(BooksOutcome outcome)
    {
        if (outcome is not BooksOutcome.Done)
        {
            throw new InvalidOperationException($"The demo's books do not go through: {outcome}{string.Concat((outcome as BooksOutcome.Wrong)?.Problems.Select(problem => " " + problem) ?? [])}");
        }
    }

    sealed record Seller(long PartnerId, string Email);

    sealed record Invoiced(string Number, string LegalNumber, decimal GrossAmount, string Currency, string Buyer, long Place);
}
