using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Platform.Database;
using Platform.Idempotency;
using Shouldly;
using Support;

namespace Portal.Tests.PlatformRules.Idempotency;

public sealed class CreatingOnceThroughTheApi(TrialPortal portal) : IClassFixture<TrialPortal>
{
    [Fact]
    public async Task The_same_key_and_content_get_the_same_answer_and_the_work_is_done_once()
    {
        var api = portal.Api(await portal.Given.ADistributor("上海云启"));

        var first = await api.PostAsync("/api/v1/trials", new { kind = "same", quantity = 2 }, "key-1");
        var second = await api.PostAsync("/api/v1/trials", new { kind = "same", quantity = 2 }, "key-1");

        second.Status.ShouldBe(HttpStatusCode.Created);
        second.Text.ShouldBe(first.Text);
        second.Header("Location").ShouldBe("/api/v1/trials/same");
        second.Header("ETag").ShouldBe("\"1\"");
        second.Header("Content-Type").ShouldBe(first.Header("Content-Type"));
        first.Header("Idempotent-Replayed").ShouldBeNull();
        second.Header("Idempotent-Replayed").ShouldBe("true");
        (await portal.CountAsync("same")).ShouldBe(1);
    }

    [Theory]
    [InlineData("/api/v1/trials", """{"kind":"other","quantity":3}""")]
    [InlineData("/api/v1/trials?x=1", """{"kind":"other","quantity":2}""")]
    public async Task The_same_key_for_something_else_is_refused(string path, string body)
    {
        var api = portal.Api(await portal.Given.ADistributor("杭州远见"));
        await api.PostAsync("/api/v1/trials", """{"kind":"other","quantity":2}""", "key-1");
        var before = await portal.CountAsync("other");

        var answer = await api.PostAsync(path, body, "key-1");

        answer.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        answer.Problem.ShouldBe("key-used-before");
        (await portal.CountAsync("other")).ShouldBe(before);
    }

    [Fact]
    public async Task Two_callers_may_choose_the_same_key()
    {
        var one = portal.Api(await portal.Given.ADistributor("One"));
        var other = portal.Api(await portal.Given.ADistributor("Other"));

        var first = await one.PostAsync("/api/v1/trials", new { kind = "two" }, "key-1");
        var second = await other.PostAsync("/api/v1/trials", new { kind = "two" }, "key-1");

        second.Text.ShouldNotBe(first.Text);
        (await portal.CountAsync("two")).ShouldBe(2);
    }

    [Fact]
    public async Task While_the_first_is_at_work_its_twin_is_told_to_wait()
    {
        var api = portal.Api(await portal.Given.ADistributor("宁波"));
        var gate = portal.Services.GetRequiredService<TrialGate>().Close("running");
        var first = api.PostAsync("/api/v1/trials", new { kind = "running" }, "key-1");
        await gate.Reached.WaitAsync(TimeSpan.FromSeconds(20));

        var twin = await api.PostAsync("/api/v1/trials", new { kind = "running" }, "key-1");
        gate.Open();
        var answer = await first;
        var repeated = await api.PostAsync("/api/v1/trials", new { kind = "running" }, "key-1");

        twin.Status.ShouldBe(HttpStatusCode.Conflict);
        twin.Problem.ShouldBe("twin-running");
        twin.Header("Retry-After").ShouldBe("1");
        repeated.Text.ShouldBe(answer.Text);
        (await portal.CountAsync("running")).ShouldBe(1);
    }

    [Fact]
    public async Task Twenty_at_the_same_moment_make_one()
    {
        var api = portal.Api(await portal.Given.ADistributor("苏州"));

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => api.PostAsync("/api/v1/trials", new { kind = "twenty" }, "key-1")));

        answers.ShouldAllBe(answer => answer.Status == HttpStatusCode.Created || answer.Problem == "twin-running");
        answers.Where(answer => answer.Status == HttpStatusCode.Created).Select(answer => answer.Text).Distinct().Count().ShouldBe(1);
        (await portal.CountAsync("twenty")).ShouldBe(1);
    }

    [Fact]
    public async Task A_fault_stores_nothing_and_the_key_can_be_used_again()
    {
        var api = portal.Api(await portal.Given.ADistributor("无锡"));

        var failed = await api.PostAsync("/api/v1/trials", new { kind = "fault", quantity = 101 }, "key-1");
        var repeated = await api.PostAsync("/api/v1/trials", new { kind = "fault", quantity = 1 }, "key-1");

        failed.Status.ShouldBe(HttpStatusCode.InternalServerError);
        failed.Problem.ShouldBe("failure");
        failed.Text.ShouldNotContain("secret");
        repeated.Status.ShouldBe(HttpStatusCode.Created);
        (await portal.CountAsync("fault")).ShouldBe(1);
    }

    [Fact]
    public async Task A_refusal_is_not_remembered_but_what_it_recorded_stays()
    {
        var api = portal.Api(await portal.Given.ADistributor("常州"));

        var first = await api.PostAsync("/api/v1/trials", new { kind = "refused", quantity = -1 }, "key-1");
        var second = await api.PostAsync("/api/v1/trials", new { kind = "refused", quantity = -1 }, "key-1");

        first.Problem.ShouldBe("too-few");
        second.Problem.ShouldBe("too-few");
        second.Header("Idempotent-Replayed").ShouldBeNull();
        (await portal.CountAsync("refused")).ShouldBe(2);
    }

    [Theory]
    [InlineData("", "key-required")]
    [InlineData("has a space", "key-malformed")]
    [InlineData("schlüssel", "key-malformed")]
    public async Task A_create_without_a_proper_key_is_refused(string key, string problem)
    {
        var api = portal.Api(await portal.Given.ADistributor("镇江"));

        var answer = await api.PostAsync("/api/v1/trials", new { kind = "unnamed" }, key);

        answer.Status.ShouldBe(HttpStatusCode.BadRequest);
        answer.Problem.ShouldBe(problem);
        answer.Json.GetProperty("errors")[0].GetProperty("field").GetString().ShouldBe("Idempotency-Key");
        (await portal.CountAsync("unnamed")).ShouldBe(0);
    }

    [Theory]
    [InlineData(255, HttpStatusCode.Created)]
    [InlineData(256, HttpStatusCode.BadRequest)]
    public async Task A_key_has_at_most_255_characters(int length, HttpStatusCode status)
    {
        var api = portal.Api(await portal.Given.ADistributor("扬州"));

        (await api.PostAsync("/api/v1/trials", new { kind = "long" }, new string('k', length))).Status.ShouldBe(status);
    }

    [Fact]
    public async Task Answers_are_forgotten_after_a_day()
    {
        var api = portal.Api(await portal.Given.ADistributor("南通"));
        await api.PostAsync("/api/v1/trials", new { kind = "old" }, "key-1");
        portal.Clock.Advance(TimeSpan.FromHours(25));

        await portal.InScopeAsync(Caller.System("job:test"), services => services.GetRequiredService<IdempotentAnswers>().ForgetAsync(CancellationToken.None));

        (await portal.Database.ListAsync<int>("select count(*)::int from idempotent_answer")).Single().ShouldBe(0);
    }

    [Fact]
    public async Task Nobody_reads_the_answers_of_others()
    {
        var person = await portal.Given.ADistributor("泰州");
        await portal.Api(person).PostAsync("/api/v1/trials", new { kind = "private" }, "key-1");
        var stranger = await portal.Given.ADistributor("盐城");

        await using var db = portal.Database.As(Caller.Subject(TestIdentityProvider.Issuer, stranger.Subject));

        (await db.ListAsync<string>("select key from idempotent_answer", null, CancellationToken.None)).ShouldBeEmpty();
    }
}
