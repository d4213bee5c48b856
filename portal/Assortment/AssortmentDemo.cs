using Platform.Database;
using Portal.Demo;

namespace Portal.Assortment;

/// <summary>The demo's ranges: meeting pods are for distributors, and the workspace software is for Gold partners and above.</summary>
sealed class AssortmentDemo(Ranges ranges) : IDemoPart
{
    public int Order => 55;

    public async Task SeedAsync(DateOnly today, CancellationToken ct)
    {
        var here = await ranges.HereAsync(ct);
        foreach (var rule in Rules)
        {
            await ranges.InsertAsync(PublicNumber.From("SR", $"demo {rule.Effect} {rule.Category} {rule.PartnerType} {rule.PartnerLevel}"), here.PartnerId, rule.Tidied(today) with { From = today.AddDays(-200) }, ct);
        }
    }

    static readonly RangeFacts[] Rules =
    [
        new() { Effect = "exclude", Category = "Pods", PartnerType = "store", WholeChannel = true, Note = "Pods need an installation team on site. 静音舱需现场安装团队。" },
        new() { Effect = "exclude", Category = "Software", Note = "Software is sold by trained partners. 软件由认证伙伴销售。" },
        new() { Effect = "allow", Category = "Software", PartnerLevel = "gold" },
        new() { Effect = "allow", Category = "Software", PartnerLevel = "platinum" },
    ];
}
