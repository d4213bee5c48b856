using Platform.Audit;
using Platform.Database;
using Platform.Web;

namespace Portal.Returns;

/// <summary>How sellers deal with what comes back (退换货规则).</summary>
public sealed class ReturnPolicies(Db db, AuditTrail audit, TimeProvider clock)
{
    /// <summary>Who may change them.</summary>
    public static IReadOnlyList<string> Roles { get; } = ["partner_admin", "brand_admin"];

    /// <summary>The rules of a seller; those of the company at work where none is named.</summary>
    public Task<ReturnPolicy> FindAsync(long? sellerId, CancellationToken ct) => db.OneAsync<ReturnPolicy>("""
        select coalesce(p.answer_days, 5) as answer_days, coalesce(p.accepts_returns, true) as accepts_returns, coalesce(p.return_days, 30) as return_days, coalesce(p.rotation_percent, 0) as rotation_percent,
               coalesce(p.rotation_months, 3) as rotation_months, coalesce(p.rotation_days, 90) as rotation_days, p.rotation_lines, coalesce(p.rotation_needs_order, true) as rotation_needs_order, coalesce(p.version, 0) as version
        from (select coalesce(@sellerId, app_partner_id()) as partner_id) seller
        left join return_policy p on p.partner_id = seller.partner_id
        """, new { sellerId }, ct);

    /// <summary>The codes and names of the product lines that there are.</summary>
    public Task<List<(string Code, string Name, string NameZh)>> LinesAsync(CancellationToken ct) => db.ListAsync<(string, string, string)>("select code, name, coalesce(name_zh, name) from product_line order by code", null, ct);

    /// <summary>Keeps the rules of the company at work.</summary>
    /// <param name="policy">The rules; the version is the one that was read.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<ReturnOutcome> KeepAsync(ReturnPolicy policy, CancellationToken ct) => db.InTransactionAsync<ReturnOutcome>(async () =>
    {
        var here = await db.FindAsync<(string Number, long PartnerId, bool May)?>("""
            select p.number, p.partner_id, exists (select from unnest(@roles) as role where app_has_role(role)) from partner p where p.partner_id = app_partner_id()
            """, new { roles = Roles.ToArray() }, ct);
        if (here is not var (number, partnerId, may) || !may)
        {
            return new ReturnOutcome.Forbidden();
        }

        var known = (await LinesAsync(ct)).ConvertAll(line => line.Code);
        if (Problems(policy, known).ToList() is { Count: > 0 } problems)
        {
            return new ReturnOutcome.Wrong(problems);
        }

        // One statement decides whether somebody was faster.
        if (await db.ExecuteAsync("""
            insert into return_policy as p (partner_id, answer_days, accepts_returns, return_days, rotation_percent, rotation_months, rotation_days, rotation_lines, rotation_needs_order, changed_at)
            select app_partner_id(), @AnswerDays, @AcceptsReturns, @ReturnDays, @RotationPercent, @RotationMonths, @RotationDays, @lines, @RotationNeedsOrder, @now
            where @Version = 0 or exists (select from return_policy own where own.partner_id = app_partner_id())
            on conflict (partner_id) do update
            set answer_days = excluded.answer_days, accepts_returns = excluded.accepts_returns, return_days = excluded.return_days, rotation_percent = excluded.rotation_percent, rotation_months = excluded.rotation_months,
                rotation_days = excluded.rotation_days, rotation_lines = excluded.rotation_lines, rotation_needs_order = excluded.rotation_needs_order, changed_at = excluded.changed_at, version = p.version + 1
            where p.version = @Version
            """, new
        {
            policy.AnswerDays, policy.AcceptsReturns, policy.ReturnDays, policy.RotationPercent, policy.RotationMonths, policy.RotationDays, policy.RotationNeedsOrder, policy.Version,
            lines = policy.RotationLines is { Length: > 0 } some ? some : null, now = clock.GetUtcNow().UtcDateTime,
        }, ct) == 0)
        {
            return new ReturnOutcome.Stale();
        }

        await audit.RecordAsync("return.policy", "return", number, partnerId, policy, ct);
        return new ReturnOutcome.Done(number);
    }, ct);

    static IEnumerable<FieldProblem> Problems(ReturnPolicy policy, List<string> known)
    {
        foreach (var (field, days, most) in new[] { ("answerDays", policy.AnswerDays, 60), ("returnDays", policy.ReturnDays, 730), ("rotationDays", policy.RotationDays, 730), ("rotationMonths", policy.RotationMonths, 24) })
        {
            if (days < 1 || days > most)
            {
                yield return new(field, "returns.problem.policy_number", most);
            }
        }

        if (policy.RotationPercent is < 0 or > 100 || decimal.Round(policy.RotationPercent, 2) != policy.RotationPercent)
        {
            yield return new("rotationPercent", "returns.problem.policy_percent");
        }

        if (policy.RotationLines?.FirstOrDefault(code => !known.Contains(code)) is { } unknown)
        {
            yield return new("rotationLines", "returns.problem.policy_line", unknown);
        }
    }
}

/// <summary>How a seller deals with what comes back.</summary>
public sealed class ReturnPolicy
{
    /// <summary>Within how many days it answers.</summary>
    public int AnswerDays { get; set; }

    /// <summary>Takes goods back at all.</summary>
    public bool AcceptsReturns { get; set; }

    /// <summary>Within how many days of their receipt.</summary>
    public int ReturnDays { get; set; }

    /// <summary>How much of what was bought may be rotated, in percent; 0 for none.</summary>
    public decimal RotationPercent { get; set; }

    /// <summary>In how many last months it was bought.</summary>
    public int RotationMonths { get; set; }

    /// <summary>Within how many days of their receipt goods are rotated.</summary>
    public int RotationDays { get; set; }

    /// <summary>The codes of the product lines that are rotated; null for all.</summary>
    public string[]? RotationLines { get; set; }

    /// <summary>Only against an order of at least the same value; otherwise for credit too.</summary>
    public bool RotationNeedsOrder { get; set; }

    /// <summary>Counts the changes; 0 where nothing was ever said.</summary>
    public int Version { get; set; }
}
