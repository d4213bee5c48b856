using Platform.Audit;
using Platform.Database;
using Portal.Demo;
using Portal.Pricing;
using Portal.Quotes;

namespace Portal.Configuring;

/// <summary>The demo's workspace plans and bundles, a meeting room, a bench for four and sensors for an office, and a configuration in a draft of each of two partners.</summary>
public sealed class ConfiguringDemo(Db db, BundleStore bundles, ConfigurationStore configurations, PlanStore plans, QuoteStore quotes, Prices prices, AuditTrail audit) : IDemoPart
{
    /// <inheritdoc/>
    public int Order => 72;

    /// <inheritdoc/>
    public async Task SeedAsync(DateOnly today, CancellationToken ct)
    {
        foreach (var facts in new[] { Room, Bench, Office })
        {
            if (await bundles.InsertAsync(facts.Code!, ct) is { } bundleId)
            {
                var tidied = facts.Tidied();
                await bundles.ReplacePartsAsync(await bundles.InsertDraftAsync(bundleId, tidied, ct), tidied, ct);
                var draft = (await bundles.NewestAsync(facts.Code!, ct))!;
                await bundles.PublishAsync(draft, draft.RowVersion, today.AddDays(-60), null, ct);
                await audit.RecordAsync("bundle.published", "bundle", facts.Code!, null, new { draft.Version }, ct);
            }
        }

        foreach (var plan in WorkspacePlans)
        {
            await plans.KeepAsync(plan, ct);
        }

        var customers = await db.ListAsync<Customer>("""
            select distinct on (p.partner_id) p.partner_id, p.currency, c.end_customer_id, c.number
            from end_customer c join partner p on p.partner_id = c.partner_id
            where p.partner_type = 'distributor' order by p.partner_id, c.end_customer_id
            """, null, ct);
        var room = (await bundles.CurrentAsync(Room.Code!, ct))!;
        foreach (var customer in customers.Take(2))
        {
            await QuoteAsync(customer, Configurator.Check(room, Configurator.First(room) with { Units = 2, Chosen = ["MR-PANEL-7", "MR-BOARD-65", "MR-BAR", "MR-SPK", "ST-CONF"] }), today, ct);
        }
    }

    async Task QuoteAsync(Customer customer, Configured made, DateOnly today, CancellationToken ct)
    {
        var priced = await prices.ForAsync(null, customer.PartnerId, customer.Currency, today, [.. made.Lines.Select(line => new AskedLine(line.Sku, line.Quantity))], ct);
        if (made.Clashes.Count > 0 || priced.Any(line => line.Refusal is not null))
        {
            return;
        }

        var number = PublicNumber.From("CF", "demo configuration " + customer.Number);
        await configurations.InsertAsync(number, customer.PartnerId, made, null, ct);
        var lines = priced.Select(line => PriceQuote.Line(new(line.Sku, line.Quantity, null) { Configuration = number }, line, customer.Currency)).ToList();
        var net = lines.Sum(line => line.Amount);
        var taxRate = customer.Currency == "CNY" ? 0.13m : 0.19m;
        var tax = Amounts.Round(net * taxRate, customer.Currency);
        await quotes.InsertAsync(PublicNumber.From("Q", "demo configured quote " + customer.Number), customer.PartnerId,
            new(customer.EndCustomerId, null, customer.Currency, today.AddDays(30), taxRate, null, net, tax, net + tax, 0, lines), ct);
    }

    static PlanFacts[] WorkspacePlans { get; } =
    [
        new("WP-HOT", "hot_desk", null, null, 1), new("WP-DED", "desk", null, null, 1), new("WP-OFF-4", "office", 4, null, 3), new("WP-OFF-8", "office", 8, null, 3), new("WP-OFF-20", "office", 20, null, 6),
        new("WP-MEET-H", "hour", null, null, 1), new("WP-MEET-20", "package", null, 20, 1),
    ];

    static BundleFacts Room { get; } = new()
    {
        Code = "ROOM", Name = "Meeting room, equipped", NameZh = "会议室整体方案", Description = "Board, video, sound, booking panel and chairs for one room, which go together.", DescriptionZh = "一间会议室所需的大屏、视频、音频、预定屏和座椅，搭配合理。",
        Groups =
        [
            new("BOARD", "Board", "会议平板", 1, 1), new("VIDEO", "Video", "视频", 1, 2), new("AUDIO", "Sound", "音频", 0, null), new("PANEL", "Booking", "会议预定", 0, 1), new("SEATING", "Chairs", "座椅", 0, null),
        ],
        Options =
        [
            new("BOARD", "MR-BOARD-65", "default", "per_unit", 1, null, null, null, null, "For rooms of up to eight.", "适合八人以内会议室。"),
            new("BOARD", "MR-BOARD-75", "optional", "per_unit", 1, null, null, null, null, null, null),
            new("BOARD", "MR-BOARD-86", "optional", "per_unit", 1, null, null, null, null, "For rooms from 40 m².", "适合 40 平方米以上会议室。"),
            new("VIDEO", "MR-BAR", "default", "per_unit", 1, null, null, null, null, null, null),
            new("VIDEO", "MR-CAM-4K", "optional", "per_unit", 1, null, null, null, null, null, null),
            new("AUDIO", "MR-SPK", "optional", "per_unit", 1, null, null, null, null, null, null),
            new("AUDIO", "MR-MIC-C", "optional", "per_unit", 2, null, null, null, null, null, null),
            new("PANEL", "MR-PANEL-7", "default", "per_unit", 1, null, null, null, null, null, null),
            new("PANEL", "MR-PANEL-10", "optional", "per_unit", 1, null, null, null, null, null, null),
            new("SEATING", "ST-CONF", "optional", "chosen", 8, null, 4, 200, 2, null, null),
            new("SEATING", "ST-STOOL", "excluded", "fixed", 1, null, null, null, null, "Stools are too high for the camera angle of these rooms.", "高脚凳不在会议摄像机的取景范围内。"),
        ],
        Rules =
        [
            new("excludes", "MR-BOARD-86", null, ["MR-BAR"], "The bar's camera does not see the far end of a room for an 86 inch board.", "86 英寸会议室的纵深超出一体机摄像头的取景范围。"),
            new("requires", "MR-CAM-4K", null, ["MR-MIC-C"], "The 4K camera has no microphone of its own.", "4K 摄像机自身不带麦克风。"),
            new("excludes", "MR-BAR", null, ["MR-MIC-C"], "The bar brings its own microphones; two sets echo.", "一体机自带麦克风，两套拾音会产生回声。"),
        ],
    };

    static BundleFacts Bench { get; } = new()
    {
        Code = "BENCH4", Name = "Bench for four, complete", NameZh = "四人工作台整套", Description = "The bench with cable trays, screens and lamps in the right numbers.", DescriptionZh = "工作台及数量匹配的走线槽、屏风和台灯。", Sku = "SD-BENCH-4",
        Groups = [new("BASE", "Belongs to it", "标配", 0, null), new("CHAIR", "Chairs", "办公椅", 0, 1), new("MORE", "More", "选配", 0, null)],
        Options =
        [
            new("BASE", "SD-TRAY", "required", "per_unit", 4, null, null, null, null, null, null),
            new("CHAIR", "ST-ONE-G", "optional", "per_unit", 4, null, null, null, 2, null, null),
            new("CHAIR", "ST-PRO-B", "optional", "per_unit", 4, null, null, null, null, null, null),
            new("MORE", "SD-PANEL-140", "optional", "per_unit", 2, null, null, null, 2, null, null),
            new("MORE", "LA-DESK", "optional", "per_unit", 4, null, null, null, null, null, null),
            new("MORE", "SD-CTRL-2", "optional", "per_unit", 4, null, null, null, null, null, null),
        ],
    };

    static BundleFacts Office { get; } = new()
    {
        Code = "SENSING", Name = "Occupancy of an office", NameZh = "办公室占用监测", Description = "Sensors at every desk, hubs and room counters, by the number of seats.", DescriptionZh = "按席位数配置工位传感器、网关和会议室计数器。", AsksSeats = true,
        Groups = [new("DESKS", "Desks", "工位", 1, 1), new("NETWORK", "Network", "网络", 0, null), new("ROOMS", "Rooms and air", "会议室与空气", 0, null), new("APP", "Software", "软件", 1, 1)],
        Options =
        [
            new("DESKS", "AC-SENSE-10", "default", "per_seats", 1, 10, null, null, null, null, null),
            new("DESKS", "AC-SENSE-D", "optional", "per_seats", 1, 1, 10, null, 5, null, null),
            new("NETWORK", "AC-HUB", "required", "per_seats", 1, 40, null, null, null, "A hub hears forty sensors.", "每台网关可接四十个传感器。"),
            new("ROOMS", "AC-SENSE-R", "optional", "chosen", 4, null, 1, 500, null, null, null),
            new("ROOMS", "LA-CO2", "optional", "per_seats", 1, 20, null, null, null, null, null),
            new("APP", "WP-APP-S", "default", "fixed", 1, null, null, null, null, null, null),
            new("APP", "WP-APP-L", "optional", "fixed", 1, null, null, null, null, null, null),
        ],
        Rules = [new("at_least", "WP-APP-L", 1, ["AC-SENSE-R", "LA-CO2"], "The large edition reports on rooms and air; without sensors there is nothing to report.", "大型版提供会议室与空气报表，没有相应传感器则无数据。")],
    };

    sealed record Customer(long PartnerId, string Currency, long EndCustomerId, string Number);
}
