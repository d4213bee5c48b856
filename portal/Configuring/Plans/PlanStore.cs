using Platform.Database;

namespace Portal.Configuring;

/// <summary>The statements about the products of workspace plans.</summary>
public sealed class PlanStore(Db db, TimeProvider clock)
{
    /// <summary>All of them that are sold, by kind and SKU.</summary>
    public async Task<List<PlanProduct>> AllAsync(CancellationToken ct) => await db.ListAsync<PlanProduct>("""
        select p.sku, p.name, coalesce(p.name_zh, p.name) as name_zh, w.kind, w.seats, w.hours, w.least_months
        from workspace_plan w join product p on p.product_id = w.product_id
        where p.status = 'active'
        order by array_position(array['hot_desk', 'desk', 'office', 'hour', 'package'], w.kind), w.seats, w.hours, p.sku
        """, null, ct);

    /// <summary>Says what a product gives; false where there is no such product that is sold.</summary>
    public async Task<bool> KeepAsync(PlanFacts facts, CancellationToken ct) => await db.ExecuteAsync("""
        insert into workspace_plan (product_id, kind, seats, hours, least_months, changed_at)
        select p.product_id, @Kind, @Seats, @Hours, @LeastMonths, @now from product p where p.sku = @Sku and p.status = 'active'
        on conflict (product_id) do update set kind = excluded.kind, seats = excluded.seats, hours = excluded.hours, least_months = excluded.least_months, changed_at = excluded.changed_at
        """, new { facts.Sku, facts.Kind, facts.Seats, facts.Hours, LeastMonths = facts.LeastMonths ?? 1, now = clock.GetUtcNow().UtcDateTime }, ct) == 1;

    /// <summary>Takes a product out of plans; false where it was in none.</summary>
    public async Task<bool> DropAsync(string sku, CancellationToken ct) =>
        await db.ExecuteAsync("delete from workspace_plan w using product p where p.product_id = w.product_id and p.sku = @sku", new { sku }, ct) == 1;
}

/// <summary>What a product gives in plans, as somebody says it.</summary>
/// <param name="Sku">The product.</param>
/// <param name="Kind">hot_desk, desk, office, hour or package.</param>
/// <param name="Seats">The seats of an office.</param>
/// <param name="Hours">The hours of a package.</param>
/// <param name="LeastMonths">Sold for no fewer months; 1 where left out.</param>
public sealed record PlanFacts(string? Sku, string? Kind, int? Seats, int? Hours, int? LeastMonths)
{
    /// <summary>The kinds there are.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["hot_desk", "desk", "office", "hour", "package"];

    internal PlanFacts Tidied() => this with { Sku = string.IsNullOrWhiteSpace(Sku) ? null : Sku.Trim(), Kind = string.IsNullOrWhiteSpace(Kind) ? null : Kind.Trim() };

    internal IEnumerable<Platform.Web.FieldProblem> Flaws()
    {
        if (Sku is null)
        {
            yield return new("sku", "configuring.problem.sku_missing");
        }

        if (!Kinds.Contains(Kind, StringComparer.Ordinal))
        {
            yield return new("kind", "configuring.problem.plan_kind");
        }

        if (Kind is "office" ? Seats is not (>= 1 and <= 1000) : Seats is not null)
        {
            yield return new("seats", Kind is "office" ? "configuring.problem.plan_seats" : "configuring.problem.plan_no_seats");
        }

        if (Kind is "package" ? Hours is not (>= 1 and <= 1000) : Hours is not null)
        {
            yield return new("hours", Kind is "package" ? "configuring.problem.plan_hours" : "configuring.problem.plan_no_hours");
        }

        if (LeastMonths is < 1 or > 120)
        {
            yield return new("leastMonths", "configuring.problem.plan_months", 120);
        }
    }
}
