using System.Net;
using Portal.Pipeline;
using Portal.Tests.Deals;
using Support;

namespace Portal.Tests.Pipeline;

public sealed class Forecasting : IAsyncLifetime
{
    readonly ClaimingPartners portal = new();
    string yuan = "", euro = "";

    public async Task InitializeAsync()
    {
        await portal.InitializeAsync();
        await portal.Database.ExecuteAsync("insert into portal.exchange_rate (currency, valid_from, rate, entered_at) values ('EUR', '2020-01-01', 1.25, now()), ('CNY', '2020-01-01', 0.125, now())");
        var close = portal.Clock.Today.AddMonths(2);
        yuan = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("人民币客户有限公司") with { Amount = 100_000, ExpectedClose = close });
        euro = await portal.ApprovedAsync(portal.Yuanjian, portal.Deal("欧元客户有限公司", territory: "CN-NORTH") with { Amount = 1_000.10m, Currency = "EUR", ExpectedClose = close });
        await portal.AsAsync<MoveStage, Portal.Deals.DealOutcome>(portal.Yuanjian, move => move.RunAsync(euro, null, "commit", null, CancellationToken.None));
    }

    public Task DisposeAsync() => portal.DisposeAsync();

    [Fact]
    public async Task The_brand_sees_all_by_month_category_and_currency_and_converted()
    {
        var answer = (await portal.Api(portal.DealDesk).GetAsync("/api/v1/pipeline/forecast")).Json;

        Assert.Equal("USD", answer.GetProperty("brandCurrency").GetString());
        var rows = answer.GetProperty("rows").EnumerateArray().Select(row => (row.GetProperty("currency").GetString(), row.GetProperty("forecast").GetString(), row.GetProperty("amount").GetDecimal(),
            row.GetProperty("weighted").GetDecimal(), row.GetProperty("amountInBrand").GetDecimal(), row.GetProperty("weightedInBrand").GetDecimal())).ToList();
        Assert.Equal([("CNY", "pipeline", 100_000m, 10_000m, 12_500m, 1_250m), ("EUR", "commit", 1_000.10m, 900.09m, 1_250.13m, 1_125.11m)], rows);
        var page = await portal.SignIn(portal.DealDesk).GetAsync("/pipeline/forecast");
        Assert.Contains("1,250.13", page.Words);
    }

    [Fact]
    public async Task A_partner_sees_its_own_and_no_more()
    {
        var rows = (await portal.Api(portal.Huaxin).GetAsync("/api/v1/pipeline/forecast")).Json.GetProperty("rows");

        Assert.Equal("CNY", Assert.Single(rows.EnumerateArray()).GetProperty("currency").GetString());
        Assert.DoesNotContain("欧元客户", (await portal.SignIn(portal.Huaxin).GetAsync("/pipeline")).Words);
        Assert.Contains("欧元客户", (await portal.SignIn(portal.DealDesk).GetAsync("/pipeline?territory=CN-NORTH")).Words);
        Assert.DoesNotContain("人民币客户", (await portal.SignIn(portal.DealDesk).GetAsync("/pipeline?territory=CN-NORTH")).Words);
    }

    [Fact]
    public async Task What_should_have_closed_counts_in_this_month_and_a_currency_without_rate_is_said()
    {
        await portal.Database.ExecuteAsync("delete from portal.exchange_rate");
        portal.Clock.Advance(TimeSpan.FromDays(80));

        var page = await portal.SignIn(portal.DealDesk).GetAsync("/pipeline/forecast");

        Assert.Contains("2 deals should have closed before today", page.Words);
        Assert.Contains("No exchange rate to USD was entered for CNY, EUR", page.Words);
    }

    [Fact]
    public async Task A_program_reads_moves_and_ends_a_deal()
    {
        var api = portal.Api(portal.Huaxin);

        var seen = await api.GetAsync($"/api/v1/pipeline/{yuan}");
        Assert.Equal("\"0\"", seen.Header("ETag"));
        var moved = await api.PutAsync($"/api/v1/pipeline/{yuan}", new { stage = "negotiation", nextStep = "Sign", nextStepDue = portal.Clock.Today.AddDays(3) }, 0);
        Assert.Equal((HttpStatusCode.OK, "negotiation", 1), (moved.Status, moved.Json.GetProperty("stage").GetString(), moved.Json.GetProperty("version").GetInt32()));
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await api.PutAsync($"/api/v1/pipeline/{yuan}", new { stage = "commit" }, 0)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await api.GetAsync($"/api/v1/pipeline/{euro}")).Status);
        Assert.Equal(yuan, Assert.Single((await api.GetAsync("/api/v1/pipeline?stage=negotiation")).Json.GetProperty("items").EnumerateArray()).GetProperty("number").GetString());

        // So soon after its registration the desk would look at a win first.
        portal.Clock.Advance(TimeSpan.FromDays(4));
        api = portal.Api(portal.Huaxin);
        var deal = (await api.GetAsync($"/api/v1/deals/{yuan}")).Json.GetProperty("version").GetInt32();
        var ended = await api.SendAsync(HttpMethod.Post, $"/api/v1/pipeline/{yuan}/closing", new { outcome = "won", reason = "service" }, ("If-Match", $"\"{deal}\""));
        Assert.Equal(HttpStatusCode.NoContent, ended.Status);
        Assert.Equal("won", await portal.StatusAsync(yuan));
    }

    [Fact]
    public async Task The_administrator_keeps_stages_and_reasons_and_nobody_else_does()
    {
        var admin = portal.SignIn(await portal.Given.SomebodyOfTheBrand("brand_admin"));

        var page = await admin.GetAsync("/pipeline/settings");
        await admin.PressAsync(page, "details:last-of-type form[action='/pipeline/settings/stages'] button", ("Code", "pilot"), ("Name", "Pilot"), ("NameZh", "试点"), ("Probability", "60"), ("Position", "35"), ("StuckDays", "30"), ("Forecast", "best_case"));
        Assert.Contains("Pilot", (await portal.SignIn(portal.Huaxin).GetAsync("/pipeline")).Words);

        var used = await RetireAsync(admin, "commit");
        Assert.Contains("1 open deals stand in this stage", used.Words);
        Assert.Contains("retired", (await RetireAsync(admin, "pilot")).Words);
        Assert.DoesNotContain("Pilot", (await portal.SignIn(portal.Huaxin).GetAsync("/pipeline")).Words);
        Assert.Equal(HttpStatusCode.Forbidden, (await portal.SignIn(portal.DealDesk).GetAsync("/pipeline/settings")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await portal.SignIn(portal.Huaxin).GetAsync("/pipeline/settings")).Status);
    }

    [Fact]
    public async Task The_list_goes_out_as_a_workbook()
    {
        var file = await portal.SignIn(portal.DealDesk).GetAsync("/pipeline/export");

        Assert.Equal("PK", System.Text.Encoding.ASCII.GetString(file.Bytes, 0, 2));
    }

    static async Task<Page> RetireAsync(Visitor admin, string code)
    {
        var page = await admin.GetAsync("/pipeline/settings");
        return await admin.PressAsync(page, $"form[action='/pipeline/settings/stages']:has(input[value='{code}']) button", ("Retire", "true"));
    }
}
