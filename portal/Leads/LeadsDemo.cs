using Platform.Database;
using Portal.Demo;

namespace Portal.Leads;

/// <summary>The demo's leads: with the brand, offered with a clock that runs, in the pool, declined once.</summary>
sealed class LeadsDemo(Db db, LeadStore leads, ScreenLeads screenLeads) : IDemoPart
{
    public int Order => 48;

    public async Task SeedAsync(DateOnly today, CancellationToken ct)
    {
        foreach (var (demo, place) in All.Select((demo, place) => (demo, place)))
        {
            var entered = today.AddDays(-demo.DaysAgo).ToDateTime(new TimeOnly(2, 0), DateTimeKind.Utc).AddMinutes(place);
            var number = PublicNumber.From("L", $"demo lead {place}");
            var (lines, territory) = await leads.TermsAsync(demo.Lead.ProductLines, demo.Lead.Territory, ct);
            var leadId = await leads.InsertAsync(number, demo.Lead, demo.Lead.Customer.Check().Details, territory!.Value, lines, entered, ct);
            await screenLeads.RunAsync([(leadId, demo.Lead.Customer)], ct);
            await HandOutAsync(number, demo, entered, ct);
        }
    }

    async Task HandOutAsync(string number, DemoLead demo, DateTime entered, CancellationToken ct)
    {
        var lead = (await leads.FindAsync(number, ct))!;
        if (demo.OfferedTo is { } code)
        {
            var partner = await db.OneAsync<long>("select partner_id from partner where code = @code", new { code }, ct);
            await leads.MoveAsync(lead, LeadLifecycle.Act("offer"), partner, await leads.AnswerByAsync(entered.AddHours(3), ct), null, null, entered.AddHours(3), ct);
        }
        else if (demo.InPool)
        {
            await leads.MoveAsync(lead, LeadLifecycle.Act("open"), null, null, "registered", null, entered.AddHours(3), ct);
        }
    }

    static LeadTyped Of(string company, string territory, string[] lines, decimal amount, string currency, string country = "CN", string? city = null, string? need = null, string? teaser = null, string? source = null, string? contact = null) => new()
    {
        Company = company, CountryCode = country, City = city, Territory = territory, ProductLines = lines, Amount = amount, Currency = currency, Need = need, Teaser = teaser, Source = source, ContactName = contact,
    };

    static DemoLead[] All =>
    [
        new(Of("绍兴柯桥纺织科技有限公司", "CN-EAST", ["MEET"], 260_000m, "CNY", city: "绍兴", need: "新展厅配套 5 间会议室。", teaser: "纺织企业，新展厅会议室。", source: "2026 上海办公展", contact: "王经理"), 4) { OfferedTo = "HUAXIN" },
        new(Of("南通海工装备股份有限公司", "CN-EAST", ["DESK", "PLAN"], 640_000m, "CNY", city: "南通", need: "研发中心 180 个工位。", teaser: "装备制造企业研发中心，约 180 个工位。", source: "官网留言", contact: "李女士"), 12) { OfferedTo = "HUAXIN" },
        new(Of("常州新能源产业园管理有限公司", "CN-EAST", ["MEET", "DESK"], 380_000m, "CNY", city: "常州", need: "园区共享会议中心改造。", teaser: "产业园共享会议中心改造。", source: "400 电话"), 2) { InPool = true },
        new(Of("嘉兴南湖文旅集团有限公司", "CN-EAST", ["PLAN"], 120_000m, "CNY", city: "嘉兴", teaser: "文旅集团办公区升级。", source: "老客户推荐"), 1) { InPool = true },
        new(Of("Elbphilharmonie Event GmbH", "EU-DACH", ["MEET"], 90_000m, "EUR", "DE", "Hamburg", "Backstage meeting rooms.", "Event venue, meeting rooms.", "Orgatec 2026"), 3) { OfferedTo = "EURODIST" },
        new(Of("杭州云栖智谷科技有限公司", "CN-EAST", ["MEET"], 150_000m, "CNY", city: "杭州", need: "二期 8 间会议室。", source: "2026 上海办公展", contact: "陈工") with { Domain = "yunqi-valley.example" }, 1),
        new(Of("青岛海洋生物研究院", "CN-NORTH", ["DESK"], 210_000m, "CNY", city: "青岛", need: "实验楼办公区。", source: "官网留言"), 1),
    ];

    sealed record DemoLead(LeadTyped Lead, int DaysAgo)
    {
        public string? OfferedTo { get; init; }

        public bool InPool { get; init; }
    }
}
