using System.Net;
using Microsoft.IdentityModel.Tokens;
using Platform.Jobs;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Support;

namespace Portal.Tests.Web;

public sealed class EndingSessions(PortalApp portal) : IClassFixture<PortalApp>
{
    const string Anywhere = "/no-such-page";

    [Fact]
    public async Task The_cookie_is_a_random_key_that_the_database_knows_as_its_hash()
    {
        var visitor = portal.SignIn(await portal.Given.ADistributor("上海云启"));

        var key = visitor.Cookies.Find("__Host-portal")!;

        key.Value.Length.ShouldBe(43);
        (key.Secure, key.HttpOnly, key.SameSite, key.Path.ToString(), key.Expires).ShouldBe((true, true, Microsoft.Net.Http.Headers.SameSiteMode.Lax, "/", null));
        (await portal.Database.ListAsync<string>("select s::text from browser_session s")).ShouldAllBe(row => !row.Contains(key.Value.ToString()) && !row.Contains("上海云启"));
    }

    [Fact]
    public async Task After_a_sign_out_the_session_is_gone_and_a_copied_cookie_opens_nothing()
    {
        var person = await portal.Given.ADistributor("杭州远见");
        var visitor = portal.SignIn(person);
        var thief = portal.Anonymous();
        thief.Cookies.Add(visitor.Cookies.Find("__Host-portal")!);
        (await thief.GetOnlyAsync(Anywhere)).Status.ShouldBe(HttpStatusCode.NotFound);

        var page = await visitor.PressAsync(await visitor.GetAsync("/"), "form[action='/sign-out']");

        page.Status.ShouldBe(HttpStatusCode.Redirect);
        page.Header("Location")!.ShouldStartWith("https://identity.test/connect/endsession?");
        visitor.Cookies.Find("__Host-portal").ShouldBeNull();
        (await thief.GetOnlyAsync(Anywhere)).Status.ShouldBe(HttpStatusCode.Redirect);
        (await SessionsAsync(person)).ShouldBe(0);
    }

    [Fact]
    public async Task It_ends_after_two_hours_without_a_request_and_after_ten_hours_whatever_happens()
    {
        var person = await portal.Given.ADistributor("苏州明远");
        var (idle, busy) = (portal.SignIn(person), portal.SignIn(person));

        portal.Clock.Advance(TimeSpan.FromMinutes(119));
        (await idle.GetOnlyAsync(Anywhere)).Status.ShouldBe(HttpStatusCode.NotFound);
        portal.Clock.Advance(TimeSpan.FromMinutes(120));
        (await idle.GetOnlyAsync(Anywhere)).Status.ShouldBe(HttpStatusCode.Redirect);
        (await busy.GetOnlyAsync(Anywhere)).Status.ShouldBe(HttpStatusCode.Redirect);

        busy = portal.SignIn(person);
        for (var hours = 0; hours < 9; hours++)
        {
            portal.Clock.Advance(TimeSpan.FromHours(1));
            (await busy.GetOnlyAsync(Anywhere)).Status.ShouldBe(HttpStatusCode.NotFound);
        }

        portal.Clock.Advance(TimeSpan.FromHours(1));
        (await busy.GetOnlyAsync(Anywhere)).Status.ShouldBe(HttpStatusCode.Redirect);
        await portal.Services.GetRequiredService<JobRunner>().RunAsync("forget-ended-sessions", CancellationToken.None);
        (await SessionsAsync(person)).ShouldBe(0);
    }

    [Fact]
    public async Task A_logout_token_ends_that_session_with_the_next_request_on_every_instance()
    {
        var person = await portal.Given.ADistributor("宁波海成");
        var other = portal.Another();
        await other.InitializeAsync();
        var (one, two) = (portal.SignIn(person, "sid-one"), portal.SignIn(person, "sid-two"));
        var there = other.Anonymous();
        there.Cookies.Add(one.Cookies.Find("__Host-portal")!);
        (await there.GetOnlyAsync(Anywhere)).Status.ShouldBe(HttpStatusCode.NotFound);

        var answer = await TellAsync(portal.IdentityProvider.LogoutToken(person.Subject, "sid-one"));

        (answer.Status, answer.Header("Cache-Control")).ShouldBe((HttpStatusCode.OK, "no-store"));
        (await there.GetOnlyAsync(Anywhere)).Status.ShouldBe(HttpStatusCode.Redirect);
        (await one.GetOnlyAsync(Anywhere)).Status.ShouldBe(HttpStatusCode.Redirect);
        (await two.GetOnlyAsync(Anywhere)).Status.ShouldBe(HttpStatusCode.NotFound);
        await other.DisposeAsync();
    }

    [Fact]
    public async Task One_that_names_only_the_person_ends_all_of_that_persons_sessions_and_nobody_elses()
    {
        var (person, colleague) = (await portal.Given.ADistributor("合肥天元"), await portal.Given.ADistributor("合肥天元二"));
        var (one, two, three) = (portal.SignIn(person, "sid-1"), portal.SignIn(person, "sid-2"), portal.SignIn(colleague, "sid-3"));

        (await TellAsync(portal.IdentityProvider.LogoutToken(person.Subject, sid: null))).Status.ShouldBe(HttpStatusCode.OK);

        (await one.GetOnlyAsync(Anywhere)).Status.ShouldBe(HttpStatusCode.Redirect);
        (await two.GetOnlyAsync(Anywhere)).Status.ShouldBe(HttpStatusCode.Redirect);
        (await three.GetOnlyAsync(Anywhere)).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_same_token_counts_once_also_at_the_same_moment()
    {
        var person = await portal.Given.ADistributor("南京金陵");
        portal.SignIn(person, "sid-a");
        var token = portal.IdentityProvider.LogoutToken(person.Subject, sid: null);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => TellAsync(token)));
        var again = portal.SignIn(person, "sid-b");

        answers.Count(answer => answer.Status is HttpStatusCode.OK).ShouldBe(1);
        answers.Count(answer => answer.Status is HttpStatusCode.BadRequest).ShouldBe(7);
        (await TellAsync(token)).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await again.GetOnlyAsync(Anywhere)).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("nonce")]
    [InlineData("typ")]
    [InlineData("no typ")]
    [InlineData("access token")]
    [InlineData("aud")]
    [InlineData("iss")]
    [InlineData("stale iat")]
    [InlineData("future iat")]
    [InlineData("no iat")]
    [InlineData("expired")]
    [InlineData("no exp")]
    [InlineData("no events")]
    [InlineData("other events")]
    [InlineData("events as text")]
    [InlineData("no sub and sid")]
    [InlineData("no jti")]
    [InlineData("other key")]
    [InlineData("shared secret")]
    [InlineData("alg none")]
    [InlineData("garbage")]
    [InlineData("nothing")]
    public async Task A_wrong_one_is_refused_and_ends_nothing(string wrong)
    {
        var person = await portal.Given.ADistributor("武汉光谷 " + wrong);
        var visitor = portal.SignIn(person, "the-sid");

        var answer = await TellAsync(Wrong(wrong, person.Subject));

        (answer.Status, answer.Header("Cache-Control")).ShouldBe((HttpStatusCode.BadRequest, "no-store"));
        (await visitor.GetOnlyAsync(Anywhere)).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_browser_that_looks_there_is_told_that_there_is_nothing_and_not_sent_to_sign_in()
    {
        var page = await portal.Anonymous().GetOnlyAsync("/signout-backchannel");

        (page.Status, page.Header("Allow"), page.Headers.Headers.Location).ShouldBe((HttpStatusCode.MethodNotAllowed, "POST", null));
    }

    string? Wrong(string wrong, string subject)
    {
        var provider = portal.IdentityProvider;
        var now = portal.Clock.Now.UtcDateTime;
        string Token(Action<SecurityTokenDescriptor> change) => provider.LogoutToken(subject, "the-sid", change);
        switch (wrong)
        {
            case "nonce": return Token(token => token.Claims["nonce"] = "n");
            case "typ": return Token(token => token.TokenType = "JWT");
            case "no typ": return Token(token => token.TokenType = "at+jwt");
            case "access token": return provider.AccessToken(subject, change: token => token.Audience = "portal");
            case "aud": return Token(token => token.Audience = "another");
            case "iss": return Token(token => token.Issuer = "https://another.test");
            case "stale iat": return Token(token => (token.IssuedAt, token.Expires) = (now.AddSeconds(-151), now.AddSeconds(60)));
            case "future iat": return Token(token => (token.IssuedAt, token.Expires) = (now.AddSeconds(31), now.AddSeconds(120)));
            case "no iat": return Token(token => token.IssuedAt = null);
            case "expired": return Token(token => (token.IssuedAt, token.Expires) = (now.AddSeconds(-100), now.AddSeconds(-31)));
            case "no exp": return Token(token => token.Expires = null);
            case "no events": return Token(token => token.Claims.Remove("events"));
            case "other events": return Token(token => token.Claims["events"] = new Dictionary<string, object> { ["http://schemas.openid.net/event/other"] = new Dictionary<string, object>() });
            case "events as text": return Token(token => token.Claims["events"] = "http://schemas.openid.net/event/backchannel-logout");
            case "no sub and sid": return Token(token => { token.Claims.Remove("sub"); token.Claims.Remove("sid"); });
            case "no jti": return Token(token => token.Claims.Remove("jti"));
            case "other key": return Token(token => token.SigningCredentials = new(new RsaSecurityKey(System.Security.Cryptography.RSA.Create(2048)) { KeyId = "test-key" }, "RS256"));
            case "shared secret": return Token(token => token.SigningCredentials = new(new SymmetricSecurityKey(new byte[64]) { KeyId = "test-key" }, "HS256"));
            case "alg none": return Token(token => token.SigningCredentials = null);
            case "garbage": return "a.b.c";
            default: return null;
        }
    }

    Task<Page> TellAsync(string? token) => portal.Anonymous().PostAsync("/signout-backchannel", token is null ? [("other", "x")] : [("logout_token", token)]);

    async Task<long> SessionsAsync(TestPerson person) =>
        (await portal.Database.ListAsync<long>("select count(*) from browser_session where subject = @Subject", new { person.Subject })).Single();
}
