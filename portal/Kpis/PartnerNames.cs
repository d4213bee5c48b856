using Platform.Database;

namespace Portal.Kpis;

/// <summary>Finds partners by number, as far as the caller may see them.</summary>
public sealed class PartnerNames(Db db)
{
    /// <summary>The keys of those that exist, by number.</summary>
    public async Task<IReadOnlyDictionary<string, long>> IdsAsync(string[] numbers, CancellationToken ct) => numbers.Length == 0
        ? new Dictionary<string, long>(StringComparer.Ordinal)
        : (await db.ListAsync<(string Number, long PartnerId)>("select number, partner_id from partner where number = any(@numbers)", new { numbers }, ct))
            .ToDictionary(row => row.Number, row => row.PartnerId, StringComparer.Ordinal);

    /// <summary>
    /// A condition of SQL: the partner stands in the caller's branch. A partner also sees the name of the company it buys from; figures of that one are none of its business, and a level's target beside no figure would look like some.
    /// </summary>
    internal static string InBranch(string partner) =>
        $"((select app_is_brand()) or {partner}.partner_id in (select l.partner_id from partner_line l where l.ancestor_id = (select app_partner_id())))";

    /// <summary>The partner of that number in the caller's branch, or null.</summary>
    public Task<PartnerName?> FindAsync(string number, CancellationToken ct) => db.FindAsync<PartnerName>($"""
        select p.partner_id, p.number, p.name, p.name_latin, p.partner_type, p.partner_level from partner p where p.number = @number and {InBranch("p")}
        """, new { number }, ct);

    /// <summary>The brand, or the partner whose person is at work.</summary>
    public Task<PartnerName?> FindAsync(long partnerId, CancellationToken ct) => db.FindAsync<PartnerName>(
        "select partner_id, number, name, name_latin, partner_type, partner_level from partner where partner_id = @partnerId", new { partnerId }, ct);

    /// <summary>Partners whose figures make an example: the hundred with most facts of their own.</summary>
    public Task<List<PartnerName>> ExamplesAsync(CancellationToken ct) => db.ListAsync<PartnerName>("""
        select p.partner_id, p.number, p.name, p.name_latin, p.partner_type, p.partner_level
        from partner p left join lateral (select sum(b.value) as bought from kpi_branch_month b where b.partner_id = p.partner_id and b.metric = 'purchases') f on true
        where p.partner_type <> 'brand' and p.status = 'active'
        order by f.bought desc nulls last, p.name, p.partner_id limit 100
        """, null, ct);

    /// <summary>Partners to choose from, by name: all but the brand.</summary>
    public Task<List<PartnerName>> ChoicesAsync(CancellationToken ct) => db.ListAsync<PartnerName>("""
        select partner_id, number, name, name_latin, partner_type, partner_level from partner where partner_type <> 'brand' order by name, partner_id
        """, null, ct);
}

/// <summary>What a list of figures says about a partner.</summary>
public sealed record PartnerName(long PartnerId, string Number, string Name, string? NameLatin, string PartnerType, string PartnerLevel);
