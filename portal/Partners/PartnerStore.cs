using Platform.Database;

namespace Portal.Partners;

/// <summary>The statements about one partner and its place in the tree. What another tenant may not see, it does not find.</summary>
public sealed class PartnerStore(Db db, TimeProvider clock)
{
    /// <summary>The unique constraint on codes.</summary>
    public const string CodeIsUnique = "partner_code_key";

    /// <summary>What refuses a move below oneself; also raised by the trigger that unrolls the tree.</summary>
    public const string NoLoop = "the_supply_tree_has_no_loop";

    /// <summary>One partner with its facts, or null.</summary>
    public Task<Partner?> FindAsync(string number, CancellationToken ct) => db.FindAsync<Partner>("""
        select b.partner_id, b.number, b.version, b.status, b.created_at, u.number as upstream_number, u.name as upstream_name, u.name_latin as upstream_name_latin, u.code as upstream_code,
               b.name, b.name_latin, b.code, b.partner_type, b.partner_level, t.code as territory, t.name as territory_name, t.name_zh as territory_name_zh,
               b.country_code, b.state, b.city, b.postal_code, b.address, b.phone, b.currency, b.language, b.time_zone, b.annual_sales, b.employees, b.year_opened,
               b.partner_id = app_partner_id() or app_is_brand() or exists (select from partner_line l where l.ancestor_id = app_partner_id() and l.partner_id = b.partner_id) as is_mine
        from partner b
        left join territory t on t.territory_id = b.territory_id
        left join partner u on u.partner_id = b.upstream_id
        where b.number = @number
        """, new { number }, ct);

    /// <summary>The number of the partner with that number or code, as people type it, or null.</summary>
    public Task<string?> FindNumberAsync(string numberOrCode, CancellationToken ct) => db.FindAsync<string>("""
        select number from partner where number = upper(@text) or code = @text
        order by number = upper(@text) desc
        limit 1
        """, new { text = numberOrCode.Trim() }, ct);

    /// <summary>The companies from the brand (or from as far up as the caller may see) down to this one, without it.</summary>
    public Task<List<PartnerName>> UpstreamsAsync(long partnerId, CancellationToken ct) => db.ListAsync<PartnerName>("""
        with recursive above as (
            select b.partner_id, b.upstream_id, b.number, b.name, b.name_latin, b.partner_type, 0 as height from partner b where b.partner_id = @partnerId
            union all
            select u.partner_id, u.upstream_id, u.number, u.name, u.name_latin, u.partner_type, above.height + 1 from above join partner u on u.partner_id = above.upstream_id
        )
        select number, name, name_latin, partner_type from above where height > 0 order by height desc
        """, new { partnerId }, ct);

    /// <summary>The partners directly below one, or below the caller's own company where none is named; each with how many stand below it.</summary>
    public Task<List<BranchNode>> BranchAsync(string? number, int most, CancellationToken ct) => db.ListAsync<BranchNode>("""
        select b.number, b.code, b.name, b.name_latin, b.partner_type, b.partner_level, b.status, b.city, b.country_code,
               (select count(*) from partner_line l where l.ancestor_id = b.partner_id and l.distance > 0) as below
        from partner b
        where b.upstream_id = (select u.partner_id from partner u where u.number = @number or (@number::text is null and u.partner_id = app_partner_id()))
        order by b.name, b.partner_id
        limit @most
        """, new { number, most }, ct);

    /// <summary>How many partners of each type stand below one.</summary>
    public Task<List<TypeCount>> CountBelowAsync(long partnerId, CancellationToken ct) => db.ListAsync<TypeCount>("""
        select b.partner_type, count(*) as partners
        from partner_line l
        join partner b on b.partner_id = l.partner_id
        where l.ancestor_id = @partnerId and l.distance > 0
        group by b.partner_type
        order by count(*) desc
        """, new { partnerId }, ct);

    /// <summary>Companies under which a partner could be placed: whoever does not stand below it. For a list to choose from, at most a thousand.</summary>
    public Task<List<PartnerName>> PossibleUpstreamsAsync(long partnerId, CancellationToken ct) => db.ListAsync<PartnerName>("""
        select b.number, b.name, b.name_latin, b.partner_type
        from partner b
        where b.status = 'active' and not exists (select from partner_line l where l.ancestor_id = @partnerId and l.partner_id = b.partner_id)
        order by b.partner_type = 'brand' desc, b.name
        limit 1000
        """, new { partnerId }, ct);

    /// <summary>The territories there are.</summary>
    public Task<List<Territory>> TerritoriesAsync(CancellationToken ct) => db.ListAsync<Territory>("""
        select code, name, name_zh from territory order by name
        """, null, ct);

    /// <summary>Adds one; null when the upstream or the territory is not there.</summary>
    public Task<long?> InsertAsync(string number, PartnerFacts facts, string? upstreamNumber, CancellationToken ct) => db.FindAsync<long?>("""
        insert into partner (number, code, name, name_latin, partner_type, upstream_id, partner_level, territory_id, country_code, state, city, postal_code,
                             address, phone, currency, language, time_zone, annual_sales, employees, year_opened, created_at)
        select @number, @Code, @Name, @NameLatin, @PartnerType, u.partner_id, @PartnerLevel, t.territory_id, @CountryCode, @State, @City, @PostalCode,
               @Address, @Phone, @Currency, @Language, @TimeZone, @AnnualSales, @Employees, @YearOpened, @now
        from partner u
        left join territory t on t.code = @Territory
        where (u.number = @upstreamNumber or (@upstreamNumber::text is null and u.partner_type = 'brand'))
          and (@Territory::text is null or t.territory_id is not null)
        returning partner_id
        """, new Parameters(facts, clock) { Number = number, UpstreamNumber = upstreamNumber }.All, ct);

    /// <summary>Changes the facts; null when the partner is not there, somebody else changed it meanwhile, or the territory is unknown.</summary>
    public Task<int?> UpdateAsync(string number, int version, PartnerFacts facts, CancellationToken ct) => db.FindAsync<int?>("""
        update partner b
        set code = @Code, name = @Name, name_latin = @NameLatin, partner_type = @PartnerType, partner_level = @PartnerLevel,
            territory_id = (select t.territory_id from territory t where t.code = @Territory), country_code = @CountryCode, state = @State, city = @City,
            postal_code = @PostalCode, address = @Address, phone = @Phone, currency = @Currency, language = @Language, time_zone = @TimeZone,
            annual_sales = @AnnualSales, employees = @Employees, year_opened = @YearOpened, version = b.version + 1
        where b.number = @number and b.version = @version
          and (@Territory::text is null or exists (select from territory t where t.code = @Territory))
        returning b.version
        """, new Parameters(facts, clock) { Number = number, Version = version }.All, ct);

    /// <summary>Gives partners another level from a day on, those that still have the one they are to leave; answers who they are.</summary>
    public async Task<List<(long PartnerId, string Number)>> ChangeLevelsAsync(IReadOnlyCollection<LevelChange> changes, DateOnly day, CancellationToken ct)
    {
        var changed = await db.ListAsync<(long, string)>("""
            with day as materialized (
                select set_config('app.level_day', @day::date::text, true) as said
            ), locked as materialized (
                select b.partner_id, c.to_level
                from day, unnest(@partners, @from, @to) as c (partner_id, from_level, to_level)
                join partner b on b.partner_id = c.partner_id and b.partner_level = c.from_level and b.partner_type <> 'brand'
                where day.said <> ''
                order by b.partner_id for no key update of b
            )
            update partner b set partner_level = l.to_level, version = b.version + 1 from locked l where b.partner_id = l.partner_id
            returning b.partner_id, b.number
            """, new { day, partners = changes.Select(change => change.PartnerId).ToArray(), from = changes.Select(change => change.From).ToArray(), to = changes.Select(change => change.To).ToArray() }, ct);
        await db.ExecuteAsync("select set_config('app.level_day', '', true)", null, ct);
        return changed;
    }

    /// <summary>Places a partner below another; null when either is not there, the first is the brand, or it is not of that version any more.</summary>
    public Task<Placed?> MoveAsync(string number, int? version, string upstreamNumber, CancellationToken ct) => db.FindAsync<Placed>("""
        update partner b
        set upstream_id = u.partner_id, version = b.version + 1
        from partner u, partner old
        where b.number = @number and u.number = @upstreamNumber and old.partner_id = b.upstream_id and (@version::integer is null or b.version = @version)
        returning b.partner_id, old.number as from_number, u.number as to_number, b.version
        """, new { number, version, upstreamNumber }, ct);

    /// <summary>Shuts a partner out; null when it is not there, is the brand, or is out already.</summary>
    public Task<long?> SuspendAsync(string number, string reason, CancellationToken ct) => db.FindAsync<long?>("""
        with suspended as (
            update partner
            set status = 'suspended', version = version + 1
            where number = @number and status = 'active' and partner_type <> 'brand'
            returning partner_id
        )
        insert into partner_suspension (partner_id, reason, suspended_by, suspended_at)
        select partner_id, @reason, app_person_id(), @now from suspended
        returning partner_id
        """, new { number, reason, now = Now }, ct);

    /// <summary>Lets a partner in again; null when it is not there or not out.</summary>
    public Task<long?> ReactivateAsync(string number, CancellationToken ct) => db.FindAsync<long?>("""
        with reactivated as (
            update partner
            set status = 'active', version = version + 1
            where number = @number and status = 'suspended'
            returning partner_id
        )
        update partner_suspension s
        set lifted_by = app_person_id(), lifted_at = @now
        from reactivated r
        where s.partner_id = r.partner_id and s.lifted_at is null
        returning s.partner_id
        """, new { number, now = Now }, ct);

    /// <summary>The suspension in force, for the brand's eyes.</summary>
    public Task<Suspension?> SuspensionAsync(long partnerId, CancellationToken ct) => db.FindAsync<Suspension>("""
        select s.reason, s.suspended_at, p.name as suspended_by
        from partner_suspension s
        left join person p on p.person_id = s.suspended_by
        where s.partner_id = @partnerId and s.lifted_at is null
        """, new { partnerId }, ct);

    /// <summary>Who of the brand looks after a partner.</summary>
    public Task<List<PersonName>> ChannelManagersAsync(long partnerId, CancellationToken ct) => db.ListAsync<PersonName>("""
        select p.number, p.name, p.email
        from partner_channel_manager m
        join person p on p.person_id = m.person_id
        where m.partner_id = @partnerId
        order by p.name
        """, new { partnerId }, ct);

    /// <summary>Who of the brand could look after partners.</summary>
    public Task<List<PersonName>> PossibleChannelManagersAsync(CancellationToken ct) => db.ListAsync<PersonName>("""
        select p.number, p.name, p.email
        from person p
        join person_role r on r.person_id = p.person_id and r.role = 'channel_manager'
        where p.disabled_at is null
        order by p.name
        """, null, ct);

    /// <summary>Names who looks after a partner, in place of those named before.</summary>
    public async Task NameChannelManagersAsync(long partnerId, IReadOnlyCollection<string> personNumbers, CancellationToken ct)
    {
        await db.ExecuteAsync("""
            delete from partner_channel_manager m
            using person p
            where m.partner_id = @partnerId and p.person_id = m.person_id and not p.number = any (@numbers)
            """, new { partnerId, numbers = personNumbers.ToArray() }, ct);
        await db.ExecuteAsync("""
            insert into partner_channel_manager (partner_id, person_id)
            select @partnerId, p.person_id
            from person p
            join person_role r on r.person_id = p.person_id and r.role = 'channel_manager'
            where p.number = any (@numbers)
            on conflict do nothing
            """, new { partnerId, numbers = personNumbers.ToArray() }, ct);
    }

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    // Dapper takes one object; the facts and what identifies the row are laid side by side.
    sealed record Parameters(PartnerFacts Facts, TimeProvider Clock)
    {
        public string Number { get; init; } = "";
        public string? UpstreamNumber { get; init; }
        public int Version { get; init; }

        public Dapper.DynamicParameters All
        {
            get
            {
                var all = new Dapper.DynamicParameters(Facts);
                all.AddDynamicParams(new { number = Number, upstreamNumber = UpstreamNumber, version = Version, now = Clock.GetUtcNow().UtcDateTime });
                return all;
            }
        }
    }
}

/// <summary>One partner.</summary>
public sealed record Partner
{
    /// <summary>The key; never leaves the server.</summary>
    public long PartnerId { get; init; }

    /// <summary>The public number.</summary>
    public string Number { get; init; } = "";

    /// <summary>Counts its changes, for If-Match.</summary>
    public int Version { get; init; }

    /// <summary>active or suspended.</summary>
    public string Status { get; init; } = "";

    /// <summary>When it joined, UTC.</summary>
    public DateTime CreatedAt { get; init; }

    /// <summary>The number of the company it buys from; null for the brand, and where the caller may not see that company.</summary>
    public string? UpstreamNumber { get; init; }

    /// <summary>The name of the company it buys from.</summary>
    public string? UpstreamName { get; init; }

    /// <summary>The same in Latin letters.</summary>
    public string? UpstreamNameLatin { get; init; }

    /// <summary>The code of the company it buys from.</summary>
    public string? UpstreamCode { get; init; }

    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its name in Latin letters.</summary>
    public string? NameLatin { get; init; }

    /// <summary>Its code.</summary>
    public string? Code { get; init; }

    /// <summary>Its type.</summary>
    public string PartnerType { get; init; } = "";

    /// <summary>Its level.</summary>
    public string PartnerLevel { get; init; } = "";

    /// <summary>Its territory's code.</summary>
    public string? Territory { get; init; }

    /// <summary>Its territory's name.</summary>
    public string? TerritoryName { get; init; }

    /// <summary>Its territory's name in Chinese.</summary>
    public string? TerritoryNameZh { get; init; }

    /// <summary>Country.</summary>
    public string CountryCode { get; init; } = "";

    /// <summary>State or province.</summary>
    public string? State { get; init; }

    /// <summary>City.</summary>
    public string? City { get; init; }

    /// <summary>Postal code.</summary>
    public string? PostalCode { get; init; }

    /// <summary>Street and number.</summary>
    public string? Address { get; init; }

    /// <summary>Telephone.</summary>
    public string? Phone { get; init; }

    /// <summary>What it buys in.</summary>
    public string Currency { get; init; } = "";

    /// <summary>Its language.</summary>
    public string Language { get; init; } = "";

    /// <summary>Its time zone.</summary>
    public string TimeZone { get; init; } = "";

    /// <summary>Sales in a year.</summary>
    public decimal? AnnualSales { get; init; }

    /// <summary>People employed.</summary>
    public int? Employees { get; init; }

    /// <summary>Year of foundation.</summary>
    public int? YearOpened { get; init; }

    /// <summary>True when it stands in the caller's branch; false for the company the caller buys from, of which only the address is shown.</summary>
    public bool IsMine { get; init; }

    /// <summary>The brand itself.</summary>
    public bool IsBrand => string.Equals(PartnerType, "brand", StringComparison.Ordinal);

    /// <summary>Shut out.</summary>
    public bool IsSuspended => string.Equals(Status, "suspended", StringComparison.Ordinal);

    /// <summary>The facts as a form or a program edits them.</summary>
    public PartnerFacts Facts() => new()
    {
        Name = Name, NameLatin = NameLatin, Code = Code, PartnerType = PartnerType, PartnerLevel = PartnerLevel, Territory = Territory, CountryCode = CountryCode,
        State = State, City = City, PostalCode = PostalCode, Address = Address, Phone = Phone, Currency = Currency, Language = Language, TimeZone = TimeZone,
        AnnualSales = AnnualSales, Employees = Employees, YearOpened = YearOpened,
    };
}

/// <summary>A partner as others name it.</summary>
public sealed record PartnerName(string Number, string Name, string? NameLatin, string PartnerType);

/// <summary>A partner in the tree, with how many stand below it.</summary>
public sealed record BranchNode(
    string Number, string? Code, string Name, string? NameLatin, string PartnerType, string PartnerLevel, string Status, string? City, string CountryCode, long Below);

/// <summary>How many partners of a type.</summary>
public sealed record TypeCount(string PartnerType, long Partners);

/// <summary>An area of the brand's market.</summary>
public sealed record Territory(string Code, string Name, string NameZh);

/// <summary>Where a partner stood and stands.</summary>
public sealed record Placed(long PartnerId, string FromNumber, string ToNumber, int Version);

/// <summary>Why and since when a partner is shut out, and by whom.</summary>
public sealed record Suspension(string Reason, DateTime SuspendedAt, string? SuspendedBy);

/// <summary>A person as others name it.</summary>
public sealed record PersonName(string Number, string Name, string? Email);
