using System.Net;
using Microsoft.AspNetCore.WebUtilities;
using Support;

namespace Identity.Tests.OpenIdConnect;

public sealed class SigningInThroughIdentity(IdentityApp identity) : IClassFixture<IdentityApp>, IAsyncLifetime
{
    ClientApp portal = null!;

    public Task InitializeAsync()
    {
        portal = new(identity.Wire(), identity.Clock);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await portal.DisposeAsync();

    [Fact]
    public async Task Somebody_signs_in_there_and_is_known_here()
    {
        var account = await identity.AnAccountAsync(name: "王小明", language: "zh-CN");
        var (here, there) = (portal.Visitor(), identity.Visitor());

        var home = await SignInAsync(here, there, account, "/?page=2");

        Assert.Equal("/?page=2", home.Path);
        var claims = home.Body.Split('\n');
        Assert.Contains("iss=https://identity.test", claims);
        Assert.Contains("sub=" + account.Subject, claims);
        Assert.Contains("name=王小明", claims);
        Assert.Contains("email=" + account.Email, claims);
        Assert.Contains("email_verified=true", claims);
        Assert.Contains("locale=zh-CN", claims);
        Assert.Contains(claims, claim => claim.StartsWith("sid=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Of_the_tokens_only_the_one_for_signing_out_is_kept()
    {
        var here = portal.Visitor();
        await SignInAsync(here, identity.Visitor(), await identity.AnAccountAsync());

        var kept = (await here.GetAsync("/kept")).Body;

        Assert.Contains(".Token.id_token=", kept, StringComparison.Ordinal);
        Assert.DoesNotContain("access_token", kept);
        Assert.DoesNotContain("nonce=", kept);
        Assert.DoesNotContain("code_verifier", kept);
    }

    [Fact]
    public async Task Signing_out_ends_both_sessions_and_returns()
    {
        var (here, there) = (portal.Visitor(), identity.Visitor());
        await SignInAsync(here, there, await identity.AnAccountAsync());

        var leaving = await here.PostAsync("/sign-out");
        var returning = await there.GetOnlyAsync(Local(leaving));
        var home = await here.GetAsync(Local(returning));

        Assert.StartsWith("https://identity.test/connect/endsession?id_token_hint=", leaving.Header("Location"));
        Assert.StartsWith("https://portal.test/signout-callback-oidc?state=", returning.Header("Location"));
        Assert.Equal(("/goodbye", "goodbye"), (home.Path, home.Body));
        Assert.Equal(HttpStatusCode.Redirect, (await here.GetOnlyAsync("/")).Status);
        Assert.Equal("login_required", (await new RelyingParty(identity).AskAsync(there, ("prompt", "none")))["error"]);
    }

    [Fact]
    public async Task What_the_application_wants_is_passed_on()
    {
        // A provider that takes requests through the browser, where they can be read.
        using var provider = new HostileProvider(identity.Clock);
        await using var demanding = new ClientApp(provider, identity.Clock, properties =>
        {
            properties.SetParameter("prompt", "login");
            properties.SetParameter("login_hint", "ann@company.test");
            properties.SetParameter("ui_locales", "zh-CN");
            properties.SetParameter("max_age", (TimeSpan?)TimeSpan.FromMinutes(5));
        });

        var query = QueryHelpers.ParseQuery(new Uri((await demanding.Visitor().GetOnlyAsync("/sign-in")).Header("Location")!).Query);

        Assert.Equal(("login", "ann@company.test", "zh-CN", "300"), (query["prompt"].ToString(), query["login_hint"].ToString(), query["ui_locales"].ToString(), query["max_age"].ToString()));
        Assert.Equal(("S256", "code", "openid profile email"), (query["code_challenge_method"].ToString(), query["response_type"].ToString(), query["scope"].ToString()));
        Assert.True(query["nonce"].ToString().Length >= 43 && query["code_challenge"].ToString().Length == 43);
    }

    [Fact]
    public async Task The_same_answer_twice_or_in_another_browser_signs_nobody_in()
    {
        var (here, there) = (portal.Visitor(), identity.Visitor());
        var answer = await AnswerAsync(here, there, await identity.AnAccountAsync());

        var victim = portal.Visitor();
        Assert.Equal("failed: interrupted", (await victim.GetAsync(answer)).Body);
        Assert.Equal(HttpStatusCode.Redirect, (await victim.GetOnlyAsync("/")).Status);

        Assert.Equal("/", (await here.GetAsync(answer)).Path);
        Assert.Equal("failed: interrupted", (await here.GetAsync(answer)).Body);
    }

    [Fact]
    public async Task A_code_that_came_too_late_can_be_tried_again()
    {
        var (here, there) = (portal.Visitor(), identity.Visitor());
        var answer = await AnswerAsync(here, there, await identity.AnAccountAsync());
        identity.Clock.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal("failed: interrupted", (await here.GetAsync(answer)).Body);
        Assert.Contains(portal.Log.Lines, line => line.Contains("The provider's token endpoint answered invalid_grant.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_api_takes_the_tokens_of_programs_and_no_others()
    {
        await identity.AClientAsync("erp", client =>
        {
            client.AllowedGrantTypes = ["client_credentials"];
            client.AllowedScopes = ["portal.api"];
        });
        var token = (await new RelyingParty(identity, "erp").TokenAsync([new("grant_type", "client_credentials")])).AccessToken;
        var person = await new RelyingParty(identity).TokensAsync(await identity.SignedInAsync(await identity.AnAccountAsync()));
        var parts = token.Split('.');

        using var good = portal.Program(token);
        Assert.Equal("erp", await good.GetStringAsync("/api"));
        foreach (var bad in new[] { person.IdToken, person.AccessToken, "garbage", "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0." + parts[1] + ".", new TestIdentityProvider(identity.Clock).AccessToken("erp") })
        {
            using var program = portal.Program(bad);
            Assert.Equal(HttpStatusCode.Unauthorized, (await program.GetAsync("/api")).StatusCode);
        }

        identity.Clock.Advance(TimeSpan.FromSeconds(931));
        Assert.Equal(HttpStatusCode.Unauthorized, (await good.GetAsync("/api")).StatusCode);
    }

    static async Task<Page> SignInAsync(Visitor here, Visitor there, TestAccount account, string page = "/") =>
        await here.GetAsync(await AnswerAsync(here, there, account, page));

    static async Task<string> AnswerAsync(Visitor here, Visitor there, TestAccount account, string page = "/")
    {
        var leaving = await here.GetOnlyAsync(page);
        var form = await there.GetAsync(Local(leaving));
        return Local(await there.SubmitAsync(form, ("Email", account.Email), ("Password", IdentityApp.Password)));
    }

    static string Local(Page page) => new Uri(page.Header("Location")!).PathAndQuery;
}
