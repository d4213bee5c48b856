using System.Net;
using Identity.Keys;
using Microsoft.Extensions.DependencyInjection;
using Support;

namespace Identity.Tests.Web;

/// <summary>Two instances of identity on one database: a balancer may send each request to the other one.</summary>
public sealed class TakingTurns : IAsyncLifetime
{
    readonly IdentityApp one = new();
    IdentityApp two = null!;

    [Fact]
    public async Task Requests_of_one_sign_in_go_to_the_other_instance_at_every_step()
    {
        var account = await one.AnAccountAsync();
        var (here, there) = (new RelyingParty(one), new RelyingParty(two));
        var (browserHere, browserThere) = (one.Visitor(), two.Visitor());

        var page = await browserHere.GetAsync(await there.RequestAsync());
        Carry(browserHere, browserThere);
        var answer = new AuthorizationAnswer(await browserThere.SubmitAsync(page, ("Email", account.Email), ("Password", IdentityApp.Password)));
        var tokens = await here.RedeemAsync(answer.Code, ("code_verifier", there.Verifier));
        Assert.Equal(HttpStatusCode.OK, await UserInfoAsync(two, tokens.AccessToken));
        Carry(browserThere, browserHere);
        var again = await here.AskAsync(browserHere, ("prompt", "none"));
        Assert.Equal(HttpStatusCode.OK, (await there.RedeemAsync(again.Code, ("code_verifier", here.Verifier))).Status);

        await browserThere.SubmitAsync("/sign-out");
        Assert.Equal("login_required", (await here.AskAsync(browserHere, ("prompt", "none")))["error"]);
        Assert.Equal(HttpStatusCode.Unauthorized, await UserInfoAsync(one, tokens.AccessToken));
    }

    [Fact]
    public async Task A_code_is_good_once_though_both_are_asked_at_the_same_moment()
    {
        var visitor = await one.SignedInAsync(await one.AnAccountAsync());
        var (here, there) = (new RelyingParty(one), new RelyingParty(two));
        var code = await here.CodeAsync(visitor);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => n % 2 == 0 ? here.RedeemAsync(code) : there.RedeemAsync(code, ("code_verifier", here.Verifier))));

        Assert.Single(answers, answer => answer.Status is HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.Unauthorized, await UserInfoAsync(two, answers.Single(answer => answer.Status is HttpStatusCode.OK).AccessToken));
    }

    [Fact]
    public async Task Failures_are_counted_over_both()
    {
        for (var tries = 0; tries < 30; tries++)
        {
            var page = await (tries % 2 == 0 ? one : two).Visitor().SubmitAsync("/sign-in", ("Email", $"nobody{tries}@company.test"), ("Password", "this is not the password"));
            Assert.Equal(HttpStatusCode.OK, page.Status);
        }

        foreach (var instance in new[] { one, two })
        {
            var page = await instance.Visitor().SubmitAsync("/sign-in", ("Email", "nobody@company.test"), ("Password", "this is not the password"));
            Assert.Equal(HttpStatusCode.TooManyRequests, page.Status);
        }
    }

    [Fact]
    public async Task Without_a_readable_signing_key_an_instance_lives_and_is_not_ready_and_says_nothing_more()
    {
        await one.Database.ExecuteAsync("update signing_key set protected_key = 'CfDJ8 nothing that anybody encrypted'");
        two.Services.GetRequiredService<SigningKeys>().Forget();
        using var program = two.Program();

        using var ready = await program.GetAsync("/health/ready");

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "Unhealthy"), (ready.StatusCode, await ready.Content.ReadAsStringAsync()));
        Assert.Equal("Healthy", await program.GetStringAsync("/health/live"));
    }

    public async Task InitializeAsync()
    {
        await one.InitializeAsync();
        two = one.Another();
        two.Start();
    }

    public async Task DisposeAsync()
    {
        await two.DisposeAsync();
        await one.DisposeAsync();
    }

    static void Carry(Visitor from, Visitor to)
    {
        foreach (var name in new[] { "__Host-identity", "__Host-identity-antiforgery" })
        {
            if (from.Cookies.Find(name) is { } cookie)
            {
                to.Cookies.Add(cookie);
            }
        }
    }

    static async Task<HttpStatusCode> UserInfoAsync(IdentityApp at, string accessToken)
    {
        using var program = at.Program();
        program.DefaultRequestHeaders.Authorization = new("Bearer", accessToken);
        using var answer = await program.GetAsync("/connect/userinfo");
        return answer.StatusCode;
    }
}
