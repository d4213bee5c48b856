using Platform.Database;

namespace Portal.Customers;

/// <summary>A company with all that belong to its group, as a tree; for the brand.</summary>
public sealed class CompanyFamilies(Db db)
{
    /// <summary>So many customers of a family are read.</summary>
    public const int Most = 500;

    /// <summary>The companies of the group a company belongs to, parents before their subsidiaries.</summary>
    public async Task<IReadOnlyList<FamilyCompany>> OfAsync(long clusterId, CancellationToken ct)
    {
        var rows = await db.ListAsync<Row>("""
            select c.customer_cluster_id, parent.customer_cluster_id as parent_cluster_id, c.number, c.name, c.other_names || c.former_names as other_names, c.direct_account,
                   p.name as partner_name, p.name_latin as partner_name_latin
            from companies_of_group(@clusterId) as kin (cluster)
            join end_customer c on c.customer_cluster_id = kin.cluster
            join partner p using (partner_id)
            left join customer_parent l on l.child_id = c.end_customer_id and l.ended_at is null
            left join end_customer parent on parent.end_customer_id = l.parent_id
            order by c.end_customer_id
            limit @Most
            """, new { clusterId, Most }, ct);
        var companies = rows.GroupBy(row => row.CustomerClusterId).Select(company => new FamilyCompany(
            company.Key, company.Select(row => row.ParentClusterId).FirstOrDefault(parent => parent is not null && parent != company.Key), company.Key == clusterId,
            [.. company.Select(row => new FamilyMember(row.Number, row.Name, row.OtherNames, row.PartnerName, row.PartnerNameLatin, row.DirectAccount))], 0)).ToList();
        return InOrder(companies);
    }

    /// <summary>From the roots down, each with its depth. What was cut off above makes a root of what stands under it.</summary>
    public static IReadOnlyList<FamilyCompany> InOrder(IReadOnlyList<FamilyCompany> companies)
    {
        var known = companies.Select(company => company.ClusterId).ToHashSet();
        var children = companies.ToLookup(company => company.ParentId is { } parent && known.Contains(parent) ? parent : 0);
        var ordered = new List<FamilyCompany>();
        void Down(FamilyCompany company, int depth)
        {
            ordered.Add(company with { Depth = depth });
            foreach (var child in children[company.ClusterId])
            {
                Down(child, depth + 1);
            }
        }

        foreach (var root in children[0])
        {
            Down(root, 0);
        }

        return ordered;
    }

    sealed class Row
    {
        public long CustomerClusterId { get; init; }

        public long? ParentClusterId { get; init; }

        public string Number { get; init; } = "";

        public string Name { get; init; } = "";

        public string[] OtherNames { get; init; } = [];

        public bool DirectAccount { get; init; }

        public string PartnerName { get; init; } = "";

        public string? PartnerNameLatin { get; init; }
    }
}

/// <summary>A company of a group.</summary>
/// <param name="ClusterId">Its key; never leaves the server.</param>
/// <param name="ParentId">The key of the company it belongs to; never leaves the server.</param>
/// <param name="IsHere">It is the one that was asked about.</param>
/// <param name="Members">The customers that are this company, the oldest first: under which name each partner knows it.</param>
/// <param name="Depth">How many companies stand above it.</param>
public sealed record FamilyCompany(long ClusterId, long? ParentId, bool IsHere, IReadOnlyList<FamilyMember> Members, int Depth);

/// <summary>A customer that is a company of a group.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Name">Its name.</param>
/// <param name="OtherNames">What else it is or was called.</param>
/// <param name="PartnerName">Whose customer it is.</param>
/// <param name="PartnerNameLatin">The same in Latin letters.</param>
/// <param name="DirectAccount">The brand serves it itself.</param>
public sealed record FamilyMember(string Number, string Name, IReadOnlyList<string> OtherNames, string PartnerName, string? PartnerNameLatin, bool DirectAccount);
