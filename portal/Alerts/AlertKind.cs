namespace Portal.Alerts;

/// <summary>A kind of condition that a rule can name: what its threshold means, who works on it, and the statement that finds it for all partners and all rules of the kind at once.</summary>
/// <param name="Name">As tables and addresses have it; its words are the texts <c>alerts.kind.NAME</c>.</param>
/// <param name="Unit">What the threshold counts: <c>percent</c>, <c>days</c> or <c>times</c>.</param>
/// <param name="Least">The smallest threshold.</param>
/// <param name="Most">The largest.</param>
/// <param name="Usual">What the form proposes.</param>
public sealed record AlertKind(string Name, string Unit, decimal Least, decimal Most, decimal Usual)
{
    /// <summary>Who at the brand works on it whoever looks after the partner; nobody but the channel managers where this is null.</summary>
    public string? BrandRole { get; init; }

    /// <summary>Who works on it at the partner.</summary>
    public required IReadOnlyList<string> PartnerRoles { get; init; }

    /// <summary>False where the company above a partner may not know: claims are between a partner and the brand.</summary>
    public bool MayTellUpstream { get; init; } = true;

    /// <summary>An icon.</summary>
    public required string Icon { get; init; }

    /// <summary>
    /// Finds it, over the table expressions of <see cref="Among"/> (<c>who</c>: which rule is about which partner): key, partner_id, subject, figure, ratio, seller_id, facts. It has @today and @now, and what <see cref="FindAlerts"/>
    /// adds for a kind. The facts are what the sentences say (<see cref="AlertFacts"/>).
    /// </summary>
    public required string Sql { get; init; }

    /// <summary>The rows behind the figure, for whoever opens the alert and sees them by their own rights: text, link, day, days, pieces, amount, currency. It has @partnerId, @today and the facts' own values.</summary>
    public required string Rows { get; init; }

    /// <summary>The rules to be looked at, and whom each is about.</summary>
    internal const string Among = """
        rule as (
            select * from jsonb_to_recordset(@rules::jsonb) as r (key bigint, threshold numeric, types text[], levels text[], territories text[], upstream boolean)
        ), who as (
            select r.key, r.threshold, r.upstream, p.partner_id, p.number, p.partner_type, p.created_at
            from rule r
            join partner p on p.partner_type <> 'brand' and p.status = 'active'
              and (r.types = '{}' or p.partner_type = any (r.types)) and (r.levels = '{}' or p.partner_level = any (r.levels))
              and (r.territories = '{}' or p.territory_id in (
                    select below.territory_id from territory above join territory below on below.code = above.code or below.code like replace(above.code, '_', '\_') || '-%' where above.code = any (r.territories)))
        )
        """;
}
