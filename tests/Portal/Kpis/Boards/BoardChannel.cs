using Microsoft.Extensions.DependencyInjection;
using Platform.Database;
using Portal.Kpis;
using Support;

namespace Portal.Tests.Kpis.Boards;

/// <summary>A distributor with seven stores under it, of which the n-th buys 100 n a month since January 2026; another distributor with one store in another territory. Today is in March 2026.</summary>
public sealed class BoardChannel : PortalApp
{
    /// <summary>Somebody who arranges for others.</summary>
    public TestPerson Admin { get; private set; } = null!;

    public TestPerson Manager { get; private set; } = null!;

    public TestPerson Distributor { get; private set; } = null!;

    public TestPerson Other { get; private set; } = null!;

    public IReadOnlyList<TestPerson> Stores { get; private set; } = [];

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Clock.Now = new(2026, 3, 20, 4, 0, 0, TimeSpan.Zero);
        Admin = await Given.SomebodyOfTheBrand("brand_admin");
        Manager = await Given.SomebodyOfTheBrand("channel_manager");
        Distributor = await Given.ADistributor("North");
        Other = await Given.ADistributor("South");
        List<TestPerson> stores = [];
        foreach (var number in Enumerable.Range(1, 7))
        {
            stores.Add(await Given.APerson(await Given.APartner($"Store {number}", "store", Distributor.Partner, level: number < 7 ? "silver" : "gold"), "partner_admin"));
        }

        var far = await Given.APerson(await Given.APartner("Far store", "store", Other.Partner, level: "silver"), "partner_admin");
        Stores = [.. stores, far];
        await Database.ExecuteAsync("""
            set search_path = portal, public;
            insert into territory (code, name, name_zh) values ('NORTH', 'North', '北区'), ('SOUTH', 'South', '南区');
            update partner set territory_id = (select territory_id from territory where code = 'NORTH') where name like 'Store %';
            update partner set territory_id = (select territory_id from territory where code = 'SOUTH') where name = 'Far store';
            insert into product_line (code, name, name_zh) values ('DESKS', 'Desks', '桌');
            """);
        await InScopeAsync(Caller.System("test"), async services =>
        {
            var db = services.GetRequiredService<Db>();
            var desks = await db.OneAsync<long>("select product_line_id from product_line where code = 'DESKS'", null, default);
            var facts = Stores.SelectMany((store, at) => Enumerable.Range(1, 3).Select(month => new KpiFact(store.Partner.PartnerId, Metric.Purchases, desks, new(2026, month, 10), 100m * (at + 1))))
                .Append(new(Distributor.Partner.PartnerId, Metric.SellIn, desks, new(2026, 2, 1), 5000))
                .Append(new(Distributor.Partner.PartnerId, Metric.DealsRegistered, null, new(2026, 2, 1), 8)).Append(new(Distributor.Partner.PartnerId, Metric.DealsWon, null, new(2026, 3, 1), 2))
                .Append(new(Distributor.Partner.PartnerId, Metric.Pipeline, null, new(2026, 1, 5), 9000));
            await db.InTransactionAsync(() => services.GetRequiredService<KpiFacts>().AddAsync([.. facts], default), default);
            await db.OneAsync<long>("select kpi_fold()", null, default);
        });
    }
}
