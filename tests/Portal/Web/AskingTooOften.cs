using System.Net;
using Portal.Tests.PlatformRules;
using Shouldly;
using Support;

namespace Portal.Tests.Web;

public sealed class AskingTooOften(AskingTooOften.Narrow portal) : IClassFixture<AskingTooOften.Narrow>
{
    [Fact]
    public async Task Who_asks_too_often_is_told_when_to_come_back_and_nobody_else_suffers()
    {
        var hasty = portal.SignIn(await portal.Given.ADistributor("上海云启"));
        var other = portal.SignIn(await portal.Given.ADistributor("杭州远见"));

        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 11; i++)
        {
            statuses.Add((await hasty.GetOnlyAsync("/trials/read")).Status);
        }

        var refused = await hasty.GetOnlyAsync("/trials/read");
        statuses.Count(status => status == HttpStatusCode.OK).ShouldBe(10);
        refused.Status.ShouldBe(HttpStatusCode.TooManyRequests);
        refused.Text("h1").ShouldBe("Too many requests");
        int.Parse(refused.Header("Retry-After")!).ShouldBeInRange(1, 60);
        (await other.GetOnlyAsync("/trials/read")).Status.ShouldBe(HttpStatusCode.OK);
        portal.Log.Lines.ShouldContain(line => line.Contains("asks too often: GET", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_program_gets_problem_details()
    {
        var api = portal.Api(await portal.Given.ADistributor("宁波"));
        for (var i = 0; i < 20; i++)
        {
            await api.GetAsync("/api/v1/trials");
        }

        var answer = await api.GetAsync("/api/v1/trials");

        (answer.Status, answer.Problem).ShouldBe((HttpStatusCode.TooManyRequests, "too-many-requests"));
        answer.Header("Retry-After").ShouldNotBeNull();
    }

    [Fact]
    public async Task Costly_work_has_a_limit_of_its_own()
    {
        var visitor = portal.SignIn(await portal.Given.ADistributor("苏州"));

        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 4; i++)
        {
            statuses.Add((await visitor.GetOnlyAsync("/trials/costly")).Status);
        }

        statuses.ShouldBe([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests, HttpStatusCode.TooManyRequests]);
        (await visitor.GetOnlyAsync("/trials/read")).Status.ShouldBe(HttpStatusCode.OK);
    }

    public sealed class Narrow : TrialPortal
    {
        protected override IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?>
        {
            ["RateLimits:Enabled"] = "true",
            ["RateLimits:Pages:PerMinute"] = "1",
            ["RateLimits:Pages:Burst"] = "10",
            ["RateLimits:Api:PerMinute"] = "1",
            ["RateLimits:Api:Burst"] = "20",
            ["RateLimits:Costly:PerMinute"] = "1",
            ["RateLimits:Costly:Burst"] = "2",
        };
    }
}
