using System.Text.Json;
using Platform.Audit;
using Platform.Database;
using Platform.Web;
using Portal.Customers;
using Portal.Deals;
using Portal.Matching;

namespace Portal.Leads;

/// <summary>
/// Holds leads against the known companies, by the matcher that screens registrations: before they are handed out the brand sees what a partner that accepts would run into. It is the brand's own
/// question and counts on no partner's quota.
/// </summary>
public sealed class ScreenLeads(Db db, LeadStore leads, LeadScreeningStore screenings, CustomerStore customers, AuditTrail audit, TimeProvider clock)
{
    const int AtOnce = 200;

    /// <summary>Screens them, many with a few statements. In the caller's transaction.</summary>
    public async Task RunAsync(IReadOnlyList<(long LeadId, NewCustomer Company)> asked, CancellationToken ct)
    {
        foreach (var some in asked.Chunk(AtOnce))
        {
            var profiles = some.Select(lead => lead.Company.Check().Details.Profile).ToList();
            var found = (await customers.CandidatesAsync([.. profiles.Select(profile => profile.Sought)], ct)).ToLookup(candidate => candidate.Ordinal);
            await screenings.KeepAsync([.. some.Select(lead => lead.LeadId)], [.. some.SelectMany((lead, place) => Judged(lead.LeadId, profiles[place], found[place]))], clock.GetUtcNow().UtcDateTime, ct);
        }
    }

    /// <summary>Screens one anew, for somebody of the brand who looks at it.</summary>
    public Task<LeadOutcome> AgainAsync(string number, CancellationToken ct) => db.InTransactionAsync<LeadOutcome>(async () =>
    {
        if (await leads.FindAsync(number, ct) is not { CallerIsBrand: true } lead)
        {
            return new LeadOutcome.Gone();
        }

        if (!LeadLifecycle.Act("offer").Roles.Any(role => lead.CallerRoles.Contains(role, StringComparer.Ordinal)))
        {
            return new LeadOutcome.Forbidden();
        }

        if (lead.Status is "accepted" or "discarded")
        {
            return new LeadOutcome.Refused("leads.refused.state");
        }

        await RunAsync([(lead.LeadId, lead.Customer)], ct);
        await audit.RecordAsync("lead.screened", "lead", number, null, null, ct);
        return new LeadOutcome.Done(number);
    }, ct);

    static IEnumerable<ScreenedLead> Judged(long leadId, CompanyProfile company, IEnumerable<CustomerCandidate> candidates) =>
        CustomerCandidate.Surest(candidates, candidate => candidate.JudgedAgainst(company)).Select(found => new ScreenedLead(leadId, found.Candidate.EndCustomerId, found.Judgement));
}

/// <summary>The statements about where leads stand.</summary>
public sealed class LeadScreeningStore(Db db)
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Keeps what was found, in place of what was found before.</summary>
    internal Task KeepAsync(IReadOnlyCollection<long> leadIds, IReadOnlyCollection<ScreenedLead> found, DateTime now, CancellationToken ct) => db.ExecuteAsync("""
        with found as (
            select * from unnest(@ofLeads, @customers, @bands, @scores, @evidence) as f (lead_id, end_customer_id, band, score, evidence)
        ), gone as (
            delete from lead_candidate c where c.lead_id = any(@leads) and (c.lead_id, c.end_customer_id) not in (select lead_id, end_customer_id from found)
        ), come as (
            insert into lead_candidate (lead_id, end_customer_id, band, score, evidence)
            select lead_id, end_customer_id, band, score, evidence::jsonb from found
            on conflict (lead_id, end_customer_id) do update set band = excluded.band, score = excluded.score, evidence = excluded.evidence
        )
        insert into lead_screening (lead_id, screened_at, matcher) select l, @now, @matcher from unnest(@leads) as l
        on conflict (lead_id) do update set screened_at = excluded.screened_at, matcher = excluded.matcher
        """, new
    {
        leads = leadIds.ToArray(), now, matcher = SameCompany.Version,
        ofLeads = found.Select(one => one.LeadId).ToArray(),
        customers = found.Select(one => one.EndCustomerId).ToArray(),
        bands = found.Select(one => one.Judgement.Band.Word()).ToArray(),
        scores = found.Select(one => one.Judgement.Score).ToArray(),
        evidence = found.Select(one => JsonSerializer.Serialize(one.Judgement.Evidence, Json)).ToArray(),
    }, ct);

    /// <summary>Where a lead stands, as it was last screened and as claims are now.</summary>
    public async Task<LeadStanding> FindAsync(long leadId, DateTime now, CancellationToken ct)
    {
        var screening = await db.FindAsync<LeadScreening>("""
            select s.screened_at, s.despite_reason, w.name as despite_by, s.despite_at from lead_screening s left join person w on w.person_id = s.despite_by where s.lead_id = @leadId
            """, new { leadId }, ct);
        var candidates = await db.ListAsync<LeadCandidate>("""
            select e.number, e.name, p.number as partner_number, p.name as partner_name, p.name_latin as partner_name_latin, e.direct_account, c.band, c.score, c.evidence::text as evidence_json
            from lead_candidate c join end_customer e using (end_customer_id) join partner p on p.partner_id = e.partner_id
            where c.lead_id = @leadId
            order by array_position(array['certain', 'likely', 'related', 'possible'], c.band), c.score desc, e.end_customer_id
            """, new { leadId }, ct);
        return new(screening, candidates, await ClaimsAsync([leadId], now, ct));
    }

    /// <summary>The live claims on the companies that leads may be, and on those of the same group, the surest first.</summary>
    public Task<List<LeadClaim>> ClaimsAsync(IReadOnlyCollection<long> leadIds, DateTime now, CancellationToken ct) => db.ListAsync<LeadClaim>("""
        with known as (
            select c.lead_id, e.customer_cluster_id, min(array_position(array['certain', 'likely', 'related', 'possible'], c.band)) as place
            from lead_candidate c join end_customer e using (end_customer_id)
            where c.lead_id = any(@leads)
            group by c.lead_id, e.customer_cluster_id
        ), kin as (
            select a.lead_id, r.customer_cluster_id, 3 as place
            from unnest(@leads) as a (lead_id)
            cross join lateral related_customers(array(select k.customer_cluster_id from known k where k.lead_id = a.lead_id and k.place = 1)) r
        ), companies as (
            select lead_id, customer_cluster_id, min(place) as place from (select * from known union all select * from kin) as both_of_them group by lead_id, customer_cluster_id
        )
        select l.lead_id, d.number as deal_number, c.name as customer_name, p.number as partner_number, p.name as partner_name, p.name_latin as partner_name_latin, n.name as line_name, n.name_zh as line_name_zh,
               t.name as territory_name, t.name_zh as territory_name_zh, brand_day(upper(k.protection) - interval '1 microsecond') as until, (array['certain', 'likely', 'related', 'possible'])[x.place] as band,
               k.territory_id = l.territory_id and exists (select from lead_product_line p where p.lead_id = l.lead_id and p.product_line_id = k.product_line_id) as overlaps
        from companies x
        join lead l using (lead_id)
        join deal_claim k on k.customer_cluster_id = x.customer_cluster_id and k.protection @> @now
        join deal d on d.deal_id = k.deal_id
        join end_customer c on c.end_customer_id = d.end_customer_id
        join partner p on p.partner_id = k.partner_id
        join product_line n on n.product_line_id = k.product_line_id
        join territory t on t.territory_id = k.territory_id
        order by l.lead_id, x.place, 13 desc, d.deal_id, n.code
        """, new { leads = leadIds.ToArray(), now }, ct);

    /// <summary>The brand's own customers that leads certainly are: it serves them itself.</summary>
    public Task<List<long>> DirectAsync(IReadOnlyCollection<long> leadIds, CancellationToken ct) => db.ListAsync<long>("""
        select distinct c.lead_id from lead_candidate c join end_customer e using (end_customer_id) where c.lead_id = any(@leads) and c.band = 'certain' and e.direct_account
        """, new { leads = leadIds.ToArray() }, ct);

    /// <summary>Keeps why a lead was handed out although somebody probably holds it.</summary>
    internal Task DespiteAsync(long leadId, string? reason, DateTime now, CancellationToken ct) => db.ExecuteAsync("""
        update lead_screening
        set despite_reason = @reason::text, despite_by = case when @reason::text is not null then app_person_id() end, despite_at = case when @reason::text is not null then @now::timestamptz end
        where lead_id = @leadId
        """, new { leadId, reason, now }, ct);
}

/// <summary>A company that a lead may be.</summary>
sealed record ScreenedLead(long LeadId, long EndCustomerId, Judgement Judgement);

/// <summary>When a lead was screened, and why it was handed out all the same.</summary>
public sealed record LeadScreening(DateTime ScreenedAt, string? DespiteReason, string? DespiteBy, DateTime? DespiteAt);

/// <summary>A customer of some partner, or the brand's own, that may be the lead's company.</summary>
public sealed class LeadCandidate
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>The customer's number.</summary>
    public string Number { get; init; } = "";

    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>The number of the partner whose customer it is.</summary>
    public string PartnerNumber { get; init; } = "";

    /// <summary>That partner's name.</summary>
    public string PartnerName { get; init; } = "";

    /// <summary>The same in Latin letters.</summary>
    public string? PartnerNameLatin { get; init; }

    /// <summary>Served by the brand itself.</summary>
    public bool DirectAccount { get; init; }

    /// <summary>How sure the matcher is.</summary>
    public string Band { get; init; } = "";

    /// <summary>In points.</summary>
    public decimal Score { get; init; }

    /// <summary>What speaks for and against it.</summary>
    public IReadOnlyList<Evidence> Evidence => JsonSerializer.Deserialize<List<Evidence>>(EvidenceJson, Json) ?? [];

    internal string EvidenceJson { get; init; } = "[]";
}

/// <summary>A live claim on a company that a lead may be.</summary>
public sealed class LeadClaim
{
    /// <summary>The lead; never leaves the server.</summary>
    public long LeadId { get; init; }

    /// <summary>The deal.</summary>
    public string DealNumber { get; init; } = "";

    /// <summary>The customer as its holder calls it.</summary>
    public string CustomerName { get; init; } = "";

    /// <summary>The number of the partner that holds it.</summary>
    public string PartnerNumber { get; init; } = "";

    /// <summary>That partner's name.</summary>
    public string PartnerName { get; init; } = "";

    /// <summary>The same in Latin letters.</summary>
    public string? PartnerNameLatin { get; init; }

    /// <summary>The product line.</summary>
    public string LineName { get; init; } = "";

    /// <summary>The same in Chinese.</summary>
    public string? LineNameZh { get; init; }

    /// <summary>The territory.</summary>
    public string TerritoryName { get; init; } = "";

    /// <summary>The same in Chinese.</summary>
    public string? TerritoryNameZh { get; init; }

    /// <summary>The last day it is protected.</summary>
    public DateOnly Until { get; init; }

    /// <summary>How sure the matcher is that it is the same company; <c>related</c> for one of its group.</summary>
    public string Band { get; init; } = "";

    /// <summary>It is for a line of the lead in its territory.</summary>
    public bool Overlaps { get; init; }

    /// <summary>The line in the reader's language.</summary>
    public string LineShown => Languages.Current is "zh-CN" ? LineNameZh ?? LineName : LineName;

    /// <summary>The territory in the reader's language.</summary>
    public string TerritoryShown => Languages.Current is "zh-CN" ? TerritoryNameZh ?? TerritoryName : TerritoryName;
}

/// <summary>Where a lead stands among the known companies and their claims.</summary>
/// <param name="Screening">When that was looked for; null before it ever was.</param>
/// <param name="Candidates">The companies it may be.</param>
/// <param name="Claims">The live claims on them.</param>
public sealed record LeadStanding(LeadScreening? Screening, IReadOnlyList<LeadCandidate> Candidates, IReadOnlyList<LeadClaim> Claims)
{
    /// <summary>Why it can be handed out to nobody: a registration could only be turned away. Null where it can.</summary>
    public LeadOutcome.Refused? Refusal => RefusalOf(Claims, Candidates.Any(candidate => candidate is { Band: "certain", DirectAccount: true }));

    /// <summary>Somebody probably holds it, and whoever hands it out says why.</summary>
    public bool IsDoubtful => Doubt(Claims) is not null;

    internal static LeadOutcome.Refused? RefusalOf(IEnumerable<LeadClaim> claims, bool isDirect) =>
        claims.FirstOrDefault(claim => claim is { Overlaps: true, Band: "certain" }) is { } held ? new("leads.refused.taken", held.PartnerName, held.DealNumber, held.Until)
        : isDirect ? new("leads.refused.direct")
        : null;

    internal static LeadClaim? Doubt(IEnumerable<LeadClaim> claims) => claims.FirstOrDefault(claim => claim is { Overlaps: true, Band: "likely" });
}
