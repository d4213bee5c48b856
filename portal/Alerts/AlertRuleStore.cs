using Platform.Database;
using Portal.Web.Display;

namespace Portal.Alerts;

/// <summary>The brand's alert rules.</summary>
public sealed class AlertRuleStore(Db db, TimeProvider clock)
{
    const string Columns = """
        r.alert_rule_id, r.number, r.name, r.kind, r.threshold, r.partner_types, r.partner_levels, r.territories, r.tells_brand, o.number as owner_number, o.name as owner_name, r.tells_partner, r.tells_upstream,
        r.active_from, r.active_until, r.version
        """;

    /// <summary>All of them, with how many alerts of each hold now.</summary>
    public Task<List<AlertRule>> ListAsync(CancellationToken ct) => db.ListAsync<AlertRule>($"""
        select {Columns}, (select count(*) from alert a where a.alert_rule_id = r.alert_rule_id and a.ended_at is null) as standing
        from alert_rule r left join person o on o.person_id = r.owner_person_id
        order by r.active_until is not null and r.active_until < brand_day(@now), r.kind, r.name
        """, new { now = clock.GetUtcNow().UtcDateTime }, ct);

    /// <summary>One of them.</summary>
    public Task<AlertRule?> FindAsync(string number, CancellationToken ct) => db.FindAsync<AlertRule>($"""
        select {Columns}, 0::bigint as standing from alert_rule r left join person o on o.person_id = r.owner_person_id where r.number = @number
        """, new { number }, ct);

    /// <summary>The brand's people who can own a rule.</summary>
    public Task<List<RuleOwner>> OwnersAsync(CancellationToken ct) => db.ListAsync<RuleOwner>("""
        select p.person_id, p.number, p.name
        from person p join partner b on b.partner_id = p.partner_id and b.partner_type = 'brand'
        where p.kind = 'person' and p.disabled_at is null
        order by p.name, p.person_id
        """, null, ct);

    /// <summary>What partners are called, for a preview.</summary>
    public async Task<Dictionary<long, string>> NamesAsync(long[] partnerIds, CancellationToken ct) =>
        (await db.ListAsync<(long PartnerId, string Name, string? NameLatin)>("select partner_id, name, name_latin from partner where partner_id = any (@partnerIds)", new { partnerIds }, ct))
            .ToDictionary(partner => partner.PartnerId, partner => Formats.Company(partner.Name, partner.NameLatin));

    /// <summary>Keeps a new one.</summary>
    public Task AddAsync(string number, AlertRuleTyped rule, long? ownerId, string by, CancellationToken ct) => db.ExecuteAsync("""
        insert into alert_rule (number, name, kind, threshold, partner_types, partner_levels, territories, tells_brand, owner_person_id, tells_partner, tells_upstream, active_from, active_until, created_at, created_by, changed_at)
        values (@number, @Name, @Kind, @Threshold, @types, @levels, @territories, @TellsBrand, @ownerId, @TellsPartner, @TellsUpstream, @ActiveFrom, @ActiveUntil, @now, @by, @now)
        """, Arguments(number, rule, ownerId, by, 0), ct);

    /// <summary>Changes one; false when somebody was faster.</summary>
    public async Task<bool> ChangeAsync(string number, int version, AlertRuleTyped rule, long? ownerId, CancellationToken ct) => await db.ExecuteAsync("""
        update alert_rule
        set name = @Name, threshold = @Threshold, partner_types = @types, partner_levels = @levels, territories = @territories, tells_brand = @TellsBrand, owner_person_id = @ownerId, tells_partner = @TellsPartner,
            tells_upstream = @TellsUpstream, active_from = @ActiveFrom, active_until = @ActiveUntil, changed_at = @now, version = version + 1
        where number = @number and version = @version
        """, Arguments(number, rule, ownerId, "", version), ct) == 1;

    object Arguments(string number, AlertRuleTyped rule, long? ownerId, string by, int version) => new
    {
        number, rule.Name, rule.Kind, rule.Threshold, types = rule.PartnerTypes.ToArray(), levels = rule.PartnerLevels.ToArray(), territories = rule.Territories.ToArray(), rule.TellsBrand, ownerId, rule.TellsPartner,
        rule.TellsUpstream, rule.ActiveFrom, rule.ActiveUntil, by, version, now = clock.GetUtcNow().UtcDateTime,
    };
}

/// <summary>A rule.</summary>
public sealed record AlertRule
{
    /// <summary>The key; never leaves the server.</summary>
    public long AlertRuleId { get; init; }

    /// <summary>The public number.</summary>
    public string Number { get; init; } = "";

    /// <summary>What the brand calls it.</summary>
    public string Name { get; init; } = "";

    /// <summary>One of <see cref="AlertKinds"/>.</summary>
    public string Kind { get; init; } = "";

    /// <summary>From which figure on it tells.</summary>
    public decimal Threshold { get; init; }

    /// <summary>The types of partners; empty is all.</summary>
    public string[] PartnerTypes { get; init; } = [];

    /// <summary>The levels; empty is all.</summary>
    public string[] PartnerLevels { get; init; } = [];

    /// <summary>Codes of territories; empty is all.</summary>
    public string[] Territories { get; init; } = [];

    /// <summary>The brand's people in charge are told.</summary>
    public bool TellsBrand { get; init; }

    /// <summary>The number of somebody who is told besides.</summary>
    public string? OwnerNumber { get; init; }

    /// <summary>Their name.</summary>
    public string? OwnerName { get; init; }

    /// <summary>The partner is told.</summary>
    public bool TellsPartner { get; init; }

    /// <summary>The company above it is told.</summary>
    public bool TellsUpstream { get; init; }

    /// <summary>The first day.</summary>
    public DateOnly ActiveFrom { get; init; }

    /// <summary>The last day.</summary>
    public DateOnly? ActiveUntil { get; init; }

    /// <summary>How often it was changed.</summary>
    public int Version { get; init; }

    /// <summary>How many of its alerts hold now.</summary>
    public long Standing { get; init; }
}

/// <summary>Somebody of the brand who can own a rule.</summary>
public sealed record RuleOwner(long PersonId, string Number, string Name);
