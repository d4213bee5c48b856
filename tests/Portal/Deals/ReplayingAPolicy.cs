using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Platform.Database;
using Portal.Deals;
using Support;

namespace Portal.Tests.Deals;

/// <summary>Worked examples of a replay, by hand and by the page.</summary>
public sealed class ReplayingAPolicy(ClaimingPartners portal) : IClassFixture<ClaimingPartners>
{
    static readonly PolicyVersion All = new() { ProtectionPolicyId = 1, EffectiveFrom = new(2020, 1, 1), ProtectionDays = 90, State = "in_force" };

    [Fact]
    public void A_shorter_protection_lets_the_next_partner_in_and_avoids_its_conflict()
    {
        // A holds the customer from 3 January for 90 days; B asks on day 60 and finds it taken. Under 30 days it is free by then.
        Registration[] real = [Deal(1, "A", day: 2, decided: 3), Deal(2, "B", day: 62)];

        var result = Compare(real, All, All with { ProtectionDays = 30 });

        Assert.Equal([new("gold", 2, 1, 0, 0, 1, 0, 0, 0, 0)], result.Levels);
        var deal = Assert.Single(result.Deals);
        Assert.Equal(("D-2", "taken", "protected", "gained", "avoided"), (deal.Number, deal.Before, deal.After, deal.Claim, deal.Conflict));
    }

    [Fact]
    public void A_longer_protection_takes_a_claim_away_that_another_partner_had()
    {
        // A holds 90 days from 3 January, through 3 April; B registered on 20 April and was approved. Under 150 days it would not have been.
        Registration[] real = [Deal(1, "A", day: 2, decided: 3), Deal(2, "B", day: 110, decided: 111)];

        var result = Compare(real, All, All with { ProtectionDays = 150 });

        Assert.Equal([new("gold", 2, 0, 1, 1, 0, 0, 0, 0, 0)], result.Levels);
        Assert.Equal(("protected", "taken"), (result.Deals[0].Before, result.Deals[0].After));
    }

    [Fact]
    public void A_capacity_of_two_keeps_the_third_open_claim_out_until_one_has_ended()
    {
        // Four customers of one partner; the first was won on day 20, so the fourth finds room, the third does not.
        Registration[] real =
        [
            Deal(1, "A", day: 1, decided: 2, customer: 1, ended: 20), Deal(2, "A", day: 3, decided: 4, customer: 2), Deal(3, "A", day: 5, decided: 6, customer: 3), Deal(4, "A", day: 30, decided: 31, customer: 4),
        ];

        var result = Compare(real, All, All with { Capacity = 2 });

        Assert.Equal([new("gold", 4, 0, 1, 0, 0, 0, 0, 1, 0)], result.Levels);
        Assert.Equal(("D-3", "protected", "no_room"), (result.Deals[0].Number, result.Deals[0].Before, result.Deals[0].After));
    }

    [Fact]
    public void Capacity_follows_the_win_rate_that_really_was()
    {
        // Three of four deals won: 75 % counts double, so a capacity of one is two.
        Closing[] closings = [.. Enumerable.Range(1, 4).Select(deal => new Closing('A', Day(-10 * deal), deal != 4))];
        Registration[] real = [Deal(1, "A", day: 1, decided: 2, customer: 1), Deal(2, "A", day: 3, decided: 4, customer: 2), Deal(3, "A", day: 5, decided: 6, customer: 3)];

        var result = Compare(real, All, All with { Capacity = 1, CapacityDecided = 4, CapacityRates = [0, 0.5m], CapacityFactors = [1, 2] }, closings);

        Assert.Equal(["D-3"], result.Deals.Select(deal => deal.Number));
    }

    [Fact]
    public void A_claim_nothing_was_done_for_is_released_and_the_next_partner_gains_it()
    {
        // Stale after 20 days, released 10 days after the warning: on day 3 + 32 = 35. A visit on day 15 moves that to day 47.
        Registration[] idle = [Deal(1, "A", day: 2, decided: 3), Deal(2, "B", day: 40)];
        Registration[] visited = [Deal(1, "A", day: 2, decided: 3, alive: [15]), Deal(2, "B", day: 40)];
        var stale = All with { StaleDays = 20, StaleWarningDays = 10 };

        Assert.Equal([new("gold", 2, 1, 0, 0, 1, 2, 0, 0, 0)], Compare(idle, All, stale).Levels);
        Assert.Equal([new("gold", 2, 0, 0, 0, 0, 1, 0, 0, 0)], Compare(visited, All, stale).Levels);
    }

    [Fact]
    public void What_people_refused_stays_refused_and_other_levels_stay_as_they_are()
    {
        Registration[] real = [Deal(1, "A", day: 2, decided: 3, refused: true), Deal(2, "B", day: 5, decided: 6, level: "silver"), Deal(3, "C", day: 70, level: "silver")];

        var result = Compare(real, All, All with { ProtectionPolicyId = 2, PartnerLevel = "gold", ProtectionDays = 1 });

        Assert.Empty(result.Deals);
        Assert.Equal(["silver", "gold"], result.Levels.Select(level => level.Level));
    }

    [Fact]
    public void The_same_registrations_give_the_same_answer_in_any_order()
    {
        var random = new Random(20260302);
        var real = Enumerable.Range(1, 400).Select(deal => Deal(deal, ((char)('A' + (deal % 7))).ToString(), day: random.Next(1, 300), decided: null, customer: random.Next(1, 40))).ToList();
        var draft = All with { ProtectionDays = 45, Capacity = 12, StaleDays = 30 };

        var first = Compare(real, All, draft);
        var again = Compare([.. real.OrderByDescending(one => one.DealId)], All, draft);

        Assert.Equal(first.Levels, again.Levels);
        Assert.Equal(first.Deals, again.Deals);
        Assert.NotEmpty(first.Deals);
    }

    [Fact]
    public async Task The_page_replays_the_real_deals_of_a_draft_and_writes_nothing_to_them()
    {
        var brand = await portal.Given.SomebodyOfTheBrand("brand_admin");
        var held = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("回放客户有限公司"));
        portal.Clock.Advance(TimeSpan.FromDays(40));
        Assert.IsType<DealOutcome.Blocked>(await portal.SubmitAsync(portal.Yuanjian, portal.Deal("回放客户有限公司")));
        portal.Clock.Advance(TimeSpan.FromDays(1));
        var before = await portal.Database.ListAsync<string>("select d::text from portal.deal d order by deal_id");

        var visitor = portal.SignIn(brand);
        var draft = await visitor.SubmitAsync("/deals/policies/new", ("ProtectionDays", "30"));
        var page = await visitor.PressAsync(draft, "form[action$='/replays']", ("months", "3"));

        Assert.Contains("2 registrations from", page.Text("main"));
        Assert.Contains("Registered 2 1 0 0 1", page.Text("main"));
        Assert.Equal(before, await portal.Database.ListAsync<string>("select d::text from portal.deal d order by deal_id"));
        var number = page.Path.Split('/')[^1];
        Assert.Equal(("done", 1), await AnswerAsync(portal.Api(portal.DealDesk), number));
        Assert.Equal(HttpStatusCode.Forbidden, (await portal.Api(portal.Huaxin).GetAsync($"/api/v1/policy-replays/{number}")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await portal.Api(portal.DealDesk).PostAsync($"/api/v1/protection-policies/{draft.Path.Split('/')[^1]}/replays", new { months = 3 })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await portal.Api(brand).PostAsync($"/api/v1/protection-policies/{draft.Path.Split('/')[^1]}/replays", new { months = 2 })).Status);
        Assert.NotNull(held);
    }

    [Fact]
    public async Task A_long_replay_waits_for_the_job_and_shows_how_far_it_is()
    {
        var brand = portal.SignIn(await portal.Given.SomebodyOfTheBrand("brand_admin"));
        var draft = await brand.SubmitAsync("/deals/policies/new", ("ProtectionDays", "31"));
        var number = PublicNumber.New("PR");
        await portal.Database.ExecuteAsync("""
            insert into portal.policy_replay (number, protection_policy_id, policy_version, months, asked_at)
            select @number, protection_policy_id, 1, 12, @now from portal.protection_policy where number = @policy
            """, new { number, policy = draft.Path.Split('/')[^1], now = portal.Clock.Now.UtcDateTime });

        Assert.Contains("Playing through the registrations", (await brand.GetAsync($"/deals/policies/replays/{number}")).Text("main"));
        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => portal.InScopeAsync(Caller.System("job:replay-policy"), services => services.GetRequiredService<ReplayPolicy>().RunAsync(CancellationToken.None)))));

        var progress = await brand.GetPartAsync($"/deals/policies/replays/{number}/progress");
        Assert.Equal("true", progress.Header("HX-Refresh"));
        Assert.Contains("registrations from", (await brand.GetAsync($"/deals/policies/replays/{number}")).Text("main"));
    }

    static async Task<(string?, int)> AnswerAsync(ApiClient api, string number)
    {
        var answer = await api.GetAsync($"/api/v1/policy-replays/{number}");
        return (answer.Json.GetProperty("status").GetString(), answer.Json.GetProperty("result").GetProperty("levels")[0].GetProperty("gained").GetInt32());
    }

    static ReplayResult Compare(IReadOnlyList<Registration> real, PolicyVersion held, PolicyVersion draft, IReadOnlyList<Closing>? closings = null) => ReplayPolicy.Compare(
        new Replay(real, closings ?? [], [held], TimeZoneInfo.Utc).Run(), new Replay(real, closings ?? [], ReplayPolicy.InThePlaceOf([held], draft), TimeZoneInfo.Utc).Run(),
        Day(0), DateOnly.FromDateTime(Day(0)), DateOnly.FromDateTime(Day(365)));

    static Registration Deal(int id, string partner, int day, int? decided = null, int customer = 1, int? ended = null, bool refused = false, string level = "gold", int[]? alive = null) => new()
    {
        DealId = id, Number = $"D-{id}", CustomerName = $"Customer {customer}", PartnerName = partner, PartnerId = partner[0], Level = level, ClusterId = customer, TerritoryId = 1, Lines = ["DISPLAYS"],
        SubmittedAt = Day(day), DecidedAt = decided is { } on ? Day(on) : null, EndedAt = ended is { } end ? Day(end) : null, WasRefused = refused, AliveAt = [.. (alive ?? []).Select(Day)],
    };

    static DateTime Day(int day) => new DateTime(2025, 1, 1, 9, 0, 0, DateTimeKind.Utc).AddDays(day);
}
