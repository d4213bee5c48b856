using Microsoft.Extensions.DependencyInjection;
using Platform.Database;
using Portal.Customers;
using Portal.Deals;
using Portal.Matching;
using Portal.Tests.Deals;

namespace Portal.Tests.Customers;

/// <summary>After an upgrade by which a company gets other keys: those that are stored are made anew, and find it.</summary>
public sealed class RenewingKeys(ClaimingPartners portal) : IClassFixture<ClaimingPartners>
{
    [Fact]
    public async Task Keys_of_an_older_making_are_made_anew_and_find_the_customer()
    {
        await portal.ApprovedAsync(portal.Huaxin, portal.Deal("宁波雲帆物流有限公司"));
        // As a version before had left it: the name as it was typed, and a key that is made no more.
        await portal.Database.ExecuteAsync("""
            delete from customer_key where end_customer_id in (select end_customer_id from end_customer where name = '宁波雲帆物流有限公司');
            insert into customer_key (kind, key, end_customer_id, partner_id)
            select k.kind, k.key, c.end_customer_id, c.partner_id from end_customer c, (values ('core', '雲帆物流'), ('stem', '雲帆'), ('old', 'x')) as k (kind, key) where c.name = '宁波雲帆物流有限公司';
            update end_customer set keys_version = 1 where name = '宁波雲帆物流有限公司'
            """);
        var before = await VersionAsync();

        Assert.Equal(1, await RenewAsync());

        Assert.Equal(["core 云帆物流", "head yunfan", "lead 云帆流", "lead 云帆物", "lost 宁波云物流", "lost 宁波帆物流", "pair 云帆", "pair 云流", "pair 宁帆", "pair 帆流", "pair 波帆", "pair 波流", "placed 宁波云帆", "sound ningboyunfanwuliu", "sound yunfanwuliu", "whole 宁波云帆物流"], await KeysAsync());
        Assert.Equal([MatchKey.Version], await portal.Database.ListAsync<int>("select distinct keys_version from end_customer"));
        // Nobody changed the customer: who has it open can still save it.
        Assert.Equal(before, await VersionAsync());
        Assert.Equal(0, await RenewAsync());
        Assert.IsType<DealOutcome.Blocked>(await portal.SubmitAsync(portal.Yuanjian, portal.Deal("宁波云帆物流有限公司")));
    }

    [Fact]
    public async Task Thousands_are_made_anew_in_one_go()
    {
        await portal.InScopeAsync(Caller.System("test"), services => services.GetRequiredService<AddCustomers>().AddCustomersAsync(
            [.. Enumerable.Range(0, 1100).Select(number => new NewCustomer { Name = $"Harbour Trading {number:0000} Ltd", CountryCode = "GB" })], CancellationToken.None));
        await portal.Database.ExecuteAsync("update end_customer set keys_version = 1; delete from customer_key");
        var all = (await portal.Database.ListAsync<int>("select count(*)::integer from end_customer"))[0];

        Assert.Equal(all, await RenewAsync());

        Assert.Equal([0], await portal.Database.ListAsync<int>("select count(*)::integer from end_customer c where not exists (select from customer_key k where k.end_customer_id = c.end_customer_id)"));
    }

    Task<int> RenewAsync() => portal.InScopeAsync(Caller.System("start"), services => services.GetRequiredService<RenewCustomerKeys>().RunAsync(CancellationToken.None));

    async Task<int> VersionAsync() => (await portal.Database.ListAsync<int>("select version from end_customer where name = '宁波雲帆物流有限公司'")).Single();

    Task<List<string>> KeysAsync() => portal.Database.ListAsync<string>("""
        select kind || ' ' || key from customer_key join end_customer using (end_customer_id) where name = '宁波雲帆物流有限公司' order by kind collate "C", key collate "C"
        """);
}
