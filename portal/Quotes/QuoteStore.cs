using Platform.Database;
using Portal.Pricing;
using Portal.Web.Lists;

namespace Portal.Quotes;

/// <summary>Every statement about quotes, and the rows they return. A sent quote past its last day reads as expired, whatever is stored.</summary>
public sealed class QuoteStore(Db db, TimeProvider clock)
{
    /// <summary>What the list of quotes may be asked.</summary>
    public static ListShape Shape { get; } = new("quotes", "-updated", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["number"] = "q.number", ["customer"] = "c.name", ["partner"] = "p.name", ["total"] = "r.grand_total", ["valid"] = "r.valid_until", ["updated"] = "q.updated_at",
    }, "q.quote_id", ["status"]);

    /// <summary>Today, by the calendar that quotes expire by.</summary>
    public async Task<DateOnly> TodayAsync(CancellationToken ct) => await db.OneAsync<DateOnly>("select brand_day(@now)", new { now = Now }, ct);

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>What a list of quotes is read from.</summary>
    internal const string ListedFrom = """
        from quote q
        join quote_revision r on r.quote_id = q.quote_id and r.revision = q.current_revision
        join end_customer c on c.end_customer_id = q.end_customer_id
        join partner p on p.partner_id = q.partner_id
        """;

    /// <summary>What it is narrowed by.</summary>
    internal const string ListedWhere = """
        where (@words::text is null or q.number ilike @beginning or c.name ilike @within)
          and (@status::text is null or case when q.status = 'sent' and r.valid_until < @today then 'expired' else q.status end = @status
               or @status = 'changes_asked' and q.status = 'sent' and exists (select from quote_request a where a.quote_id = q.quote_id and a.revision = q.current_revision))
        """;

    const string Listed = ListedFrom + "\n" + ListedWhere;

    const string Row = """
        select q.number, q.current_revision as revision, c.name as customer, p.name as partner, p.name_latin as partner_latin, q.currency, r.grand_total, r.valid_until, q.updated_at,
               case when q.status = 'sent' and r.valid_until < @today then 'expired' else q.status end as status
        """;

    /// <summary>One page of the list.</summary>
    public Task<ListPage<QuoteRow>> ListAsync(ListQuery query, CancellationToken ct) => db.TogetherAsync(async () => await db.PageAsync<QuoteRow>(
        $"{Row} {Listed} order by {query.OrderBy} offset @Offset limit @Limit", "select count(*) " + Listed, Asked(query, await TodayAsync(ct)), ct), ct);

    /// <summary>The whole list, row by row, for a file.</summary>
    public IAsyncEnumerable<QuoteRow> StreamAsync(ListQuery query, DateOnly today, CancellationToken ct) => db.StreamAsync<QuoteRow>($"{Row} {Listed} order by {query.OrderBy}", Asked(query, today), ct);

    static object Asked(ListQuery query, DateOnly today) =>
        new { words = query.Words, beginning = LikePattern.Beginning(query.Words), within = LikePattern.Within(query.Words), status = query["status"], query.Offset, query.Limit, today };

    /// <summary>A page of quotes for programs, newest first, after the quote of that key.</summary>
    public Task<List<QuoteRow>> AfterAsync(long? before, int limit, CancellationToken ct) => db.TogetherAsync(async () => await db.ListAsync<QuoteRow>("""
        select q.quote_id, q.number, q.current_revision as revision, c.name as customer, p.name as partner, p.name_latin as partner_latin, q.currency, r.grand_total, r.valid_until, q.updated_at,
               case when q.status = 'sent' and r.valid_until < @today then 'expired' else q.status end as status
        from quote q
        join quote_revision r on r.quote_id = q.quote_id and r.revision = q.current_revision
        join end_customer c on c.end_customer_id = q.end_customer_id
        join partner p on p.partner_id = q.partner_id
        where @before::bigint is null or q.quote_id < @before
        order by q.quote_id desc limit @limit
        """, new { before, limit, today = await TodayAsync(ct) }, ct), ct);

    /// <summary>The head of a quote with its current revision, or null.</summary>
    public Task<QuoteHead?> HeadAsync(string number, CancellationToken ct) => db.TogetherAsync(async () => await db.FindAsync<QuoteHead>("""
        select q.quote_id, q.number, q.partner_id, p.number as partner_number, p.name as partner_name, p.name_latin as partner_name_latin, p.partner_level, p.partner_type = 'brand' as is_brand,
               q.end_customer_id, c.number as customer_number, c.name as customer_name, d.number as deal_number,
               q.currency, m.minor_units, case when q.status = 'sent' and r.valid_until < @today then 'expired' else q.status end as status, q.current_revision as revision, q.version,
               r.quote_revision_id, r.valid_until, r.tax_rate, r.terms, r.net_total, r.tax_total, r.grand_total, r.most_discount, r.frozen_at, q.first_sent_on, array_to_string(r.coupons, ' ') as coupons_said,
               r.price_currency, r.exchange_rate, r.rate_on, r.rate_since, r.rate_on_paper
        from quote q
        join quote_revision r on r.quote_id = q.quote_id and r.revision = q.current_revision
        join end_customer c on c.end_customer_id = q.end_customer_id
        join partner p on p.partner_id = q.partner_id
        join currency m on m.code = q.currency
        left join deal d on d.deal_id = q.deal_id
        where q.number = @number
        """, new { number, today = await TodayAsync(ct) }, ct), ct);

    /// <summary>Takes a quote to work on it: nobody else changes it until the transaction ends.</summary>
    public Task<bool> HoldAsync(string number, CancellationToken ct) =>
        db.InTransactionAsync(async () => await db.FindAsync<long?>("select quote_id from quote where number = @number for update", new { number }, ct) is not null, ct);

    /// <summary>The lines of a revision.</summary>
    public Task<List<QuoteLine>> LinesAsync(long quoteRevisionId, CancellationToken ct) => db.ListAsync<QuoteLine>("""
        select l.line_number, l.product_id, p.sku, p.name, p.name_zh, p.unit, l.quantity, l.price, l.discount, l.unit_price, l.amount, l.price_steps::text as price_steps, l.section, l.choice, l.alternative_to, l.floor_price, l.configuration,
               l.term_start, l.term_end, l.term_months, l.subscription, l.is_gift
        from quote_line l join product p using (product_id)
        where l.quote_revision_id = @quoteRevisionId order by l.line_number
        """, new { quoteRevisionId }, ct);

    /// <summary>What a piece of each line costs the seller, by line number; nothing where the person at work is not told.</summary>
    public async Task<IReadOnlyDictionary<int, decimal>> CostsAsync(long quoteRevisionId, CancellationToken ct) =>
        (await db.ListAsync<LineCost>("select line_number, unit_cost from quote_cost where quote_revision_id = @quoteRevisionId", new { quoteRevisionId }, ct)).ToDictionary(cost => cost.LineNumber, cost => cost.UnitCost);

    sealed record LineCost(int LineNumber, decimal UnitCost);

    /// <summary>Products by their keys, as lines name them.</summary>
    public Task<List<QuotedProduct>> ProductsAsync(IReadOnlyList<long> products, CancellationToken ct) => db.ListAsync<QuotedProduct>("""
        select product_id, sku, name, name_zh, unit from product where product_id = any(@products)
        """, new { products = products.ToArray() }, ct);

    /// <summary>All revisions of a quote, the newest first.</summary>
    public Task<List<RevisionRow>> RevisionsAsync(long quoteId, CancellationToken ct) => db.ListAsync<RevisionRow>("""
        select revision, frozen_at, grand_total, encode(frozen_sha256, 'hex') as sha256 from quote_revision where quote_id = @quoteId order by revision desc
        """, new { quoteId }, ct);

    /// <summary>One revision with its lines, sent or not; null where there is none.</summary>
    public Task<RevisionContent?> FindRevisionAsync(long quoteId, int revision, CancellationToken ct) => db.TogetherAsync(async () =>
        await db.FindAsync<RevisionHead>("""
            select quote_revision_id, revision, valid_until, tax_rate, terms, net_total, tax_total, grand_total from quote_revision where quote_id = @quoteId and revision = @revision
            """, new { quoteId, revision }, ct) is { } head
            ? new RevisionContent(head.Revision, head.ValidUntil, head.TaxRate, head.Terms, head.NetTotal, head.TaxTotal, head.GrandTotal, await LinesAsync(head.QuoteRevisionId, ct))
            : null, ct);

    sealed record RevisionHead(long QuoteRevisionId, int Revision, DateOnly ValidUntil, decimal TaxRate, string? Terms, decimal NetTotal, decimal TaxTotal, decimal GrandTotal);

    /// <summary>What was done to a quote, in order.</summary>
    public Task<List<QuoteActRow>> ActsAsync(long quoteId, CancellationToken ct) => db.ListAsync<QuoteActRow>("""
        select a.act, a.revision, a.to_status, a.reason, p.name as person, a.customer_name, a.happened_at
        from quote_act a left join person p on p.person_id = a.person_id
        where a.quote_id = @quoteId order by a.quote_act_id
        """, new { quoteId }, ct);

    /// <summary>The partner that a new quote of the person at work would come from; the one named where the product itself writes it.</summary>
    public Task<QuoteSeller> SellerAsync(CancellationToken ct, long? partnerId = null) => db.OneAsync<QuoteSeller>("""
        select p.partner_id, p.upstream_id, p.number, p.name, p.partner_level, p.partner_type = 'brand' as is_brand, p.currency, m.minor_units
        from partner p join currency m on m.code = p.currency where p.partner_id = case when app_is_system() and @partnerId is not null then @partnerId else app_partner_id() end
        """, new { partnerId }, ct);

    /// <summary>What a level may offer without the deal desk.</summary>
    public Task<QuoteAuthority> AuthorityAsync(string partnerLevel, CancellationToken ct) =>
        db.OneAsync<QuoteAuthority>("select most, least_margin from quote_authority where partner_level = @partnerLevel", new { partnerLevel }, ct);

    /// <summary>What each level may offer without the deal desk.</summary>
    public Task<List<LevelAuthority>> AuthoritiesAsync(CancellationToken ct) => db.ListAsync<LevelAuthority>("""
        select partner_level as level, most, least_margin from quote_authority order by array_position(array['registered', 'silver', 'gold', 'platinum'], partner_level)
        """, null, ct);

    /// <summary>Sets what levels may offer.</summary>
    public Task SetAuthoritiesAsync(IReadOnlyList<LevelAuthority> authorities, CancellationToken ct) => db.ExecuteAsync("""
        update quote_authority a set most = said.most, least_margin = said.least_margin
        from unnest(@levels, @most, @margins) as said (level, most, least_margin) where a.partner_level = said.level
        """, new { levels = authorities.Select(one => one.Level).ToArray(), most = authorities.Select(one => one.Most).ToArray(), margins = authorities.Select(one => one.LeastMargin).ToArray() }, ct);

    /// <summary>Customers the person at work can quote to, by name.</summary>
    public Task<List<QuoteCustomer>> CustomersAsync(CancellationToken ct) => db.ListAsync<QuoteCustomer>("""
        select end_customer_id, number, name from end_customer where partner_id = app_partner_id() order by name, end_customer_id limit 500
        """, null, ct);

    /// <summary>True where some product is sold by the term.</summary>
    public Task<bool> SellsByTermAsync(CancellationToken ct) => db.OneAsync<bool>("select exists (select from product_term)", null, ct);

    /// <summary>A seller's customer of that number, or null.</summary>
    public Task<QuoteCustomer?> FindCustomerAsync(string number, long partnerId, CancellationToken ct) => db.FindAsync<QuoteCustomer>("""
        select end_customer_id, number, name from end_customer where partner_id = @partnerId and number = @number
        """, new { number, partnerId }, ct);

    /// <summary>The own deal of that number with its customer, where it is approved; or null.</summary>
    public Task<QuotedDeal?> FindDealAsync(string number, CancellationToken ct) => db.FindAsync<QuotedDeal>("""
        select d.deal_id, d.number, c.end_customer_id, c.number as customer_number
        from deal d join end_customer c on c.end_customer_id = d.end_customer_id
        where d.partner_id = app_partner_id() and d.number = @number and d.status in ('approved', 'converted')
        """, new { number }, ct);

    /// <summary>Those of the configurations named that are none of the own company.</summary>
    public async Task<IReadOnlySet<string>> UnknownConfigurationsAsync(IEnumerable<QuoteRequestLine> lines, CancellationToken ct) =>
        lines.Select(line => line.Configuration).OfType<string>().Distinct(StringComparer.Ordinal).ToArray() is { Length: > 0 } named
            ? (await db.ListAsync<string>("""
                select named.number from unnest(@named) as named (number)
                where not exists (select from configuration c where c.number = named.number and c.partner_id = app_partner_id())
                """, new { named }, ct)).ToHashSet(StringComparer.Ordinal)
            : new HashSet<string>();

    /// <summary>The tax rate of the partner's last quote in a currency; 0 where there is none.</summary>
    public async Task<decimal> LastTaxRateAsync(CancellationToken ct) => await db.FindAsync<decimal?>("""
        select r.tax_rate from quote q join quote_revision r on r.quote_id = q.quote_id and r.revision = q.current_revision
        where q.partner_id = app_partner_id() order by q.quote_id desc limit 1
        """, null, ct) ?? 0;

    /// <summary>Writes a new quote with its first revision and lines.</summary>
    public async Task InsertAsync(string number, long partnerId, PricedQuote quote, CancellationToken ct)
    {
        var quoteId = await db.OneAsync<long>("""
            insert into quote (number, partner_id, end_customer_id, deal_id, currency, created_by, created_at, updated_at)
            values (@number, @partnerId, @EndCustomerId, @DealId, @Currency, app_person_id(), @Now, @Now) returning quote_id
            """, new { number, partnerId, quote.EndCustomerId, quote.DealId, quote.Currency, Now }, ct);
        await InsertRevisionAsync(quoteId, partnerId, 1, quote, ct);
    }

    /// <summary>Writes a revision with its lines.</summary>
    public async Task InsertRevisionAsync(long quoteId, long partnerId, int revision, PricedQuote quote, CancellationToken ct)
    {
        var revisionId = await db.OneAsync<long>("""
            insert into quote_revision (quote_id, partner_id, revision, valid_until, tax_rate, terms, net_total, tax_total, grand_total, most_discount, coupons, price_currency, exchange_rate, rate_on, rate_since, rate_source, rate_on_paper)
            values (@quoteId, @partnerId, @revision, @ValidUntil, @TaxRate, @Terms, @NetTotal, @TaxTotal, @GrandTotal, @MostDiscount, @coupons, @from, @rate, @on, @since, @source, @IsRateOnPaper) returning quote_revision_id
            """, new { quoteId, partnerId, revision, quote.ValidUntil, quote.TaxRate, quote.Terms, quote.NetTotal, quote.TaxTotal, quote.GrandTotal, quote.MostDiscount, coupons = quote.Coupons.ToArray(),
            from = quote.Rate?.From, rate = quote.Rate?.Rate, on = quote.Rate?.On, since = quote.Rate?.Since, source = quote.Rate is null ? null : QuoteRate.Source, quote.IsRateOnPaper }, ct);
        await InsertLinesAsync(revisionId, partnerId, quote.Lines, ct);
        await PricePromotionsAsync(revisionId, quoteId, partnerId, quote.Uses, ct);
    }

    Task PricePromotionsAsync(long revisionId, long quoteId, long partnerId, IReadOnlyList<PromotionUse> uses, CancellationToken ct) => uses.Count == 0 ? Task.CompletedTask : db.ExecuteAsync("""
        insert into quote_promotion (quote_revision_id, quote_id, partner_id, price_rule_id, code, amount)
        select @revisionId, @quoteId, @partnerId, use.rule, use.code, use.amount from unnest(@rules, @codes, @amounts) as use (rule, code, amount)
        """, new { revisionId, quoteId, partnerId, rules = uses.Select(use => use.PriceRuleId).ToArray(), codes = uses.Select(use => use.Code).ToArray(), amounts = uses.Select(use => use.Amount).ToArray() }, ct);

    /// <summary>What a revision takes of promotions with a limit.</summary>
    public Task<List<QuotePromotion>> PromotionsAsync(long quoteRevisionId, CancellationToken ct) => db.ListAsync<QuotePromotion>("""
        select price_rule_id, code, amount, state from quote_promotion where quote_revision_id = @quoteRevisionId order by code
        """, new { quoteRevisionId }, ct);

    /// <summary>Reserves what the current revision takes of promotions with a limit.</summary>
    /// <exception cref="Npgsql.PostgresException">A limit was passed meanwhile.</exception>
    public Task TakePromotionsAsync(QuoteHead head, CancellationToken ct) => db.ExecuteAsync("select quote_takes_promotions(@QuoteRevisionId)", new { head.QuoteRevisionId }, ct);

    /// <summary>Replaces what a draft holds.</summary>
    public async Task ReplaceAsync(QuoteHead head, PricedQuote quote, CancellationToken ct)
    {
        await db.ExecuteAsync("""
            delete from quote_line where quote_revision_id = @QuoteRevisionId;
            delete from quote_promotion where quote_revision_id = @QuoteRevisionId and state = 'priced';
            update quote_revision set coupons = @coupons, valid_until = @ValidUntil, tax_rate = @TaxRate, terms = @Terms, net_total = @NetTotal, tax_total = @TaxTotal,
                   grand_total = @GrandTotal, most_discount = @MostDiscount,
                   price_currency = @from, exchange_rate = @rate, rate_on = @on, rate_since = @since, rate_source = @source, rate_on_paper = @IsRateOnPaper
            where quote_revision_id = @QuoteRevisionId;
            update quote set end_customer_id = @EndCustomerId, deal_id = @DealId, currency = @Currency, updated_at = @Now, version = version + 1 where quote_id = @QuoteId
            """, new
        {
            head.QuoteRevisionId, head.QuoteId, quote.EndCustomerId, quote.DealId, quote.ValidUntil, quote.TaxRate, quote.Terms,
            quote.NetTotal, quote.TaxTotal, quote.GrandTotal, quote.MostDiscount, quote.Currency, coupons = quote.Coupons.ToArray(), Now,
            from = quote.Rate?.From, rate = quote.Rate?.Rate, on = quote.Rate?.On, since = quote.Rate?.Since, source = quote.Rate is null ? null : QuoteRate.Source, quote.IsRateOnPaper,
        }, ct);
        await InsertLinesAsync(head.QuoteRevisionId, head.PartnerId, quote.Lines, ct);
        await PricePromotionsAsync(head.QuoteRevisionId, head.QuoteId, head.PartnerId, quote.Uses, ct);
    }

    /// <summary>Takes a quote to its next state and writes down who did it.</summary>
    public Task AdvanceAsync(QuoteHead head, string act, string status, int revision, string? reason, DateOnly? sentOn, CancellationToken ct) => db.ExecuteAsync("""
        update quote set status = @status, current_revision = @revision, first_sent_on = coalesce(first_sent_on, @sentOn), updated_at = @Now, version = version + 1
        where quote_id = @QuoteId;
        insert into quote_act (quote_id, partner_id, revision, act, to_status, reason, person_id, happened_at)
        values (@QuoteId, @PartnerId, @revision, @act, @status, @reason, app_person_id(), @Now)
        """, new { head.QuoteId, head.PartnerId, act, status, revision, reason, sentOn, Now }, ct);

    /// <summary>Freezes the current revision: from now on the database refuses every change to it.</summary>
    public Task FreezeAsync(QuoteHead head, string frozen, byte[] sha256, CancellationToken ct) => db.ExecuteAsync("""
        update quote_revision set frozen_at = @Now, frozen = @frozen::jsonb, frozen_sha256 = @sha256 where quote_revision_id = @QuoteRevisionId
        """, new { head.QuoteRevisionId, frozen, sha256, Now }, ct);

    /// <summary>A frozen revision, or null where it is not there or still a draft.</summary>
    public Task<FrozenRevision?> FindFrozenAsync(string number, int revision, CancellationToken ct) => db.FindAsync<FrozenRevision>("""
        select r.quote_revision_id, r.partner_id, r.frozen_at, r.frozen::text as frozen, encode(r.frozen_sha256, 'hex') as sha256
        from quote q join quote_revision r using (quote_id)
        where q.number = @number and r.revision = @revision and r.frozen_at is not null
        """, new { number, revision }, ct);

    /// <summary>The hash of a file that was made, or null where there is none yet or none for the person at work.</summary>
    public Task<KeptFile?> FindFileHashAsync(string number, int revision, string kind, string language, CancellationToken ct) => db.FindAsync<KeptFile>("""
        select f.quote_revision_id, encode(f.sha256, 'hex') as sha256
        from quote q join quote_revision r using (quote_id) join quote_file f using (quote_revision_id)
        where q.number = @number and r.revision = @revision and f.kind = @kind and f.language = @language
        """, new { number, revision, kind, language }, ct);

    /// <summary>A file that was made of a frozen revision, or null.</summary>
    public Task<QuoteFile?> FindFileAsync(long quoteRevisionId, string kind, string language, CancellationToken ct) => db.FindAsync<QuoteFile>("""
        select content, encode(sha256, 'hex') as sha256 from quote_file where quote_revision_id = @quoteRevisionId and kind = @kind and language = @language
        """, new { quoteRevisionId, kind, language }, ct);

    /// <summary>Keeps a PDF with the hash of the secret that is printed on it; where somebody was faster, theirs stays.</summary>
    public Task KeepPdfAsync(FrozenRevision revision, string language, byte[] content, byte[] sha256, byte[]? printed, CancellationToken ct) =>
        db.ExecuteAsync("select quote_keep_pdf(@QuoteRevisionId, @language, @content, @sha256, @printed, @Now)", new { revision.QuoteRevisionId, language, content, sha256, printed, Now }, ct);

    /// <summary>Keeps a file; where somebody was faster, theirs stays.</summary>
    public Task KeepFileAsync(FrozenRevision revision, string kind, string language, byte[] content, byte[] sha256, CancellationToken ct) => db.ExecuteAsync("""
        insert into quote_file (quote_revision_id, partner_id, kind, language, content, sha256, made_at)
        values (@QuoteRevisionId, @PartnerId, @kind, @language, @content, @sha256, @Now) on conflict do nothing
        """, new { revision.QuoteRevisionId, revision.PartnerId, kind, language, content, sha256, Now }, ct);

    Task InsertLinesAsync(long quoteRevisionId, long partnerId, IReadOnlyList<PricedQuoteLine> lines, CancellationToken ct) => db.ExecuteAsync("""
        insert into quote_line (quote_revision_id, partner_id, line_number, product_id, quantity, price, discount, unit_price, amount, price_steps, section, choice, alternative_to, floor_price, configuration,
                                term_start, term_end, term_months, subscription, is_gift)
        select @quoteRevisionId, @partnerId, line.number, line.product_id, line.quantity, line.price, line.discount, line.unit_price, line.amount, line.steps::jsonb, line.section, line.choice, line.alternative_to, line.floor_price, line.configuration,
               line.term_start, line.term_end, line.term_months, line.subscription, line.is_gift
        from unnest(@products, @quantities, @prices, @discounts, @unitPrices, @amounts, @steps, @sections, @choices, @alternatives, @floors, @configurations, @starts, @ends, @months, @subscriptions, @gifts)
            with ordinality as line (product_id, quantity, price, discount, unit_price, amount, steps, section, choice, alternative_to, floor_price, configuration, term_start, term_end, term_months, subscription, is_gift, number);
        insert into quote_cost (quote_revision_id, line_number, partner_id, unit_cost)
        select @quoteRevisionId, line.number, @partnerId, line.cost from unnest(@costs) with ordinality as line (cost, number) where line.cost is not null
        """, new
    {
        quoteRevisionId, partnerId,
        products = lines.Select(line => line.ProductId).ToArray(), quantities = lines.Select(line => line.Quantity).ToArray(),
        prices = lines.Select(line => line.Price).ToArray(), discounts = lines.Select(line => line.Discount).ToArray(),
        unitPrices = lines.Select(line => line.UnitPrice).ToArray(), amounts = lines.Select(line => line.Amount).ToArray(),
        steps = lines.Select(line => line.PriceSteps).ToArray(), sections = lines.Select(line => line.Section).ToArray(), choices = lines.Select(line => line.Choice).ToArray(),
        alternatives = lines.Select(line => line.AlternativeTo).ToArray(), costs = lines.Select(line => line.UnitCost).ToArray(), floors = lines.Select(line => line.Floor).ToArray(), configurations = lines.Select(line => line.Configuration).ToArray(),
        starts = lines.Select(line => line.TermStart).ToArray(), ends = lines.Select(line => line.TermEnd).ToArray(), months = lines.Select(line => line.TermMonths).ToArray(), subscriptions = lines.Select(line => line.Subscription).ToArray(),
        gifts = lines.Select(line => line.IsGift).ToArray(),
    }, ct);
}

/// <summary>A quote in a list.</summary>
public sealed record QuoteRow
{
    /// <summary>The key; for paging only.</summary>
    public long QuoteId { get; init; }

    /// <summary>Its number.</summary>
    public string Number { get; init; } = "";

    /// <summary>Its current revision.</summary>
    public int Revision { get; init; }

    /// <summary>For whom.</summary>
    public string Customer { get; init; } = "";

    /// <summary>From whom.</summary>
    public string Partner { get; init; } = "";

    /// <summary>The same in Latin letters.</summary>
    public string? PartnerLatin { get; init; }

    /// <summary>ISO 4217 code.</summary>
    public string Currency { get; init; } = "";

    /// <summary>What the customer would pay, tax included.</summary>
    public decimal GrandTotal { get; init; }

    /// <summary>The last day it holds.</summary>
    public DateOnly ValidUntil { get; init; }

    /// <summary>When it was last touched, UTC.</summary>
    public DateTime UpdatedAt { get; init; }

    /// <summary>Its state; a sent one past its last day is expired.</summary>
    public string Status { get; init; } = "";
}

/// <summary>A quote with its current revision.</summary>
public sealed record QuoteHead(
    long QuoteId, string Number, long PartnerId, string PartnerNumber, string PartnerName, string? PartnerNameLatin, string PartnerLevel, bool IsBrand,
    long EndCustomerId, string CustomerNumber, string CustomerName, string? DealNumber,
    string Currency, int MinorUnits, string Status, int Revision, int Version,
    long QuoteRevisionId, DateOnly ValidUntil, decimal TaxRate, string? Terms, decimal NetTotal, decimal TaxTotal, decimal GrandTotal, decimal MostDiscount,
    DateTime? FrozenAt, DateOnly? FirstSentOn, string CouponsSaid,
    string? PriceCurrency, decimal? ExchangeRate, DateOnly? RateOn, DateOnly? RateSince, bool RateOnPaper)
{
    /// <summary>The coupons by which promotions hold.</summary>
    public IReadOnlyList<string> Coupons { get; } = CouponsSaid.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The rate by which the revision's prices were converted; null where they were not.</summary>
    public QuoteRate? Rate => PriceCurrency is { } from ? new(from, ExchangeRate!.Value, RateOn!.Value, RateSince) : null;
}

/// <summary>A line of a revision.</summary>
public sealed record QuoteLine(
    int LineNumber, long ProductId, string Sku, string Name, string? NameZh, string Unit, int Quantity, decimal Price, decimal Discount, decimal UnitPrice, decimal Amount, string PriceSteps,
    string? Section, string Choice, int? AlternativeTo, decimal? FloorPrice, string? Configuration,
    DateOnly? TermStart, DateOnly? TermEnd, int? TermMonths, string? Subscription, bool IsGift)
{
    /// <summary>It counts in the totals.</summary>
    public bool IsIncluded => Choice is QuoteChoice.Included;
}

/// <summary>What a revision takes of a promotion with a limit.</summary>
/// <param name="PriceRuleId">Its key; never leaves the server.</param>
/// <param name="Code">What the seller calls it.</param>
/// <param name="Amount">What it takes off; for a gift its list price.</param>
/// <param name="State"><c>priced</c>, <c>taken</c> or <c>given_back</c>.</param>
public sealed record QuotePromotion(long PriceRuleId, string Code, decimal Amount, string State);

/// <summary>What may be offered without the deal desk.</summary>
/// <param name="Most">The most that is taken off by hand, as a share.</param>
/// <param name="LeastMargin">The least margin, as a share of the net total; null where nobody asks.</param>
public sealed record QuoteAuthority(decimal Most, decimal? LeastMargin);

/// <summary>What a level may offer without the deal desk.</summary>
public sealed record LevelAuthority(string Level, decimal Most, decimal? LeastMargin);

/// <summary>A product as a line names it.</summary>
public sealed record QuotedProduct(long ProductId, string Sku, string Name, string? NameZh, string Unit);

/// <summary>A revision in the list of them.</summary>
public sealed record RevisionRow(int Revision, DateTime? FrozenAt, decimal GrandTotal, string? Sha256);

/// <summary>Something that was done to a quote.</summary>
public sealed record QuoteActRow(string Act, int Revision, string ToStatus, string? Reason, string? Person, string? CustomerName, DateTime HappenedAt);

/// <summary>Who offers.</summary>
public sealed record QuoteSeller(long PartnerId, long? UpstreamId, string Number, string Name, string PartnerLevel, bool IsBrand, string Currency, int MinorUnits);

/// <summary>Whom one can quote to.</summary>
public sealed record QuoteCustomer(long EndCustomerId, string Number, string Name);

/// <summary>The deal a quote comes from.</summary>
public sealed record QuotedDeal(long DealId, string Number, long EndCustomerId, string CustomerNumber);

/// <summary>A frozen revision with all that is printed of it.</summary>
public sealed record FrozenRevision(long QuoteRevisionId, long PartnerId, DateTime FrozenAt, string Frozen, string Sha256);

/// <summary>A file that is kept, without its bytes.</summary>
public sealed record KeptFile(long QuoteRevisionId, string Sha256);

/// <summary>A file made of a frozen revision.</summary>
public sealed record QuoteFile(byte[] Content, string Sha256);
