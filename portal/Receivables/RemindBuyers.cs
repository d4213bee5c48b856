using System.Globalization;
using Platform.Audit;
using Platform.Database;
using Platform.Jobs;
using Portal.Notifications;
using Portal.Web.Display;

namespace Portal.Receivables;

/// <summary>
/// Reminds buyers of what is overdue, level by level as their seller decided: one mail for each buyer and level, in the reader's language, and never the same
/// invoice twice at a level (a constraint). Run by the product itself every night; run twice it does nothing the second time.
/// </summary>
public sealed class RemindBuyers(Db db, Notifier notifier, Letters letters, AuditTrail audit, TimeProvider clock) : IScheduledJob
{
    const int AtOnce = 100;

    /// <summary>Reminds of all that is due.</summary>
    /// <returns>How many reminders were sent.</returns>
    public Task<int> RunAsync(CancellationToken ct) => db.InPortionsAsync(AtOnce, async () =>
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var written = await db.ListAsync<Reminder>("""
            select r.number, r.seller_id, r.buyer_id, r.level, s.name as seller_name,
                   (select cardinality(p.level_days) from reminder_policy p where p.seller_id = r.seller_id order by p.reminder_policy_id desc limit 1) as levels
            from reminders_write(@numbers, brand_day(@now), @now, @AtOnce) r
            join partner s on s.partner_id = r.seller_id
            """, new { numbers = Enumerable.Range(0, AtOnce).Select(_ => PublicNumber.New("RM")).ToArray(), now, AtOnce }, ct);
        if (written.Count > 0)
        {
            await TellAsync(written, ct);
        }

        return written.Count;
    }, ct);

    Task IScheduledJob.RunAsync(CancellationToken ct) => RunAsync(ct);

    async Task TellAsync(List<Reminder> written, CancellationToken ct)
    {
        var items = (await db.ListAsync<Item>("""
            select r.number as reminder, i.legal_number, i.number, i.due_on, i.currency, n.open_amount
            from reminder r
            join reminder_item n on n.reminder_id = r.reminder_id
            join open_item i on i.open_item_id = n.open_item_id
            where r.number = any (@numbers)
            order by i.due_on, i.open_item_id
            """, new { numbers = written.Select(reminder => reminder.Number).ToArray() }, ct)).ToLookup(item => item.Reminder, StringComparer.Ordinal);
        var audiences = (await db.ListAsync<Reader>("""
            select b.buyer_id, a.person_id, a.email, a.language
            from (select distinct unnest(@buyers) as buyer_id) as b cross join lateral reminder_audience(b.buyer_id) a
            """, new { buyers = written.Select(reminder => reminder.BuyerId).ToArray() }, ct)).ToLookup(reader => reader.BuyerId);
        await audit.RecordAsync([.. written.Select(reminder => new AuditAct("reminder.sent", "reminder", reminder.Number, [reminder.BuyerId, reminder.SellerId], new { reminder.Level, invoices = items[reminder.Number].Select(item => item.Number) }))], ct);
        foreach (var reminder in written)
        {
            var overdue = items[reminder.Number].ToList();
            object[] values = [reminder.SellerName, overdue.Count, string.Join(", ", overdue.GroupBy(item => item.Currency, StringComparer.Ordinal).Select(group => Amount(group.Key, group.Sum(item => item.OpenAmount))))];
            var listeners = audiences[reminder.BuyerId].Select(reader => new Listener(reader.PersonId, reader.Email, reader.Language, IsActor: false)).ToList();
            if (listeners.Count > 0)
            {
                var key = $"receivables.told.reminder.{reminder.Tone}";
                await notifier.TellAsync(Recipients.Person([.. listeners.Select(listener => listener.PersonId)]), key, values, "/receivables/payable", ct);
                await letters.WriteAsync(listeners, key, values, string.Join('\n', overdue.Select(item => string.Create(CultureInfo.InvariantCulture, $"{item.LegalNumber}  {item.DueOn:yyyy-MM-dd}  {Amount(item.Currency, item.OpenAmount)}"))), "/receivables/payable", ct);
            }
        }
    }

    // Read in two languages, so written in neither: 1234.50 CNY.
    static string Amount(string currency, decimal amount) => string.Create(CultureInfo.InvariantCulture, $"{amount.ToString("F" + Money.MinorUnits(currency).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)} {currency}");

    sealed record Reminder(string Number, long SellerId, long BuyerId, int Level, string SellerName, int Levels)
    {
        // Nobody is told "the last time" while another level is to come.
        public int Tone => Level < 3 ? Level : Level >= Levels ? 3 : 2;
    }

    sealed record Item(string Reminder, string? LegalNumber, string Number, DateOnly DueOn, string Currency, decimal OpenAmount);

    sealed record Reader(long BuyerId, long PersonId, string? Email, string Language);
}
