using Platform.Audit;
using Platform.Database;

namespace Portal.Stock;

/// <summary>A seller chooses what its buyers see of its stock.</summary>
public sealed class ShowStock(Db db, AuditTrail audit, TimeProvider clock)
{
    /// <summary>What can be chosen.</summary>
    public static IReadOnlyList<string> Choices { get; } = ["hidden", "banded", "exact"];

    /// <summary>Chooses; false where the person's roles do not allow it or there is no such choice.</summary>
    public Task<bool> RunAsync(string shows, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var here = await db.FindAsync<(long PartnerId, string Number)?>("""
            select p.partner_id, p.number
            from partner p
            where p.partner_id = app_partner_id() and exists (select from unnest(@roles) as role where app_has_role(role))
            """, new { roles = StockRoles.Admins.ToArray() }, ct);
        if (here is not { } me || !Choices.Contains(shows))
        {
            return false;
        }

        await db.ExecuteAsync("""
            insert into stock_visibility as v (partner_id, shows, changed_at)
            values (@PartnerId, @shows, @now)
            on conflict (partner_id) do update set shows = excluded.shows, changed_at = excluded.changed_at, version = v.version + 1
            """, new { me.PartnerId, shows, now = clock.GetUtcNow().UtcDateTime }, ct);
        await audit.RecordAsync("stock.shown", "stock", me.Number, me.PartnerId, new { shows }, ct);
        return true;
    }, ct);
}
