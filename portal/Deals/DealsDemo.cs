using Platform.Database;
using Portal.Customers;
using Portal.Demo;
using Portal.Kpis;

namespace Portal.Deals;

/// <summary>
/// The demo's customers and deals: in every state, some about the same company under another spelling, protections that end soon.
/// Written through the product's own statements, each act on its day and by the person who would have done it.
/// </summary>
sealed class DealsDemo(Db db, AddCustomers addCustomers, CustomerStore customers, DealStore deals, ActivityStore activities, ApprovalStore approvals, ScreenClaim screenClaim, KpiFacts facts) : IDemoPart
{
    IReadOnlyDictionary<string, Company> companies = new Dictionary<string, Company>(StringComparer.Ordinal);
    IReadOnlyDictionary<string, long> territories = new Dictionary<string, long>(StringComparer.Ordinal);
    IReadOnlyDictionary<string, long> lines = new Dictionary<string, long>(StringComparer.Ordinal);

    public int Order => 40;

    public async Task SeedAsync(DateOnly today, CancellationToken ct)
    {
        companies = (await db.ListAsync<Company>("""
            select p.code, p.partner_id, p.currency, t.code as territory, p.partner_type = 'brand' as is_brand,
                   (select min(w.person_id) from person w join person_role r using (person_id) where w.partner_id = p.partner_id and w.kind = 'person' and r.role in ('sales', 'deal_desk')) as person_id
            from partner p left join territory t using (territory_id)
            where p.code is not null
            """, null, ct)).ToDictionary(company => company.Code, StringComparer.Ordinal);
        territories = (await db.ListAsync<(string, long)>("select code, territory_id from territory", null, ct)).ToDictionary(row => row.Item1, row => row.Item2, StringComparer.Ordinal);
        lines = (await db.ListAsync<(string, long)>("select code, product_line_id from product_line order by code", null, ct)).ToDictionary(row => row.Item1, row => row.Item2, StringComparer.Ordinal);
        await addCustomers.AddCustomersAsync([.. DirectAccounts], ct);
        foreach (var (deal, place) in Deals.Select((deal, place) => (deal, place)).OrderByDescending(pair => pair.deal.DaysAgo))
        {
            await WriteAsync(deal, place, today, ct);
        }

        await ActAsAsync(null, ct);
    }

    async Task WriteAsync(DemoDeal demo, int place, DateOnly today, CancellationToken ct)
    {
        var partner = companies[demo.Partner];
        var entered = Morning(today.AddDays(-demo.DaysAgo), place);
        await ActAsAsync(partner.PersonId, ct);
        var number = (await addCustomers.AddCustomersAsync([demo.Customer with { PartnerId = partner.PartnerId }], ct))[0] switch
        {
            CustomerEntry.Added(var added) => added,
            CustomerEntry.AlreadyThere(var there) => there,
            _ => throw new InvalidOperationException($"The demo's customer {demo.Customer.Name} is wrong."),
        };
        var customer = (await customers.FindAsync(number, ct))!;
        var dealNumber = PublicNumber.From("D", $"demo deal {place}");
        var territory = demo.Territory ?? partner.Territory ?? territories.Keys.Order(StringComparer.Ordinal).First();
        await deals.InsertAsync(new(dealNumber, partner.PartnerId, customer.EndCustomerId, territories[territory], [.. demo.Lines.Select(code => lines[code])], demo.Amount, partner.Currency,
            today.AddDays(demo.ClosesIn), null, null, demo.Contact, null, null, demo.Need), entered, ct);
        await WalkAsync(dealNumber, demo, partner, entered, ct);
        await RecordAsync(dealNumber, demo, partner, today, ct);
    }

    // What the claimant did for its deal: days after it was entered, and never in the future.
    async Task RecordAsync(string number, DemoDeal demo, Company partner, DateOnly today, CancellationToken ct)
    {
        if (demo.Activities.Count == 0)
        {
            return;
        }

        await ActAsAsync(partner.PersonId, ct);
        var deal = (await deals.FindAsync(number, ct))!;
        foreach (var (activity, place) in demo.Activities.Select((activity, place) => (activity, place)))
        {
            var at = Morning(today.AddDays(-activity.DaysAgo), 7 * place + 11);
            await activities.InsertAsync(deal, PublicNumber.From("DA", $"{number} {place}"),
                new() { Kind = activity.Kind, HappenedAt = at, WithWhom = activity.With, Note = activity.Note, NextStep = activity.Next, NextStepDue = activity.DueIn is { } days ? today.AddDays(days) : null }, at, ct);
        }
    }

    // The acts that led to the state, each some hours or days after the one before.
    async Task WalkAsync(string number, DemoDeal demo, Company partner, DateTime entered, CancellationToken ct)
    {
        var at = entered;
        foreach (var step in demo.Steps)
        {
            var deal = (await deals.FindAsync(number, ct))!;
            var act = DealLifecycle.Act(step.Act);
            at = at.AddHours(step.HoursLater);
            await ActAsAsync(act.Side == DealSide.Brand ? companies["NORTHLIGHT"].PersonId : partner.PersonId, ct);
            var policy = await deals.PolicyAsync(deal, at, ct);
            if (act.Name is "submit" or "answer")
            {
                await screenClaim.RunAsync(deal, policy, at, ct);
            }

            var until = act.Name is "approve" ? await deals.EndOfDayAsync(at, policy.ProtectionDays, ct) : (DateTime?)null;
            if (act.Name is "approve" or "reject" or "request_information" && await approvals.OpenAsync(deal.DealId, at, ct) is { HasSeat: true } open)
            {
                await approvals.DecideAsync(deal, open, act.Name switch { "approve" => "approve", "reject" => "reject", _ => "ask" }, step.Reason, null, at, ct);
                if (act.Name is "approve")
                {
                    await approvals.CloseAsync(deal.DealId, open, at, ct);
                }
            }

            await deals.MoveAsync(deal, act, step.Reason, at, ct, until is null ? null : at, until);
            if (act.Name is "submit" or "answer")
            {
                await approvals.BeginAsync(deal.DealId, at, ct);
            }

            await FollowAsync(deal, act, at, until, ct);
        }
    }

    async Task FollowAsync(Deal deal, DealAct act, DateTime at, DateTime? until, CancellationToken ct)
    {
        if (until is { } end)
        {
            await deals.InsertClaimAsync(deal.DealId, at, end, ct);
            await deals.KeepPolicyAsync(deal.DealId, await deals.PolicyAsync(deal, at, ct), at, ct);
        }
        else if (act.Name is "win" or "lose" or "withdraw")
        {
            await deals.ReleaseClaimAsync(deal.DealId, at, ct);
        }

        var metric = act.Name switch { "submit" => Metric.DealsRegistered, "approve" => Metric.DealsApproved, "win" => Metric.DealsWon, "lose" => Metric.DealsLost, _ => null };
        if (metric is not null)
        {
            await facts.CountAsync(deal.PartnerId, metric, at, ct);
        }
    }

    // The product writes, and the timeline names the person.
    Task ActAsAsync(long? personId, CancellationToken ct) =>
        db.ExecuteAsync("select set_config('app.person_id', coalesce(@personId::text, ''), true)", new { personId }, ct);

    // Around nine in the morning in China, never two at the same minute.
    static DateTime Morning(DateOnly day, int place) => day.ToDateTime(new TimeOnly(1, 5), DateTimeKind.Utc).AddMinutes(place * 3);

    static NewCustomer Of(string name, string? latin = null, string country = "CN", string? state = null, string? city = null, string? address = null, string? creditCode = null, string? vat = null, string? domain = null, string? phone = null) => new()
    {
        Name = name, OtherNames = latin is null ? [] : [latin], CountryCode = country, State = state, City = city, Address = address, CreditCode = creditCode, VatNumber = vat, Domain = domain, Phone = phone,
    };

    static Step[] Submitted(params Step[] then) => [new("submit", 2), .. then];

    static Step[] Approved(params Step[] then) => [new("submit", 2), new("take_up", 5), new("approve", 20), .. then];

    static NewCustomer[] DirectAccounts =>
    [
        Of("上海东方枢纽机场集团有限公司", "Shanghai Oriental Hub Airport Group", state: "上海", city: "上海", domain: "oriental-hub.example") with { DirectAccount = true },
        Of("Hanse Rückversicherung AG", "Hanse Re", "DE", city: "Hamburg", domain: "hanse-re.example") with { DirectAccount = true },
    ];

    static DemoDeal[] Deals =>
    [
        new("HUAXIN", Of("杭州云栖智谷科技有限公司", "Hangzhou Yunqi Valley Technology Co., Ltd.", state: "浙江", city: "杭州", address: "西湖区转塘街道云栖路 1 号", domain: "yunqi-valley.example", phone: "0571-8855 0101"), ["MEET", "DESK"], 1_280_000m, 62, 45, "新总部 26 间会议室的智能屏与预订系统。", Approved())
        {
            Contact = "陈工",
            Activities =
            [
                new("visit", 50, "陈工、信息部 2 人", "现场勘测 26 间会议室，确认弱电点位。"),
                new("meeting", 21, "行政总监 周女士", "方案汇报，客户认可门牌屏方案，要求补充与 OA 的对接说明。", "提交 OA 对接说明", -3),
                new("call", 4, "陈工", "对接说明已收到，约定下周复审。", "技术复审", 5),
            ],
        },
        new("HUAXIN", Of("苏州金鸡湖国际酒店管理有限公司", "Jinji Lake Hotels", state: "江苏", city: "苏州", domain: "jinjilake-hotel.example"), ["MEET"], 460_000m, 84, 20, "宴会厅与会议中心改造，需双语导视。", Approved()) { Activities = [new("visit", 70, "工程部 刘经理", "查看宴会厅现场。"), new("mail", 30, "工程部 刘经理", "发送双语导视样稿。", "确认样稿", -20)] },
        new("HUAXIN", Of("上海浦江生物医药股份有限公司", "Pujiang Biopharma", state: "上海", city: "上海", creditCode: "91310115324560147J"), ["DESK"], 890_000m, 130, -30, "研发楼工位升级。", Approved(new Step("win", 24 * 60))),
        new("HUAXIN", Of("宁波北仑港口物流有限公司", "Beilun Port Logistics", state: "浙江", city: "宁波"), ["PLAN"], 310_000m, 40, 60, "调度中心工位方案。", Approved(new Step("lose", 24 * 12, "客户选择了另一家的低价方案。"))),
        new("HUAXIN", Of("南京钟山软件园发展有限公司", "Zhongshan Software Park", state: "江苏", city: "南京"), ["MEET", "PLAN"], 2_150_000m, 3, 120, "园区共享会议中心，约 40 间。", Submitted()),
        new("HUAXIN", Of("合肥量子谷置业有限公司", state: "安徽", city: "合肥"), ["DESK"], 150_000m, 6, 75, null, Submitted(new Step("take_up", 26), new Step("request_information", 3, "请提供项目地址，以及是否已有中标通知书。"))),
        new("HUAXIN", Of("无锡太湖新城建设投资有限公司", state: "江苏", city: "无锡"), ["MEET"], 720_000m, 2, 90, "政务中心一期。", []),
        new("JIANGNAN", Of("苏州平江文化旅游有限公司", "Pingjiang Culture and Tourism", state: "江苏", city: "苏州"), ["PLAN"], 88_000m, 20, 35, "游客中心办公区。", Approved()),
        new("JIANGNAN", Of("昆山精密电子有限公司", "Kunshan Precision Electronics", state: "江苏", city: "昆山"), ["MEET"], 134_000m, 4, 50, "培训室两间。", Submitted()),
        new("JIANGNAN", Of("苏州 金鸡湖国际酒店管理（有限公司）", state: "江苏", city: "苏州"), ["PLAN"], 95_000m, 5, 60, "酒店后勤办公。", Submitted()),
        new("JIANGNAN-WUXI", Of("无锡梁溪设计事务所", state: "江苏", city: "无锡"), ["DESK"], 36_000m, 9, 25, "12 个升降工位。", Submitted(new Step("take_up", 4), new Step("approve", 3))),
        new("BEICHEN", Of("北京海淀创新中心运营有限公司", "Haidian Innovation Centre", state: "北京", city: "北京", domain: "hd-innovation.example"), ["MEET", "DESK"], 1_640_000m, 55, 40, "路演厅与 18 间会议室。", Approved()),
        new("BEICHEN", Of("云栖智谷科技", state: "浙江", city: "杭州"), ["MEET"], 300_000m, 1, 80, "客户杭州分部会议室。", Submitted()) { Territory = "CN-EAST" },
        new("JIANGNAN", Of("西溪数字客厅运营有限公司", state: "浙江", city: "杭州"), ["MEET"], 410_000m, 18, 40, "数字客厅四间洽谈室。", Approved()) { Territory = "CN-EAST" },
        new("BEICHEN", Of("苏州金鸡湖国际酒店管理有限公司", "Jinji Lake Hotels", state: "江苏", city: "苏州", domain: "jinjilake-hotel.example"), ["MEET"], 520_000m, 1, 40, "宴会厅改造，已完成现场勘测。", []) { Territory = "CN-EAST" },
        new("BEICHEN", Of("天津滨海融资租赁有限公司", state: "天津", city: "天津"), ["PLAN"], 240_000m, 33, 30, null, Submitted(new Step("reject", 30, "该项目属于直营框架协议范围。"))),
        new("NANYUE", Of("深圳前海跨境供应链有限公司", "Qianhai Cross-border Supply Chain", state: "广东", city: "深圳", creditCode: "91440300708461136T"), ["MEET", "DESK"], 980_000m, 70, 25, "总部搬迁，四层。", Approved(new Step("convert", 24 * 20))),
        new("NANYUE", Of("广州珠江新城商业管理有限公司", state: "广东", city: "广州"), ["DESK"], 410_000m, 81, 15, "写字楼共享办公区。", Approved()),
        new("SHENZHEN-QIMING", Of("深圳南山智造有限公司", state: "广东", city: "深圳"), ["PLAN"], 126_000m, 12, 55, null, Submitted(new Step("withdraw", 40, "客户项目取消。"))),
        new("CHENGDU-TIANFU", Of("成都天府国际会展有限公司", "Tianfu International Expo", state: "四川", city: "成都"), ["MEET"], 1_050_000m, 7, 100, "会展中心会议区。", Submitted()),
        new("KUWO", Of("上海静安创意设计有限公司", state: "上海", city: "上海"), ["DESK"], 64_000m, 15, 30, "租用 20 个工位。", Approved()),
        new("EURODIST", Of("Alstertal Kliniken GmbH", null, "DE", city: "Hamburg", address: "Rathausmarkt 12", vat: "DE136695976", domain: "alstertal-kliniken.example"), ["MEET", "DESK"], 385_000m, 48, 60, "Conference centre and 24 consulting rooms.", Approved())
        {
            Contact = "Dr. Petersen",
            Activities = [new("meeting", 40, "Dr. Petersen", "Kick-off with IT and facilities.", "Floor plans from the architect", -33), new("visit", 12, "Dr. Petersen, Frau Lund", "Walked through the 24 consulting rooms.", "Send the revised offer", 2)],
        },
        new("EURODIST", Of("Werft Nordhafen AG", null, "DE", city: "Hamburg", domain: "nordhafen.example"), ["MEET"], 142_000m, 2, 75, "Meeting rooms in the new design office.", Submitted()),
        new("EURODIST", Of("Hanse Re", null, "DE", city: "Hamburg"), ["DESK"], 520_000m, 1, 90, "Desk booking for 600 people.", []),
        new("ALPENBUERO", Of("Bergbahnen Nordkette GmbH", null, "AT", city: "Innsbruck"), ["DESK"], 58_000m, 26, 30, "Ticketing and office, 30 desks.", Approved()),
        new("ATELIER-LUMIERE", Of("Clinique du Parc Lyon SAS", null, "FR", city: "Lyon"), ["MEET"], 97_000m, 11, 45, null, Submitted(new Step("take_up", 8))),
    ];

    sealed record Company
    {
        public string Code { get; init; } = "";
        public long PartnerId { get; init; }
        public string Currency { get; init; } = "";
        public string? Territory { get; init; }
        public bool IsBrand { get; init; }
        public long? PersonId { get; init; }
    }

    sealed record Step(string Act, int HoursLater, string? Reason = null);

    sealed record DemoDeal(string Partner, NewCustomer Customer, string[] Lines, decimal Amount, int DaysAgo, int ClosesIn, string? Need, Step[] Steps)
    {
        public string? Territory { get; init; }
        public string? Contact { get; init; }
        public IReadOnlyList<Activity> Activities { get; init; } = [];
    }

    sealed record Activity(string Kind, int DaysAgo, string With, string Note, string? Next = null, int? DueIn = null);
}
