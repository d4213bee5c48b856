using Npgsql;
using Portal.Orders;
using static Portal.Tests.Orders.TradingChain;

namespace Portal.Tests.Orders;

/// <summary>Huaxin has a clerk (huaxin-buys), a head of purchasing and an administrator; S-010 costs 100.10.</summary>
public sealed class OrderingWithinLimits : OnATradingChain
{
    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Chain.Database.ExecuteAsync("""
            insert into portal.person (number, partner_id, issuer, subject, name, created_at)
            select 'U-' || upper(who.subject), p.partner_id, @Issuer, who.subject, who.subject, now()
            from (values ('huaxin-head'), ('huaxin-admin'), ('huaxin-second')) as who (subject) cross join portal.partner p
            where p.code = 'huaxin';
            insert into portal.person_role (person_id, role)
            select u.person_id, r.role
            from (values ('huaxin-head', 'purchasing'), ('huaxin-admin', 'partner_admin'), ('huaxin-second', 'purchasing')) as r (subject, role)
            join portal.person u on u.subject = r.subject
            """, new { Issuer });
    }

    [Fact]
    public async Task An_order_within_the_limits_goes_to_the_seller_at_once()
    {
        await LimitAsync("huaxin-buys", perOrder: 1001, perMonth: 2002);

        Assert.Equal("submitted", await StatusAsync(await OrderAsync("huaxin-buys", 10)));
        Assert.Equal("submitted", await StatusAsync(await OrderAsync("huaxin-buys", 10)));
    }

    [Fact]
    public async Task Beyond_the_limit_of_an_order_it_waits_and_the_seller_does_not_see_it()
    {
        await LimitAsync("huaxin-buys", perOrder: 1000, approver: "huaxin-head");

        var number = await OrderAsync("huaxin-buys", 10);

        Assert.Equal("pending_approval", await StatusAsync(number));
        Assert.Null(await Chain.At("north-admin").Orders.HeadAsync(number, default));
        Assert.IsType<OrderOutcome.NotFound>(await Chain.At("north-admin").Answer.ConfirmAsync(number, null, default));
        var asked = Assert.Single(await Chain.At("huaxin-head").Approvals.OfOrderAsync((await Chain.At("huaxin-head").HeadAsync(number)).PurchaseOrderId, default));
        Assert.Equal(("per_order", 1000m, 1001m, "huaxin-head", true), (asked.Because, asked.LimitAmount, asked.Amount, asked.Approver, asked.MayDecide));
        Assert.Equal((1, 1, 0), (await Chain.At("huaxin-head").Approvals.WaitingAsync(default), await Chain.At("huaxin-admin").Approvals.WaitingAsync(default), await Chain.At("huaxin-second").Approvals.WaitingAsync(default)));

        Number(await Chain.At("huaxin-head").Approve.ApproveAsync(number, null, default));
        Assert.Equal("submitted", (await Chain.At("north-admin").HeadAsync(number)).Status);
    }

    [Fact]
    public async Task An_order_that_comes_back_leaves_its_gifts_and_gives_back_what_it_took_of_a_promotion()
    {
        await Chain.Database.ExecuteAsync("""
            insert into portal.price_rule (seller_id, code, name, kind, discount_rate, audience, covers, valid, created_at, effect, get_quantity, gift_product_id, min_quantity, counts, most_orders)
            select partner_id, 'GIFT', 'Gift', 'promotion', 0, 'partners', 'all', '[2020-01-01,)', now(), 'gift', 1, (select product_id from portal.product where sku = 'S-010'), 5, 'basket', 1 from portal.partner where partner_type = 'brand'
            """);
        await LimitAsync("huaxin-buys", perOrder: 1000, approver: "huaxin-head");

        var number = await OrderAsync("huaxin-buys", 10);
        Assert.Equal((2, 2, 1), await Held());
        Number(await Chain.At("huaxin-buys").Approve.RecallAsync(number, null, default));

        Assert.Equal((1, 1, 0), await Held());

        async Task<(int Lines, int Said, int Used)> Held() => (await Chain.Database.ListAsync<(int, int, int)>("""
            select (select count(*) from portal.purchase_order_line l where l.purchase_order_id = o.purchase_order_id)::integer, o.line_count, (select orders from portal.price_rule_spending)
            from portal.purchase_order o where o.number = @number
            """, new { number })).Single();
    }

    [Fact]
    public async Task What_a_month_comes_to_counts_also_what_waits_and_not_what_was_called_off()
    {
        await LimitAsync("huaxin-buys", perMonth: 2500);
        var first = await OrderAsync("huaxin-buys", 10);
        Assert.Equal("submitted", await StatusAsync(await OrderAsync("huaxin-buys", 10)));
        Assert.Equal("pending_approval", await StatusAsync(await OrderAsync("huaxin-buys", 10)));
        Assert.Equal("pending_approval", await StatusAsync(await OrderAsync("huaxin-buys", 1)));

        Number(await Chain.At("huaxin-buys").Cancel.RunAsync(first, null, "not needed", default));
        Assert.Equal("pending_approval", await StatusAsync(await OrderAsync("huaxin-buys", 10)));
    }

    [Fact]
    public async Task Of_two_orders_at_once_that_only_together_go_beyond_the_month_one_waits()
    {
        await LimitAsync("huaxin-buys", perMonth: 1500);

        var numbers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => OrderAsync("huaxin-buys", 10)));

        Assert.Equal(["pending_approval", "pending_approval", "pending_approval", "submitted"],
            (await Task.WhenAll(numbers.Select(StatusAsync))).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_is_sent_back_is_a_draft_again_with_the_reason_and_the_seller_reads_none_of_it()
    {
        await LimitAsync("huaxin-buys", perOrder: 100, approver: "huaxin-head");
        var number = await OrderAsync("huaxin-buys", 10);

        Assert.Equal([(null, "orders.problem.reason_missing")], Problems(await Chain.At("huaxin-head").Approve.SendBackAsync(number, null, " ", default)));
        Number(await Chain.At("huaxin-head").Approve.SendBackAsync(number, null, "buy half", default));
        Assert.Equal("draft", await StatusAsync(number));
        Number(await Chain.At("huaxin-buys").Place.UpdateAsync(number, null, Order(("S-010", 0.0m + 1)), submit: true, default));

        Assert.Equal("pending_approval", await StatusAsync(number));
        Number(await Chain.At("huaxin-admin").Approve.ApproveAsync(number, null, default));
        Assert.Equal(["approve"], (await Chain.At("north-admin").Orders.FindAsync(number, default))!.Steps.Select(step => step.Act));
        Assert.Equal(["submit", "send_back", "submit", "approve"], (await Chain.At("huaxin-buys").Orders.FindAsync(number, default))!.Steps.Select(step => step.Act));
    }

    [Fact]
    public async Task Whoever_wrote_it_takes_it_back_and_nobody_else()
    {
        await LimitAsync("huaxin-buys", perOrder: 100);
        var number = await OrderAsync("huaxin-buys", 10);

        Assert.IsType<OrderOutcome.Forbidden>(await Chain.At("huaxin-head").Approve.RecallAsync(number, null, default));
        Number(await Chain.At("huaxin-buys").Approve.RecallAsync(number, null, default));

        Assert.Equal("draft", await StatusAsync(number));
    }

    [Theory]
    [InlineData("huaxin-buys")]
    [InlineData("huaxin-second")]
    [InlineData("huaxin-sells")]
    [InlineData("jiangnan-all")]
    [InlineData("north-admin")]
    public async Task Nobody_but_whoever_is_asked_and_the_administrators_decides(string subject)
    {
        await LimitAsync("huaxin-buys", perOrder: 100, approver: "huaxin-head");
        var number = await OrderAsync("huaxin-buys", 10);

        var outcome = await Chain.At(subject).Approve.ApproveAsync(number, null, default);

        Assert.True(outcome is OrderOutcome.Forbidden or OrderOutcome.NotFound, outcome.ToString());
        Assert.Equal("pending_approval", await StatusAsync(number));
    }

    [Fact]
    public async Task An_administrator_with_a_limit_does_not_approve_the_own_order_either()
    {
        await LimitAsync("huaxin-admin", perOrder: 100);
        var number = await OrderAsync("huaxin-admin", 10);

        Assert.IsType<OrderOutcome.Forbidden>(await Chain.At("huaxin-admin").Approve.ApproveAsync(number, null, default));
        await Assert.ThrowsAsync<PostgresException>(() => Chain.Database.ExecuteAsync(
            "update portal.order_approval set outcome = 'approved', decided_by = asked_by, decided_at = now() where outcome is null"));
    }

    [Fact]
    public async Task What_waited_goes_to_no_seller_that_is_none_any_more()
    {
        await LimitAsync("huaxin-buys", perOrder: 100);
        var number = await OrderAsync("huaxin-buys", 10);
        await Chain.Database.ExecuteAsync("update portal.partner set upstream_id = (select partner_id from portal.partner where code = 'eurodist') where code = 'huaxin'");

        Assert.Equal([(null, "orders.problem.seller_changed")], Problems(await Chain.At("huaxin-admin").Approve.ApproveAsync(number, null, default)));
        Assert.Equal("pending_approval", await StatusAsync(number));
    }

    [Fact]
    public async Task Two_who_decide_at_once_decide_once()
    {
        await LimitAsync("huaxin-buys", perOrder: 100, approver: "huaxin-head");
        var number = await OrderAsync("huaxin-buys", 10);

        var outcomes = await Task.WhenAll(
            Chain.At("huaxin-head").Approve.ApproveAsync(number, null, default), Chain.At("huaxin-admin").Approve.SendBackAsync(number, null, "no", default),
            Chain.At("huaxin-buys").Approve.RecallAsync(number, null, default));

        Assert.Single(outcomes.OfType<OrderOutcome.Done>());
        Assert.Single(await Chain.Database.ListAsync<string>("select outcome from portal.order_approval where outcome is not null"));
    }

    [Fact]
    public async Task Only_the_administrator_sets_limits_and_for_colleagues_alone()
    {
        var company = await Chain.At("huaxin-head").Limits.CompanyAsync(default);
        Assert.Equal(["Penny", "huaxin-admin", "huaxin-head", "huaxin-second"], company.Select(person => person.Name).Order(StringComparer.Ordinal));

        Assert.False(await Chain.At("huaxin-head").Limits.KeepAsync([new(company[0].PersonId, "", 1, null, null, null)], default));
        var stranger = (await Chain.At("jiangnan-all").Limits.CompanyAsync(default))[0];
        await Assert.ThrowsAsync<PostgresException>(() => Chain.At("huaxin-admin").Limits.KeepAsync([new(stranger.PersonId, "", 1, null, null, null)], default));
        await Assert.ThrowsAsync<PostgresException>(() => Chain.At("huaxin-admin").Limits.KeepAsync([new(company[0].PersonId, "", 1, null, stranger.PersonId, null)], default));
    }

    [Fact]
    public void The_approver_is_the_first_on_the_way_up_whose_own_limit_reaches()
    {
        LimitedPerson[] company = [Person(1, 100, 2), Person(2, 1000, 3), Person(3, null, null), Person(4, 50, 5), Person(5, 50, 4), Person(6, 10, 7), Person(7, null, 3) with { Orders = false }];

        Assert.Equal([2, 3, 3, null, 3, null], new (long Who, decimal Amount)[] { (1, 1000), (1, 1001), (2, 5000), (4, 60), (6, 20), (3, 1) }.Select(asked => Approver.Find(company, asked.Who, asked.Amount)?.PersonId));
    }

    static LimitedPerson Person(long id, decimal? perOrder, long? approver) => new() { PersonId = id, Orders = true, PerOrder = perOrder, ApproverId = approver };

    async Task LimitAsync(string subject, decimal? perOrder = null, decimal? perMonth = null, string? approver = null)
    {
        async Task<long> IdAsync(string of) => (await Chain.Database.ListAsync<long>("select person_id from portal.person where subject = @of", new { of }))[0];
        Assert.True(await Chain.At("huaxin-admin").Limits.KeepAsync([new(await IdAsync(subject), "U", perOrder, perMonth, approver is null ? null : await IdAsync(approver), approver)], default));
    }

    async Task<string> OrderAsync(string subject, decimal quantity) => Number(await Chain.At(subject).Place.CreateAsync(Order(("S-010", quantity)), submit: true, default));

    async Task<string> StatusAsync(string number) => (await Chain.At("huaxin-buys").HeadAsync(number)).Status;
}
