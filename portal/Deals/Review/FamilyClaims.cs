using Platform.Database;
using Portal.Customers;

namespace Portal.Deals;

/// <summary>The live claims on the companies of a group; for the brand.</summary>
public sealed class FamilyClaims(Db db, CompanyFamilies families)
{
    /// <summary>The companies of the group of a deal's customer, each with the claims that live on it.</summary>
    public async Task<IReadOnlyList<ClaimedCompany>> OfAsync(Deal deal, DateTime now, CancellationToken ct)
    {
        var companies = await families.OfAsync(deal.CustomerClusterId, ct);
        var claims = (await db.ListAsync<FamilyClaim>("""
            select k.customer_cluster_id, d.number, p.name as partner_name, p.name_latin as partner_name_latin, t.name as territory_name, t.name_zh as territory_name_zh,
                   array_agg(l.name order by l.code) as line_names, array_agg(l.name_zh order by l.code) as line_names_zh, max(upper(k.protection)) as protected_until,
                   bool_or(k.contested_by is not null) as is_contested, bool_or(k.territory_id = @TerritoryId and k.product_line_id = any (@LineIds)) as collides
            from deal_claim k
            join deal d using (deal_id) join partner p on p.partner_id = k.partner_id
            join product_line l using (product_line_id) join territory t on t.territory_id = k.territory_id
            where k.customer_cluster_id = any (@clusters) and upper(k.protection) > @now and k.over_at is null
            group by k.customer_cluster_id, d.number, p.partner_id, t.territory_id
            order by collides desc, protected_until, d.number
            limit 500
            """, new { clusters = companies.Select(company => company.ClusterId).ToArray(), deal.TerritoryId, deal.LineIds, now }, ct)).ToLookup(claim => claim.CustomerClusterId);
        return [.. companies.Select(company => new ClaimedCompany(company, [.. claims[company.ClusterId]]))];
    }
}

/// <summary>A company of a group and the claims that live on it.</summary>
/// <param name="Company">The company.</param>
/// <param name="Claims">The claims, those first that stand in the way of the deal that is looked at.</param>
public sealed record ClaimedCompany(FamilyCompany Company, IReadOnlyList<FamilyClaim> Claims);

/// <summary>A live claim on a company of a group: a deal's lines in one territory.</summary>
public sealed class FamilyClaim : DealRow
{
    /// <summary>The company; never leaves the server.</summary>
    internal long CustomerClusterId { get; init; }

    /// <summary>A dispute runs over it.</summary>
    public bool IsContested { get; init; }

    /// <summary>It claims the same territory and a line of the same as the deal that is looked at: on the same company it stands in its way, on another of the group it is worth a look.</summary>
    public bool Collides { get; init; }
}
