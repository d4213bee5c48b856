using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Platform.Database;
using Portal.Kpis;
using Support;

namespace Portal.Tests.Kpis;

/// <summary>The brand asks "what if" over the real history; nothing is stored, and who moves is named.</summary>
public sealed class TryingCards(ScoredChannel portal) : IClassFixture<ScoredChannel>
{
    [Fact]
    public async Task Other_limits_and_targets_say_who_would_move_and_store_nothing()
    {
        var manager = portal.SignIn(portal.Manager);
        var form = await manager.GetAsync("/kpis/what-if?period=2025-Q4");
        var line = Enumerable.Range(0, 5).First(index => form.Value($"Lines[{index}].Kpi") == "K-DEALS");

        var same = await manager.SubmitAsync(form, ("Periods", "4"));
        Assert.Equal(["0", "0", "0"], same.All("dl.facts dd strong"));

        // Half of each target: the steady one comes to 100 and would be Gold, the falling one to 40 and would be Silver, which is still below Gold.
        var tried = await manager.SubmitAsync(form, ("Periods", "4"), ($"Lines[{line}].TargetPercent", "50"));
        Assert.Equal(["Steady", "Falling"], tried.All("tbody td:first-child").Where(name => name is "Steady" or "Falling"));
        Assert.Equal("2", tried.All("dl.facts dd strong")[0]);
        Assert.Equal("50", tried.Value($"Lines[{line}].TargetPercent"));
        Assert.Equal([10m], await portal.Database.ListAsync<decimal>("select distinct value from portal.kpi_target"));
        Assert.Equal([1L], await portal.Database.ListAsync<long>("select count(*) from portal.scorecard"));

        var file = await manager.PressAsync(tried, "button[formaction$='/export']", ("Periods", "4"), ($"Lines[{line}].TargetPercent", "50"));
        Assert.Equal("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", file.Header("Content-Type"));
        var draft = await manager.PressAsync(tried, "button[formaction$='/card']");
        Assert.Equal("100", draft.Value($"Lines[{line}].Weight"));
        Assert.Equal([1L], await portal.Database.ListAsync<long>("select count(*) from portal.scorecard"));
    }

    [Fact]
    public async Task A_program_tries_the_same_and_is_told_what_is_wrong()
    {
        var api = portal.Api(portal.Manager);
        object Body(decimal weight) => new
        {
            last = "2025-Q4", periods = 4, lines = new[] { new { kpi = "K-DEALS", weight, threshold = 0, cap = 100 } }, targetPercent = new Dictionary<string, decimal> { ["K-DEALS"] = 50 },
            limits = new { period = "quarter", window = 4, least = 2, silverReach = 50, silverKeep = 40, goldReach = 80, goldKeep = 60, platinumReach = 110, platinumKeep = 90 },
        };

        var tried = await api.SendAsync(HttpMethod.Post, "/api/v1/kpis/what-if", Body(100));
        Assert.Equal((HttpStatusCode.OK, 2), (tried.Status, System.Text.Json.JsonDocument.Parse(tried.Text).RootElement.GetProperty("promoted").GetInt32()));
        var wrong = await api.SendAsync(HttpMethod.Post, "/api/v1/kpis/what-if", Body(90));
        Assert.Equal(HttpStatusCode.BadRequest, wrong.Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await portal.Api(portal.Steady).SendAsync(HttpMethod.Post, "/api/v1/kpis/what-if", Body(100))).Status);
    }

    [Fact]
    public async Task What_cannot_be_tried_says_so_at_its_field_and_keeps_what_was_typed()
    {
        var manager = portal.SignIn(portal.Manager);
        var form = await manager.GetAsync("/kpis/what-if?period=2025-Q4");
        var line = Enumerable.Range(0, 5).First(index => form.Value($"Lines[{index}].Kpi") == "K-DEALS");

        var wrong = await manager.SubmitAsync(form, ($"Lines[{line}].Below", "fixed"), ($"Lines[{line}].BelowShare", "60"), ($"Lines[{line}].Threshold", "50"));
        Assert.Equal(HttpStatusCode.BadRequest, wrong.Status);
        Assert.Contains("it would pay to stay below", string.Join(' ', wrong.All("td .field-problem")), StringComparison.Ordinal);
        Assert.Equal("60", wrong.Value($"Lines[{line}].BelowShare"));
        Assert.Equal(HttpStatusCode.BadRequest, (await manager.SubmitAsync(form, ("Periods", "9"))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await manager.SubmitAsync(form, ("Limits.GoldReach", "40"))).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await portal.SignIn(portal.Steady).GetAsync("/kpis/what-if")).Status);
    }
}

/// <summary>The brand keeps a card with rules, conditions and a bonus cap.</summary>
public sealed class KeepingCards(ScoredChannel portal) : IClassFixture<ScoredChannel>
{
    [Fact]
    public async Task A_card_is_kept_with_its_rules_and_conditions_and_past_periods_keep_theirs()
    {
        var manager = portal.SignIn(portal.Manager);
        var form = await manager.GetAsync("/kpis/scorecard/new?period=2026-Q1");
        var (deals, bought) = (Enumerable.Range(0, 5).First(index => form.Value($"Lines[{index}].Kpi") == "K-DEALS"), Enumerable.Range(0, 5).First(index => form.Value($"Lines[{index}].Kpi") == "K-BOUGHT"));
        var refused = await manager.SubmitAsync(form, ("MostPoints", "90"));
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);

        await manager.SubmitAsync(form, ("MostPoints", "110"), ("Unmet", "no_points"), ($"Lines[{deals}].Threshold", "80"), ($"Lines[{deals}].Below", "share"), ($"Lines[{deals}].BelowShare", "50"), ($"Lines[{bought}].Bound", "0"));

        // 3 of 10 deals are 30 %, half of that 15 points; nothing was bought, so the condition leaves none.
        var steady = await portal.SignIn(portal.Steady).GetAsync($"/kpis/scorecards/{portal.Steady.Partner.Number}?period=2026-Q1");
        Assert.Contains("a minimum condition is not met", steady.Words, StringComparison.Ordinal);
        Assert.Contains("15.00", steady.Words, StringComparison.Ordinal);
        Assert.Contains("below: 50% of the attainment", steady.Words, StringComparison.Ordinal);
        var before = await manager.GetAsync("/kpis/scorecards?period=2025-Q4");
        Assert.Equal(["100.00", "60.00", "20.00"], before.All("tbody td:nth-child(4)"));
        await portal.InScopeAsync(Caller.System("test"), async services =>
        {
            await services.GetRequiredService<Db>().InTransactionAsync(() => services.GetRequiredService<KpiFacts>().AddAsync([new(portal.Steady.Partner.PartnerId, Metric.Purchases, null, new(2026, 2, 1), 1)], default), default);
            await services.GetRequiredService<Db>().OneAsync<long>("select kpi_fold()", null, default);
        });
        var met = await portal.SignIn(portal.Steady).GetAsync($"/kpis/scorecards/{portal.Steady.Partner.Number}?period=2026-Q1");
        Assert.DoesNotContain("a minimum condition is not met", met.Words, StringComparison.Ordinal);
        var pdf = await manager.GetAsync($"/kpis/scorecards/{portal.Steady.Partner.Number}/pdf?period=2026-Q1&language=zh-CN");
        Assert.Equal((HttpStatusCode.OK, "application/pdf"), (pdf.Status, pdf.Header("Content-Type")));
        var unmet = await manager.GetAsync($"/kpis/scorecards/{portal.Rising.Partner.Number}/pdf?period=2026-Q1");
        Assert.Equal(HttpStatusCode.OK, unmet.Status);
        var need = await portal.SignIn(portal.Steady).GetAsync("/kpis/level?to=gold");
        Assert.Contains("Gold", need.Words, StringComparison.Ordinal);
    }
}
