using Platform.Database;
using Portal.Web.Lists;

namespace Portal.Configuring;

/// <summary>Every statement about bundles and their versions, and the rows they return.</summary>
public sealed class BundleStore(Db db, TimeProvider clock)
{
    /// <summary>The index that keeps a bundle from having two drafts.</summary>
    internal const string OneDraft = "a_bundle_has_one_draft";

    /// <summary>How the list may be narrowed and sorted.</summary>
    public static ListShape Shape { get; } = new("bundles", "code", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["code"] = "b.code", ["name"] = "v.name", ["from"] = "lower(v.valid)", ["changed"] = "v.changed_at",
    }, Tie: "v.bundle_version_id", Filters: ["state"]);

    const string State = "case when v.published_at is null then 'draft' when v.valid @> brand_day(@now) then 'current' when not isempty(v.valid) and lower(v.valid) > brand_day(@now) then 'coming' else 'past' end";

    const string Listed = $"""
        from bundle b
        join bundle_version v on v.bundle_id = b.bundle_id
        where (@words::text is null or position(lower(@words) in lower(concat_ws(' ', b.code, v.name, v.name_zh))) > 0) and (@state::text is null or @state = {State})
        """;

    const string Row = $"""
        select b.code, v.version, v.name, v.name_zh, {State} as state, lower(v.valid) as valid_from, upper(v.valid) - 1 as valid_until, v.changed_at,
               (select count(*)::integer from bundle_option o where o.bundle_version_id = v.bundle_version_id) as options,
               (select count(*)::integer from configuration c where c.bundle_version_id = v.bundle_version_id) as configurations
        """;

    // A version with its parts; which one is said behind it.
    const string One = $"""
        select v.bundle_version_id, b.bundle_id, b.code, v.version, v.name, v.name_zh, v.description, v.description_zh, v.product_id, p.sku, p.name as product_name, p.name_zh as product_name_zh,
               coalesce(p.status = 'discontinued', false) as is_discontinued, v.asks_seats, {State} as state, lower(v.valid) as valid_from, upper(v.valid) - 1 as valid_until, v.published_at, v.row_version
        from bundle b
        join bundle_version v on v.bundle_id = b.bundle_id
        left join product p on p.product_id = v.product_id
        """;

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Today, by the brand's calendar.</summary>
    public Task<DateOnly> TodayAsync(CancellationToken ct) => db.OneAsync<DateOnly>("select brand_day(@now)", new { now = Now }, ct);

    /// <summary>One page of all versions.</summary>
    public Task<ListPage<BundleRow>> PageAsync(ListQuery query, CancellationToken ct) => db.TogetherAsync(async () => new ListPage<BundleRow>(
        await db.ListAsync<BundleRow>($"{Row} {Listed} order by {query.OrderBy} offset @Offset limit @Limit", Asked(query), ct), await db.OneAsync<long>($"select count(*) {Listed}", Asked(query), ct)), ct);

    /// <summary>All of them, for a file.</summary>
    public IAsyncEnumerable<BundleRow> StreamAsync(ListQuery query, CancellationToken ct) => db.StreamAsync<BundleRow>($"{Row} {Listed} order by {query.OrderBy}", Asked(query), ct);

    object Asked(ListQuery query) => new { words = query.Words, state = query["state"], query.Offset, query.Limit, now = Now };

    /// <summary>What can be configured today, by name.</summary>
    public Task<List<BundleRow>> OfferedAsync(CancellationToken ct) => db.ListAsync<BundleRow>(
        $"{Row}, v.description, v.description_zh from bundle b join bundle_version v on v.bundle_id = b.bundle_id where v.published_at is not null and v.valid @> brand_day(@now) order by v.name, b.code", new { now = Now }, ct);

    /// <summary>The bundles behind a code that can be configured today, for programs.</summary>
    public Task<List<BundleRow>> OfferedAfterAsync(string? code, int take, CancellationToken ct) => db.ListAsync<BundleRow>(
        $"{Row} from bundle b join bundle_version v on v.bundle_id = b.bundle_id where v.published_at is not null and v.valid @> brand_day(@now) and (@code::text is null or b.code > @code) order by b.code limit @take", new { code, take, now = Now }, ct);

    /// <summary>The version that holds today; null where none does.</summary>
    public Task<Bundle?> CurrentAsync(string code, CancellationToken ct) => FindAsync("where b.code = @code and v.published_at is not null and v.valid @> brand_day(@now)", new { code, now = Now }, ct);

    /// <summary>A version by its number; null where there is none that the person at work may see.</summary>
    public Task<Bundle?> VersionAsync(string code, int version, CancellationToken ct) => FindAsync("where b.code = @code and v.version = @version", new { code, version, now = Now }, ct);

    /// <summary>A version by its key.</summary>
    public Task<Bundle?> OfKeyAsync(long bundleVersionId, CancellationToken ct) => FindAsync("where v.bundle_version_id = @bundleVersionId", new { bundleVersionId, now = Now }, ct);

    /// <summary>The newest version, a draft where there is one.</summary>
    public Task<Bundle?> NewestAsync(string code, CancellationToken ct) =>
        FindAsync("where v.bundle_version_id = (select x.bundle_version_id from bundle_version x join bundle y on y.bundle_id = x.bundle_id where y.code = @code order by x.version desc limit 1)", new { code, now = Now }, ct);

    Task<Bundle?> FindAsync(string where, object args, CancellationToken ct) => db.TogetherAsync(async () =>
    {
        if (await db.FindAsync<Bundle>($"{One} {where}", args, ct) is not { } bundle)
        {
            return null;
        }

        return await db.ReadManyAsync("""
            select code, name, name_zh, least, most from bundle_group where bundle_version_id = @BundleVersionId order by place;
            select o.bundle_option_id, o.group_code, o.product_id, p.sku, p.name, coalesce(p.name_zh, p.name) as name_zh, p.status = 'discontinued' as is_discontinued, s.sku as successor,
                   o.inclusion, o.quantity_rule, o.quantity, o.seats, o.least, o.most, o.multiple, o.note, o.note_zh
            from bundle_option o
            join product p on p.product_id = o.product_id
            left join product s on s.product_id = p.successor_id
            where o.bundle_version_id = @BundleVersionId order by o.place;
            select r.kind, w.sku as when_sku, r.count, r.why, r.why_zh,
                   array(select p.sku from bundle_rule_option x join bundle_option o on o.bundle_option_id = x.bundle_option_id join product p on p.product_id = o.product_id
                         where x.bundle_rule_id = r.bundle_rule_id order by o.place) as skus
            from bundle_rule r
            left join bundle_option wo on wo.bundle_option_id = r.when_option_id
            left join product w on w.product_id = wo.product_id
            where r.bundle_version_id = @BundleVersionId order by r.place
            """, new { bundle.BundleVersionId }, async answers => bundle with
        {
            Groups = [.. await answers.ReadAsync<BundleGroup>()], Options = [.. await answers.ReadAsync<BundleOption>()], Rules = [.. await answers.ReadAsync<BundleRule>()],
        }, ct);
    }, ct);

    /// <summary>Takes a bundle to work on it; null where there is none of that code.</summary>
    public Task<long?> HoldAsync(string code, CancellationToken ct) => db.FindAsync<long?>("""
        with held as materialized (select pg_advisory_xact_lock(hashtextextended('bundle ' || @code, 0)))
        select b.bundle_id from held cross join bundle b where b.code = @code
        """, new { code }, ct);

    /// <summary>Those of the SKUs that are no products.</summary>
    public Task<List<string>> UnknownAsync(IReadOnlyCollection<string> skus, CancellationToken ct) => db.ListAsync<string>("""
        select asked.sku from unnest(@skus) as asked (sku) where not exists (select from product p where p.sku = asked.sku) order by asked.sku
        """, new { skus = skus.ToArray() }, ct);

    /// <summary>Writes a new bundle; null where the code is taken.</summary>
    public Task<long?> InsertAsync(string code, CancellationToken ct) =>
        db.FindAsync<long?>("insert into bundle (code, created_at) values (@code, @now) on conflict (code) do nothing returning bundle_id", new { code, now = Now }, ct);

    /// <summary>Begins a draft behind the last version.</summary>
    public Task<long> InsertDraftAsync(long bundleId, BundleFacts facts, CancellationToken ct) => db.OneAsync<long>("""
        insert into bundle_version (bundle_id, version, name, name_zh, description, description_zh, product_id, asks_seats, changed_at)
        values (@bundleId, coalesce((select max(v.version) from bundle_version v where v.bundle_id = @bundleId), 0) + 1, @Name, @NameZh, @Description, @DescriptionZh,
                (select p.product_id from product p where p.sku = @Sku), @AsksSeats, @now)
        returning bundle_version_id
        """, new { bundleId, facts.Name, facts.NameZh, facts.Description, facts.DescriptionZh, facts.Sku, facts.AsksSeats, now = Now }, ct);

    /// <summary>Changes the head of a draft; false where somebody else changed it since that version.</summary>
    public async Task<bool> UpdateDraftAsync(long bundleVersionId, int rowVersion, BundleFacts facts, CancellationToken ct) => await db.ExecuteAsync("""
        update bundle_version
        set name = @Name, name_zh = @NameZh, description = @Description, description_zh = @DescriptionZh, product_id = (select p.product_id from product p where p.sku = @Sku), asks_seats = @AsksSeats,
            changed_at = @now, row_version = row_version + 1
        where bundle_version_id = @bundleVersionId and row_version = @rowVersion and published_at is null
        """, new { bundleVersionId, rowVersion, facts.Name, facts.NameZh, facts.Description, facts.DescriptionZh, facts.Sku, facts.AsksSeats, now = Now }, ct) == 1;

    /// <summary>Replaces the parts of a draft: five statements, however many there are.</summary>
    public async Task ReplacePartsAsync(long bundleVersionId, BundleFacts facts, CancellationToken ct)
    {
        await db.ExecuteAsync("""
            delete from bundle_rule_option where bundle_version_id = @bundleVersionId;
            delete from bundle_rule where bundle_version_id = @bundleVersionId;
            delete from bundle_option where bundle_version_id = @bundleVersionId;
            delete from bundle_group where bundle_version_id = @bundleVersionId;
            insert into bundle_group (bundle_version_id, code, place, name, name_zh, least, most)
            select @bundleVersionId, g.code, g.place, g.name, g.name_zh, g.least, g.most
            from unnest(@codes, @names, @namesZh, @leasts, @mosts) with ordinality as g (code, name, name_zh, least, most, place)
            """, new
        {
            bundleVersionId,
            codes = facts.Groups.Select(group => group.Code).ToArray(), names = facts.Groups.Select(group => group.Name).ToArray(), namesZh = facts.Groups.Select(group => group.NameZh).ToArray(),
            leasts = facts.Groups.Select(group => group.Least).ToArray(), mosts = facts.Groups.Select(group => group.Most).ToArray(),
        }, ct);
        await db.ExecuteAsync("""
            insert into bundle_option (bundle_version_id, group_code, place, product_id, inclusion, quantity_rule, quantity, seats, least, most, multiple, note, note_zh)
            select @bundleVersionId, o.group_code, o.place, p.product_id, o.inclusion, o.quantity_rule, o.quantity, o.seats, o.least, o.most, o.multiple, o.note, o.note_zh
            from unnest(@groups, @skus, @inclusions, @rules, @quantities, @seats, @leasts, @mosts, @multiples, @notes, @notesZh)
                with ordinality as o (group_code, sku, inclusion, quantity_rule, quantity, seats, least, most, multiple, note, note_zh, place)
            join product p on p.sku = o.sku
            """, new
        {
            bundleVersionId,
            groups = facts.Options.Select(option => option.Group).ToArray(), skus = facts.Options.Select(option => option.Sku).ToArray(), inclusions = facts.Options.Select(option => option.Inclusion).ToArray(),
            rules = facts.Options.Select(option => option.QuantityRule).ToArray(), quantities = facts.Options.Select(option => option.Quantity).ToArray(), seats = facts.Options.Select(option => option.Seats).ToArray(),
            leasts = facts.Options.Select(option => option.Least).ToArray(), mosts = facts.Options.Select(option => option.Most).ToArray(), multiples = facts.Options.Select(option => option.Multiple).ToArray(),
            notes = facts.Options.Select(option => option.Note).ToArray(), notesZh = facts.Options.Select(option => option.NoteZh).ToArray(),
        }, ct);
        await db.ExecuteAsync("""
            insert into bundle_rule (bundle_version_id, place, kind, when_option_id, count, why, why_zh)
            select @bundleVersionId, r.place, r.kind, o.bundle_option_id, r.count, r.why, r.why_zh
            from unnest(@kinds, @whens, @counts, @whys, @whysZh) with ordinality as r (kind, when_sku, count, why, why_zh, place)
            left join product p on p.sku = r.when_sku
            left join bundle_option o on o.bundle_version_id = @bundleVersionId and o.product_id = p.product_id;
            insert into bundle_rule_option (bundle_version_id, bundle_rule_id, bundle_option_id)
            select @bundleVersionId, r.bundle_rule_id, o.bundle_option_id
            from unnest(@namedBy, @named) as n (place, sku)
            join bundle_rule r on r.bundle_version_id = @bundleVersionId and r.place = n.place
            join product p on p.sku = n.sku
            join bundle_option o on o.bundle_version_id = @bundleVersionId and o.product_id = p.product_id
            """, new
        {
            bundleVersionId,
            kinds = facts.Rules.Select(rule => rule.Kind).ToArray(), whens = facts.Rules.Select(rule => rule.When).ToArray(), counts = facts.Rules.Select(rule => rule.Count).ToArray(),
            whys = facts.Rules.Select(rule => rule.Why).ToArray(), whysZh = facts.Rules.Select(rule => rule.WhyZh).ToArray(),
            namedBy = facts.Rules.SelectMany((rule, at) => rule.Skus.Select(_ => at + 1)).ToArray(), named = facts.Rules.SelectMany(rule => rule.Skus).ToArray(),
        }, ct);
    }

    /// <summary>Publishes a draft from a day on; what held from then on ends the day before, what was to begin later never does.</summary>
    /// <returns>False where somebody else changed it since that version.</returns>
    public async Task<bool> PublishAsync(Bundle draft, int rowVersion, DateOnly from, DateOnly? until, CancellationToken ct)
    {
        await db.ExecuteAsync("""
            update bundle_version v
            set valid = case when lower(v.valid) >= @from then 'empty' else daterange(lower(v.valid), @from) end, row_version = row_version + 1
            where v.bundle_id = @BundleId and v.published_at is not null and v.valid && daterange(@from, null)
            """, new { draft.BundleId, from }, ct);
        return await db.ExecuteAsync("""
            update bundle_version
            set valid = daterange(@from, @until, '[]'), published_at = @now, published_by = app_person_id(), row_version = row_version + 1
            where bundle_version_id = @BundleVersionId and row_version = @rowVersion and published_at is null
            """, new { draft.BundleVersionId, rowVersion, from, until, now = Now }, ct) == 1;
    }

    /// <summary>Gives what holds or will hold of a bundle its last day; false where nothing does.</summary>
    public async Task<bool> EndAsync(long bundleId, DateOnly lastDay, CancellationToken ct) => await db.ExecuteAsync("""
        update bundle_version v
        set valid = case when lower(v.valid) > @lastDay then 'empty' else daterange(lower(v.valid), @lastDay, '[]') end, row_version = row_version + 1
        where v.bundle_id = @bundleId and v.published_at is not null and v.valid && daterange(@lastDay + 1, null)
        """, new { bundleId, lastDay }, ct) > 0;
}

/// <summary>A version of a bundle in a list.</summary>
public sealed record BundleRow
{
    /// <summary>What the brand calls it.</summary>
    public string Code { get; init; } = "";

    /// <summary>The number of the version.</summary>
    public int Version { get; init; }

    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its name in Chinese.</summary>
    public string NameZh { get; init; } = "";

    /// <summary>What it is for, where it was asked.</summary>
    public string? Description { get; init; }

    /// <summary>What it is for, in Chinese.</summary>
    public string? DescriptionZh { get; init; }

    /// <summary>draft, coming, current or past.</summary>
    public string State { get; init; } = "";

    /// <summary>The first day.</summary>
    public DateOnly? ValidFrom { get; init; }

    /// <summary>The last day.</summary>
    public DateOnly? ValidUntil { get; init; }

    /// <summary>When it was changed last, UTC.</summary>
    public DateTime ChangedAt { get; init; }

    /// <summary>How many options it has.</summary>
    public int Options { get; init; }

    /// <summary>How many configurations, that the person at work may see, were made by it.</summary>
    public int Configurations { get; init; }
}
