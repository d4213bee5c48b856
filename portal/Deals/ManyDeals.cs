using System.Globalization;
using Platform.Database;
using Portal.Customers;
using Portal.Demo;
using Portal.Kpis;

namespace Portal.Deals;

/// <summary>The large data set's customers and deals, in every state; one deal a customer, so that no two claims meet.</summary>
sealed class ManyDeals(Db db, AddCustomers addCustomers, KpiFacts facts, TimeProvider clock) : ILargeDemoPart
{
    const int Customers = 8000, Deals = 5000;

    public int Order => 40;

    public async Task<string> SeedAsync(DateOnly today, decimal share, CancellationToken ct)
    {
        var partners = await db.ListAsync<(long PartnerId, string Country)>("select partner_id, country_code from partner where code like 'L-%' order by code", null, ct);
        var entered = await addCustomers.AddCustomersAsync([.. Enumerable.Range(0, (int)(Customers * share)).Select(number => Customer(number, partners[number % partners.Count]))], ct);
        var refused = entered.OfType<CustomerEntry.Refused>().FirstOrDefault();
        if (refused is not null)
        {
            throw new InvalidOperationException($"The large data set's customers are wrong: {refused.Problems[0]}");
        }

        var numbers = entered.OfType<CustomerEntry.Added>().Select(customer => customer.Number).Take(Deals).ToArray();
        var written = await db.OneAsync<int>(DealsSql, new
        {
            customers = numbers, deals = numbers.Select((_, place) => PublicNumber.From("D", $"large deal {place}")).ToArray(), today, now = clock.GetUtcNow().UtcDateTime,
        }, ct);
        var counted = await db.ListAsync<KpiFact>("""
            select f.partner_id, f.metric, f.product_line_id, f.day, sum(f.value) as value
            from kpi_deal_fact f join large_deal l using (deal_id)
            group by f.partner_id, f.metric, f.product_line_id, f.day
            """, null, ct);
        await facts.AddAsync(counted, ct);
        await db.ExecuteAsync("drop table large_deal", null, ct);
        return string.Create(CultureInfo.InvariantCulture, $"{entered.Count} customers, {written} deals");
    }

    static NewCustomer Customer(int number, (long PartnerId, string Country) partner)
    {
        var isChinese = string.Equals(partner.Country, "CN", StringComparison.Ordinal);
        var (city, cityLatin, state) = Cities[number % Cities.Length];
        var first = Firsts[number / Cities.Length % Firsts.Length];
        var second = Seconds[number / (Cities.Length * Firsts.Length) % Seconds.Length];
        var trade = Trades[number % Trades.Length];
        return isChinese
            ? new NewCustomer { PartnerId = partner.PartnerId, Name = $"{city}{first.Name}{second.Name}{trade.Name}有限公司", OtherNames = [$"{cityLatin} {first.Latin}{second.Latin.ToLowerInvariant()} {trade.Latin} Co., Ltd."], CountryCode = "CN", State = state, City = city }
            : new NewCustomer { PartnerId = partner.PartnerId, Name = string.Create(CultureInfo.InvariantCulture, $"{first.Latin}{second.Latin.ToLowerInvariant()} {trade.Latin} {number % 97:D2}"), CountryCode = partner.Country, City = cityLatin };
    }

    static readonly (string Name, string Latin, string State)[] Cities =
    [
        ("上海", "Shanghai", "上海"), ("杭州", "Hangzhou", "浙江"), ("南京", "Nanjing", "江苏"), ("北京", "Beijing", "北京"), ("天津", "Tianjin", "天津"), ("广州", "Guangzhou", "广东"), ("深圳", "Shenzhen", "广东"),
        ("成都", "Chengdu", "四川"), ("武汉", "Wuhan", "湖北"), ("西安", "Xi'an", "陕西"), ("青岛", "Qingdao", "山东"),
    ];

    static readonly (string Name, string Latin)[] Firsts =
    [
        ("云", "Yun"), ("海", "Hai"), ("天", "Tian"), ("金", "Jin"), ("瑞", "Rui"), ("博", "Bo"), ("宏", "Hong"), ("嘉", "Jia"), ("智", "Zhi"), ("泰", "Tai"), ("新", "Xin"), ("中", "Zhong"), ("长", "Chang"),
        ("远", "Yuan"), ("明", "Ming"), ("盛", "Sheng"), ("正", "Zheng"), ("安", "An"), ("和", "He"), ("兴", "Xing"), ("鼎", "Ding"), ("凯", "Kai"), ("德", "De"), ("信", "Xin"), ("达", "Da"), ("康", "Kang"), ("宁", "Ning"),
    ];

    static readonly (string Name, string Latin)[] Seconds =
    [
        ("帆", "Fan"), ("川", "Chuan"), ("岳", "Yue"), ("科", "Ke"), ("源", "Yuan"), ("诚", "Cheng"), ("通", "Tong"), ("宇", "Yu"), ("晟", "Sheng"), ("禾", "He"), ("峰", "Feng"), ("林", "Lin"), ("洋", "Yang"), ("锦", "Jin"),
        ("辰", "Chen"), ("旭", "Xu"), ("翔", "Xiang"), ("卓", "Zhuo"), ("维", "Wei"), ("汇", "Hui"), ("格", "Ge"), ("恩", "En"), ("琪", "Qi"), ("然", "Ran"), ("航", "Hang"), ("业", "Ye"), ("邦", "Bang"),
    ];

    static readonly (string Name, string Latin)[] Trades =
    [
        ("科技", "Technology"), ("置业", "Real Estate"), ("物流", "Logistics"), ("医疗器械", "Medical Devices"), ("教育咨询", "Education"), ("生物技术", "Biotech"), ("酒店管理", "Hotel Management"),
        ("电子", "Electronics"), ("文化传媒", "Media"), ("建筑设计", "Architects"), ("食品", "Foods"), ("机械制造", "Machinery"), ("软件", "Software"),
    ];

    // Each deal's state follows from its place; the days follow from the state, so that a protected one is protected today.
    const string DealsSql = """
        create temporary table large_deal on commit drop as
        select distinct on (c.customer_cluster_id) d.place, d.number, c.end_customer_id, c.customer_cluster_id, c.partner_id, p.currency, coalesce(p.territory_id, (select min(territory_id) from territory)) as territory_id,
               (array['approved', 'approved', 'won', 'submitted', 'approved', 'expired', 'won', 'lost', 'rejected', 'under_review', 'approved', 'expired', 'converted', 'won', 'draft', 'withdrawn'])[1 + d.place % 16] as status,
               5000 + (d.place * 7919 % 900000)::numeric as amount, null::timestamptz as entered_at, null::timestamptz as decided_at, null::bigint as deal_id,
               (select product_line_id from product_line order by code offset d.place % (select count(*) from product_line) limit 1) as product_line_id
        from unnest(@customers, @deals) with ordinality as d (customer, number, place)
        join end_customer c on c.number = d.customer
        join partner p on p.partner_id = c.partner_id
        order by c.customer_cluster_id, d.place;
        update large_deal set entered_at = brand_midnight(@today) + interval '9 hours' + place % 480 * interval '1 minute' - make_interval(days => case
            when status in ('submitted', 'under_review', 'draft') then (place / 16 % 4)::integer
            when status in ('approved', 'converted') then (4 + place % 80)::integer
            else (110 + place % 500)::integer end);
        update large_deal set entered_at = least(entered_at, @now - interval '2 hours'), decided_at = least(entered_at + interval '26 hours', @now - interval '1 minute');

        with written as (
            insert into deal (number, partner_id, end_customer_id, territory_id, status, amount, currency, expected_close, submitted_at, decided_at, closed_at, protected_from, protected_until, created_at, updated_at)
            select number, partner_id, end_customer_id, territory_id, status, amount, currency, brand_day(entered_at) + 60,
                   case when status <> 'draft' then entered_at end,
                   case when status not in ('draft', 'submitted', 'under_review', 'withdrawn') then decided_at end,
                   case when status in ('won', 'lost', 'withdrawn', 'rejected', 'expired') then decided_at + case when status = 'rejected' then interval '0' else interval '30 days' end end,
                   case when status in ('approved', 'converted', 'won', 'lost', 'expired') then decided_at end,
                   case when status in ('approved', 'converted', 'won', 'lost', 'expired') then brand_midnight(brand_day(decided_at) + 91) end,
                   entered_at, case when status in ('draft', 'submitted') then entered_at when status in ('won', 'lost', 'withdrawn', 'expired') then decided_at + interval '30 days' else decided_at end
            from large_deal
            order by place
            returning deal_id, number)
        update large_deal set deal_id = written.deal_id from written where written.number = large_deal.number;

        insert into deal_product_line (deal_id, product_line_id, partner_id) select deal_id, product_line_id, partner_id from large_deal;
        insert into deal_approval_step (deal_id, round, step, partner_id, approval_policy_id, queue, approvers, hours, working, escalate_to, opened_at, due_at, escalate_at)
        select l.deal_id, 1, s.step, l.partner_id, y.approval_policy_id, s.queue, s.approvers, s.hours, s.working, s.escalate_to,
               case when s.step = 1 then l.entered_at end, case when s.step = 1 then due_after(l.entered_at, s.hours, s.working) end, case when s.step = 1 then due_after(l.entered_at, 2 * s.hours, s.working) end
        from large_deal l join partner p using (partner_id)
        join approval_policy y on y.approval_policy_id = approval_policy_for(p.partner_level, array[l.product_line_id], l.territory_id, l.amount * rate_to_brand(l.currency, @today), 'none', @today)
        cross join lateral unnest(y.queues, y.approvers, y.hours, y.working, y.escalate_to) with ordinality as s (queue, approvers, hours, working, escalate_to, step)
        where l.status in ('submitted', 'under_review') and not y.auto_approve;
        insert into deal_claim (deal_id, partner_id, end_customer_id, customer_cluster_id, product_line_id, territory_id, protection)
        select deal_id, partner_id, end_customer_id, customer_cluster_id, product_line_id, territory_id,
               tstzrange(decided_at, case when status in ('won', 'lost') then decided_at + interval '30 days' else brand_midnight(brand_day(decided_at) + 91) end)
        from large_deal
        where status in ('approved', 'converted', 'won', 'lost', 'expired');
        insert into deal_act (deal_id, partner_id, act, from_status, to_status, reason, by_brand, happened_at)
        select l.deal_id, l.partner_id, a.act, a.from_status, a.to_status, a.reason, a.by_brand, l.entered_at + a.later
        from large_deal l
        join (values
            (array['submitted', 'under_review', 'approved', 'converted', 'won', 'lost', 'expired', 'rejected', 'withdrawn'], 'submit', 'draft', 'submitted', null, false, interval '0'),
            (array['under_review', 'approved', 'converted', 'won', 'lost', 'expired', 'rejected'], 'take_up', 'submitted', 'under_review', null, true, interval '1 hour'),
            (array['approved', 'converted', 'won', 'lost', 'expired'], 'approve', 'under_review', 'approved', null, true, interval '26 hours'),
            (array['rejected'], 'reject', 'under_review', 'rejected', '不在授权范围内 / Outside the authorised range', true, interval '26 hours'),
            (array['withdrawn'], 'withdraw', 'submitted', 'withdrawn', '项目取消 / Project cancelled', false, interval '26 hours'),
            (array['converted'], 'convert', 'approved', 'converted', null, false, interval '40 hours'),
            (array['won'], 'win', 'approved', 'won', null, false, interval '31 days'),
            (array['lost'], 'lose', 'approved', 'lost', '价格 / Price', false, interval '31 days'),
            (array['expired'], 'expire', 'approved', 'expired', null, true, interval '92 days')
        ) as a (statuses, act, from_status, to_status, reason, by_brand, later) on l.status = any (a.statuses)
        order by l.place, a.later;
        select count(*)::integer from large_deal
        """;
}
