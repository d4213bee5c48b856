using System.Security.Cryptography;
using System.Text;
using Platform.Database;
using Portal.Demo;

namespace Portal.Quotes.Templates;

/// <summary>The demo's templates, five looks: the brand's, which leaves everything but the terms to partners, and four of partners of different kinds. In use before the demo's quotes are sent.</summary>
public sealed class QuoteTemplatesDemo(Db db, QuoteTemplateStore templates) : IDemoPart
{
    const string Everything = "logo colours type columns sections words signature";

    /// <inheritdoc/>
    public int Order => 69;

    /// <inheritdoc/>
    public async Task SeedAsync(DateOnly today, CancellationToken ct)
    {
        foreach (var look in Looks)
        {
            if (await db.FindAsync<Owner>("select p.partner_id, p.partner_type = 'brand' as of_brand from person u join partner p using (partner_id) where u.email = @Email", new { look.Email }, ct) is { } owner)
            {
                await WriteAsync(owner, look, ct);
            }
        }
    }

    async Task WriteAsync(Owner owner, Look look, CancellationToken ct)
    {
        var logo = Encoding.UTF8.GetBytes(look.Logo);
        await templates.KeepFileAsync(owner.PartnerId, owner.OfBrand, "svg", logo, ct);
        var number = PublicNumber.From("QT", "demo template " + look.Email);
        await templates.InsertAsync(number, owner.PartnerId, owner.OfBrand,
            new(look.Note, look.Design with { Logo = new(Convert.ToHexStringLower(SHA256.HashData(logo)), "svg", look.LogoMm) }, null, owner.OfBrand ? Everything.Split(' ') : []), ct);
        await templates.TurnAsync(owner.PartnerId, (await templates.FindAsync(number, ct))!.QuoteTemplateId, ct);
    }

    /// <summary>The five looks; a logo is a drawing of a few shapes.</summary>
    static IReadOnlyList<Look> Looks { get; } =
    [
        new("admin@northlight.example", "House style 企业样式", 13, Mark("#1c5d7d", "M4 36 L20 6 L36 36 Z M20 16 L28 32 H12 Z"), new()
        {
            Colours = new("#1c5d7d", "#1d2733", "#eef4f7"), Type = new("sans", "normal"),
            Words = new()
            {
                Intro = new("Thank you for your interest. We are pleased to offer {customer} the following, valid until {valid_until}.", "感谢 {customer} 的垂询，现报价如下，有效期至 {valid_until}。"),
                Footer = new("{seller} · Quotation {number}, revision {revision}", "{seller} · 报价单 {number} 第 {revision} 版"),
            },
            Terms = new("Payment within 30 days after delivery.\nWarranty of 36 months on hardware from the day of delivery.", "货到验收合格后 30 日内付清全款。\n硬件自交付之日起质保 36 个月。"),
        }),
        new("sales@huaxin.example", "华信红 Huaxin red", 15, Mark("#a6192e", "M4 4 H36 V36 H4 Z M12 12 V28 H16 V22 H24 V28 H28 V12 H24 V18 H16 V12 Z"), new()
        {
            Colours = new("#a6192e", "#2b1b1e", "#fbf1f2"), Type = new("mixed", "normal"),
            Sections = ["parties", "facts", "intro", "lines", "totals", "closing", "terms", "acceptance", "signatures"],
            Words = new()
            {
                Title = new("Offer", "商务报价书"), Intro = new("Dear partners at {customer},\nwe have put the following together for you.", "尊敬的 {customer}：\n根据贵方需求，我们拟定如下方案。"),
                Closing = new("We look forward to working with you.", "期待与贵方合作。"),
            },
        }),
        new("sales@jiangnan.example", "简洁 Plain", 11, Mark("#3b3f9e", "M20 4 A16 16 0 1 0 20 36 A16 16 0 1 0 20 4 Z M20 12 A8 8 0 1 1 20 28 A8 8 0 1 1 20 12 Z"), new()
        {
            Colours = new("#3b3f9e", "#20222e", "#f3f3fb"), Type = new("sans", "small"),
            Columns = [new("line", 9, "plain"), new("sku", 32, "plain"), new("product", null, "name"), new("quantity", null, "unit"), new("unitPrice", null, "plain"), new("amount", null, "plain")],
            Sections = ["parties", "facts", "lines", "totals", "terms", "acceptance"],
        }),
        new("store@jiangnan-wuxi.example", "门店 Store", 14, Mark("#7a4a12", "M4 16 L20 4 L36 16 V36 H24 V24 H16 V36 H4 Z"), new()
        {
            Colours = new("#7a4a12", "#2d2418", "#faf5ec"), Type = new("serif", "large"),
            Columns = [new("product", null, "name"), new("quantity", null, "unit"), new("unitPrice", null, "currency"), new("amount", null, "currency")],
            Sections = ["facts", "parties", "intro", "lines", "totals", "acceptance", "signatures"],
        }),
        new("sales@eurodist.example", "European 欧洲", 14, Mark("#1f5c3a", "M4 6 H36 V14 H14 V17 H32 V24 H14 V27 H36 V35 H4 Z"), new()
        {
            Colours = new("#1f5c3a", "#1b2620", "#eff6f1"), Type = new("serif", "normal"),
            Columns = [new("line", 9, "plain"), new("quantity", null, "plain"), new("product", null, "sku"), new("price", null, "plain"), new("discount", null, "plain"), new("unitPrice", null, "plain"), new("amount", null, "plain")],
            Words = new() { Title = new("Proposal", "建议书"), Closing = new("With kind regards\n{seller}", "此致\n{seller}") },
            Signature = new(new("Eurodist: place, date, signature", "Eurodist：地点、日期、签字"), new("Customer: place, date, signature", "客户：地点、日期、签字")),
        }),
    ];

    static string Mark(string colour, string path) => $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><path d="{path}" fill="{colour}" fill-rule="evenodd"/></svg>""";

    sealed record Look(string Email, string Note, decimal LogoMm, string Logo, QuoteDesign Design);

    sealed record Owner(long PartnerId, bool OfBrand);
}
