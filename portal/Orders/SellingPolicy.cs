using Platform.Audit;
using Platform.Database;

namespace Portal.Orders;

/// <summary>How a seller deals with what its buyers wait for.</summary>
/// <param name="Allocates">Who is served first when goods come; one of <see cref="AllocationRules"/>.</param>
/// <param name="PassesUp">Whether what lacks is ordered from the upstream: <c>by_hand</c> or <c>automatic</c>, at the confirmation.</param>
/// <param name="ReservationDays">For how many days goods stay reserved for an order that does not go on; null where they stay until they are shipped.</param>
/// <param name="Releases">Whose reservations run out: <c>stopped</c>, of orders that wait for the seller's finance, or <c>all</c>.</param>
public sealed record SellingPolicy(string Allocates, string PassesUp, int? ReservationDays = null, string Releases = "stopped")
{
    /// <summary>What can be chosen for <see cref="Releases"/>.</summary>
    public static IReadOnlyList<string> ReleaseRules { get; } = ["stopped", "all"];

    /// <summary>What can be chosen for <see cref="Allocates"/>.</summary>
    public static IReadOnlyList<string> AllocationRules { get; } = ["first_come", "by_level", "by_promised_day"];

    /// <summary>What can be chosen for <see cref="PassesUp"/>.</summary>
    public static IReadOnlyList<string> WaysUp { get; } = ["by_hand", "automatic"];

    /// <summary>Who may choose.</summary>
    public static IReadOnlyList<string> Roles { get; } = [SellerRoles.Admin, SellerRoles.BrandAdmin];

    internal bool IsKnown => AllocationRules.Contains(Allocates) && WaysUp.Contains(PassesUp) && ReleaseRules.Contains(Releases) && (ReservationDays is null or (>= 1 and <= 365));
}

/// <summary>Reads and keeps <see cref="SellingPolicy"/>.</summary>
public sealed class SellingPolicies(Db db, AuditTrail audit, TimeProvider clock)
{
    /// <summary>A partner's policy; the one that holds where nothing was chosen, else.</summary>
    /// <param name="partnerId">The partner; null for the one at work.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<SellingPolicy> FindAsync(long? partnerId, CancellationToken ct) =>
        await db.FindAsync<SellingPolicy>("select allocates, passes_up, reservation_days, releases from selling_policy where partner_id = coalesce(@partnerId, app_partner_id())", new { partnerId }, ct)
        ?? new("first_come", "by_hand");

    /// <summary>Chooses; false where there is no such choice or the person's roles do not allow it.</summary>
    public Task<bool> KeepAsync(SellingPolicy chosen, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var here = await db.FindAsync<(long PartnerId, string Number)?>("""
            select p.partner_id, p.number
            from partner p
            where p.partner_id = app_partner_id() and exists (select from unnest(@roles) as role where app_has_role(role))
            """, new { roles = SellingPolicy.Roles.ToArray() }, ct);
        if (here is not { } me || !chosen.IsKnown)
        {
            return false;
        }

        await db.ExecuteAsync("""
            insert into selling_policy as kept (partner_id, allocates, passes_up, reservation_days, releases, changed_at)
            values (@PartnerId, @Allocates, @PassesUp, @ReservationDays, @Releases, @now)
            on conflict (partner_id) do update set allocates = excluded.allocates, passes_up = excluded.passes_up, reservation_days = excluded.reservation_days, releases = excluded.releases, changed_at = excluded.changed_at, version = kept.version + 1
            """, new { me.PartnerId, chosen.Allocates, chosen.PassesUp, chosen.ReservationDays, chosen.Releases, now = clock.GetUtcNow().UtcDateTime }, ct);
        await audit.RecordAsync("order.selling_policy", "partner", me.Number, me.PartnerId, chosen, ct);
        return true;
    }, ct);
}
