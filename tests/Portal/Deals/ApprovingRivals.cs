using Npgsql;
using Platform.Database;
using Portal.Deals;
using Support;

namespace Portal.Tests.Deals;

public sealed class ApprovingRivals(ClaimingPartners portal) : IClassFixture<ClaimingPartners>
{
    [Fact]
    public async Task Of_ten_rivals_approved_at_the_same_moment_exactly_one_gets_the_customer()
    {
        for (var round = 0; round < 5; round++)
        {
            var customer = $"苏州同时抢单第{round}有限公司";
            var deals = new List<string>();
            for (var rival = 0; rival < 10; rival++)
            {
                var partner = await portal.Given.ADistributor($"对手 {round}-{rival}");
                deals.Add(await portal.SubmittedAsync(partner, portal.Deal(customer, lines: rival % 2 == 0 ? ["DISPLAYS", "DESKS"] : ["DESKS", "DISPLAYS", "PLANS"])));
            }

            var outcomes = await Task.WhenAll(deals.Select(number => Task.Run(() => portal.ApproveAsync(number))));

            Assert.Single(outcomes.OfType<DealOutcome.Done>());
            Assert.Equal(9, outcomes.OfType<DealOutcome.Refused>().Count(refused => refused.TextKey == "deals.refused.taken_until"));
            Assert.Equal([1L], await portal.Database.ListAsync<long>("select count(distinct deal_id) from portal.deal_claim c join portal.end_customer e using (end_customer_id) where e.name = @customer", new { customer }));
        }
    }

    [Fact]
    public async Task Twelve_partners_that_enter_one_new_company_at_the_same_moment_make_one_cluster()
    {
        string[] spellings = ["无锡梁溪会展服务有限公司", "无锡 梁溪会展服务 有限公司", "无锡市梁溪会展服务有限责任公司", "无锡梁溪会展服务（有限公司）"];
        var partners = new List<TestPerson>();
        for (var rival = 0; rival < 12; rival++)
        {
            partners.Add(await portal.Given.ADistributor($"会展商 {rival}"));
        }

        var outcomes = await Task.WhenAll(partners.Select((partner, at) => Task.Run(() => portal.SubmitAsync(partner, portal.Deal(spellings[at % spellings.Length])))));

        Assert.Equal(12, outcomes.OfType<DealOutcome.Done>().Count());
        Assert.Equal([1L], await portal.Database.ListAsync<long>("select count(distinct customer_cluster_id) from portal.end_customer where name like '%梁溪会展%'"));
    }

    [Fact]
    public async Task The_database_refuses_a_second_live_claim_whatever_the_code_does()
    {
        var first = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("常州天宁纺机有限公司"));

        var refused = await Assert.ThrowsAsync<PostgresException>(() => portal.Database.ExecuteAsync("""
            insert into portal.deal_claim (deal_id, partner_id, end_customer_id, customer_cluster_id, product_line_id, territory_id, protection)
            select deal_id, partner_id, end_customer_id, customer_cluster_id, product_line_id, territory_id, tstzrange(upper(protection) - interval '1 second', upper(protection) + interval '1 day')
            from portal.deal_claim join portal.deal using (deal_id) where number = @first
            """.Replace("select deal_id, partner_id, end_customer_id", "select deal_id, deal_claim.partner_id, deal_claim.end_customer_id").Replace("product_line_id, territory_id, tstzrange", "product_line_id, deal_claim.territory_id, tstzrange"), new { first }));

        Assert.Equal("one_live_claim", refused.ConstraintName);
    }

    [Fact]
    public async Task Two_companies_with_live_claims_become_one_and_a_dispute_opens()
    {
        var first = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("镇江丹徒眼镜有限公司"));
        var second = await portal.SubmittedAsync(portal.Yuanjian, portal.Deal("丹徒眼镜"));
        Assert.IsType<DealOutcome.Done>(await portal.ApproveAsync(second));
        var customer = (await portal.FindAsync(portal.DealDesk, first))!.CustomerNumber;
        var third = await portal.SubmittedAsync(portal.Yuanjian, portal.Deal("丹徒眼镜 (Dantu Optics)", lines: ["PLANS"]));

        // Said to be the same as both: that would put the first two claims on one company.
        var both = new[] { customer, (await portal.FindAsync(portal.DealDesk, second))!.CustomerNumber };
        var outcome = await portal.ApproveAsync(third, null, both);

        Assert.IsType<DealOutcome.Done>(outcome);
        Assert.Equal([2L], await portal.Database.ListAsync<long>("select count(*) from portal.deal_claim join portal.deal using (deal_id) where contested_by is not null and number in (@first, @second)", new { first, second }));
    }

    [Fact]
    public async Task What_the_reviewer_finds_to_be_one_company_becomes_one_and_can_be_claimed_once()
    {
        var first = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("扬州瘦西湖旅游发展有限公司"));
        var second = await portal.SubmittedAsync(portal.Yuanjian, portal.Deal("瘦西湖旅游"));
        var other = (await portal.FindAsync(portal.DealDesk, first))!.CustomerNumber;

        Assert.IsType<DealOutcome.Done>(await portal.ApproveAsync(second, null, other));

        Assert.Equal("deals.refused.taken_until", Assert.IsType<DealOutcome.Refused>(await portal.ApproveAsync(first)).TextKey);
        Assert.Equal([1L], await portal.Database.ListAsync<long>("select count(*) from portal.customer_cluster_move where reason = 'review of ' || @second and person_id = @PersonId", new { second, portal.DealDesk.PersonId }));
    }

    [Fact]
    public async Task Two_clicks_on_approve_approve_once()
    {
        var number = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("盐城大丰风电有限公司"));

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => portal.ApproveAsync(number))));

        Assert.Single(outcomes.OfType<DealOutcome.Done>());
        Assert.Equal([1L], await portal.Database.ListAsync<long>("select count(*) from portal.deal_act join portal.deal using (deal_id) where number = @number and act = 'approve'", new { number }));
    }

    [Fact]
    public async Task A_partner_can_neither_approve_nor_lengthen_its_claim_past_the_code()
    {
        var waiting = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("淮安洪泽渔业有限公司"));
        var held = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("泰州兴化不锈钢有限公司"));
        var huaxin = Caller.Subject(TestIdentityProvider.Issuer, portal.Huaxin.Subject);

        async Task<string?> RefusedAsync(string sql) => (await Assert.ThrowsAsync<PostgresException>(async () =>
        {
            await using var db = portal.Database.As(huaxin);
            await db.ExecuteAsync(sql, new { waiting, held }, CancellationToken.None);
        })).SqlState;

        Assert.Equal("42501", await RefusedAsync("update deal set status = 'approved', protected_from = now(), protected_until = now() + interval '1 day' where number = @waiting"));
        Assert.Equal("42501", await RefusedAsync("update deal_claim set protection = tstzrange(lower(protection), upper(protection) + interval '1 day') where deal_id = (select deal_id from deal where number = @held)"));
        Assert.Equal("42501", await RefusedAsync("""
            insert into deal_claim (deal_id, partner_id, end_customer_id, customer_cluster_id, product_line_id, territory_id, protection)
            select d.deal_id, d.partner_id, d.end_customer_id, c.customer_cluster_id, l.product_line_id, d.territory_id, tstzrange(now(), now() + interval '1 day')
            from deal d join end_customer c using (end_customer_id) join deal_product_line l using (deal_id) where d.number = @waiting
            """));
    }
}
