using Platform.Database;

namespace Portal.Deals;

/// <summary>What stands on a deal's page and on the reviewer's: history, remarks, verdict, evidence.</summary>
public sealed class DealPages(Db db)
{
    /// <summary>What was done to the deal, the newest first.</summary>
    public Task<List<DealEvent>> HistoryAsync(long dealId, CancellationToken ct) => db.ListAsync<DealEvent>("""
        select a.act, a.from_status, a.to_status, a.reason, a.by_brand, p.name as person, a.happened_at
        from deal_act a left join person p using (person_id)
        where a.deal_id = @dealId
        order by a.deal_act_id desc
        """, new { dealId }, ct);

    /// <summary>The remarks the caller may see, the oldest first.</summary>
    public Task<List<DealRemark>> RemarksAsync(long dealId, CancellationToken ct) => db.ListAsync<DealRemark>("""
        select c.stream, c.body, c.by_brand, p.name as person, c.written_at
        from deal_comment c left join person p using (person_id)
        where c.deal_id = @dealId
        order by c.deal_comment_id
        """, new { dealId }, ct);

    /// <summary>The last verdict the claimant was given, null before the first screening.</summary>
    public async Task<Verdict?> VerdictAsync(long dealId, CancellationToken ct) =>
        await db.FindAsync<VerdictRow>("""
            select conflict, band, matched_fields, free_from, own_deal, blocked from deal_screening
            where deal_id = @dealId order by deal_screening_id desc limit 1
            """, new { dealId }, ct) is { } row ? new(row.Conflict, row.Band, row.MatchedFields, row.FreeFrom, row.OwnDeal, row.Blocked) : null;

    /// <summary>The extension request that waits.</summary>
    public Task<DealExtension?> WaitingExtensionAsync(long dealId, CancellationToken ct) => db.FindAsync<DealExtension>("""
        select days, reason, requested_at from deal_extension where deal_id = @dealId and granted is null
        """, new { dealId }, ct);

    /// <summary>Which companies the last screening found that the customer may be; for the brand.</summary>
    public Task<List<ReviewCandidate>> CandidatesAsync(long dealId, CancellationToken ct) => db.ListAsync<ReviewCandidate>("""
        select c.number, c.name, c.other_names, c.country_code, c.city, c.address, c.credit_code, c.vat_number, c.duns, c.domain, c.phone, c.direct_account,
               p.name as partner_name, p.name_latin as partner_name_latin, p.number as partner_number, k.band, k.conflict, k.score, k.evidence::text as evidence_json,
               c.customer_cluster_id = own.customer_cluster_id as joined
        from deal_screening_candidate k
        join end_customer c using (end_customer_id)
        join partner p on p.partner_id = c.partner_id
        cross join (select o.customer_cluster_id from deal d join end_customer o using (end_customer_id) where d.deal_id = @dealId) own
        where k.deal_screening_id = (select max(s.deal_screening_id) from deal_screening s where s.deal_id = @dealId)
        order by array_position(array['certain', 'likely', 'related', 'possible'], k.band), k.score desc, c.end_customer_id
        """, new { dealId }, ct);

    /// <summary>Other deals about the same company or those it may be: what is claimed there, by whom; for the brand.</summary>
    public Task<List<RivalDeal>> RivalsAsync(long dealId, DateTime now, CancellationToken ct) => db.ListAsync<RivalDeal>("""
        with cluster as (
            select c.customer_cluster_id from deal d join end_customer c using (end_customer_id) where d.deal_id = @dealId
            union
            select c.customer_cluster_id
            from deal_screening_candidate k join end_customer c using (end_customer_id)
            where k.deal_screening_id = (select max(s.deal_screening_id) from deal_screening s where s.deal_id = @dealId)
        )
        select d.number, p.name as partner_name, p.name_latin as partner_name_latin, c.name as customer_name, c.number as customer_number, d.status, d.amount, d.currency, d.submitted_at, d.protected_until,
               t.name as territory_name, t.name_zh as territory_name_zh, lines.names as line_names, lines.names_zh as line_names_zh,
               d.status in ('approved', 'converted') and d.protected_until > @now as live,
               d.territory_id = mine.territory_id and lines.ids && mine.ids as collides
        from cluster
        join end_customer c using (customer_cluster_id)
        join deal d using (end_customer_id)
        join partner p on p.partner_id = d.partner_id
        join territory t on t.territory_id = d.territory_id
        cross join lateral (
            select array_agg(n.name order by n.code) as names, array_agg(n.name_zh order by n.code) as names_zh, array_agg(n.product_line_id) as ids
            from deal_product_line l join product_line n using (product_line_id) where l.deal_id = d.deal_id and l.lost_at is null
        ) lines
        cross join (
            select m.territory_id, array_agg(l.product_line_id) as ids from deal m join deal_product_line l using (deal_id) where m.deal_id = @dealId group by m.territory_id
        ) mine
        where d.deal_id <> @dealId and d.status <> 'draft'
        order by live desc, collides desc, d.submitted_at desc
        limit 50
        """, new { dealId, now }, ct);

    /// <summary>The product lines and territories that can be chosen, and those of one's own partner first.</summary>
    public Task<DealChoices> ChoicesAsync(CancellationToken ct) => db.OneAsync<DealChoices>("""
        select array(select code from product_line order by name) as line_codes, array(select name from product_line order by name) as line_names,
               array(select name_zh from product_line order by name) as line_names_zh,
               array(select code from territory order by name) as territory_codes, array(select name from territory order by name) as territory_names,
               array(select name_zh from territory order by name) as territory_names_zh,
               (select t.code from partner p join territory t using (territory_id) where p.partner_id = app_partner_id()) as own_territory,
               (select p.country_code from partner p where p.partner_id = app_partner_id()) as own_country
        """, null, ct);

    sealed class VerdictRow
    {
        public required string Conflict { get; init; }

        public required string Band { get; init; }

        public string[] MatchedFields { get; init; } = [];

        public DateOnly? FreeFrom { get; init; }

        public string? OwnDeal { get; init; }

        public bool Blocked { get; init; }
    }
}

/// <summary>Something that was done to a deal.</summary>
/// <param name="Act">The act.</param>
/// <param name="FromStatus">The state before.</param>
/// <param name="ToStatus">The state after.</param>
/// <param name="Reason">Why.</param>
/// <param name="ByBrand">The brand did it.</param>
/// <param name="Person">Who, where the reader may know.</param>
/// <param name="HappenedAt">When.</param>
public sealed record DealEvent(string Act, string? FromStatus, string ToStatus, string? Reason, bool ByBrand, string? Person, DateTime HappenedAt);

/// <summary>A remark on a deal.</summary>
/// <param name="Stream"><c>shared</c> or <c>brand</c>.</param>
/// <param name="Body">What it says.</param>
/// <param name="ByBrand">The brand wrote it.</param>
/// <param name="Person">Who, where the reader may know.</param>
/// <param name="WrittenAt">When.</param>
public sealed record DealRemark(string Stream, string Body, bool ByBrand, string? Person, DateTime WrittenAt);

/// <summary>A request for a longer protection.</summary>
/// <param name="Days">How much longer.</param>
/// <param name="Reason">Why.</param>
/// <param name="RequestedAt">Since when it waits.</param>
public sealed record DealExtension(int Days, string Reason, DateTime RequestedAt);

/// <summary>A known company that a deal's customer may be, beside its evidence.</summary>
public sealed class ReviewCandidate
{
    static readonly System.Text.Json.JsonSerializerOptions Json = new(System.Text.Json.JsonSerializerDefaults.Web);

    /// <summary>The customer's number.</summary>
    public string Number { get; init; } = "";

    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its other names.</summary>
    public string[] OtherNames { get; init; } = [];

    /// <summary>Its country.</summary>
    public string CountryCode { get; init; } = "";

    /// <summary>Its city.</summary>
    public string? City { get; init; }

    /// <summary>Its address.</summary>
    public string? Address { get; init; }

    /// <summary>统一社会信用代码.</summary>
    public string? CreditCode { get; init; }

    /// <summary>The VAT number.</summary>
    public string? VatNumber { get; init; }

    /// <summary>The D-U-N-S number.</summary>
    public string? Duns { get; init; }

    /// <summary>The domain.</summary>
    public string? Domain { get; init; }

    /// <summary>The telephone.</summary>
    public string? Phone { get; init; }

    /// <summary>Served by the brand itself.</summary>
    public bool DirectAccount { get; init; }

    /// <summary>Whose customer it is.</summary>
    public string PartnerName { get; init; } = "";

    /// <summary>The same in Latin letters.</summary>
    public string? PartnerNameLatin { get; init; }

    /// <summary>Whose customer it is, by number.</summary>
    public string PartnerNumber { get; init; } = "";

    /// <summary>How sure the matcher is.</summary>
    public string Band { get; init; } = "";

    /// <summary>The class of conflict.</summary>
    public string Conflict { get; init; } = "";

    /// <summary>The sum of the points.</summary>
    public decimal Score { get; init; }

    /// <summary>The evidence as it was kept.</summary>
    public string EvidenceJson { get; init; } = "[]";

    /// <summary>It is the same company already.</summary>
    public bool Joined { get; init; }

    /// <summary>The evidence.</summary>
    public IReadOnlyList<Matching.Evidence> Evidence => System.Text.Json.JsonSerializer.Deserialize<List<Matching.Evidence>>(EvidenceJson, Json)!;
}

/// <summary>Another deal about the same company, or one it may be.</summary>
public sealed class RivalDeal : DealRow
{
    /// <summary>Its protection runs.</summary>
    public bool Live { get; init; }

    /// <summary>It claims the same territory and a line of the same.</summary>
    public bool Collides { get; init; }
}

/// <summary>What can be chosen on the form.</summary>
public sealed class DealChoices
{
    /// <summary>Codes of the product lines.</summary>
    public string[] LineCodes { get; init; } = [];

    /// <summary>Their English names.</summary>
    public string[] LineNames { get; init; } = [];

    /// <summary>Their Chinese names.</summary>
    public string[] LineNamesZh { get; init; } = [];

    /// <summary>Codes of the territories.</summary>
    public string[] TerritoryCodes { get; init; } = [];

    /// <summary>Their English names.</summary>
    public string[] TerritoryNames { get; init; } = [];

    /// <summary>Their Chinese names.</summary>
    public string[] TerritoryNamesZh { get; init; } = [];

    /// <summary>The territory of one's own partner.</summary>
    public string? OwnTerritory { get; init; }

    /// <summary>The country of one's own partner.</summary>
    public string? OwnCountry { get; init; }
}
