using System.Text.Json;
using Npgsql;
using Platform.Audit;
using Platform.Database;
using Platform.Rows;

namespace Portal.Partners;

/// <summary>One company of a file or of another system.</summary>
/// <param name="Row">Its number as the giver counts, for refusals.</param>
/// <param name="Facts">What is said about it; the code is what it is known by, and a type may be written as files do.</param>
/// <param name="UpstreamCode">The code of the company it buys from; empty for the brand.</param>
public sealed record PartnerRow(long Row, PartnerFacts Facts, string? UpstreamCode);

/// <summary>
/// Takes many companies at once, by their codes: new ones are added, known ones changed, and moved where their upstream differs. A row
/// may come before the row of its upstream. All rows stand in memory, because the tree must be known before its first branch is added.
/// </summary>
public sealed class AddPartners(Db db, BrandPartner brand, AuditTrail audit, TimeProvider clock)
{
    /// <summary>Adds or changes them in one transaction (the caller's, where one is open); answers the rows that were refused.</summary>
    public Task<IReadOnlyList<RowRefusal>> AddPartnersAsync(IReadOnlyCollection<PartnerRow> rows, CancellationToken ct) =>
        db.InTransactionAsync(async () =>
        {
            await brand.EnsureAsync(ct);
            var refusals = new List<RowRefusal>();
            var candidates = Readable(rows, refusals);
            await AdoptNumbersAsync(candidates, ct);
            var known = await KnownAsync(candidates, ct);
            var byCode = candidates.ToDictionary(row => row.Facts.Code!, StringComparer.Ordinal);
            await AddTerritoriesAsync(candidates, ct);
            foreach (var generation in Generations(candidates, byCode, known, refusals))
            {
                await InsertAsync(generation, ct);
            }

            var changed = candidates.Where(row => known.ContainsKey(row.Facts.Code!)).ToList();
            await UpdateAsync(changed, ct);
            await MoveAsync(changed, known, refusals, ct);
            return (IReadOnlyList<RowRefusal>)[.. refusals.OrderBy(refusal => refusal.Row)];
        }, ct);

    static List<PartnerRow> Readable(IEnumerable<PartnerRow> rows, List<RowRefusal> refusals)
    {
        var taken = new Dictionary<string, PartnerRow>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            var facts = row.Facts.Tidied();
            facts = facts with { PartnerType = PartnerWords.TypeFrom(facts.PartnerType) ?? facts.PartnerType };
            var flaws = facts.Flaws().Select(flaw => new RowRefusal(row.Row, JsonNamingPolicy.SnakeCaseLower.ConvertName(flaw.Field), flaw.TextKey, flaw.Arguments)).ToList();
            if (facts.Code is null)
            {
                flaws.Add(new(row.Row, "code", "partners.refused.code_missing"));
            }
            else if (flaws.Count == 0 && !taken.TryAdd(facts.Code, row with { Facts = facts, UpstreamCode = string.IsNullOrWhiteSpace(row.UpstreamCode) ? null : row.UpstreamCode.Trim() }))
            {
                flaws.Add(new(row.Row, "code", "partners.refused.code_twice", taken[facts.Code].Row));
            }

            refusals.AddRange(flaws);
        }

        return [.. taken.Values];
    }

    // A company that was entered without a code leaves in exports under its number; that becomes its code when it comes back.
    async Task AdoptNumbersAsync(List<PartnerRow> rows, CancellationToken ct)
    {
        var adopted = await db.ListAsync<Written>("""
            update partner
            set code = number, version = version + 1
            where code is null and partner_type <> 'brand' and number = any (@codes)
            returning partner_id, number, code
            """, new { codes = rows.SelectMany(row => new[] { row.Facts.Code, row.UpstreamCode }).OfType<string>().Distinct(StringComparer.Ordinal).ToArray() }, ct);
        await audit.RecordAsync([.. adopted.Select(partner => new AuditAct("partner.changed", "partner", partner.Number, [partner.PartnerId], new { partner.Code, import = true }))], ct);
    }

    // The codes that stand in the database already, each with the code of its upstream (null: the brand, which may have no code).
    async Task<Dictionary<string, string?>> KnownAsync(List<PartnerRow> rows, CancellationToken ct) =>
        (await db.ListAsync<KnownPartner>("""
            select b.code, case when u.partner_type <> 'brand' then u.code end as upstream_code
            from partner b
            left join partner u on u.partner_id = b.upstream_id
            where b.code = any (@codes)
            """, new { codes = rows.SelectMany(row => new[] { row.Facts.Code, row.UpstreamCode }).OfType<string>().Distinct(StringComparer.Ordinal).ToArray() }, ct))
        .ToDictionary(partner => partner.Code, partner => partner.UpstreamCode, StringComparer.Ordinal);

    // New rows, generation by generation: first those whose upstream is there, then those below them. Whoever is left has none, or goes in circles.
    static IEnumerable<List<PartnerRow>> Generations(
        List<PartnerRow> rows, Dictionary<string, PartnerRow> byCode, Dictionary<string, string?> known, List<RowRefusal> refusals)
    {
        var there = known.Keys.ToHashSet(StringComparer.Ordinal);
        var waiting = rows.Where(row => !known.ContainsKey(row.Facts.Code!)).ToList();
        while (waiting.Count > 0)
        {
            var next = waiting.Where(row => row.UpstreamCode is null || there.Contains(row.UpstreamCode)).ToList();
            if (next.Count == 0)
            {
                break;
            }

            yield return next;
            there.UnionWith(next.Select(row => row.Facts.Code!));
            waiting = [.. waiting.Where(row => !there.Contains(row.Facts.Code!))];
        }

        refusals.AddRange(waiting.Select(row => new RowRefusal(row.Row, "upstream_code", WhyWithoutPlace(row, byCode), row.UpstreamCode!)));
    }

    static string WhyWithoutPlace(PartnerRow row, Dictionary<string, PartnerRow> byCode)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var above = row;
        while (seen.Add(above.Facts.Code!))
        {
            if (above.UpstreamCode is null || !byCode.TryGetValue(above.UpstreamCode, out above!))
            {
                return ReferenceEquals(row, above) || seen.Count == 1 ? "partners.refused.upstream_code_unknown" : "partners.refused.upstream_not_taken";
            }
        }

        return "partners.refused.upstream_in_circles";
    }

    async Task AddTerritoriesAsync(List<PartnerRow> rows, CancellationToken ct) => await db.ExecuteAsync("""
        insert into territory (code, name, name_zh)
        select distinct on (code) code, name, name
        from unnest(@codes, @names) as named (code, name)
        order by code
        on conflict (code) do nothing
        """, new { codes = Territories(rows).Select(CodeOfTerritory).ToArray(), names = Territories(rows).ToArray() }, ct);

    static IEnumerable<string> Territories(List<PartnerRow> rows) => rows.Select(row => row.Facts.Territory).OfType<string>().Distinct(StringComparer.Ordinal);

    /// <summary>Files name territories in words (<c>United Kingdom</c>); the code is made of them (<c>UNITED_KINGDOM</c>).</summary>
    static string CodeOfTerritory(string name)
    {
        var code = new string([.. name.ToUpperInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' ? letter : '_')]).Trim('_', '-');
        // Names without Latin letters get a code that is always the same for them.
        return code.Length is 0 || !code.Any(char.IsAsciiLetterOrDigit) ? PublicNumber.From("T", name) : code.Length > 32 ? code[..32] : code;
    }

    async Task InsertAsync(List<PartnerRow> rows, CancellationToken ct)
    {
        var added = await db.ListAsync<Written>($"""
            insert into partner (number, code, name, name_latin, partner_type, upstream_id, partner_level, territory_id, country_code, state, city, postal_code,
                                 address, phone, currency, language, time_zone, annual_sales, employees, year_opened, created_at)
            select r.number, r.code, r.name, r."nameLatin", r."partnerType", u.partner_id, r."partnerLevel", t.territory_id, r."countryCode", r.state, r.city, r."postalCode",
                   r.address, r.phone, r.currency, r.language, r."timeZone", r."annualSales", r.employees, r."yearOpened", @now
            from {Recordset}
            join partner u on u.code = r.upstream or (r.upstream is null and u.partner_type = 'brand')
            left join territory t on t.code = r.territory
            returning partner_id, number, code
            """, new { rows = Json(rows), now = clock.GetUtcNow().UtcDateTime }, ct);
        await audit.RecordAsync([.. added.Select(partner => new AuditAct("partner.added", "partner", partner.Number, [partner.PartnerId], new { partner.Code, import = true }))], ct);
    }

    async Task UpdateAsync(List<PartnerRow> rows, CancellationToken ct)
    {
        var changed = await db.ListAsync<Written>($"""
            update partner b
            set name = r.name, name_latin = r."nameLatin", partner_type = r."partnerType", partner_level = r."partnerLevel", territory_id = t.territory_id,
                country_code = r."countryCode", state = r.state, city = r.city, postal_code = r."postalCode", address = r.address, phone = r.phone, currency = r.currency,
                language = r.language, time_zone = r."timeZone", annual_sales = r."annualSales", employees = r.employees, year_opened = r."yearOpened", version = b.version + 1
            from {Recordset}
            left join territory t on t.code = r.territory
            where b.code = r.code and b.partner_type <> 'brand'
              and (b.name, b.name_latin, b.partner_type, b.partner_level, b.territory_id, b.country_code, b.state, b.city, b.postal_code, b.address, b.phone, b.currency,
                   b.language, b.time_zone, b.annual_sales, b.employees, b.year_opened)
               is distinct from
                  (r.name, r."nameLatin", r."partnerType", r."partnerLevel", t.territory_id, r."countryCode", r.state, r.city, r."postalCode", r.address, r.phone, r.currency,
                   r.language, r."timeZone", r."annualSales", r.employees, r."yearOpened")
            returning b.partner_id, b.number, b.code
            """, new { rows = Json(rows) }, ct);
        await audit.RecordAsync([.. changed.Select(partner => new AuditAct("partner.changed", "partner", partner.Number, [partner.PartnerId], new { partner.Code, import = true }))], ct);
    }

    async Task MoveAsync(List<PartnerRow> rows, Dictionary<string, string?> known, List<RowRefusal> refusals, CancellationToken ct)
    {
        foreach (var row in rows.Where(row => !string.Equals(known[row.Facts.Code!], row.UpstreamCode, StringComparison.Ordinal)))
        {
            try
            {
                await db.InTransactionAsync(() => MoveAsync(row, refusals, ct), ct);
            }
            catch (PostgresException refused) when (refused.Violates(PartnerStore.NoLoop) || refused.Violates("a_partner_is_not_its_own_upstream"))
            {
                refusals.Add(new(row.Row, "upstream_code", "partners.refused.upstream_in_circles", row.UpstreamCode!));
            }
        }
    }

    async Task MoveAsync(PartnerRow row, List<RowRefusal> refusals, CancellationToken ct)
    {
        var moved = await db.FindAsync<Written>("""
            update partner b
            set upstream_id = u.partner_id, version = b.version + 1
            from partner u
            where b.code = @code and b.partner_type <> 'brand' and b.upstream_id <> u.partner_id
              and (u.code = @upstream or (@upstream::text is null and u.partner_type = 'brand'))
            returning b.partner_id, b.number, b.code
            """, new { code = row.Facts.Code, upstream = row.UpstreamCode }, ct);
        if (moved is not null)
        {
            await audit.RecordAsync("partner.moved", "partner", moved.Number, moved.PartnerId, new { to = row.UpstreamCode, import = true }, ct);
        }
        else if (row.UpstreamCode is { } wanted && await db.FindAsync<long?>("select partner_id from partner where code = @wanted", new { wanted }, ct) is null)
        {
            refusals.Add(new(row.Row, "upstream_code", "partners.refused.upstream_code_unknown", wanted));
        }
    }

    static string Json(IEnumerable<PartnerRow> rows) => JsonSerializer.Serialize(rows.Select(row => new
    {
        number = PublicNumber.New("P"), upstream = row.UpstreamCode, row.Facts.Code, row.Facts.Name, row.Facts.NameLatin, row.Facts.PartnerType, row.Facts.PartnerLevel,
        territory = row.Facts.Territory is { } name ? CodeOfTerritory(name) : null, row.Facts.CountryCode, row.Facts.State, row.Facts.City, row.Facts.PostalCode, row.Facts.Address,
        row.Facts.Phone, row.Facts.Currency, row.Facts.Language, row.Facts.TimeZone, row.Facts.AnnualSales, row.Facts.Employees, row.Facts.YearOpened,
    }), JsonSerializerOptions.Web);

    const string Recordset = """
        jsonb_to_recordset(@rows::jsonb) as r (number text, upstream text, code text, name text, "nameLatin" text, "partnerType" text, "partnerLevel" text, territory text,
            "countryCode" text, state text, city text, "postalCode" text, address text, phone text, currency text, language text, "timeZone" text,
            "annualSales" numeric, employees integer, "yearOpened" integer)
        """;

    sealed record KnownPartner(string Code, string? UpstreamCode);

    sealed record Written(long PartnerId, string Number, string Code);
}
