using System.Globalization;
using Portal.Demo;

namespace Portal.Partners;

/// <summary>The large data set's companies: resellers below the demo's distributors, stores below the resellers.</summary>
sealed class ManyPartners(AddPartners addPartners) : ILargeDemoPart
{
    const int Resellers = 40, StoresOfEach = 4;

    public int Order => 10;

    public async Task<string> SeedAsync(DateOnly today, decimal share, CancellationToken ct)
    {
        var rows = Distributors.SelectMany((distributor, place) => Branch(distributor, place * Resellers, (int)(Resellers * share), today)).Select((row, index) => row with { Row = index + 1 }).ToList();
        var refused = await addPartners.AddPartnersAsync(rows, ct);
        return refused.Count == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{rows.Count} partners")
            : throw new InvalidOperationException($"The large data set's partners are wrong: {refused[0]}");
    }

    static IEnumerable<PartnerRow> Branch(Distributor distributor, int first, int resellers, DateOnly today)
    {
        for (var i = 0; i < resellers; i++)
        {
            var number = first + i;
            var city = distributor.Cities[i % distributor.Cities.Length];
            var reseller = string.Create(CultureInfo.InvariantCulture, $"L-{number:D4}");
            var (name, latin) = distributor.Name(city, number);
            yield return new PartnerRow(0, Facts(distributor, city, reseller, name, latin, "reseller", number, today), distributor.Code);
            for (var store = 1; store <= StoresOfEach; store++)
            {
                yield return new PartnerRow(0, Facts(distributor, city, string.Create(CultureInfo.InvariantCulture, $"{reseller}-{store}"),
                    distributor.Store(name, store), latin is null ? null : string.Create(CultureInfo.InvariantCulture, $"{latin} Store {store}"), "store", (number * 7) + store, today), reseller);
            }
        }
    }

    static PartnerFacts Facts(Distributor distributor, City city, string code, string name, string? latin, string type, int number, DateOnly today) => new()
    {
        Code = code, Name = name, NameLatin = latin, PartnerType = type, PartnerLevel = (number % 10) switch { 0 => "gold", 1 or 2 => "silver", _ => "registered" },
        Territory = city.Territory, CountryCode = city.Country, State = city.State, City = city.Name, Currency = distributor.Currency, Language = distributor.Language, TimeZone = distributor.TimeZone,
        AnnualSales = 400_000m + (number * 37_000 % 9_000_000), Employees = 3 + (number % 60), YearOpened = today.Year - 1 - (number % 25),
    };

    sealed record City(string Name, string Latin, string State, string Country, string Territory);

    sealed record Distributor(string Code, string Currency, string Language, string TimeZone, City[] Cities)
    {
        bool IsChinese => string.Equals(Language, "zh-CN", StringComparison.Ordinal);

        public (string Name, string? Latin) Name(City city, int number) => IsChinese
            ? ($"{city.Name}{First[number % First.Length].Name}{Second[number / First.Length % Second.Length].Name}", $"{city.Latin} {First[number % First.Length].Latin} {Second[number / First.Length % Second.Length].Latin}")
            : (string.Create(CultureInfo.InvariantCulture, $"{Europeans[number % Europeans.Length]} {city.Name} {Forms[city.Country]}"), null);

        public string Store(string reseller, int number) => IsChinese ? $"{reseller}{Stores[number - 1]}店" : string.Create(CultureInfo.InvariantCulture, $"{reseller}, store {number}");
    }

    static readonly (string Name, string Latin)[] First =
    [
        ("恒信", "Hengxin"), ("华阳", "Huayang"), ("瑞达", "Ruida"), ("博远", "Boyuan"), ("金禾", "Jinhe"), ("同创", "Tongchuang"), ("盛世", "Shengshi"), ("佳和", "Jiahe"), ("宏图", "Hongtu"), ("明德", "Mingde"),
    ];

    static readonly (string Name, string Latin)[] Second = [("办公", "Office"), ("家具", "Furniture"), ("智能", "Smart"), ("商贸", "Trading"), ("科技", "Technology")];

    static readonly string[] Stores = ["中心", "东城", "西城", "新区"];

    static readonly string[] Europeans = ["Büromark", "Raumwerk", "Kontorhaus", "Arbeitsplatz", "Lichtblick", "Nordhaus", "Stadtbüro", "Werkraum"];

    static readonly Dictionary<string, string> Forms = new(StringComparer.Ordinal) { ["DE"] = "GmbH", ["AT"] = "GmbH", ["CH"] = "AG", ["FR"] = "SARL", ["NL"] = "B.V." };

    static readonly Distributor[] Distributors =
    [
        new("HUAXIN", "CNY", "zh-CN", "Asia/Shanghai",
        [
            new("上海", "Shanghai", "上海", "CN", "CN-EAST"), new("杭州", "Hangzhou", "浙江", "CN", "CN-EAST"), new("南京", "Nanjing", "江苏", "CN", "CN-EAST"), new("苏州", "Suzhou", "江苏", "CN", "CN-EAST"),
            new("宁波", "Ningbo", "浙江", "CN", "CN-EAST"), new("合肥", "Hefei", "安徽", "CN", "CN-EAST"),
        ]),
        new("BEICHEN", "CNY", "zh-CN", "Asia/Shanghai",
            [new("北京", "Beijing", "北京", "CN", "CN-NORTH"), new("天津", "Tianjin", "天津", "CN", "CN-NORTH"), new("石家庄", "Shijiazhuang", "河北", "CN", "CN-NORTH"), new("济南", "Jinan", "山东", "CN", "CN-NORTH")]),
        new("NANYUE", "CNY", "zh-CN", "Asia/Shanghai",
            [new("广州", "Guangzhou", "广东", "CN", "CN-SOUTH"), new("深圳", "Shenzhen", "广东", "CN", "CN-SOUTH"), new("厦门", "Xiamen", "福建", "CN", "CN-SOUTH"), new("南宁", "Nanning", "广西", "CN", "CN-SOUTH")]),
        new("EURODIST", "EUR", "en", "Europe/Berlin",
        [
            new("Hamburg", "Hamburg", "Hamburg", "DE", "EU-DACH"), new("München", "Munich", "Bayern", "DE", "EU-DACH"), new("Wien", "Vienna", "Wien", "AT", "EU-DACH"), new("Zürich", "Zurich", "Zürich", "CH", "EU-DACH"),
            new("Lyon", "Lyon", "Auvergne-Rhône-Alpes", "FR", "EU-WEST"), new("Utrecht", "Utrecht", "Utrecht", "NL", "EU-WEST"),
        ]),
    ];
}
