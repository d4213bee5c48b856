using Npgsql;
using Platform.Database;
using Platform.Web;
using Portal.Customers;
using Portal.Web.Display;

namespace Portal.Deals;

/// <summary>What a partner asks a protected deal to be instead.</summary>
public sealed class DealAmendment
{
    /// <summary>The amount, in the deal's currency.</summary>
    public decimal Amount { get; init; }

    /// <summary>The keys of the product lines; never leave the server.</summary>
    public long[] LineIds { get; init; } = [];

    /// <summary>Their names in English.</summary>
    public string[] LineNames { get; init; } = [];

    /// <summary>Their names in Chinese.</summary>
    public string[] LineNamesZh { get; init; } = [];

    /// <summary>The territory; never leaves the server.</summary>
    public long TerritoryId { get; init; }

    /// <summary>Its name in English.</summary>
    public string TerritoryName { get; init; } = "";

    /// <summary>Its name in Chinese.</summary>
    public string TerritoryNameZh { get; init; } = "";

    /// <summary>Why.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Since when it waits.</summary>
    public DateTime RequestedAt { get; init; }

    /// <summary>What would be another.</summary>
    internal IEnumerable<DealField> Changes(Deal deal) => AmendmentTyped.Changes(deal, Amount, LineIds, TerritoryId);
}

/// <summary>The statements about amendments.</summary>
public sealed class AmendmentStore(Db db)
{
    /// <summary>The constraint that lets one request wait at a time.</summary>
    public const string OneOpen = "one_open_amendment_request";

    /// <summary>The amendment that waits. Where it was asked for before a dispute took one of the lines away, it is one of the others.</summary>
    public Task<DealAmendment?> WaitingAsync(long dealId, CancellationToken ct) => db.FindAsync<DealAmendment>("""
        select a.amount, lines.line_ids, lines.line_names, lines.line_names_zh, a.territory_id, t.name as territory_name, t.name_zh as territory_name_zh, a.reason, a.requested_at
        from deal_amendment a join territory t using (territory_id)
        cross join lateral (
            select coalesce(array_agg(l.product_line_id order by l.code), '{}') as line_ids, coalesce(array_agg(l.name order by l.code), '{}') as line_names,
                   coalesce(array_agg(l.name_zh order by l.code), '{}') as line_names_zh
            from product_line l
            where l.product_line_id = any (a.line_ids)
              and not exists (select from deal_product_line dl where dl.deal_id = a.deal_id and dl.product_line_id = l.product_line_id and dl.lost_at is not null)
        ) lines
        where a.deal_id = @dealId and a.granted is null
        """, new { dealId }, ct);

    /// <summary>Asks.</summary>
    public Task InsertAsync(Deal deal, decimal amount, IReadOnlyList<long> lineIds, long territoryId, string reason, DateTime now, CancellationToken ct) => db.ExecuteAsync("""
        insert into deal_amendment (deal_id, partner_id, amount, line_ids, territory_id, reason, requested_by, requested_at)
        values (@DealId, @PartnerId, @amount, @lines, @territoryId, @reason, app_person_id(), @now)
        """, new { deal.DealId, deal.PartnerId, amount, lines = lineIds.ToArray(), territoryId, reason, now }, ct);

    /// <summary>Decides the one that waits; false when none does.</summary>
    public async Task<bool> DecideAsync(long dealId, bool granted, string? answer, DateTime now, CancellationToken ct) => await db.FindAsync<long?>("""
        update deal_amendment set granted = @granted, answer = @answer, decided_by = app_person_id(), decided_at = @now
        where deal_id = @dealId and granted is null
        returning deal_amendment_id
        """, new { dealId, granted, answer, now }, ct) is not null;

    /// <summary>
    /// Makes the deal what was asked for. Claims on what it gives up end now; claims on what it takes on begin now and end with the rest. Where another live claim
    /// stands in the way the database refuses with <see cref="DealStore.OneLiveClaim"/>.
    /// </summary>
    public Task ApplyAsync(Deal deal, DealAmendment to, DateTime now, CancellationToken ct) => db.ExecuteAsync("""
        update deal set amount = @Amount, territory_id = @TerritoryId where deal_id = @DealId;
        delete from deal_product_line where deal_id = @DealId and product_line_id <> all (@LineIds) and lost_at is null;
        insert into deal_product_line (deal_id, product_line_id, partner_id) select @DealId, l, @PartnerId from unnest(@LineIds) as l on conflict do nothing;
        update deal_claim
        set protection = tstzrange(lower(protection), greatest(@now, lower(protection) + interval '1 microsecond'))
        where deal_id = @DealId and upper(protection) > @now and (territory_id <> @TerritoryId or product_line_id <> all (@LineIds));
        insert into deal_claim (deal_id, partner_id, end_customer_id, customer_cluster_id, product_line_id, territory_id, protection)
        select d.deal_id, d.partner_id, d.end_customer_id, c.customer_cluster_id, l, d.territory_id, tstzrange(@now, d.protected_until)
        from deal d join end_customer c using (end_customer_id) cross join unnest(@LineIds) as l
        where d.deal_id = @DealId
          and not exists (select from deal_claim k where k.deal_id = d.deal_id and k.product_line_id = l and k.territory_id = d.territory_id and k.protection @> @now::timestamptz)
        """, new { deal.DealId, deal.PartnerId, to.Amount, to.TerritoryId, to.LineIds, now }, ct);
}

/// <summary>Amount, lines or territory of a protected deal: the claimant asks with a reason, the deal desk grants or refuses.</summary>
public sealed class AmendDeal(ActOnDeal actOnDeal, DealStore deals, AmendmentStore amendments, CustomerStore customers, DealNews news, TimeProvider clock)
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Asks; one request waits at a time. What is left out stays as it is.</summary>
    public async Task<DealOutcome> RequestAsync(string number, int? version, AmendmentTyped typed, CancellationToken ct)
    {
        try
        {
            return await actOnDeal.RunAsync(number, version, "request_amendment", typed.Reason, async (deal, act) =>
            {
                var terms = await deals.TermsAsync(typed.ProductLines is { Count: > 0 } lines ? lines : deal.ProductLines, DealTyped.Text(typed.Territory) ?? deal.Territory, Now, ct);
                var amount = typed.Amount ?? deal.Amount;
                if (typed.Check(deal, terms, amount) is { Count: > 0 } problems)
                {
                    return new DealOutcome.Invalid(problems);
                }

                await amendments.InsertAsync(deal, amount, terms.LineIds, terms.TerritoryId!.Value, DealTyped.Text(typed.Reason)!, Now, ct);
                return await actOnDeal.FinishAsync(deal, act, typed.Reason, new { amount, lines = typed.ProductLines, typed.Territory, typed.Reason }, () => news.TellDealDeskAsync("amendment_requested", deal, typed.Reason, ct), ct);
            }, ct);
        }
        catch (PostgresException refused) when (refused.Violates(AmendmentStore.OneOpen))
        {
            return new DealOutcome.Refused("amendments.refused.waits");
        }
    }

    /// <summary>Grants the request that waits.</summary>
    public async Task<DealOutcome> GrantAsync(string number, int? version, CancellationToken ct)
    {
        try
        {
            return await actOnDeal.RunAsync(number, version, "grant_amendment", null, async (deal, act) =>
            {
                await customers.HoldClustersAsync([deal.CustomerClusterId], ct);
                if (deal.ProtectedUntil <= Now)
                {
                    return new DealOutcome.Refused("deals.refused.protection_ended");
                }

                if (await amendments.WaitingAsync(deal.DealId, ct) is not { } asked || !await amendments.DecideAsync(deal.DealId, true, null, Now, ct))
                {
                    return new DealOutcome.Refused("amendments.refused.none_waits");
                }

                if (asked.LineIds.Length == 0)
                {
                    return new DealOutcome.Refused("amendments.refused.lost_line");
                }

                if (asked.Changes(deal).Except(DealLifecycle.AmendableFields(deal.IsDisputed)).Any())
                {
                    return new DealOutcome.Refused("amendments.refused.disputed");
                }

                await amendments.ApplyAsync(deal, asked, Now, ct);
                var before = new { deal.Amount, deal.ProductLines, deal.Territory };
                return await actOnDeal.FinishAsync(deal, act, null, new { before, after = new { asked.Amount, lines = asked.LineNames, territory = asked.TerritoryName } }, async () =>
                {
                    await actOnDeal.TellWitnessesAsync(deal, ct);
                    await news.TellClaimantAsync("amendment_granted", deal, null, ct);
                }, ct);
            }, ct);
        }
        catch (PostgresException refused) when (refused.Violates(DealStore.OneLiveClaim))
        {
            return await TakenAsync(number, ct);
        }
    }

    /// <summary>Refuses the request that waits, with a reason.</summary>
    public Task<DealOutcome> RefuseAsync(string number, int? version, string? reason, CancellationToken ct) =>
        actOnDeal.RunAsync(number, version, "refuse_amendment", reason, async (deal, act) =>
            await amendments.DecideAsync(deal.DealId, false, DealTyped.Text(reason), Now, ct)
                ? await actOnDeal.FinishAsync(deal, act, reason, new { reason }, () => news.TellClaimantAsync("amendment_refused", deal, reason, ct), ct)
                : new DealOutcome.Refused("amendments.refused.none_waits"), ct);

    // The day from which what was asked for is free, not what the deal covers today.
    async Task<DealOutcome> TakenAsync(string number, CancellationToken ct) =>
        await deals.FindAsync(number, ct) is { } deal && await amendments.WaitingAsync(deal.DealId, ct) is { } asked
        && await deals.FreeFromAsync(deal, asked.LineIds, asked.TerritoryId, Now, ct) is { } free
            ? new DealOutcome.Refused("deals.refused.taken_until", Formats.Date(free))
            : new DealOutcome.Refused("deals.refused.two_claims_meet");
}

/// <summary>An amendment as somebody typed it; what is null stays as it is.</summary>
public sealed record AmendmentTyped
{
    /// <summary>The amount, in the deal's currency.</summary>
    public decimal? Amount { get; init; }

    /// <summary>The codes of all product lines that are to be claimed.</summary>
    public IReadOnlyList<string>? ProductLines { get; init; }

    /// <summary>The code of the territory.</summary>
    public string? Territory { get; init; }

    /// <summary>Why.</summary>
    public string? Reason { get; init; }

    /// <summary>What is wrong with it.</summary>
    internal IReadOnlyList<FieldProblem> Check(Deal deal, DealTerms terms, decimal amount)
    {
        var problems = new List<FieldProblem>();
        if (amount is not (> 0 and < 1_000_000_000_000m) || decimal.Round(amount, 2) != amount)
        {
            problems.Add(new("amount", "deals.invalid.amount"));
        }

        if (ProductLines is { Count: > 0 } && ProductLines.Distinct(StringComparer.Ordinal).Count() != terms.LineIds.Length)
        {
            problems.Add(new("productLines", "deals.invalid.unknown_line"));
        }

        if (terms.TerritoryId is null)
        {
            problems.Add(new("territory", "deals.invalid.territory"));
        }

        if (terms.LineIds.Intersect(deal.LostLineIds).Any())
        {
            problems.Add(new("productLines", "amendments.invalid.lost_line"));
        }

        return problems.Count > 0 ? problems : CheckChanges(deal, [.. Changes(deal, amount, terms.LineIds, terms.TerritoryId!.Value)]);
    }

    static IReadOnlyList<FieldProblem> CheckChanges(Deal deal, IReadOnlyList<DealField> changes) => changes.Count == 0 ? [new("", "amendments.invalid.nothing")]
        : [.. changes.Except(DealLifecycle.AmendableFields(deal.IsDisputed)).Select(field => new FieldProblem(field is DealField.Territory ? "territory" : "productLines", "amendments.invalid.disputed"))];

    internal static IEnumerable<DealField> Changes(Deal deal, decimal amount, IEnumerable<long> lineIds, long territoryId)
    {
        if (amount != deal.Amount)
        {
            yield return DealField.Amount;
        }

        if (!lineIds.Order().SequenceEqual(deal.LineIds.Order()))
        {
            yield return DealField.ProductLines;
        }

        if (territoryId != deal.TerritoryId)
        {
            yield return DealField.Territory;
        }
    }
}
