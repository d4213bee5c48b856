using Portal.Tests.Quotes;
using Support;

namespace Portal.Tests.Configuring;

/// <summary>The portal of <see cref="QuotingPartner"/> with products to put together: a frame D-1, lamps D-2, and ARM, HUB, PAD, OLD (sold no more, PAD takes its place).</summary>
public sealed class ConfiguringPartner : IAsyncLifetime
{
    public QuotingPartner Portal { get; } = new();

    public TestPerson Keeper { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await Portal.InitializeAsync();
        Keeper = await Portal.Given.SomebodyOfTheBrand("brand_admin");
        await Portal.Database.ExecuteAsync("""
            set search_path = portal, public;
            insert into product (sku, name, name_zh, product_line_id, created_at)
            select p.sku, p.name, p.name_zh, product_line_id, now() from product_line, (values ('ARM', 'Arm', '支架'), ('HUB', 'Hub', '网关'), ('PAD', 'Pad', '桌垫'), ('OLD', 'Old pad', '旧桌垫')) as p (sku, name, name_zh);
            update product set status = 'discontinued', successor_id = (select product_id from product where sku = 'PAD') where sku = 'OLD';
            insert into price_book_entry (price_book_id, product_id, unit_price, valid, created_at)
            select b.price_book_id, p.product_id, case p.sku when 'ARM' then 30 when 'HUB' then 500 else 10 end, '[2020-01-01,)', now() from price_book b, product p where p.sku in ('ARM', 'HUB', 'PAD', 'OLD');
            """);
    }

    public Task DisposeAsync() => Portal.DisposeAsync();

    /// <summary>A desk: a lamp or an arm, not both; the arm wants the pad; a hub for each ten seats.</summary>
    public static object Desk(string code) => new
    {
        code, name = "Desk " + code, nameZh = "桌 " + code, sku = "D-1", asksSeats = true,
        groups = new object[] { new { code = "LIGHT", name = "Light", nameZh = "照明", least = 1, most = 1 }, new { code = "MORE", name = "More", nameZh = "选配", least = 0 } },
        options = new object[]
        {
            new { group = "LIGHT", sku = "D-2", inclusion = "default", quantityRule = "per_unit", quantity = 1 },
            new { group = "LIGHT", sku = "ARM", quantityRule = "per_unit", quantity = 2 },
            new { group = "MORE", sku = "HUB", inclusion = "required", quantityRule = "per_seats", quantity = 1, seats = 10 },
            new { group = "MORE", sku = "PAD", quantityRule = "chosen", quantity = 4, least = 4, most = 20, multiple = 2 },
        },
        rules = new object[] { new { kind = "requires", when = "ARM", skus = new[] { "PAD" }, why = "The arm scratches the top.", whyZh = "支架会划伤桌面。" } },
    };

    /// <summary>Makes a bundle and publishes it from today on.</summary>
    public async Task PublishAsync(object bundle, string code)
    {
        var api = Portal.Api(Keeper);
        Assert.Equal(System.Net.HttpStatusCode.Created, (await api.PostAsync("/api/v1/bundles", bundle)).Status);
        Assert.Equal(System.Net.HttpStatusCode.OK, (await PublishAsync(code)).Status);
    }

    /// <summary>Publishes the draft of a bundle from today on.</summary>
    public async Task<ApiAnswer> PublishAsync(string code)
    {
        var api = Portal.Api(Keeper);
        var draft = await api.GetAsync($"/api/v1/bundles/{code}?newest=true");
        return await api.SendAsync(HttpMethod.Post, $"/api/v1/bundles/{code}/publication", new { from = Portal.Clock.Today }, ("If-Match", draft.Header("ETag")!));
    }
}
