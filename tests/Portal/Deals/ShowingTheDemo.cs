using Microsoft.Extensions.DependencyInjection;
using Platform.Database;
using Portal.Deals;
using Portal.Demo;
using Support;

namespace Portal.Tests.Deals;

public sealed class ShowingTheDemo(PortalApp portal) : IClassFixture<PortalApp>
{
    [Fact]
    public async Task The_demo_has_deals_in_all_stages_and_its_rules_hold()
    {
        await portal.InScopeAsync(Caller.System("seed"), services => services.GetRequiredService<Db>().InTransactionAsync(async () =>
        {
            foreach (var part in services.GetServices<IDemoPart>().Where(part => part.Order <= 40).OrderBy(part => part.Order))
            {
                await part.SeedAsync(portal.Clock.Today, CancellationToken.None);
            }
        }, CancellationToken.None));

        var states = await portal.Database.ListAsync<string>("select distinct status from portal.deal");
        Assert.Subset(states.ToHashSet(), new HashSet<string> { "draft", "submitted", "under_review", "information_requested", "approved", "converted", "won", "lost", "rejected", "withdrawn" });
        Assert.Equal([0L], await portal.Database.ListAsync<long>("""
            select count(*) from portal.deal d
            where (d.status in ('approved', 'converted')) <> exists (select from portal.deal_claim c where c.deal_id = d.deal_id and c.protection @> @now)
            """, new { now = portal.Clock.Now.UtcDateTime }));
        Assert.Equal([0L], await portal.Database.ListAsync<long>("select count(*) from portal.deal_act where (person_id is null and by_brand) or happened_at > @now", new { now = portal.Clock.Now.UtcDateTime.AddDays(1) }));
        Assert.Equal(["live_claim"], await portal.Database.ListAsync<string>("select s.conflict from portal.deal_screening s join portal.deal d using (deal_id) join portal.end_customer c using (end_customer_id) where c.name = '云栖智谷科技'"));
        var screening = await portal.InScopeAsync(Caller.System("test"), services => services.GetRequiredService<ExpireProtections>().RunAsync(CancellationToken.None));
        Assert.Equal(0, screening.Expired);
    }
}
