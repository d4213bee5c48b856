using Platform.Database;

namespace Portal.Deals;

/// <summary>The statements by which many registrations are checked and entered at once.</summary>
public sealed class ManyStore(Db db)
{
    /// <summary>The product lines and territories that go by these codes or names.</summary>
    public async Task<RegistrationWords> WordsAsync(IReadOnlyCollection<string> lines, IReadOnlyCollection<string> territories, CancellationToken ct) => new(
        await db.ListAsync<NamedThing>("""
            select product_line_id as id, code, name, name_zh from product_line where lower(code) = any(@names) or lower(name) = any(@names) or lower(name_zh) = any(@names) order by code
            """, new { names = Lower(lines) }, ct),
        await db.ListAsync<NamedThing>("""
            select territory_id as id, code, name, name_zh from territory where lower(code) = any(@names) or lower(name) = any(@names) or lower(name_zh) = any(@names) order by code
            """, new { names = Lower(territories) }, ct));

    /// <summary>What a partner has in hand about these companies, drafts too.</summary>
    public Task<List<OwnOpenDeal>> OwnOpenAsync(long partnerId, IReadOnlyCollection<long> clusterIds, CancellationToken ct) => db.ListAsync<OwnOpenDeal>("""
        select c.customer_cluster_id, d.number, d.status, d.territory_id, array(select l.product_line_id from deal_product_line l where l.deal_id = d.deal_id and l.lost_at is null) as line_ids
        from deal d join end_customer c using (end_customer_id)
        where d.partner_id = @partnerId and c.customer_cluster_id = any(@clusters) and d.status in ('draft', 'submitted', 'under_review', 'information_requested', 'approved', 'converted')
        order by d.status = 'draft', d.deal_id
        """, new { partnerId, clusters = clusterIds.ToArray() }, ct);

    /// <summary>How many screenings a partner has left today, by the lines that are claimed together (their keys, separated by commas).</summary>
    public async Task<IReadOnlyDictionary<string, int>> ScreeningsLeftAsync(long partnerId, IReadOnlyCollection<string> lines, DateTime now, CancellationToken ct) => (await db.ListAsync<(string Lines, int Left)>($"""
        select asked.lines, y.screenings_per_day - {DealStore.ScreeningsToday}
        from unnest(@lines) as asked (lines)
        join partner p on p.partner_id = @partnerId
        join protection_policy y on y.protection_policy_id = protection_policy_for(p.partner_level, string_to_array(asked.lines, ',')::bigint[], null, brand_day(@now))
        """, new { partnerId, lines = lines.ToArray(), now }, ct)).ToDictionary(left => left.Lines, left => left.Left, StringComparer.Ordinal);

    /// <summary>Enters drafts with their lines, all with one statement.</summary>
    public Task InsertAsync(IReadOnlyList<DealDraft> drafts, DateTime now, CancellationToken ct) => db.ExecuteAsync("""
        with entered as (
            insert into deal (number, partner_id, end_customer_id, territory_id, amount, currency, expected_close, period_from, period_until,
                              contact_name, contact_email, contact_phone, need, created_by, created_at, updated_at)
            select d.*, app_person_id(), @now, @now
            from unnest(@numbers, @partners, @customers, @territories, @amounts, @currencies, @closes, @froms, @untils, @names, @emails, @phones, @needs) as d
            returning deal_id, number, partner_id
        )
        insert into deal_product_line (deal_id, product_line_id, partner_id)
        select e.deal_id, l.line, e.partner_id from unnest(@lineNumbers, @lines) as l (number, line) join entered e using (number)
        """, new
    {
        now,
        numbers = drafts.Select(draft => draft.Number).ToArray(),
        partners = drafts.Select(draft => draft.PartnerId).ToArray(),
        customers = drafts.Select(draft => draft.EndCustomerId).ToArray(),
        territories = drafts.Select(draft => draft.TerritoryId).ToArray(),
        amounts = drafts.Select(draft => draft.Amount).ToArray(),
        currencies = drafts.Select(draft => draft.Currency).ToArray(),
        closes = drafts.Select(draft => draft.ExpectedClose).ToArray(),
        froms = drafts.Select(draft => draft.PeriodFrom).ToArray(),
        untils = drafts.Select(draft => draft.PeriodUntil).ToArray(),
        names = drafts.Select(draft => draft.ContactName).ToArray(),
        emails = drafts.Select(draft => draft.ContactEmail).ToArray(),
        phones = drafts.Select(draft => draft.ContactPhone).ToArray(),
        needs = drafts.Select(draft => draft.Need).ToArray(),
        lineNumbers = drafts.SelectMany(draft => draft.LineIds.Select(_ => draft.Number)).ToArray(),
        lines = drafts.SelectMany(draft => draft.LineIds).ToArray(),
    }, ct);

    static string[] Lower(IEnumerable<string> names) => [.. names.Select(name => name.Trim().ToLowerInvariant()).Distinct(StringComparer.Ordinal)];
}

/// <summary>The product lines and territories a file speaks of, by code or by name.</summary>
public sealed class RegistrationWords(IReadOnlyList<NamedThing> lines, IReadOnlyList<NamedThing> territories)
{
    /// <summary>A product line; what is not known stays as it was written, and has no key.</summary>
    public (string Code, long? Id) Line(string word) => Of(lines, word);

    /// <summary>A territory; what is not known stays as it was written, and has no key.</summary>
    public (string? Code, long? Id) Territory(string? word) => word is null ? (null, null) : Of(territories, word);

    // A code is what somebody meant before a name is.
    static (string Code, long? Id) Of(IReadOnlyList<NamedThing> things, string word)
    {
        var trimmed = word.Trim();
        return (things.FirstOrDefault(thing => Same(thing.Code, trimmed)) ?? things.FirstOrDefault(thing => Same(thing.Name, trimmed) || Same(thing.NameZh, trimmed))) is { } known ? (known.Code, known.Id) : (trimmed, null);
    }

    static bool Same(string? name, string word) => string.Equals(name, word, StringComparison.OrdinalIgnoreCase);
}

/// <summary>A product line or a territory by its names.</summary>
public sealed record NamedThing(long Id, string Code, string Name, string? NameZh);

/// <summary>A deal of the partner itself that is not over.</summary>
public sealed class OwnOpenDeal
{
    /// <summary>Which company it is about.</summary>
    public long CustomerClusterId { get; init; }

    /// <summary>Its number.</summary>
    public required string Number { get; init; }

    /// <summary>Where it stands.</summary>
    public required string Status { get; init; }

    /// <summary>Its territory.</summary>
    public long TerritoryId { get; init; }

    /// <summary>Its product lines.</summary>
    public long[] LineIds { get; init; } = [];
}
