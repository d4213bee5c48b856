using System.Net;
using Npgsql;
using Portal.Tests.PlatformRules;
using Shouldly;
using Support;

namespace Portal.Tests.Web;

public sealed class LosingTheDatabase(LosingTheDatabase.OnAWire portal) : IClassFixture<LosingTheDatabase.OnAWire>
{
    [Fact]
    public async Task An_outage_is_a_page_that_invites_to_try_again_and_ends_by_itself()
    {
        var person = await portal.Given.ADistributor("上海云启");
        var visitor = portal.SignIn(person);
        (await visitor.GetAsync("/trials/read")).Body.ShouldBe("still here");

        portal.Wire.Cut();
        var page = await visitor.GetAsync("/trials/read");
        visitor.Language = "zh-CN";
        var chinese = await visitor.GetAsync("/trials/read");
        var answer = await portal.Api(person).GetAsync("/api/v1/trials");
        var ready = await portal.Anonymous().GetOnlyAsync("/health/ready");
        var live = await portal.Anonymous().GetOnlyAsync("/health/live");
        portal.Wire.Join();
        var afterwards = await visitor.GetAsync("/trials/read");

        page.Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        page.Text("h1").ShouldBe("The service is not available for a moment");
        page.Header("Retry-After").ShouldBe("5");
        chinese.Text("h1").ShouldBe("服务暂时不可用");
        (answer.Status, answer.Problem, answer.Header("Retry-After")).ShouldBe((HttpStatusCode.ServiceUnavailable, "unavailable", "5"));
        (ready.Status, ready.Body).ShouldBe((HttpStatusCode.ServiceUnavailable, "Unhealthy"));
        live.Status.ShouldBe(HttpStatusCode.OK);
        afterwards.Body.ShouldBe("still here");
    }

    [Fact]
    public async Task What_was_under_way_when_it_went_is_not_stored_and_can_be_sent_again()
    {
        var api = portal.Api(await portal.Given.ADistributor("杭州远见"));
        var gate = portal.Gate.Close("cut");
        var first = api.PostAsync("/api/v1/trials", new { kind = "cut" }, "key-1");
        await gate.Reached.WaitAsync(TimeSpan.FromSeconds(20));

        portal.Wire.Cut();
        gate.Open();
        var lost = await first;
        portal.Wire.Join();
        var again = await api.PostAsync("/api/v1/trials", new { kind = "cut" }, "key-1");

        lost.Problem.ShouldBe("unavailable");
        again.Status.ShouldBe(HttpStatusCode.Created);
        (await portal.CountAsync("cut")).ShouldBe(1);
    }

    /// <summary>A portal whose way to the database can be cut.</summary>
    public sealed class OnAWire : TrialPortal
    {
        public Wire Wire { get; private set; } = null!;

        public TrialGate Gate => (TrialGate)Services.GetService(typeof(TrialGate))!;

        protected override IReadOnlyDictionary<string, string?> Settings
        {
            get
            {
                var direct = new NpgsqlConnectionStringBuilder(Database.ConnectionString("app"));
                Wire = new Wire(direct.Host!, direct.Port);
                return new Dictionary<string, string?>
                {
                    ["ConnectionStrings:Portal"] = new NpgsqlConnectionStringBuilder(direct.ConnectionString) { Host = "127.0.0.1", Port = Wire.Port }.ConnectionString,
                };
            }
        }

        public override async Task DisposeAsync()
        {
            await base.DisposeAsync();
            await Wire.DisposeAsync();
        }
    }
}
