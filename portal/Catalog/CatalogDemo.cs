using Portal.Demo;
using Portal.Pricing;

namespace Portal.Catalog;

/// <summary>The demo's products: smart-office equipment and workspace plans, with costs and list prices in three currencies.</summary>
sealed class CatalogDemo(ProductStore products, AddProducts addProducts, AddPrices addPrices) : IDemoPart
{
    public int Order => 20;

    public async Task SeedAsync(DateOnly today, CancellationToken ct)
    {
        foreach (var (code, name, nameZh) in Lines)
        {
            await products.KeepLineAsync(code, name, nameZh, ct);
        }

        await addProducts.AddProductsAsync([.. Products.Select((product, row) => new ProductRow(row + 1, new ProductFacts
        {
            Sku = product.Sku, Name = product.Name, NameZh = product.NameZh, Line = product.Line, Category = product.Category, CategoryZh = DemoWords.Chinese(product.Category),
            Colour = product.Colour, ColourZh = DemoWords.Chinese(product.Colour), Size = product.Size, Weight = product.Weight,
            Unit = product.Unit, Status = product.Discontinued ? "discontinued" : "active", Gtin = product.Unit is "piece" or "set" or "box" ? Gtin(row) : null,
            PackSize = Sold.GetValueOrDefault(product.Sku)?.Pack, MinQuantity = Sold.GetValueOrDefault(product.Sku)?.Min, OrderMultiple = Sold.GetValueOrDefault(product.Sku)?.Multiple, LeadDays = Sold.GetValueOrDefault(product.Sku)?.Days,
            KeptInStock = product.Line is not "PLAN", Successor = product.Sku switch { "SD-100-OLD" => "SD-120-W", "LA-DESK-OLD" => "LA-DESK", _ => null }, Cost = decimal.Round(product.Price * 0.46m, 2), CostCurrency = "CNY",
        }))], ct);
        var from = new DateOnly(today.Year - 3, 1, 1);
        await addPrices.AddPricesAsync([.. Products.SelectMany((product, row) => new PriceRow[]
        {
            new(row + 1, product.Sku, product.Price, "CNY") { From = from },
            new(row + 1, product.Sku, Rounded(product.Price / 7.2m), "EUR") { From = from },
            new(row + 1, product.Sku, Rounded(product.Price / 6.8m), "USD") { From = from },
        })], ct);
    }

    // Numbers of GS1 China's range 690, made up, with their check digit.
    static string Gtin(int row)
    {
        var digits = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"6901234{row + 1:D5}");
        var sum = digits.Reverse().Select((digit, place) => (digit - '0') * (place % 2 == 0 ? 3 : 1)).Sum();
        return digits + (char)('0' + ((10 - (sum % 10)) % 10));
    }

    sealed record HowSold(int? Pack = null, int? Min = null, int? Multiple = null, int? Days = null);

    static readonly Dictionary<string, HowSold> Sold = new(StringComparer.Ordinal)
    {
        ["SD-120-W"] = new(Days: 5), ["SD-140-W"] = new(Days: 5), ["SD-BENCH-6"] = new(Days: 21), ["SD-TRAY"] = new(Pack: 10, Days: 3), ["SD-PANEL-140"] = new(Pack: 4, Multiple: 2, Days: 7),
        ["ST-ONE-G"] = new(Pack: 2, Multiple: 2, Days: 7), ["ST-ONE-B"] = new(Pack: 2, Multiple: 2, Days: 7), ["ST-CONF"] = new(Pack: 4, Min: 4, Multiple: 2, Days: 10),
        ["MR-POD-2"] = new(Days: 30), ["MR-POD-4"] = new(Days: 45), ["AC-SENSE-D"] = new(Pack: 10, Min: 10, Multiple: 5, Days: 2), ["AC-READER"] = new(Pack: 5, Days: 4),
        ["LA-PANEL-60"] = new(Pack: 6, Min: 6, Multiple: 6, Days: 5), ["LA-FILTER"] = new(Pack: 12, Min: 3, Days: 2),
    };

    // Prices people would print: whole numbers above 100, halves below.
    static decimal Rounded(decimal price) => price >= 100 ? decimal.Ceiling(price) - 0.10m : decimal.Ceiling(price * 2) / 2;

    static readonly (string Code, string Name, string NameZh)[] Lines =
    [
        ("DESK", "Smart desks", "智能办公桌"), ("SEAT", "Seating", "座椅"), ("MEET", "Meeting rooms", "会议室设备"), ("ACCESS", "Access and sensors", "门禁与传感"),
        ("LIGHT", "Lighting and air", "照明与空气"), ("PLAN", "Workspace plans", "工位套餐"),
    ];

    sealed record DemoProduct(string Sku, string Name, string NameZh, string Line, string Category, decimal Price, string Unit = "piece", string? Colour = null, string? Size = null, decimal? Weight = null, bool Discontinued = false);

    static readonly DemoProduct[] Products =
    [
        new("SD-120-W", "Northlight Rise desk 120, white", "北光升降桌 120 白色", "DESK", "Height-adjustable", 3280m, Colour: "white", Size: "120×60", Weight: 38.5m),
        new("SD-140-W", "Northlight Rise desk 140, white", "北光升降桌 140 白色", "DESK", "Height-adjustable", 3680m, Colour: "white", Size: "140×70", Weight: 42m),
        new("SD-140-O", "Northlight Rise desk 140, oak", "北光升降桌 140 橡木色", "DESK", "Height-adjustable", 3980m, Colour: "oak", Size: "140×70", Weight: 42m),
        new("SD-160-O", "Northlight Rise desk 160, oak", "北光升降桌 160 橡木色", "DESK", "Height-adjustable", 4380m, Colour: "oak", Size: "160×80", Weight: 47.5m),
        new("SD-180-X", "Northlight Rise executive desk 180", "北光升降主管桌 180", "DESK", "Height-adjustable", 7980m, Colour: "walnut", Size: "180×90", Weight: 64m),
        new("SD-BENCH-4", "Rise bench for four", "四人升降工作台", "DESK", "Benches", 12600m, "set", Size: "280×140", Weight: 128m),
        new("SD-BENCH-6", "Rise bench for six", "六人升降工作台", "DESK", "Benches", 18200m, "set", Size: "420×140", Weight: 186m),
        new("SD-CTRL-2", "Desk controller with presence sensor", "带人体感应的升降控制器", "DESK", "Controls", 460m, Weight: 0.35m),
        new("SD-TRAY", "Cable tray", "走线槽", "DESK", "Accessories", 128m, Weight: 1.1m),
        new("SD-PANEL-140", "Acoustic desk panel 140", "桌面吸音屏风 140", "DESK", "Accessories", 420m, Size: "140×40", Weight: 4.2m),
        new("SD-100-OLD", "Rise desk 100, first edition", "升降桌 100 初代", "DESK", "Height-adjustable", 2680m, Size: "100×60", Weight: 35m, Discontinued: true),

        new("ST-ONE-G", "One task chair, grey", "One 办公椅 灰色", "SEAT", "Task chairs", 1680m, Colour: "grey", Weight: 14.2m),
        new("ST-ONE-B", "One task chair, black", "One 办公椅 黑色", "SEAT", "Task chairs", 1680m, Colour: "black", Weight: 14.2m),
        new("ST-PRO-B", "Pro task chair with headrest", "Pro 人体工学椅 带头枕", "SEAT", "Task chairs", 2880m, Colour: "black", Weight: 18.6m),
        new("ST-PRO-S", "Pro task chair with seat sensor", "Pro 人体工学椅 带坐姿传感", "SEAT", "Task chairs", 3480m, Colour: "black", Weight: 18.9m),
        new("ST-CONF", "Conference chair", "会议椅", "SEAT", "Conference", 980m, Colour: "grey", Weight: 9.8m),
        new("ST-STOOL", "Perching stool", "半站立凳", "SEAT", "Stools", 760m, Weight: 6.4m),
        new("ST-SOFA-2", "Lounge sofa, two seats", "休闲沙发 双人", "SEAT", "Lounge", 4600m, Size: "150×80", Weight: 46m),
        new("ST-SOFA-3", "Lounge sofa, three seats", "休闲沙发 三人", "SEAT", "Lounge", 6200m, Size: "210×80", Weight: 61m),
        new("ST-BOOTH", "Focus booth seat", "专注卡座", "SEAT", "Lounge", 5400m, Weight: 72m),
        new("ST-VISIT-4", "Visitor chairs, four", "访客椅 四把", "SEAT", "Conference", 2360m, "set", Weight: 22m),

        new("MR-PANEL-10", "Room panel 10 inch", "会议预定屏 10 英寸", "MEET", "Room panels", 2980m, Size: "10\"", Weight: 0.9m),
        new("MR-PANEL-7", "Room panel 7 inch", "会议预定屏 7 英寸", "MEET", "Room panels", 1980m, Size: "7\"", Weight: 0.6m),
        new("MR-BOARD-65", "Interactive board 65", "智能会议平板 65 英寸", "MEET", "Boards", 16800m, Size: "65\"", Weight: 42m),
        new("MR-BOARD-75", "Interactive board 75", "智能会议平板 75 英寸", "MEET", "Boards", 22800m, Size: "75\"", Weight: 55m),
        new("MR-BOARD-86", "Interactive board 86", "智能会议平板 86 英寸", "MEET", "Boards", 31800m, Size: "86\"", Weight: 71m),
        new("MR-CAM-4K", "Conference camera 4K", "4K 会议摄像机", "MEET", "Video", 5200m, Weight: 1.4m),
        new("MR-BAR", "Video bar for small rooms", "小型会议室一体机", "MEET", "Video", 6800m, Weight: 2.6m),
        new("MR-MIC-C", "Ceiling microphone", "吸顶麦克风", "MEET", "Audio", 4200m, Weight: 2.2m),
        new("MR-SPK", "Table speakerphone", "桌面全向麦", "MEET", "Audio", 1380m, Weight: 0.7m),
        new("MR-POD-2", "Phone booth for one", "单人静音舱", "MEET", "Pods", 26800m, Size: "100×100×225", Weight: 310m),
        new("MR-POD-4", "Meeting pod for four", "四人会议舱", "MEET", "Pods", 68800m, Size: "220×160×225", Weight: 680m),

        new("AC-GATE-1", "Speed gate, single lane", "单通道速通门", "ACCESS", "Gates", 23800m, Weight: 145m),
        new("AC-DOOR", "Door controller, two doors", "双门控制器", "ACCESS", "Doors", 2680m, Weight: 1.2m),
        new("AC-READER", "Card and phone reader", "刷卡与手机读头", "ACCESS", "Doors", 880m, Weight: 0.3m),
        new("AC-FACE", "Visitor terminal", "访客终端", "ACCESS", "Visitors", 6400m, Weight: 3.1m),
        new("AC-LOCKER-12", "Smart lockers, twelve doors", "智能储物柜 十二门", "ACCESS", "Lockers", 9800m, Weight: 118m),
        new("AC-SENSE-D", "Desk occupancy sensor", "工位占用传感器", "ACCESS", "Sensors", 198m, Weight: 0.05m),
        new("AC-SENSE-R", "Room people counter", "会议室人数传感器", "ACCESS", "Sensors", 860m, Weight: 0.2m),
        new("AC-SENSE-10", "Desk occupancy sensors, box of ten", "工位占用传感器 十只装", "ACCESS", "Sensors", 1780m, "box", Weight: 0.6m),
        new("AC-HUB", "Sensor hub", "传感网关", "ACCESS", "Sensors", 1280m, Weight: 0.4m),

        new("LA-PANEL-60", "Daylight panel 60×60", "日光平板灯 60×60", "LIGHT", "Panels", 460m, Size: "60×60", Weight: 2.9m),
        new("LA-LINEAR-120", "Linear light 120", "线形灯 120", "LIGHT", "Linear", 520m, Size: "120", Weight: 2.1m),
        new("LA-DESK", "Desk lamp with daylight control", "感光台灯", "LIGHT", "Desk lamps", 368m, Weight: 1.3m),
        new("LA-DESK-OLD", "Desk lamp, first edition", "台灯 初代", "LIGHT", "Desk lamps", 268m, Weight: 1.3m),
        new("LA-CTRL", "Lighting controller", "照明控制器", "LIGHT", "Controls", 980m, Weight: 0.5m),
        new("LA-AIR-M", "Air purifier for 60 m²", "空气净化器 60 平方米", "LIGHT", "Air", 3280m, Weight: 12m),
        new("LA-AIR-L", "Air purifier for 120 m²", "空气净化器 120 平方米", "LIGHT", "Air", 5680m, Weight: 19m),
        new("LA-CO2", "Air quality monitor", "空气质量监测仪", "LIGHT", "Air", 680m, Weight: 0.2m),
        new("LA-FILTER", "Purifier filter", "净化器滤芯", "LIGHT", "Air", 298m, Weight: 1.8m),

        new("WP-HOT", "Hot desk", "流动工位", "PLAN", "Desks", 980m, "seat_month"),
        new("WP-DED", "Dedicated desk", "固定工位", "PLAN", "Desks", 1680m, "seat_month"),
        new("WP-OFF-4", "Private office for four", "四人独立办公室", "PLAN", "Offices", 8800m, "month"),
        new("WP-OFF-8", "Private office for eight", "八人独立办公室", "PLAN", "Offices", 16800m, "month"),
        new("WP-OFF-20", "Team suite for twenty", "二十人团队套间", "PLAN", "Offices", 38800m, "month"),
        new("WP-MEET-H", "Meeting room hour", "会议室小时", "PLAN", "Rooms", 180m, "hour"),
        new("WP-MEET-20", "Meeting room, twenty hours a month", "会议室 每月二十小时", "PLAN", "Rooms", 2880m, "month"),
        new("WP-ADDR", "Business address", "商务地址", "PLAN", "Services", 380m, "month"),
        new("WP-PASS-10", "Day passes, ten", "日票 十张", "PLAN", "Services", 1280m, "set"),
        new("WP-APP-S", "Workspace app, up to 100 people", "空间管理应用 百人以内", "PLAN", "Software", 12000m, "year"),
        new("WP-APP-L", "Workspace app, up to 1,000 people", "空间管理应用 千人以内", "PLAN", "Software", 68000m, "year"),
    ];
}
