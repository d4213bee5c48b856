using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Platform.Database;
using Portal.Deals;
using Support;

namespace Portal.Tests.Deals;

public sealed class TheLifeOfADeal(ClaimingPartners portal) : IClassFixture<ClaimingPartners>
{
    static readonly IReadOnlySet<string> Sales = new HashSet<string> { "sales" };
    static readonly IReadOnlySet<string> DealDesk = new HashSet<string> { "deal_desk" };

    [Theory]
    [InlineData("draft", "submit withdraw comment record_activity")]
    [InlineData("submitted", "withdraw comment record_activity move_stage")]
    [InlineData("under_review", "withdraw comment record_activity move_stage")]
    [InlineData("information_requested", "answer withdraw comment record_activity move_stage")]
    [InlineData("approved", "convert win lose withdraw request_extension request_amendment request_special_price withdraw_special_price report_win comment record_activity move_stage")]
    [InlineData("converted", "win lose withdraw request_extension request_amendment request_special_price withdraw_special_price report_win comment record_activity move_stage")]
    [InlineData("rejected", "")]
    [InlineData("duplicate", "")]
    [InlineData("withdrawn", "")]
    [InlineData("expired", "")]
    [InlineData("won", "")]
    [InlineData("lost", "")]
    public void What_a_claimant_may_do(string status, string acts) =>
        Assert.Equal(acts, string.Join(' ', DealLifecycle.ActsAllowed(status, isBrand: false, Sales).Select(act => act.Name)));

    [Theory]
    [InlineData("draft", "comment")]
    [InlineData("submitted", "take_up approve request_information reject mark_duplicate comment")]
    [InlineData("under_review", "approve request_information reject mark_duplicate comment")]
    [InlineData("information_requested", "reject mark_duplicate comment")]
    [InlineData("approved", "grant_extension refuse_extension grant_amendment refuse_amendment grant_special_price refuse_special_price confirm_win refuse_win comment")]
    [InlineData("converted", "grant_extension refuse_extension grant_amendment refuse_amendment grant_special_price refuse_special_price confirm_win refuse_win comment")]
    [InlineData("rejected", "")]
    [InlineData("won", "")]
    public void What_the_deal_desk_may_do(string status, string acts) =>
        Assert.Equal(acts, string.Join(' ', DealLifecycle.ActsAllowed(status, isBrand: true, DealDesk).Select(act => act.Name)));

    [Theory]
    [InlineData("draft", 8)]
    [InlineData("submitted", 3)]
    [InlineData("under_review", 2)]
    [InlineData("information_requested", 8)]
    [InlineData("approved", 3)]
    [InlineData("converted", 3)]
    [InlineData("expired", 0)]
    public void Each_state_names_the_fields_that_may_be_edited(string status, int fields)
    {
        Assert.Equal(fields, DealLifecycle.EditableFields(status, isBrand: false, Sales).Count);
        Assert.Empty(DealLifecycle.EditableFields(status, isBrand: true, DealDesk));
        Assert.Empty(DealLifecycle.EditableFields(status, isBrand: false, new HashSet<string> { "viewer" }));
    }

    [Fact]
    public void Every_state_of_the_database_is_declared_and_the_terminal_ones_lead_nowhere()
    {
        Assert.Equal(12, DealLifecycle.States.Count);
        Assert.DoesNotContain(DealLifecycle.Acts, act => act.From.Intersect(DealLifecycle.Terminal).Any());
        Assert.All(DealLifecycle.Acts, act => Assert.Subset(DealLifecycle.States.ToHashSet(), act.From.Concat(act.To is null ? [] : [act.To]).ToHashSet()));
    }

    [Fact]
    public async Task The_declared_machine_is_answered_to_programs_and_is_what_the_screens_read()
    {
        var machine = (await portal.Api(portal.Huaxin).GetAsync("/api/v1/deals/lifecycle")).Json;

        Assert.Equal(DealLifecycle.States, machine.GetProperty("states").EnumerateArray().Select(state => state.GetProperty("name").GetString()));
        Assert.All(machine.GetProperty("states").EnumerateArray(), state =>
        {
            var (name, isOver) = (state.GetProperty("name").GetString()!, state.GetProperty("isOver").GetBoolean());
            Assert.Equal(DealLifecycle.Terminal.Contains(name), isOver);
            Assert.Equal(DealLifecycle.EditableFields(name, isBrand: false, Sales).Count, state.GetProperty("editableFields").GetArrayLength());
            Assert.Equal(isOver, state.GetProperty("acts").GetArrayLength() == 0);
        });
        var amendment = machine.GetProperty("acts").EnumerateArray().Single(act => act.GetProperty("name").GetString() == "request_amendment");
        Assert.Equal(("claimant", true), (amendment.GetProperty("side").GetString(), amendment.GetProperty("needsReason").GetBoolean()));
        // Each act that stands on a page has its words there.
        var words = portal.Services.GetRequiredService<Platform.Texts.TextBook>();
        Assert.All(DealLifecycle.Acts.Where(act => act.Side is not DealSide.Product && act.Name is not "comment" and not "record_activity" and not "confirm_win" and not "move_stage"), act => Assert.NotNull(words.Find("deals.done." + act.Name, "en")));
    }

    [Fact]
    public async Task Information_is_asked_for_and_given_and_the_deal_is_screened_again()
    {
        var number = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("信息待补有限公司"));
        var asked = await portal.AsAsync<ReviewDeal, DealOutcome>(portal.DealDesk, review => review.RequestInformationAsync(number, null, "Which site is it?", CancellationToken.None));
        Assert.IsType<DealOutcome.Done>(asked);

        var changed = await portal.AsAsync<RegisterDeal, DealOutcome>(portal.Huaxin, register =>
            register.ChangeAsync(number, null, portal.Deal("信息待补有限公司", city: "杭州") with { Amount = 99_000 }, CancellationToken.None));
        var answered = await portal.AsAsync<RegisterDeal, DealOutcome>(portal.Huaxin, register => register.SubmitAsync(number, Assert.IsType<DealOutcome.Done>(changed).Version, CancellationToken.None));

        Assert.IsType<DealOutcome.Done>(answered);
        Assert.Equal("under_review", await portal.StatusAsync(number));
        Assert.Equal([2L], await portal.Database.ListAsync<long>("select count(*) from portal.deal_screening join portal.deal using (deal_id) where number = @number", new { number }));
    }

    [Fact]
    public async Task A_negative_act_needs_a_reason()
    {
        var number = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("无由可拒有限公司"));

        var refused = await portal.AsAsync<ReviewDeal, DealOutcome>(portal.DealDesk, review => review.RejectAsync(number, null, "  ", CancellationToken.None));

        Assert.Equal("reason", Assert.Single(Assert.IsType<DealOutcome.Invalid>(refused).Problems).Field);
        Assert.Equal("submitted", await portal.StatusAsync(number));
    }

    [Fact]
    public async Task What_is_over_stays_as_it_is_even_past_the_code()
    {
        var number = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("已经结束有限公司"));
        await portal.AsAsync<ReviewDeal, DealOutcome>(portal.DealDesk, review => review.RejectAsync(number, null, "No budget", CancellationToken.None));

        Assert.IsType<DealOutcome.Refused>(await portal.ApproveAsync(number));
        Assert.IsType<DealOutcome.Refused>(await portal.AsAsync<CommentOnDeal, DealOutcome>(portal.Huaxin, comment => comment.RunAsync(number, "shared", "But why?", CancellationToken.None)));
        var refused = await Assert.ThrowsAsync<PostgresException>(() => portal.Database.ExecuteAsync("update portal.deal set amount = 1 where number = @number", new { number }));
        Assert.Equal("a_deal_that_is_over_stays", refused.ConstraintName);
    }

    [Fact]
    public async Task A_field_that_may_not_be_edited_any_more_is_refused_and_one_that_may_is_kept()
    {
        var deal = portal.Deal("字段锁定有限公司");
        var number = await portal.SubmittedAsync(portal.Huaxin, deal);

        var locked = await portal.AsAsync<RegisterDeal, DealOutcome>(portal.Huaxin, register => register.ChangeAsync(number, null, deal with { Amount = 1, Need = "More" }, CancellationToken.None));
        var kept = await portal.AsAsync<RegisterDeal, DealOutcome>(portal.Huaxin, register => register.ChangeAsync(number, null, deal with { Need = "More" }, CancellationToken.None));

        Assert.Equal("amount", Assert.Single(Assert.IsType<DealOutcome.Invalid>(locked).Problems).Field);
        Assert.IsType<DealOutcome.Done>(kept);
        Assert.Equal("More", (await portal.FindAsync(portal.Huaxin, number))!.Need);
    }

    [Fact]
    public async Task Two_people_who_edit_one_deal_do_not_overwrite_each_other()
    {
        var deal = portal.Deal("同时编辑有限公司");
        var number = Assert.IsType<DealOutcome.Done>(await portal.AsAsync<RegisterDeal, DealOutcome>(portal.Huaxin, register => register.EnterAsync(deal, submit: false, CancellationToken.None))).Number;

        await portal.AsAsync<RegisterDeal, DealOutcome>(portal.Huaxin, register => register.ChangeAsync(number, 1, deal with { Amount = 2 }, CancellationToken.None));
        var second = await portal.AsAsync<RegisterDeal, DealOutcome>(portal.Huaxin, register => register.ChangeAsync(number, 1, deal with { Amount = 3 }, CancellationToken.None));

        Assert.IsType<DealOutcome.Stale>(second);
    }

    [Fact]
    public async Task Another_partner_the_upstream_included_does_not_see_a_deal()
    {
        var reseller = await portal.Given.AReseller("华信下级", portal.Huaxin.Partner);
        var number = await portal.SubmittedAsync(reseller, portal.Deal("下级客户有限公司"));

        Assert.Null(await portal.FindAsync(portal.Huaxin, number));
        Assert.Null(await portal.FindAsync(portal.Yuanjian, number));
        Assert.NotNull(await portal.FindAsync(portal.DealDesk, number));
        Assert.IsType<DealOutcome.Missing>(await portal.AsAsync<PursueDeal, DealOutcome>(portal.Yuanjian, pursue => pursue.WithdrawAsync(number, null, "mine", CancellationToken.None)));
    }

    [Fact]
    public async Task The_brands_own_remarks_are_not_for_the_claimant()
    {
        var number = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("两路评论有限公司"));
        await portal.AsAsync<CommentOnDeal, DealOutcome>(portal.DealDesk, comment => comment.RunAsync(number, "brand", "Weak case", CancellationToken.None));
        await portal.AsAsync<CommentOnDeal, DealOutcome>(portal.DealDesk, comment => comment.RunAsync(number, "shared", "Please add the site", CancellationToken.None));
        var deal = (await portal.FindAsync(portal.DealDesk, number))!;

        Assert.Equal(["Please add the site"], (await portal.AsAsync<DealPages, List<DealRemark>>(portal.Huaxin, pages => pages.RemarksAsync(deal.DealId, CancellationToken.None))).Select(remark => remark.Body));
        Assert.Equal(["Weak case", "Please add the site"], (await portal.AsAsync<DealPages, List<DealRemark>>(portal.DealDesk, pages => pages.RemarksAsync(deal.DealId, CancellationToken.None))).Select(remark => remark.Body));
        Assert.IsType<DealOutcome.Forbidden>(await portal.AsAsync<CommentOnDeal, DealOutcome>(portal.Huaxin, comment => comment.RunAsync(number, "brand", "Let me in", CancellationToken.None)));
    }

    [Fact]
    public async Task Every_act_stands_in_the_audit_and_the_claimant_is_told_by_mail()
    {
        var number = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("审计在案有限公司"));

        Assert.Equal(["deal.entered", "deal.submitted", "deal.approved"], await portal.Database.ListAsync<string>("select action from portal.audit_entry where subject_kind = 'deal' and subject_number = @number order by audit_entry_id", new { number }));
        var mails = await portal.Database.ListAsync<string>("select payload ->> 'subject' from portal.outbox_message where kind = 'mail' and payload ->> 'text' like '%' || @number || '%' order by outbox_message_id", new { number });
        Assert.Contains($"{number} for 审计在案有限公司 is approved and protected through 31 May 2026", mails);
    }

    [Theory]
    [InlineData("won", "deals.told.won")]
    [InlineData("lost", "deals.told.lost")]
    [InlineData("withdrawn", "deals.told.withdrawn")]
    public async Task The_deal_desk_learns_how_a_deal_ended(string end, string told)
    {
        var number = await portal.ApprovedAsync(portal.Huaxin, portal.Deal($"结局{end}有限公司"));
        portal.Clock.Advance(TimeSpan.FromDays(4));

        await portal.AsAsync<PursueDeal, DealOutcome>(portal.Huaxin, pursue => end switch
        {
            "won" => pursue.WinAsync(number, null, CancellationToken.None),
            "lost" => pursue.LoseAsync(number, null, "Price", CancellationToken.None),
            _ => pursue.WithdrawAsync(number, null, "Project cancelled", CancellationToken.None),
        });

        Assert.Contains(told, await ToldAsync(number));
    }

    [Fact]
    public async Task The_claimant_learns_that_somebody_has_taken_its_deal_up_and_nobody_hears_of_a_draft_given_up()
    {
        var submitted = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("受理通知有限公司"));
        await portal.AsAsync<ReviewDeal, DealOutcome>(portal.DealDesk, review => review.TakeUpAsync(submitted, null, CancellationToken.None));
        Assert.Contains("deals.told.taken_up", await ToldAsync(submitted));

        var draft = ((DealOutcome.Done)await portal.AsAsync<RegisterDeal, DealOutcome>(portal.Huaxin, register => register.EnterAsync(portal.Deal("无人知晓有限公司"), submit: false, CancellationToken.None))).Number;
        await portal.AsAsync<PursueDeal, DealOutcome>(portal.Huaxin, pursue => pursue.WithdrawAsync(draft, null, "A slip", CancellationToken.None));
        Assert.Empty(await ToldAsync(draft));
    }

    Task<List<string>> ToldAsync(string number) => portal.Database.ListAsync<string>("select distinct text_key from portal.notification where link = '/deals/' || @number", new { number });
}
