using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Support;

namespace Portal.Tests.PlatformRules.Idempotency;

public sealed class SendingAFormTwice(TrialPortal portal) : IClassFixture<TrialPortal>
{
    [Fact]
    public async Task A_double_click_makes_one_and_both_clicks_see_it()
    {
        var visitor = portal.SignIn(await portal.Given.ADistributor("上海云启"));
        var form = await visitor.GetAsync("/trials/new");

        var pages = await Task.WhenAll(visitor.SubmitAsync(form, ("kind", "double")), visitor.SubmitAsync(form, ("kind", "double")));

        pages[0].Text("h1").ShouldBe("double");
        pages[1].Text(".serial").ShouldBe(pages[0].Text(".serial"));
        (await portal.CountAsync("double")).ShouldBe(1);
    }

    [Fact]
    public async Task The_second_click_waits_for_the_first()
    {
        var visitor = portal.SignIn(await portal.Given.ADistributor("杭州远见"));
        var form = await visitor.GetAsync("/trials/new");
        var gate = portal.Services.GetRequiredService<TrialGate>().Close("slow");
        var first = visitor.SubmitAsync(form, ("kind", "slow"));
        await gate.Reached.WaitAsync(TimeSpan.FromSeconds(20));
        var second = visitor.SubmitAsync(form, ("kind", "slow"));

        (await Task.WhenAny(second, Task.Delay(300))).ShouldNotBe(second);
        gate.Open();

        (await second).Text(".serial").ShouldBe((await first).Text(".serial"));
        (await portal.CountAsync("slow")).ShouldBe(1);
    }

    [Fact]
    public async Task A_form_opened_again_makes_another()
    {
        var visitor = portal.SignIn(await portal.Given.ADistributor("宁波"));

        await visitor.SubmitAsync("/trials/new", ("kind", "again"));
        await visitor.SubmitAsync("/trials/new", ("kind", "again"));

        (await portal.CountAsync("again")).ShouldBe(2);
    }

    [Fact]
    public async Task Going_back_and_changing_a_form_that_was_done_says_so()
    {
        var visitor = portal.SignIn(await portal.Given.ADistributor("苏州"));
        var form = await visitor.GetAsync("/trials/new");
        await visitor.SubmitAsync(form, ("kind", "changed"));

        var page = await visitor.SubmitAsync(form, ("kind", "changed"), ("quantity", 5));

        page.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        page.Text("h1").ShouldBe("This form was sent before");
        (await portal.CountAsync("changed")).ShouldBe(1);
    }

    [Fact]
    public async Task A_form_that_came_back_with_a_fault_can_be_sent_again()
    {
        var visitor = portal.SignIn(await portal.Given.ADistributor("无锡"));
        var form = await visitor.GetAsync("/trials/new");

        var refused = await visitor.SubmitAsync(form, ("kind", "corrected"), ("quantity", 0));
        var done = await visitor.SubmitAsync(form, ("kind", "corrected"), ("quantity", 2));

        refused.Text(".field-validation-error").ShouldBe("At least one.");
        done.Text("h1").ShouldBe("corrected");
        (await portal.CountAsync("corrected")).ShouldBe(1);
    }

    [Fact]
    public async Task A_form_without_its_key_is_refused()
    {
        var visitor = portal.SignIn(await portal.Given.ADistributor("常州"));

        var page = await visitor.SubmitAsync("/trials/new", ("kind", "keyless"), ("form_key", ""));

        page.Status.ShouldBe(HttpStatusCode.BadRequest);
        page.Text("h1").ShouldBe("This form has expired");
        (await portal.CountAsync("keyless")).ShouldBe(0);
    }

    [Fact]
    public async Task A_forged_form_without_the_token_is_refused()
    {
        var visitor = portal.SignIn(await portal.Given.ADistributor("镇江"));

        var page = await visitor.PostAsync("/trials", ("kind", "forged"), ("quantity", "1"), ("form_key", "abc"));

        page.Status.ShouldBe(HttpStatusCode.BadRequest);
        (await portal.CountAsync("forged")).ShouldBe(0);
    }
}
