using Platform.Database;
using Portal.Web;
using Portal.Web.Lists;

namespace Portal.Leads;

/// <summary>Every statement about leads. What a partner may do with one is done by functions of the database that ask again.</summary>
public sealed class LeadStore(Db db, ICurrentPerson me, TimeProvider clock)
{
    /// <summary>What may be asked of the list.</summary>
    public static readonly ListShape Shape = new("leads", "-updated", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["company"] = "l.company", ["status"] = "l.status", ["partner"] = "p.name", ["amount"] = "l.amount", ["answer"] = "l.answer_by", ["updated"] = "l.updated_at",
    }, Tie: "l.lead_id desc", Filters: ["status", "territory", "partner"]);

    const string Columns = """
        l.lead_id, l.number, l.status, l.company, l.country_code, l.state, l.city, l.address, l.credit_code, l.vat_number, l.domain, l.phone, l.contact_name, l.contact_email, l.contact_phone, l.need, l.teaser,
        t.code as territory, t.name as territory_name, t.name_zh as territory_name_zh, l.amount, l.currency, l.source, l.pool_level, l.partner_id, p.number as partner_number, p.name as partner_name,
        p.name_latin as partner_name_latin, l.offered_at, l.answer_by, d.number as deal_number, l.created_at, l.updated_at, l.version, lines.codes as line_codes, lines.names as line_names, lines.names_zh as line_names_zh,
        app_is_brand() as caller_is_brand, string_to_array(coalesce(current_setting('app.roles', true), ''), ',') as caller_roles
        """;

    const string From = """
        from lead l join territory t using (territory_id) left join partner p on p.partner_id = l.partner_id left join deal d on d.deal_id = l.deal_id
        cross join lateral (
            select coalesce(array_agg(n.code order by n.code), '{}') as codes, coalesce(array_agg(n.name order by n.code), '{}') as names, coalesce(array_agg(n.name_zh order by n.code), '{}') as names_zh
            from lead_product_line lp join product_line n using (product_line_id) where lp.lead_id = l.lead_id
        ) lines
        """;

    // A deal that a brand's lead became is the partner's: who may not see it is not told its number.
    string Where(ListQuery query) => string.Concat(
        me is { IsKnown: true, IsBrand: false } ? "where l.partner_id = app_partner_id()" : "where true",
        query["status"] is null ? "" : " and l.status = @status",
        query["territory"] is null ? "" : " and l.territory_id = (select territory_id from territory where code = @territory)",
        query["partner"] is null ? "" : " and l.partner_id = (select partner_id from partner where number = @partner)",
        query.Words is null ? "" : " and (l.number = upper(@words) or l.company ilike @pattern)");

    static object Arguments(ListQuery query) => new
    {
        status = query["status"], territory = query["territory"], partner = query["partner"], words = query.Words, pattern = query.Words is null ? null : LikePattern.Within(query.Words), query.Offset, query.Limit,
    };

    /// <summary>One page of the leads one may see.</summary>
    public Task<ListPage<Lead>> PageAsync(ListQuery query, CancellationToken ct) => db.PageAsync<Lead>(
        $"select {Columns} {From} {Where(query)} order by {query.OrderBy} offset @Offset limit @Limit", $"select count(*) from lead l {Where(query)}", Arguments(query), ct);

    /// <summary>All rows of the list, for a file.</summary>
    public IAsyncEnumerable<Lead> StreamAsync(ListQuery query, CancellationToken ct) => db.StreamAsync<Lead>($"select {Columns} {From} {Where(query)} order by {query.OrderBy}", Arguments(query), ct);

    /// <summary>Leads in the order of their numbers, for programs.</summary>
    public Task<List<Lead>> AfterAsync(string? status, string? after, int limit, CancellationToken ct) => db.ListAsync<Lead>($"""
        select {Columns} {From} where (@status::text is null or l.status = @status) and (@after::text is null or l.number > @after) order by l.number limit @limit
        """, new { status, after, limit }, ct);

    /// <summary>One of them.</summary>
    public Task<Lead?> FindAsync(string number, CancellationToken ct) => db.FindAsync<Lead>($"select {Columns} {From} where l.number = @number", new { number }, ct);

    /// <summary>The leads in the pool that the partner at work may take, without the company behind them.</summary>
    public Task<List<PoolLead>> PoolAsync(CancellationToken ct) => db.ListAsync<PoolLead>("select * from lead_pool(@now)", new { now = clock.GetUtcNow().UtcDateTime }, ct);

    /// <summary>What was done with a lead, the newest first.</summary>
    public Task<List<LeadEvent>> HistoryAsync(long leadId, CancellationToken ct) => db.ListAsync<LeadEvent>("""
        select a.act, a.from_status, a.to_status, a.reason, a.by_brand, p.name as partner_name, w.name as person, a.happened_at
        from lead_act a left join partner p on p.partner_id = a.partner_id left join person w on w.person_id = a.person_id
        where a.lead_id = @leadId
        order by a.lead_act_id desc
        """, new { leadId }, ct);

    /// <summary>Which of these lines and whether that territory exist.</summary>
    public Task<(long[] Lines, long? Territory)> TermsAsync(IReadOnlyList<string> lines, string? territory, CancellationToken ct) => db.OneAsync<(long[], long?)>("""
        select array(select product_line_id from product_line where code = any(@lines) order by code), (select territory_id from territory where code = @territory)
        """, new { lines = lines.ToArray(), territory }, ct);

    /// <summary>Leads of the pool that were not screened since then, those first that were looked at longest ago.</summary>
    public Task<List<Lead>> ToScreenAsync(DateTime before, int atMost, CancellationToken ct) => db.ListAsync<Lead>($"""
        select {Columns} {From} left join lead_screening s using (lead_id)
        where l.status = 'pool' and (s.screened_at is null or s.screened_at < @before)
        order by s.screened_at nulls first, l.lead_id
        limit @atMost
        """, new { before, atMost }, ct);

    /// <summary>Enters a lead with its lines.</summary>
    public Task<long> InsertAsync(string number, LeadTyped typed, Customers.CustomerDetails company, long territoryId, long[] lines, DateTime now, CancellationToken ct) => db.OneAsync<long>("""
        with entered as (
            insert into lead (number, company, country_code, state, city, address, credit_code, vat_number, domain, phone, contact_name, contact_email, contact_phone, need, teaser, territory_id, amount, currency, source, created_by, created_at, updated_at)
            values (@number, @Name, @CountryCode, @State, @City, @Address, @CreditCode, @VatNumber, @Domain, @Phone, @contactName, @contactEmail, @contactPhone, @need, @teaser, @territoryId, @Amount, @currency, @source, app_person_id(), @now, @now)
            returning lead_id
        ), lined as (
            insert into lead_product_line (lead_id, product_line_id) select lead_id, line from entered cross join unnest(@lines) as line
        )
        select lead_id from entered
        """, Values(typed, company, territoryId, lines, now, number, 0), ct);

    /// <summary>Changes a lead that is with the brand; null when somebody was faster.</summary>
    public Task<int?> UpdateAsync(string number, int version, LeadTyped typed, Customers.CustomerDetails company, long territoryId, long[] lines, DateTime now, CancellationToken ct) => db.FindAsync<int?>("""
        with changed as (
            update lead
            set company = @Name, country_code = @CountryCode, state = @State, city = @City, address = @Address, credit_code = @CreditCode, vat_number = @VatNumber, domain = @Domain, phone = @Phone,
                contact_name = @contactName, contact_email = @contactEmail, contact_phone = @contactPhone, need = @need, teaser = @teaser, territory_id = @territoryId, amount = @Amount, currency = @currency,
                source = @source, updated_at = @now, version = version + 1
            where number = @number and version = @version and status = 'new'
            returning lead_id, version
        ), gone as (
            delete from lead_product_line l using changed c where l.lead_id = c.lead_id and l.product_line_id <> all (@lines)
        ), come as (
            insert into lead_product_line (lead_id, product_line_id) select c.lead_id, line from changed c cross join unnest(@lines) as line on conflict do nothing
        )
        select version from changed
        """, Values(typed, company, territoryId, lines, now, number, version), ct);

    /// <summary>Carries out an act of the brand or of the product: the new state and its row in the history, in one statement; null when somebody was faster.</summary>
    public Task<int?> MoveAsync(Lead lead, LeadAct act, long? partnerId, DateTime? answerBy, string? poolLevel, string? reason, DateTime now, CancellationToken ct) => db.FindAsync<int?>("""
        with moved as (
            update lead
            set status = @to, partner_id = @partnerId, answer_by = @answerBy, offered_at = case when @to = 'offered' then @now end, warned_at = null, pool_level = @poolLevel, updated_at = @now, version = version + 1
            where lead_id = @LeadId and version = @Version and status = @from
            returning lead_id, version
        ), acted as (
            insert into lead_act (lead_id, partner_id, act, from_status, to_status, reason, by_brand, person_id, happened_at)
            select lead_id, coalesce(@partnerId, @before), @act, @from, @to, @reason, true, app_person_id(), @now from moved
        )
        select version from moved
        """, new { lead.LeadId, lead.Version, from = lead.Status, to = act.To, act = act.Name, partnerId, before = lead.PartnerId, answerBy, poolLevel, reason, now }, ct);

    /// <summary>Holds a lead that may be taken or accepted now and answers what it says; null where there is none.</summary>
    public async Task<Lead?> HoldAsync(string number, DateTime now, CancellationToken ct) => await db.OneAsync<bool>("select hold_lead(@number, @now)", new { number, now }, ct)
        ? await db.FindAsync<Lead>($"select {Columns} {From.Replace("from lead l", "from held_lead(@number, @now) l", StringComparison.Ordinal).Replace("lead_product_line lp", "lead_lines(@number, @now) lp", StringComparison.Ordinal)}", new { number, now }, ct)
        : null;

    /// <summary>The partner at work accepts or takes a lead that has become that deal; null when somebody was faster.</summary>
    public Task<int?> AcceptAsync(string number, string deal, DateTime now, CancellationToken ct) => db.OneAsync<int?>("select accept_lead(@number, @deal, @now)", new { number, deal, now }, ct);

    /// <summary>The partner at work declines a lead; false where it has none.</summary>
    public async Task<bool> DeclineAsync(string number, string reason, DateTime now, CancellationToken ct) =>
        await db.OneAsync<int?>("select decline_lead(@number, @reason, @now)", new { number, reason, now }, ct) is not null;

    /// <summary>A partner by its number, where it can be offered a lead.</summary>
    public Task<long?> PartnerAsync(string? number, CancellationToken ct) =>
        db.FindAsync<long?>("select partner_id from partner where number = @number and partner_type <> 'brand' and status = 'active'", new { number }, ct);

    /// <summary>Partners by code or number, where they can be offered leads; a code is what somebody meant before a number is.</summary>
    public async Task<IReadOnlyDictionary<string, (long PartnerId, string Number)>> PartnersByWordAsync(IReadOnlyCollection<string> words, CancellationToken ct) => (await db.ListAsync<(string Word, long PartnerId, string Number)>("""
        select distinct on (w.word) w.word, p.partner_id, p.number
        from unnest(@words) as w (word) join partner p on (p.code = w.word or p.number = w.word) and p.partner_type <> 'brand' and p.status = 'active'
        order by w.word, p.code = w.word desc nulls last, p.partner_id
        """, new { words = words.Distinct(StringComparer.Ordinal).ToArray() }, ct)).ToDictionary(partner => partner.Word, partner => (partner.PartnerId, partner.Number), StringComparer.Ordinal);

    /// <summary>Leads about companies of these names that are with the brand, offered or in the pool.</summary>
    public Task<List<(string Number, string Company, long TerritoryId)>> OpenOfAsync(IReadOnlyCollection<string> companies, CancellationToken ct) => db.ListAsync<(string, string, long)>("""
        select number, company, territory_id from lead where lower(company) = any(@companies) and status in ('new', 'offered', 'pool') order by lead_id
        """, new { companies = companies.Select(company => company.ToLowerInvariant()).Distinct(StringComparer.Ordinal).ToArray() }, ct);

    /// <summary>Enters leads with their lines, all with one statement.</summary>
    public Task<List<(string Number, long LeadId)>> InsertManyAsync(IReadOnlyList<NewLead> leads, DateTime now, CancellationToken ct) => db.ListAsync<(string, long)>("""
        with entered as (
            insert into lead (number, company, country_code, state, city, address, credit_code, vat_number, domain, phone, contact_name, contact_email, contact_phone, need, teaser, territory_id, amount, currency, source,
                              created_by, created_at, updated_at)
            select l.*, app_person_id(), @now, @now
            from unnest(@numbers, @companies, @countries, @states, @cities, @addresses, @creditCodes, @vatNumbers, @domains, @phones, @contactNames, @contactEmails, @contactPhones, @needs, @teasers, @territories,
                        @amounts, @currencies, @sources) as l
            returning lead_id, number
        ), lined as (
            insert into lead_product_line (lead_id, product_line_id)
            select e.lead_id, n.line from unnest(@lineNumbers, @lines) as n (number, line) join entered e using (number)
        )
        select number, lead_id from entered
        """, new
    {
        now,
        numbers = leads.Select(lead => lead.Number).ToArray(),
        companies = leads.Select(lead => lead.Company.Name).ToArray(),
        countries = leads.Select(lead => lead.Company.CountryCode).ToArray(),
        states = leads.Select(lead => lead.Company.State).ToArray(),
        cities = leads.Select(lead => lead.Company.City).ToArray(),
        addresses = leads.Select(lead => lead.Company.Address).ToArray(),
        creditCodes = leads.Select(lead => lead.Company.CreditCode).ToArray(),
        vatNumbers = leads.Select(lead => lead.Company.VatNumber).ToArray(),
        domains = leads.Select(lead => lead.Company.Domain).ToArray(),
        phones = leads.Select(lead => lead.Company.Phone).ToArray(),
        contactNames = leads.Select(lead => LeadTyped.Text(lead.Typed.ContactName)).ToArray(),
        contactEmails = leads.Select(lead => LeadTyped.Text(lead.Typed.ContactEmail)).ToArray(),
        contactPhones = leads.Select(lead => LeadTyped.Text(lead.Typed.ContactPhone)).ToArray(),
        needs = leads.Select(lead => LeadTyped.Text(lead.Typed.Need)).ToArray(),
        teasers = leads.Select(lead => LeadTyped.Text(lead.Typed.Teaser)).ToArray(),
        territories = leads.Select(lead => lead.TerritoryId).ToArray(),
        amounts = leads.Select(lead => lead.Typed.Amount).ToArray(),
        currencies = leads.Select(lead => lead.Typed.Amount is null ? null : LeadTyped.Text(lead.Typed.Currency)?.ToUpperInvariant()).ToArray(),
        sources = leads.Select(lead => LeadTyped.Text(lead.Typed.Source)).ToArray(),
        lineNumbers = leads.SelectMany(lead => lead.LineIds.Select(_ => lead.Number)).ToArray(),
        lines = leads.SelectMany(lead => lead.LineIds).ToArray(),
    }, ct);

    /// <summary>Offers leads that were just entered, or puts them into the pool, with their rows in the history.</summary>
    public Task HandOutManyAsync(IReadOnlyCollection<(long LeadId, long? PartnerId, string? Level)> leads, DateTime answerBy, DateTime now, CancellationToken ct) => db.ExecuteAsync("""
        with moved as (
            update lead l
            set status = case when o.partner_id is null then 'pool' else 'offered' end, partner_id = o.partner_id, pool_level = o.level, updated_at = @now, version = version + 1,
                answer_by = case when o.partner_id is not null then @answerBy end, offered_at = case when o.partner_id is not null then @now end
            from unnest(@ids, @partners, @levels) as o (lead_id, partner_id, level)
            where l.lead_id = o.lead_id and l.status = 'new'
            returning l.lead_id, l.partner_id, l.status
        )
        insert into lead_act (lead_id, partner_id, act, from_status, to_status, by_brand, person_id, happened_at)
        select lead_id, partner_id, case status when 'pool' then 'open' else 'offer' end, 'new', status, true, app_person_id(), @now from moved
        """, new
    {
        ids = leads.Select(lead => lead.LeadId).ToArray(), partners = leads.Select(lead => lead.PartnerId).ToArray(), levels = leads.Select(lead => lead.Level).ToArray(), answerBy, now,
    }, ct);

    /// <summary>The partners that may take leads of these territories and levels from the pool.</summary>
    public Task<List<(long TerritoryId, string Level, long PartnerId)>> EligibleAsync(IReadOnlyCollection<(long TerritoryId, string Level)> asked, CancellationToken ct) => db.ListAsync<(long, string, long)>("""
        select a.territory_id, a.level, p.partner_id
        from unnest(@territories, @levels) as a (territory_id, level)
        join partner p on p.territory_id = a.territory_id and p.partner_type <> 'brand' and p.status = 'active' and level_rank(p.partner_level) >= level_rank(a.level)
        """, new { territories = asked.Select(one => one.TerritoryId).ToArray(), levels = asked.Select(one => one.Level).ToArray() }, ct);

    /// <summary>The partners that a lead can be offered to, those of its territory first.</summary>
    public Task<List<(string Number, string Name, bool IsNear)>> PartnersAsync(string territory, CancellationToken ct) => db.ListAsync<(string, string, bool)>("""
        select p.number, p.name, coalesce(t.code = @territory, false)
        from partner p left join territory t using (territory_id)
        where p.partner_type <> 'brand' and p.status = 'active'
        order by coalesce(t.code = @territory, false) desc, p.name
        limit 2000
        """, new { territory }, ct);

    /// <summary>The partners that may take a lead from the pool.</summary>
    public Task<List<long>> EligibleAsync(Lead lead, string? level, CancellationToken ct) => db.ListAsync<long>("""
        select p.partner_id from partner p join lead l on l.lead_id = @LeadId
        where p.partner_type <> 'brand' and p.status = 'active' and p.territory_id = l.territory_id and level_rank(p.partner_level) >= level_rank(coalesce(@level, 'registered'))
        """, new { lead.LeadId, level }, ct);

    /// <summary>May whoever is at work change the settings?</summary>
    public Task<bool> MaySetAsync(CancellationToken ct) => db.OneAsync<bool>("select app_has_role('brand_admin')", null, ct);

    /// <summary>The settings.</summary>
    public Task<LeadSetting> SettingAsync(CancellationToken ct) => db.OneAsync<LeadSetting>("select answer_days, warn_days, version from lead_setting", null, ct);

    /// <summary>Changes the settings; false when somebody was faster.</summary>
    public async Task<bool> UpdateSettingAsync(LeadSetting setting, CancellationToken ct) =>
        await db.ExecuteAsync("update lead_setting set answer_days = @AnswerDays, warn_days = @WarnDays, version = version + 1 where version = @Version", setting, ct) == 1;

    /// <summary>Leads whose time to answer is over, back with the brand; at most so many at once.</summary>
    public Task<List<DueLead>> ReturnAsync(DateTime now, int atMost, CancellationToken ct) => db.ListAsync<DueLead>("""
        with due as (
            select lead_id, partner_id from lead where status = 'offered' and answer_by <= @now order by answer_by, lead_id limit @atMost for update skip locked
        ), returned as (
            update lead l set status = 'new', partner_id = null, answer_by = null, offered_at = null, warned_at = null, updated_at = @now, version = version + 1
            from due where l.lead_id = due.lead_id
            returning l.lead_id, l.number, l.company, due.partner_id
        ), acted as (
            insert into lead_act (lead_id, partner_id, act, from_status, to_status, by_brand, happened_at) select lead_id, partner_id, 'return', 'offered', 'new', true, @now from returned
        )
        select number, company, partner_id, brand_day(@now) as day from returned
        """, new { now, atMost }, ct);

    /// <summary>Leads whose time to answer ends soon and whose partner was not warned; marks them as warned.</summary>
    public Task<List<DueLead>> WarnAsync(DateTime now, int atMost, CancellationToken ct) => db.ListAsync<DueLead>("""
        with due as (
            select lead_id from lead
            where status = 'offered' and warned_at is null and answer_by > @now and answer_by <= @now + make_interval(days => (select warn_days from lead_setting))
            order by answer_by, lead_id limit @atMost for update skip locked
        )
        update lead l set warned_at = @now from due where l.lead_id = due.lead_id
        returning l.number, l.company, l.partner_id, brand_day(l.answer_by - interval '1 microsecond') as day
        """, new { now, atMost }, ct);

    /// <summary>The end of the day on which the time to answer ends, for the brand.</summary>
    public Task<DateTime> AnswerByAsync(DateTime now, CancellationToken ct) =>
        db.OneAsync<DateTime>("select brand_midnight(brand_day(@now) + (select answer_days from lead_setting) + 1)", new { now }, ct);

    static object Values(LeadTyped typed, Customers.CustomerDetails company, long territoryId, long[] lines, DateTime now, string number, int version) => new
    {
        number, version, company.Name, company.CountryCode, company.State, company.City, company.Address, company.CreditCode, company.VatNumber, company.Domain, company.Phone,
        contactName = LeadTyped.Text(typed.ContactName), contactEmail = LeadTyped.Text(typed.ContactEmail), contactPhone = LeadTyped.Text(typed.ContactPhone), need = LeadTyped.Text(typed.Need),
        teaser = LeadTyped.Text(typed.Teaser), territoryId, typed.Amount, currency = typed.Amount is null ? null : LeadTyped.Text(typed.Currency)?.ToUpperInvariant(), source = LeadTyped.Text(typed.Source), lines, now,
    };
}

/// <summary>A lead whose time to answer is over or nearly so.</summary>
public sealed record DueLead(string Number, string Company, long PartnerId, DateOnly Day);
