using Identity.Tests.SecondFactors;
using Support;

namespace Identity.Tests.Authorize;

public sealed class AskingForASecondFactor(IdentityApp identity) : IClassFixture<IdentityApp>, IAsyncLifetime
{
    const string Mfa = "urn:partnerportal:acr:mfa";
    const string Pwd = "urn:partnerportal:acr:pwd";

    readonly RelyingParty portal = new(identity);

    public Task InitializeAsync() => identity.Database.ExecuteAsync("truncate throttle");

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_password_is_not_enough_for_an_application_that_wants_two_factors()
    {
        var account = await identity.AnAccountAsync();
        var (app, _) = await AuthenticatorApp.SetUpAsync(identity, await identity.SignedInAsync(account));
        var visitor = await identity.SignedInAsync(account);
        var before = visitor.Cookies.Find("__Host-identity")!.Value;
        var authTime = TokenAnswer.Claims((await portal.TokensAsync(visitor)).IdToken).GetProperty("auth_time").GetInt64();
        identity.Clock.Advance(TimeSpan.FromMinutes(10));

        var page = await visitor.GetAsync(await portal.RequestAsync(("acr_values", Mfa)));
        Assert.Equal(("One more step", true), (page.Text("h1"), page.Path.StartsWith("/sign-in/step-up?request=", StringComparison.Ordinal)));
        var answer = new AuthorizationAnswer(await visitor.SubmitAsync(page, ("Code", app.Code())));

        var claims = TokenAnswer.Claims((await portal.RedeemAsync(answer.Code)).IdToken);
        Assert.Equal(Mfa, claims.GetProperty("acr").GetString());
        Assert.Equal(["pwd", "otp", "mfa"], claims.GetProperty("amr").EnumerateArray().Select(method => method.GetString()));
        // The password is as old as it was.
        Assert.Equal(authTime, claims.GetProperty("auth_time").GetInt64());
        Assert.NotEqual(before, visitor.Cookies.Find("__Host-identity")!.Value);
    }

    [Fact]
    public async Task Who_has_no_second_factor_sets_one_up_and_goes_on_to_the_application()
    {
        var visitor = await identity.SignedInAsync(await identity.AnAccountAsync());

        var page = await visitor.GetAsync(await portal.RequestAsync(("acr_values", Mfa)));
        Assert.Equal("Set up an authenticator app", page.Text("h1"));
        var codes = await visitor.SubmitAsync(page, ("Code", new AuthenticatorApp(page.Text("#key"), identity.Clock).Code()));
        var answer = new AuthorizationAnswer(await visitor.GetAsync(codes.Document.QuerySelector("a.btn-primary")!.GetAttribute("href")!));

        Assert.Equal(Mfa, TokenAnswer.Claims((await portal.RedeemAsync(answer.Code)).IdToken).GetProperty("acr").GetString());
    }

    [Fact]
    public async Task Who_signs_in_for_it_shows_both_at_once()
    {
        var account = await identity.AnAccountAsync();
        var (app, _) = await AuthenticatorApp.SetUpAsync(identity, await identity.SignedInAsync(account));
        var visitor = identity.Visitor();

        var second = await visitor.SubmitAsync(await portal.RequestAsync(("acr_values", Mfa), ("max_age", "60")), ("Email", account.Email), ("Password", IdentityApp.Password));
        var answer = new AuthorizationAnswer(await visitor.SubmitAsync(second, ("Code", app.Code())));

        Assert.Equal(Mfa, TokenAnswer.Claims((await portal.RedeemAsync(answer.Code)).IdToken).GetProperty("acr").GetString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData(Pwd)]
    [InlineData(Mfa + " " + Pwd)]
    [InlineData("urn:somebody:else")]
    public async Task Whoever_does_not_insist_gets_a_code_for_the_password(string? values)
    {
        var visitor = await identity.SignedInAsync(await identity.AnAccountAsync());

        Assert.Equal(Pwd, TokenAnswer.Claims((await portal.TokensAsync(visitor, ("acr_values", values))).IdToken).GetProperty("acr").GetString());
    }

    [Fact]
    public async Task Without_a_page_the_application_hears_that_somebody_has_to_sign_in()
    {
        var visitor = await identity.SignedInAsync(await identity.AnAccountAsync());

        Assert.Equal("login_required", (await portal.AskAsync(visitor, ("acr_values", Mfa), ("prompt", "none")))["error"]);
    }
}
