using Platform.Database;
using Platform.Demo;
using Portal.Demo;

namespace Portal.Partners;

/// <summary>The demo's companies and people: Northlight 北光 with its channel in China and Europe.</summary>
sealed class PartnersDemo(Db db, PartnerStore partners, PersonStore people, IConfiguration settings, TimeProvider clock) : IDemoPart
{
    public int Order => 10;

    public async Task SeedAsync(DateOnly today, CancellationToken ct)
    {
        await db.ExecuteAsync("""
            insert into territory (code, name, name_zh) values
                ('CN-EAST', 'East China', '华东'), ('CN-NORTH', 'North China', '华北'), ('CN-SOUTH', 'South China', '华南'), ('CN-WEST', 'West China', '华西'),
                ('EU-DACH', 'Germany, Austria, Switzerland', '德奥瑞'), ('EU-WEST', 'Western Europe', '西欧'), ('APAC', 'Asia-Pacific', '亚太')
            """, null, ct);
        await BrandAsync(ct);
        foreach (var company in Companies)
        {
            await partners.InsertAsync(Number(company.Key), company.Facts.Tidied(), Number(company.Upstream), ct);
        }

        foreach (var account in DemoAccounts.People)
        {
            await LinkAsync("person", account.Subject, account.Email, account.PartnerKey, account.Language == "en" ? account.Name : account.ChineseName, account.Language, account.Roles, ct);
        }

        foreach (var client in DemoAccounts.ApiClients)
        {
            await LinkAsync("api_client", client.ClientId, null, client.PartnerKey, client.Name, null, client.Roles, ct);
        }

        await db.ExecuteAsync("""
            insert into partner_channel_manager (partner_id, person_id)
            select b.partner_id, p.person_id
            from partner b
            cross join person p
            where p.email = 'channel@northlight.example' and b.upstream_id = (select partner_id from partner where partner_type = 'brand')
            """, null, ct);
    }

    /// <summary>A demo company's number, the same in every demonstration.</summary>
    internal static string Number(string key) => PublicNumber.From("P", "demo partner " + key);

    Task BrandAsync(CancellationToken ct) => db.ExecuteAsync("""
        insert into partner (number, code, name, name_latin, partner_type, partner_level, country_code, state, city, address, phone, currency, language, time_zone, employees, year_opened, created_at)
        values (@number, 'NORTHLIGHT', '北光', 'Northlight', 'brand', 'platinum', 'CN', '上海', '上海', '浦东新区世纪大道 1600 号', '+86 21 5555 0100', 'CNY', 'zh-CN', 'Asia/Shanghai', 640, 2011, @now)
        """, new { number = Number("northlight"), now = clock.GetUtcNow().UtcDateTime }, ct);

    async Task LinkAsync(string kind, string subject, string? email, string company, string name, string? language, IReadOnlyCollection<string> roles, CancellationToken ct)
    {
        var issuer = settings["Identity:Url"] ?? "http://localhost:5081";
        var person = new NewPerson(PublicNumber.From("U", $"demo {kind} {subject}"), Number(company), kind, issuer, subject, name, email, language);
        var personId = await people.InsertAsync(person, ct) ?? throw new InvalidOperationException($"The demo account {subject} names a company that is not in the demo: {company}.");
        await people.SetRolesAsync(personId, roles, ct);
    }

    sealed record Company(string Key, string Upstream, PartnerFacts Facts);

    static Company China(string key, string upstream, string type, string level, string name, string latin, string territory, string province, string city, string address, decimal sales, int employees, int year) =>
        new(key, upstream, new PartnerFacts
        {
            Code = key.ToUpperInvariant(), Name = name, NameLatin = latin, PartnerType = type, PartnerLevel = level, Territory = territory, CountryCode = "CN", State = province, City = city,
            Address = address, Currency = "CNY", Language = "zh-CN", TimeZone = "Asia/Shanghai", AnnualSales = sales, Employees = employees, YearOpened = year,
        });

    static Company Europe(string key, string upstream, string type, string level, string name, string territory, string country, string city, string address, string timeZone, decimal sales, int employees, int year) =>
        new(key, upstream, new PartnerFacts
        {
            Code = key.ToUpperInvariant(), Name = name, PartnerType = type, PartnerLevel = level, Territory = territory, CountryCode = country, City = city, Address = address,
            Currency = "EUR", Language = "en", TimeZone = timeZone, AnnualSales = sales, Employees = employees, YearOpened = year,
        });

    // Parents before their children. The first of each branch are those whose people can sign in.
    static readonly Company[] Companies =
    [
        China("huaxin", "northlight", "distributor", "gold", "华信", "Huaxin", "CN-EAST", "上海", "上海", "徐汇区漕溪北路 398 号", 186_000_000m, 210, 2004),
        China("jiangnan", "huaxin", "reseller", "silver", "江南办公", "Jiangnan", "CN-EAST", "江苏", "苏州", "工业园区星湖街 218 号", 24_500_000m, 46, 2010),
        China("jiangnan-wuxi", "jiangnan", "store", "registered", "江南办公无锡店", "Jiangnan Office Wuxi", "CN-EAST", "江苏", "无锡", "梁溪区中山路 531 号", 3_200_000m, 9, 2017),
        China("jiangnan-changzhou", "jiangnan", "store", "registered", "江南办公常州店", "Jiangnan Office Changzhou", "CN-EAST", "江苏", "常州", "天宁区延陵西路 19 号", 2_700_000m, 7, 2019),
        China("ningbo-yibang", "huaxin", "reseller", "registered", "宁波易邦办公", "Ningbo Yibang Office", "CN-EAST", "浙江", "宁波", "鄞州区天童南路 700 号", 11_800_000m, 22, 2013),
        China("hefei-zhongke", "huaxin", "reseller", "silver", "合肥众科", "Hefei Zhongke", "CN-EAST", "安徽", "合肥", "蜀山区黄山路 602 号", 16_400_000m, 31, 2009),
        China("beichen", "northlight", "distributor", "silver", "北辰数码", "Beichen Digital", "CN-NORTH", "北京", "北京", "海淀区中关村大街 27 号", 98_000_000m, 130, 2007),
        China("tianjin-haihe", "beichen", "reseller", "registered", "天津海河商贸", "Tianjin Haihe Trading", "CN-NORTH", "天津", "天津", "和平区南京路 189 号", 9_300_000m, 18, 2012),
        China("nanyue", "northlight", "distributor", "platinum", "南粤联合", "Nanyue United", "CN-SOUTH", "广东", "广州", "天河区体育东路 116 号", 242_000_000m, 280, 2001),
        China("shenzhen-qiming", "nanyue", "reseller", "gold", "深圳启明办公", "Shenzhen Qiming Office", "CN-SOUTH", "广东", "深圳", "南山区科苑路 15 号", 38_700_000m, 64, 2008),
        China("shenzhen-futian", "shenzhen-qiming", "store", "registered", "启明办公福田店", "Qiming Office Futian", "CN-SOUTH", "广东", "深圳", "福田区福华路 88 号", 4_100_000m, 11, 2016),
        China("chengdu-tianfu", "northlight", "distributor", "registered", "成都天府智联", "Chengdu Tianfu Smartlink", "CN-WEST", "四川", "成都", "高新区天府大道 1268 号", 57_000_000m, 85, 2014),
        China("kuwo", "northlight", "coworking_operator", "gold", "酷窝", "Kuwo", "CN-EAST", "上海", "上海", "静安区南京西路 1788 号", 74_000_000m, 160, 2015),
        China("zhujian", "kuwo", "agent", "registered", "筑见", "Zhujian", "CN-EAST", "上海", "上海", "长宁区延安西路 728 号", 6_900_000m, 14, 2018),
        Europe("eurodist", "northlight", "distributor", "gold", "Eurodist", "EU-DACH", "DE", "Hamburg", "Am Sandtorkai 50", "Europe/Berlin", 41_000_000m, 120, 1998),
        Europe("alpenbuero", "eurodist", "reseller", "silver", "Alpenbüro AG", "EU-DACH", "AT", "Innsbruck", "Maria-Theresien-Straße 21", "Europe/Vienna", 7_800_000m, 33, 2006),
        Europe("atelier-lumiere", "eurodist", "reseller", "registered", "Atelier Lumière SARL", "EU-WEST", "FR", "Lyon", "18 rue de la République", "Europe/Paris", 5_200_000m, 19, 2011),
        Europe("lumiere-annecy", "atelier-lumiere", "store", "registered", "Lumière Annecy", "EU-WEST", "FR", "Annecy", "4 rue Royale", "Europe/Paris", 900_000m, 5, 2020),
    ];
}
