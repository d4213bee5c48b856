using System.Text.Json;
using Support;

namespace Identity.Tests.Authorize;

public sealed class BeingSignedInAlready(IdentityApp identity) : IClassFixture<IdentityApp>
{
    readonly RelyingParty portal = new(identity);

    [Fact]
    public async Task Without_a_session_a_silent_request_is_told_so_and_shows_no_page()
    {
        var answer = await portal.AskAsync(identity.Visitor(), ("prompt", "none"));

        Assert.Equal(("login_required", "https://portal.test/signin-oidc"), (answer["error"], answer.Target));
        Assert.Empty(answer.Page.Words);
    }

    [Fact]
    public async Task With_a_session_a_silent_request_gives_the_same_person_and_moment()
    {
        var account = await identity.AnAccountAsync();
        var visitor = await identity.SignedInAsync(account);
        var first = Claims(await portal.TokensAsync(visitor));

        identity.Clock.Advance(TimeSpan.FromMinutes(5));
        var second = Claims(await portal.TokensAsync(visitor, ("prompt", "none")));

        Assert.Equal(account.Subject, second.GetProperty("sub").GetString());
        Assert.Equal(first.GetProperty("auth_time").GetInt64(), second.GetProperty("auth_time").GetInt64());
        Assert.Equal(first.GetProperty("sid").GetString(), second.GetProperty("sid").GetString());
    }

    [Theory]
    [InlineData("prompt", "login")]
    [InlineData("prompt", "select_account")]
    [InlineData("max_age", "0")]
    public async Task A_fresh_proof_is_asked_for_and_cannot_be_skipped(string name, string value)
    {
        var account = await identity.AnAccountAsync();
        var visitor = await identity.SignedInAsync(account);
        var before = Claims(await portal.TokensAsync(visitor)).GetProperty("auth_time").GetInt64();
        identity.Clock.Advance(TimeSpan.FromMinutes(1));

        var waiting = await portal.AskAsync(visitor, (name, value));
        var skipped = new AuthorizationAnswer(await visitor.GetOnlyAsync(waiting.Location!.PathAndQuery.Replace("/sign-in", "/connect/authorize/callback")));
        identity.Clock.Advance(TimeSpan.FromSeconds(1));
        var answer = new AuthorizationAnswer(await visitor.SubmitAsync(waiting.Location.PathAndQuery, ("Email", account.Email), ("Password", IdentityApp.Password)));

        Assert.Equal("https://identity.test/sign-in", skipped.Target);
        Assert.True(Claims(await portal.RedeemAsync(answer.Code)).GetProperty("auth_time").GetInt64() > before);
    }

    [Fact]
    public async Task A_proof_older_than_max_age_is_renewed_and_a_younger_one_will_do()
    {
        var visitor = await identity.SignedInAsync(await identity.AnAccountAsync());
        identity.Clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal("https://identity.test/sign-in", (await portal.AskAsync(visitor, ("max_age", "9"))).Target);
        Assert.Equal("login_required", (await portal.AskAsync(visitor, ("max_age", "9"), ("prompt", "none")))["error"]);
        Assert.NotNull((await portal.AskAsync(visitor, ("max_age", "10")))["code"]);
        Assert.NotNull((await portal.AskAsync(visitor, ("max_age", "99999999999999")))["code"]);
    }

    [Fact]
    public async Task A_hint_must_name_the_person_who_is_signed_in()
    {
        var visitor = await identity.SignedInAsync(await identity.AnAccountAsync());
        var own = (await portal.TokensAsync(visitor)).IdToken;
        var other = (await portal.TokensAsync(await identity.SignedInAsync(await identity.AnAccountAsync()))).IdToken;
        identity.Clock.Advance(TimeSpan.FromMinutes(30));

        Assert.NotNull((await portal.AskAsync(visitor, ("prompt", "none"), ("id_token_hint", own)))["code"]);
        Assert.Equal("login_required", (await portal.AskAsync(visitor, ("prompt", "none"), ("id_token_hint", other)))["error"]);
        Assert.Equal("https://identity.test/sign-in", (await portal.AskAsync(visitor, ("id_token_hint", other))).Target);
    }

    [Fact]
    public async Task An_access_token_is_no_hint()
    {
        var visitor = await identity.SignedInAsync(await identity.AnAccountAsync());
        var token = (await portal.TokensAsync(visitor)).AccessToken;

        Assert.Equal("invalid_request", (await portal.PushAsync(("id_token_hint", token))).Error);
    }

    [Fact]
    public async Task A_session_ends_after_two_hours_without_use_and_lives_on_while_it_is_used()
    {
        var visitor = await identity.SignedInAsync(await identity.AnAccountAsync());
        identity.Clock.Advance(TimeSpan.FromMinutes(119));
        Assert.NotNull((await portal.AskAsync(visitor, ("prompt", "none")))["code"]);
        identity.Clock.Advance(TimeSpan.FromMinutes(119));
        Assert.NotNull((await portal.AskAsync(visitor, ("prompt", "none")))["code"]);

        identity.Clock.Advance(TimeSpan.FromMinutes(121));

        Assert.Equal("login_required", (await portal.AskAsync(visitor, ("prompt", "none")))["error"]);
    }

    [Fact]
    public async Task A_session_ends_after_ten_hours_however_busy()
    {
        var visitor = await identity.SignedInAsync(await identity.AnAccountAsync());
        for (var hour = 1; hour < 10; hour++)
        {
            identity.Clock.Advance(TimeSpan.FromHours(1));
            Assert.NotNull((await portal.AskAsync(visitor, ("prompt", "none")))["code"]);
        }

        identity.Clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal("login_required", (await portal.AskAsync(visitor, ("prompt", "none")))["error"]);
    }

    [Fact]
    public async Task Disabling_the_person_ends_the_session_at_once()
    {
        var account = await identity.AnAccountAsync();
        var visitor = await identity.SignedInAsync(account);

        await identity.Database.ExecuteAsync("update account set disabled_at = now() where subject = @Subject", account);

        Assert.Equal("login_required", (await portal.AskAsync(visitor, ("prompt", "none")))["error"]);
    }

    static JsonElement Claims(TokenAnswer tokens) => TokenAnswer.Claims(tokens.IdToken);
}
