using Platform.Database;
using Portal.Deals;
using Portal.Demo;

namespace Portal.Probing;

/// <summary>A partner of the demo has screened the same draft again and again last night.</summary>
sealed class ProbingDemo(Db db, DealStore deals, ProbingStore probing) : IDemoPart
{
    public int Order => 44;

    public async Task SeedAsync(DateOnly today, CancellationToken ct)
    {
        var number = await db.FindAsync<string>("""
            select d.number from deal d join partner p using (partner_id) where p.code = 'SHENZHEN-QIMING' order by d.deal_id limit 1
            """, null, ct);
        if (number is null || await deals.FindAsync(number, ct) is not { } deal)
        {
            return;
        }

        var asked = new AskedClaim(new([deal.CustomerName], "CN"), deal.PartnerId, deal.LineIds, deal.TerritoryId, deal.EndCustomerId, deal.CustomerClusterId, deal.DealId);
        var night = await db.OneAsync<DateTime>("select brand_midnight(@today) - interval '100 minutes'", new { today }, ct);
        for (var time = 0; time < 14; time++)
        {
            deals.KeepScreening(asked, Verdict.Clear, [], night.AddMinutes(time * 6));
        }

        await probing.AlertAsync(night.AddMinutes(14 * 6), ct);
    }
}
