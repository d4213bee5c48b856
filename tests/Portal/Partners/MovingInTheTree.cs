using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Platform.Database;
using Portal.Partners;
using Shouldly;
using Support;

namespace Portal.Tests.Partners;

public sealed class MovingInTheTree(PortalApp portal) : IClassFixture<PortalApp>
{
    [Fact]
    public async Task A_company_takes_its_whole_branch_along()
    {
        var (a, b) = (await portal.Given.APartner("A", "distributor"), await portal.Given.APartner("B", "distributor"));
        var sub = await portal.Given.APartner("Sub", "reseller", a);
        var store = await portal.Given.APartner("Store", "store", sub);

        (await MoveAsync(sub, b)).ShouldBeOfType<PartnerOutcome.Done>();

        (await Below(a)).ShouldBe(["A 0"]);
        (await Below(b)).ShouldBe(["B 0", "Sub 1", "Store 2"]);
        (await Below(await portal.Given.TheBrand())).ShouldContain("Store 3");
        store.ShouldNotBeNull();
    }

    [Fact]
    public async Task Nobody_comes_to_stand_below_itself()
    {
        var top = await portal.Given.APartner("Top", "distributor");
        var middle = await portal.Given.APartner("Middle", "reseller", top);
        var low = await portal.Given.APartner("Low", "store", middle);

        foreach (var below in new[] { top, middle, low })
        {
            (await MoveAsync(top, below)).ShouldBeOfType<PartnerOutcome.Refused>().Problems.ShouldHaveSingleItem().TextKey.ShouldBe("partners.refused.loop");
        }

        (await Below(top)).ShouldBe(["Top 0", "Middle 1", "Low 2"]);
    }

    [Fact]
    public async Task Two_moves_at_once_that_would_close_a_loop_leave_one()
    {
        for (var round = 0; round < 10; round++)
        {
            var (left, right) = (await portal.Given.APartner($"Left {round}", "distributor"), await portal.Given.APartner($"Right {round}", "distributor"));

            var outcomes = await Task.WhenAll(MoveAsync(left, right), MoveAsync(right, left));

            outcomes.Count(outcome => outcome is PartnerOutcome.Done).ShouldBe(1);
            outcomes.Count(outcome => outcome is PartnerOutcome.Refused).ShouldBe(1);
        }

        (await portal.Database.ListAsync<long>("select count(*) from partner_line a join partner_line b on a.ancestor_id = b.partner_id and a.partner_id = b.ancestor_id where a.distance > 0")).ShouldBe([0]);
    }

    [Fact]
    public async Task Who_joins_while_a_part_of_the_tree_moves_has_the_right_ancestors()
    {
        for (var round = 0; round < 10; round++)
        {
            var (from, to) = (await portal.Given.APartner($"From {round}", "distributor"), await portal.Given.APartner($"To {round}", "distributor"));
            var sub = await portal.Given.APartner($"Sub {round}", "reseller", from);

            var joining = portal.Given.APartner($"New {round}", "store", sub);
            await Task.WhenAll(MoveAsync(sub, to), joining);

            (await Below(to)).ShouldBe([$"To {round} 0", $"Sub {round} 1", $"New {round} 2"]);
            (await Below(from)).ShouldBe([$"From {round} 0"]);
        }
    }

    [Fact]
    public async Task The_brand_does_not_move_and_is_not_suspended()
    {
        var (brand, distributor) = (await portal.Given.TheBrand(), await portal.Given.APartner("D", "distributor"));

        (await MoveAsync(brand, distributor)).ShouldBeOfType<PartnerOutcome.NotThere>();
        (await Should.ThrowAsync<PostgresException>(() => portal.Database.ExecuteAsync("update partner set status = 'suspended' where partner_type = 'brand'"))).ConstraintName.ShouldBe("the_brand_is_never_suspended");
    }

    [Fact]
    public async Task A_tree_may_be_fifty_deep()
    {
        var at = await portal.Given.APartner("Depth 1", "distributor");
        var top = at;
        for (var depth = 2; depth <= 50; depth++)
        {
            at = await portal.Given.APartner($"Depth {depth}", "reseller", at);
        }

        (await Below(top)).Count.ShouldBe(50);
        (await MoveAsync(top, at)).ShouldBeOfType<PartnerOutcome.Refused>();
    }

    Task<PartnerOutcome> MoveAsync(TestPartner partner, TestPartner upstream) =>
        portal.InScopeAsync(Caller.System("test"), services => services.GetRequiredService<MovePartner>().RunAsync(partner.Number, null, upstream.Number, CancellationToken.None));

    Task<List<string>> Below(TestPartner partner) => portal.Database.ListAsync<string>("""
        select b.name || ' ' || l.distance
        from partner_line l join partner b on b.partner_id = l.partner_id
        where l.ancestor_id = @PartnerId
        order by l.distance, b.name
        """, new { partner.PartnerId });
}
