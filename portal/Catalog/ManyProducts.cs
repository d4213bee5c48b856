using System.Globalization;
using Portal.Demo;
using Portal.Pricing;

namespace Portal.Catalog;

/// <summary>The large data set's products: series of the demo's lines in sizes and colours, with list prices in three currencies.</summary>
sealed class ManyProducts(AddProducts addProducts, AddPrices addPrices) : ILargeDemoPart
{
    const int Models = 10;

    public int Order => 20;

    public async Task<string> SeedAsync(DateOnly today, decimal share, CancellationToken ct)
    {
        var products = Products().Take((int)(Series.Length * Models * Colours.Length * share)).ToList();
        var from = new DateOnly(today.Year - 3, 1, 1);
        var refused = await addProducts.AddProductsAsync([.. products.Select((product, row) => new ProductRow(row + 1, product.Facts))], ct);
        refused = [.. refused, .. await addPrices.AddPricesAsync([.. products.SelectMany((product, row) => new PriceRow[]
        {
            new(row + 1, product.Facts.Sku, product.Price, "CNY") { From = from },
            new(row + 1, product.Facts.Sku, decimal.Round(product.Price / 7.2m, 1), "EUR") { From = from },
            new(row + 1, product.Facts.Sku, decimal.Round(product.Price / 6.8m, 1), "USD") { From = from },
        })], ct)];
        return refused.Count == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{products.Count} products")
            : throw new InvalidOperationException($"The large data set's products are wrong: {refused[0]}");
    }

    static IEnumerable<(ProductFacts Facts, decimal Price)> Products()
    {
        foreach (var series in Series)
        {
            for (var model = 1; model <= Models; model++)
            {
                foreach (var (colour, colourZh, mark) in Colours)
                {
                    var name = string.Create(CultureInfo.InvariantCulture, $"{series.Name} {model * 10}");
                    var price = series.Price * (1 + (model * 0.08m));
                    yield return (new ProductFacts
                    {
                        Sku = string.Create(CultureInfo.InvariantCulture, $"L{series.Code}-{model * 10:D3}-{mark}"), Name = $"{name}, {colour}", NameZh = string.Create(CultureInfo.InvariantCulture, $"{series.NameZh} {model * 10} {colourZh}"),
                        Line = series.Line, Category = series.Category, CategoryZh = DemoWords.Chinese(series.Category), Colour = colour, ColourZh = colourZh, Unit = "piece", Status = "active", Weight = 1.5m * model, Cost = decimal.Round(price * 0.47m, 2), CostCurrency = "CNY",
                    }, decimal.Round(price, 0));
                }
            }
        }
    }

    static readonly (string Name, string NameZh, string Mark)[] Colours = [("white", "白色", "W"), ("black", "黑色", "B"), ("grey", "灰色", "G"), ("oak", "橡木色", "O")];

    static readonly (string Code, string Line, string Category, string Name, string NameZh, decimal Price)[] Series =
    [
        ("D1", "DESK", "Height-adjustable", "Horizon desk", "地平线升降桌", 2600m), ("D2", "DESK", "Benches", "Harbour bench", "港湾工作台", 5400m), ("D3", "DESK", "Accessories", "Harbour panel", "港湾屏风", 320m),
        ("S1", "SEAT", "Task chairs", "Lumen chair", "流明椅", 1200m), ("S2", "SEAT", "Visitor chairs", "Meadow chair", "草甸椅", 680m),
        ("M1", "MEET", "Displays", "Panorama display", "全景会议屏", 9800m), ("M2", "MEET", "Booking panels", "Signal panel", "信号门牌", 1500m), ("M3", "MEET", "Microphones", "Echo microphone", "回声麦克风", 880m),
        ("A1", "ACCESS", "Sensors", "Pulse sensor", "脉搏传感器", 240m), ("A2", "ACCESS", "Readers", "Gate reader", "闸口读卡器", 760m),
        ("L1", "LIGHT", "Luminaires", "Dawn luminaire", "晨光灯", 540m), ("L2", "LIGHT", "Air", "Breeze purifier", "微风净化器", 1900m),
    ];
}
