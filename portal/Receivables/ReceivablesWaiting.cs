using Portal.Start;
using Portal.Web;

namespace Portal.Receivables;

/// <summary>What of the receivables waits on the start page: payments to be matched and orders to be released for finance, overdue invoices for a buyer.</summary>
sealed class ReceivablesWaiting(ReceivablesStore books, ICurrentPerson me) : IWaitingSource
{
    public async Task<IReadOnlyList<Waiting>> FindAsync(CancellationToken ct)
    {
        var (keeps, buys) = (me.Has(ReceivablesRoles.Keepers), me.Has(ReceivablesRoles.BuyerReaders));
        if (!keeps && !buys)
        {
            return [];
        }

        var waiting = await books.WaitingAsync(ct);
        return [.. keeps ? Keeping(waiting, (await books.HeldOrdersAsync(ct)).Count) : [], .. buys ? Buying(waiting) : []];
    }

    static IEnumerable<Waiting> Keeping(WaitingBooks waiting, int held)
    {
        yield return new("receivables.waiting.held", held, "/receivables", "lock") { IsUrgent = held > 0 };
        yield return new("receivables.waiting.payments", (int)waiting.Payments, "/receivables/payments?state=open", "currency-dollar");
        yield return new("receivables.waiting.overdue", (int)waiting.OverdueBuyers, "/receivables/ageing", "file-invoice");
    }

    static IEnumerable<Waiting> Buying(WaitingBooks waiting)
    {
        yield return new("receivables.waiting.to_pay", (int)waiting.OverdueInvoices, "/receivables/invoices/received?state=overdue", "file-invoice") { IsUrgent = waiting.OverdueInvoices > 0 };
    }
}
