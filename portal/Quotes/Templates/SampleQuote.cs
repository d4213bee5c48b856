using System.Text;
using Portal.Documents.Typst;
using Portal.Web;

namespace Portal.Quotes.Templates;

/// <summary>A quote that is none, to look at a template with: names of every length, a discount, more lines than a page has room for.</summary>
public sealed class SampleQuote(QuoteFiles files, QuoteTemplateStore templates, ICurrentPerson me, TimeProvider clock)
{
    const int Lines = 9, ManyLines = 60;
    static readonly (string Name, string NameZh, decimal Price)[] Products =
    [
        ("Height-adjustable desk Aurora 160", "极光 160 电动升降桌", 3_280m), ("Acoustic meeting booth for four people, with ventilation, light and power", "四人静音会议舱（含新风、照明与供电）", 46_500m),
        ("Room panel 8\" with occupancy sensor", "8 英寸会议室门牌屏（含占用传感器）", 1_960m), ("Workspace plan, 25 seats, 12 months", "云空间 25 席位年度套餐", 18_000m),
    ];

    /// <summary>A picture of it, or what is wrong with the template.</summary>
    public async Task<TemplatePicture> DrawAsync(QuoteTemplateDraft draft, byte[]? logo, string? source, string language, bool ofBrand, CancellationToken ct) =>
        await TypesetAsync(draft, logo, source, language, PdfStandard.Picture, Lines, ofBrand, ct) switch
        {
            Typesetting.Pdf picture => new(picture.Content, picture.Pages, []),
            var other => new(null, 0, Problems(other, source is not null)),
        };

    /// <summary>What is wrong with a template, found by making both documents of it as they are kept: short in one language, long in the other.</summary>
    public async Task<IReadOnlyList<TemplateProblem>> FlawsAsync(QuoteTemplateDraft draft, byte[]? logo, string? source, CancellationToken ct)
    {
        foreach (var (language, lines) in new[] { ("zh-CN", Lines), ("en", ManyLines) })
        {
            if (Problems(await TypesetAsync(draft, logo, source, language, PdfStandard.Archive, lines, me.IsBrand, ct), source is not null) is { Count: > 0 } problems)
            {
                return problems;
            }
        }

        return [];
    }

    async Task<Typesetting> TypesetAsync(QuoteTemplateDraft draft, byte[]? logo, string? source, string language, PdfStandard standard, int lines, bool ofBrand, CancellationToken ct)
    {
        // A partner's template is shown as it would come out: on the brand's, in the parts that are open.
        var active = await templates.ActiveAsync(me.PartnerId, ct);
        var own = new QuoteTemplateRow { Design = draft.Design.Write(), OpenParts = [.. draft.Open], Source = draft.Source, OfBrand = ofBrand };
        var look = ofBrand ? ResolveQuoteLook.Of(own, null) : ResolveQuoteLook.Of(active.Find(template => template.OfBrand), own);
        var held = new Dictionary<string, LookFile>(StringComparer.Ordinal);
        if (logo is not null && draft.Design.Logo is { } drawn)
        {
            held[drawn.Sha256] = new(drawn.Sha256, drawn.Kind, logo);
        }

        if (source is not null && draft.Source is { } hash)
        {
            held[hash] = new(hash, "typ", Encoding.UTF8.GetBytes(source));
        }

        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        return await files.RenderAsync(Content(today, lines, look.Design.ShowsSteps) with { Look = look }, language, today.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc),
            new() { IsPreview = true, Standard = standard, Held = held, Print = new("sample", []), StopsAtFlaws = true }, ct);
    }

    QuoteContent Content(DateOnly today, int count, bool showsSteps)
    {
        List<QuoteContentLine> lines = [.. Enumerable.Range(0, count).Select(index =>
        {
            var (name, nameZh, price) = Products[index % Products.Length];
            var (quantity, discount) = ((index * 7 % 12) + 1, index % 3 == 0 ? 0.05m : 0m);
            var unitPrice = decimal.Round(price * (1 - discount), 2, MidpointRounding.AwayFromZero);
            return new QuoteContentLine(index + 1, $"NL-{index + 101}", name, nameZh, "piece", quantity, price, discount, unitPrice, unitPrice * quantity)
            {
                Steps = showsSteps ? [new("List price", "标价", price * 1.2m), new("Price book", "价目表", price * 1.05m), new("Spring promotion", "春季促销", price)] : null,
            };
        })];
        var net = lines.Sum(line => line.Amount);
        var tax = decimal.Round(net * 0.13m, 2, MidpointRounding.AwayFromZero);
        return new("Q-7K3M-9Q2X-V4TD", 2, today, today.AddDays(30), "CNY", 2, new(me.PartnerName, ["上海市浦东新区世纪大道 88 号", "200120 上海", "CN"], "+86 21 5555 0188"),
            new("杭州云栖科技有限公司", ["杭州市西湖区转塘科技经济区块 16 号", "310024 杭州", "CN"], null), "D-3X7P-K2M8-Q4WN", lines, net, 0.13m, tax, net + tax,
            "Delivery within 4 weeks after order, installation included.\n下单后 4 周内交付，含安装调试。");
    }

    static IReadOnlyList<TemplateProblem> Problems(Typesetting outcome, bool isExpert) => outcome switch
    {
        Typesetting.Pdf => [],
        Typesetting.Refused refused => [new(isExpert ? "Source" : "", refused.TextKey)],
        Typesetting.Flawed flawed when isExpert => [.. flawed.Flaws.Take(20).Select(flaw => flaw.Line is { } line
            ? new TemplateProblem("Source", "templates.problem.flaw_at", line, flaw.Column ?? 1, flaw.Message)
            : new TemplateProblem("Source", "templates.problem.flaw", flaw.Message))],
        // The product's own template takes every design that was checked; what is left is the picture.
        Typesetting.Flawed flawed => [new("Logo", "templates.logo.cannot", flawed.Flaws[0].Message)],
        _ => throw new InvalidOperationException("Typesetting gives a file, a flaw or a refusal."),
    };
}

/// <summary>A template looked at: an SVG of all pages, or what is wrong with it.</summary>
public sealed record TemplatePicture(byte[]? Svg, int Pages, IReadOnlyList<TemplateProblem> Problems);
