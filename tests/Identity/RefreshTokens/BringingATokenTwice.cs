using System.Net;
using Support;

namespace Identity.Tests.RefreshTokens;

public sealed class BringingATokenTwice(IdentityApp identity) : IClassFixture<IdentityApp>
{
    [Fact]
    public async Task Within_ten_seconds_the_same_client_gets_the_same_successor_again()
    {
        var (client, first) = await GrantedAsync("lost");
        var unheard = await client.RefreshAsync(first.RefreshToken);
        identity.Clock.Advance(TimeSpan.FromSeconds(10));

        var heard = await client.RefreshAsync(first.RefreshToken);

        Assert.Equal(HttpStatusCode.OK, heard.Status);
        Assert.Equal(unheard.RefreshToken, heard.RefreshToken);
        Assert.Equal(1, await LiveTokensAsync(heard));
        Assert.Equal(HttpStatusCode.OK, (await client.RefreshAsync(heard.RefreshToken)).Status);
    }

    [Fact]
    public async Task Later_than_that_the_whole_family_ends_and_it_is_said_aloud()
    {
        var (client, first) = await GrantedAsync("stolen");
        var second = await client.RefreshAsync(first.RefreshToken);
        identity.Clock.Advance(TimeSpan.FromSeconds(11));

        Assert.Equal("invalid_grant", (await client.RefreshAsync(first.RefreshToken)).Error);

        Assert.Equal("invalid_grant", (await client.RefreshAsync(second.RefreshToken)).Error);
        Assert.Equal(HttpStatusCode.Unauthorized, await UserInfoAsync(second.AccessToken));
        Assert.Equal(["code.issued", "code.redeemed", "refresh_token.used", "refresh_token.reused", "refresh_token.refused"], await identity.AuditAsync(HandleOf(second)));
        Assert.Contains(identity.Log.Lines, line => line.Contains("A refresh token of client stolen was used twice", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Once_the_successor_was_used_it_is_not_told_again_and_the_family_ends()
    {
        var (client, first) = await GrantedAsync("overtaken");
        var second = await client.RefreshAsync(first.RefreshToken);
        var third = await client.RefreshAsync(second.RefreshToken);

        Assert.Equal("invalid_grant", (await client.RefreshAsync(first.RefreshToken)).Error);

        Assert.Equal("invalid_grant", (await client.RefreshAsync(third.RefreshToken)).Error);
    }

    [Fact]
    public async Task A_used_token_in_another_client_s_hands_ends_nothing()
    {
        var (client, first) = await GrantedAsync("watched");
        await identity.AnOfflineClientAsync("watcher");
        var second = await client.RefreshAsync(first.RefreshToken);

        Assert.Equal("invalid_grant", (await new RelyingParty(identity, "watcher").RefreshAsync(first.RefreshToken)).Error);

        Assert.Equal(HttpStatusCode.OK, (await client.RefreshAsync(second.RefreshToken)).Status);
    }

    [Fact]
    public async Task Of_fifty_at_the_same_moment_on_two_instances_all_get_the_one_successor()
    {
        await using var other = await AnotherAsync();
        var (client, first) = await GrantedAsync("parallel");
        var second = new RelyingParty(other, "parallel");

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => (i % 2 == 0 ? client : second).RefreshAsync(first.RefreshToken)));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        Assert.Single(answers.Select(answer => answer.RefreshToken).Distinct());
        Assert.Equal(1, await LiveTokensAsync(answers[0]));
        Assert.Equal(1, await LiveFamiliesAsync("parallel"));
        Assert.Equal(HttpStatusCode.OK, (await second.RefreshAsync(answers[0].RefreshToken)).Status);
    }

    [Fact]
    public async Task Fifty_at_the_same_moment_with_a_token_used_long_ago_leave_no_family()
    {
        var (client, first) = await GrantedAsync("robbed");
        await client.RefreshAsync(first.RefreshToken);
        identity.Clock.Advance(TimeSpan.FromMinutes(1));

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => client.RefreshAsync(first.RefreshToken)));

        Assert.All(answers, answer => Assert.Equal("invalid_grant", answer.Error));
        Assert.Equal(0, await LiveFamiliesAsync("robbed"));
        Assert.Single(await identity.AuditAsync(HandleOf(first)), action => action == "refresh_token.reused");
        await identity.Database.ExecuteAsync("truncate throttle");
    }

    [Fact]
    public async Task Rivals_who_rotate_as_fast_as_they_can_never_make_two_live_tokens()
    {
        var (client, first) = await GrantedAsync("racing");

        var last = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            var token = first.RefreshToken;
            for (var i = 0; i < 5; i++)
            {
                var answer = await client.RefreshAsync(token);
                if (answer.Status != HttpStatusCode.OK)
                {
                    return answer.Error;
                }

                token = answer.RefreshToken;
            }

            return null;
        }));

        Assert.All(last, error => Assert.True(error is null or "invalid_grant", error));
        Assert.True(await LiveTokensAsync(first) <= 1);
    }

    [Fact]
    public async Task A_restart_revives_nothing()
    {
        var (client, first) = await GrantedAsync("restarted");
        var second = await client.RefreshAsync(first.RefreshToken);
        await using var restarted = await AnotherAsync();
        var after = new RelyingParty(restarted, "restarted");

        Assert.Equal(second.RefreshToken, (await after.RefreshAsync(first.RefreshToken)).RefreshToken);
        var third = await after.RefreshAsync(second.RefreshToken);
        Assert.Equal(HttpStatusCode.OK, third.Status);
        identity.Clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal("invalid_grant", (await after.RefreshAsync(second.RefreshToken)).Error);
        Assert.Equal("invalid_grant", (await after.RefreshAsync(third.RefreshToken)).Error);
    }

    async Task<Other> AnotherAsync()
    {
        var other = new Other(identity.Another());
        await other.App.InitializeAsync();
        return other;
    }

    async Task<(RelyingParty Client, TokenAnswer Tokens)> GrantedAsync(string clientId)
    {
        await identity.AnOfflineClientAsync(clientId);
        var client = new RelyingParty(identity, clientId);
        return (client, await client.TokensAsync(await identity.SignedInAsync(await identity.AnAccountAsync()), ("scope", "openid offline_access")));
    }

    async Task<long> LiveTokensAsync(TokenAnswer tokens) => (await identity.Database.ListAsync<long>(
        "select count(*) from refresh_token t join access_grant g using (access_grant_id) where g.handle = @handle and g.revoked_at is null and t.used_at is null", new { handle = HandleOf(tokens) }))[0];

    async Task<long> LiveFamiliesAsync(string clientId) => (await identity.Database.ListAsync<long>(
        "select count(*) from access_grant g join registered_client c using (registered_client_id) where c.client_id = @clientId and g.revoked_at is null", new { clientId }))[0];

    static string HandleOf(TokenAnswer tokens) => TokenAnswer.Claims(tokens.AccessToken).GetProperty("jti").GetString()!.Split('.')[0];

    async Task<HttpStatusCode> UserInfoAsync(string accessToken)
    {
        using var program = identity.Program();
        program.DefaultRequestHeaders.Authorization = new("Bearer", accessToken);
        using var answer = await program.GetAsync("/connect/userinfo");
        return answer.StatusCode;
    }

    sealed class Other(IdentityApp app) : IAsyncDisposable
    {
        public IdentityApp App { get; } = app;

        public static implicit operator IdentityApp(Other other) => other.App;

        public async ValueTask DisposeAsync() => await App.DisposeAsync();
    }
}
