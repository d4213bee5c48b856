using System.Net;
using Platform.Database;
using Platform.Idempotency;
using Portal.Deals;
using Support;

namespace Portal.Tests.Deals;

public sealed class ReviewingInBulk(ClaimingPartners portal) : IClassFixture<ClaimingPartners>
{
    [Fact]
    public async Task Marked_deals_are_approved_but_for_those_whose_company_is_known_and_each_says_what_became_of_it()
    {
        await portal.ApprovedAsync(portal.Huaxin, portal.Deal("东阿碧水环保有限公司", territory: "CN-NORTH"));
        var clear = await portal.SubmittedAsync(portal.Yuanjian, portal.Deal("昆仑雪线登山俱乐部有限公司", territory: "CN-NORTH"));
        var known = await portal.SubmittedAsync(portal.Yuanjian, portal.Deal("东阿碧水环保有限公司", lines: ["PLANS"], territory: "CN-NORTH"));
        var changed = await portal.SubmittedAsync(portal.Yuanjian, portal.Deal("琼州椰林食品有限公司", territory: "CN-NORTH"));
        var desk = portal.SignIn(portal.DealDesk);
        var queue = await desk.GetAsync("/deals/reviews?territory=CN-NORTH&chosen=page");
        Assert.Equal(3, queue.Document.QuerySelectorAll("input[name=Deals][checked]").Length);
        await portal.AsAsync<ReviewDeal, DealOutcome>(portal.DealDesk, review => review.TakeUpAsync(changed, null, CancellationToken.None));

        var result = await desk.PressAsync(queue, "button[value=approve]");

        Assert.Contains("1 of 3 done.", result.Text("main"));
        Assert.Contains($"Done {clear} is approved.", result.All("tbody tr").Single(row => row.Contains(clear, StringComparison.Ordinal)));
        Assert.Contains("compare before you approve", result.All("tbody tr").Single(row => row.Contains(known, StringComparison.Ordinal)));
        Assert.Contains("Somebody changed the deal in between.", result.All("tbody tr").Single(row => row.Contains(changed, StringComparison.Ordinal)));
        Assert.Equal(("approved", "submitted", "under_review"), (await portal.StatusAsync(clear), await portal.StatusAsync(known), await portal.StatusAsync(changed)));
        Assert.Equal([1L], await portal.Database.ListAsync<long>("select count(*) from portal.audit_entry where subject_number = @clear and action = 'deal.approved'", new { clear }));
        Assert.Equal([0L], await portal.Database.ListAsync<long>("select count(*) from portal.deal_step_decision join portal.deal using (deal_id) where number in (@known, @changed)", new { known, changed }));

        var again = await desk.PressAsync(queue, "button[value=approve]");
        Assert.Equal(result.Path, again.Path);
        Assert.Equal(HttpStatusCode.NotFound, (await portal.SignIn(await portal.Given.SomebodyOfTheBrand("deal_desk")).GetAsync(result.Path)).Status);
    }

    [Fact]
    public async Task A_reason_and_a_mark_are_asked_for_and_what_was_marked_stays_marked()
    {
        var number = await portal.SubmittedAsync(portal.Yuanjian, portal.Deal("缺少理由之一有限公司"));
        var desk = portal.SignIn(portal.DealDesk);
        var queue = await desk.GetAsync("/deals/reviews?q=缺少理由之一");

        var none = await desk.PressAsync(queue, "button[value=take_up]");
        Assert.Contains("Mark at least one deal.", none.Text("main .flash-problem"));
        var noReason = await desk.PressAsync(none, "button[value=reject]", ("Deals", $"{number}:2"));
        Assert.Contains("Give a reason.", noReason.Text("main .flash-problem"));
        Assert.Single(noReason.Document.QuerySelectorAll("input[name=Deals][checked]"));
        Assert.True(noReason.Has("#bulk-reject[data-open=true]"));
        Assert.Contains("缺少理由之一", noReason.Text("tbody"));

        var asked = await desk.PressAsync(noReason, "button[value=request_information]", ("Question", "Which site?"));
        Assert.Contains("1 of 1 done.", asked.Text("main"));
        Assert.Equal("information_requested", await portal.StatusAsync(number));
        Assert.Equal(["Which site?"], await portal.Database.ListAsync<string>("select reason from portal.deal_act join portal.deal using (deal_id) where number = @number and act = 'request_information'", new { number }));
    }

    [Fact]
    public async Task A_program_sends_the_same_again_and_nothing_happens_twice()
    {
        var (one, two) = (await portal.SubmittedAsync(portal.Yuanjian, portal.Deal("程序批量一号有限公司")), await portal.SubmittedAsync(portal.Yuanjian, portal.Deal("程序批量二号有限公司")));
        var api = portal.Api(portal.DealDesk);
        var body = new { decision = "reject", reason = "Not this year", deals = new[] { new { number = one, version = 2 }, new { number = "D-NONE-NONE-NONE", version = 1 }, new { number = two, version = 2 } } };

        Assert.Equal("key-required", (await api.PostAsync("/api/v1/deals/reviews", body, "")).Problem);
        var done = await api.PostAsync("/api/v1/deals/reviews", body, "night-run");
        var again = await api.PostAsync("/api/v1/deals/reviews", body, "night-run");
        var other = await api.PostAsync("/api/v1/deals/reviews", body with { reason = "Another" }, "night-run");

        Assert.Equal((HttpStatusCode.Created, 2), (done.Status, done.Json.GetProperty("done").GetInt32()));
        Assert.Equal(["deals.rejected", "reviews.refused.missing", "deals.rejected"], done.Json.GetProperty("deals").EnumerateArray().Select(deal => deal.GetProperty("code").GetString()));
        Assert.Equal(done.Text, again.Text);
        Assert.Equal("key-used-before", other.Problem);
        Assert.Equal(done.Text, (await api.GetAsync(done.Response.Headers.Location!.OriginalString)).Text);
        Assert.Equal([2L], await portal.Database.ListAsync<long>("select count(*) from portal.deal_act join portal.deal using (deal_id) where number in (@one, @two) and act = 'reject'", new { one, two }));
        Assert.Equal("reviews.invalid.many", await RefusalAsync(Enumerable.Range(0, 201).Select(place => new SeenDeal($"D-{place}", 1))));
        Assert.Equal(HttpStatusCode.BadRequest, (await api.PostAsync("/api/v1/deals/reviews", new { decision = "approve", deals = new[] { new { number = one } } })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await api.PostAsync("/api/v1/deals/reviews", body with { decision = "mark_duplicate" })).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await portal.Api(portal.Yuanjian).PostAsync("/api/v1/deals/reviews", body)).Status);
    }

    [Fact]
    public async Task Two_that_send_the_same_at_once_share_the_work_and_two_reviewers_never_decide_one_deal_twice()
    {
        var numbers = new List<string>();
        foreach (var place in Enumerable.Range(0, 6))
        {
            numbers.Add(await portal.SubmittedAsync(portal.Yuanjian, portal.Deal($"同时审核{"甲乙丙丁戊己"[place]}实业有限公司")));
        }

        var colleague = await portal.Given.SomebodyOfTheBrand("deal_desk");
        var name = new RequestName("twins", [1, 2, 3], false);
        Task<BatchOutcome> Send(TestPerson person, RequestName called, string act, IEnumerable<string> deals) => Task.Run(() => portal.AsAsync<ReviewInBulk, BatchOutcome>(
            person, bulk => bulk.RunAsync(called, act, "Why", [.. deals.Select(number => new SeenDeal(number, 2))], CancellationToken.None)));

        var sent = await Task.WhenAll(Send(portal.DealDesk, name, "reject", numbers), Send(portal.DealDesk, name, "reject", numbers), Send(colleague, name, "approve", Enumerable.Reverse(numbers)));

        var batches = sent.Select(outcome => Assert.IsType<BatchOutcome.Done>(outcome).Number).ToList();
        Assert.Equal(batches[0], batches[1]);
        Assert.NotEqual(batches[0], batches[2]);
        Assert.Equal(6L, Assert.Single(await portal.Database.ListAsync<long>("select count(*) from portal.deal_step_decision join portal.deal using (deal_id) where number = any(@numbers)", new { numbers = numbers.ToArray() })));
        Assert.Equal(6L, Assert.Single(await portal.Database.ListAsync<long>("select count(*) from portal.review_batch_deal where deal_number = any(@numbers) and is_done", new { numbers = numbers.ToArray() })));
        Assert.Equal(0L, Assert.Single(await portal.Database.ListAsync<long>("select count(*) from portal.review_batch_deal where answered_at is null and deal_number = any(@numbers)", new { numbers = numbers.ToArray() })));
    }

    [Fact]
    public async Task A_batch_that_stopped_goes_on_where_it_stopped()
    {
        var (one, two) = (await portal.SubmittedAsync(portal.Yuanjian, portal.Deal("中断批量一号有限公司")), await portal.SubmittedAsync(portal.Yuanjian, portal.Deal("中断批量二号有限公司")));
        var name = new RequestName("stopped", [7], false);
        await portal.AsAsync<ReviewBatchStore, bool>(portal.DealDesk, async batches =>
        {
            await batches.InsertAsync("RB-STOPPED", name, "take_up", null, portal.Clock.Now.UtcDateTime, CancellationToken.None);
            await batches.InsertDealsAsync("RB-STOPPED", [new(one, 2), new(two, 2)], CancellationToken.None);
            return true;
        });
        var desk = portal.SignIn(portal.DealDesk);

        var page = await desk.GetAsync("/deals/reviews/RB-STOPPED");
        Assert.Contains("2 not carried out yet.", page.Text("main"));
        var done = await desk.PressAsync(page, "form[action='/deals/reviews/RB-STOPPED']");

        Assert.Contains("2 of 2 done.", done.Text("main"));
        Assert.Equal(("under_review", "under_review"), (await portal.StatusAsync(one), await portal.StatusAsync(two)));
    }

    [Fact]
    public async Task Whoever_sits_in_no_queue_of_a_deal_leaves_it_as_it_is()
    {
        var number = await portal.SubmittedAsync(portal.Yuanjian, portal.Deal("旁人不决有限公司"));
        var finance = await portal.Given.SomebodyOfTheBrand("finance");

        var answer = await portal.Api(finance).PostAsync("/api/v1/deals/reviews", new { decision = "approve", deals = new[] { new { number, version = 2 } } });

        Assert.Equal("It does not wait for you.", answer.Json.GetProperty("deals")[0].GetProperty("says").GetString());
        Assert.Equal("submitted", await portal.StatusAsync(number));
    }

    [Fact]
    public async Task The_database_lets_nobody_read_or_answer_anothers_batch()
    {
        await portal.AsAsync<ReviewBatchStore, bool>(portal.DealDesk, async batches =>
        {
            await batches.InsertAsync("RB-MINE", new("mine", [1], false), "take_up", null, portal.Clock.Now.UtcDateTime, CancellationToken.None);
            await batches.InsertDealsAsync("RB-MINE", [new("D-1", 1)], CancellationToken.None);
            return true;
        });
        foreach (var person in new[] { await portal.Given.SomebodyOfTheBrand("deal_desk"), portal.Huaxin })
        {
            await using var db = portal.Database.As(Caller.Subject(TestIdentityProvider.Issuer, person.Subject));
            Assert.Empty(await db.ListAsync<string>("select number from review_batch where number = 'RB-MINE'", null, CancellationToken.None));
            Assert.Equal(0, await db.ExecuteAsync("update review_batch_deal set answered_at = now(), is_done = true, text_key = 'x' where deal_number = 'D-1'", null, CancellationToken.None));
        }
    }

    async Task<string> RefusalAsync(IEnumerable<SeenDeal> deals) =>
        Assert.IsType<BatchOutcome.Invalid>(await portal.AsAsync<ReviewInBulk, BatchOutcome>(portal.DealDesk, bulk => bulk.RunAsync(new("many", [1], false), "take_up", null, [.. deals], CancellationToken.None))).Problems[0].TextKey;
}
