using System.Net;
using Support;

namespace Identity.Tests.Revocation;

public sealed class GivingATokenBack(IdentityApp identity) : IClassFixture<IdentityApp>, IAsyncLifetime
{
    const string Scope = "openid offline_access portal.api";

    static readonly KeyValuePair<string, string?>[] ClientCredentials = [new("grant_type", "client_credentials")];

    ResourceServer api = null!;

    public async Task InitializeAsync() => api = await ResourceServer.RegisterAsync(identity);

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData(null)]
    [InlineData("refresh_token")]
    [InlineData("access_token")]
    [InlineData("something_else")]
    public async Task A_refresh_token_takes_everything_of_its_grant_along_whatever_the_hint(string? hint)
    {
        var (client, first) = await GrantedAsync("back1");
        var second = await client.RefreshAsync(first.RefreshToken);
        Assert.True(await api.AcceptsAsync(first.AccessToken));

        var answer = await client.RevokeAsync(second.RefreshToken, hint);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("", await answer.Headers.Content.ReadAsStringAsync());
        Assert.True(answer.Headers.Headers.CacheControl!.NoStore);
        Assert.Equal((false, false), (await api.AcceptsAsync(first.AccessToken), await api.AcceptsAsync(second.AccessToken)));
        Assert.Equal(HttpStatusCode.Unauthorized, await UserInfoAsync(second.AccessToken));
        Assert.Equal("invalid_grant", (await client.RefreshAsync(second.RefreshToken)).Error);
        Assert.Contains("grant.given_back", await identity.AuditAsync(HandleOf(second)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("refresh_token")]
    public async Task An_access_token_ends_alone(string? hint)
    {
        var (client, first) = await GrantedAsync("back2");
        var second = await client.RefreshAsync(first.RefreshToken);

        Assert.Equal(HttpStatusCode.OK, (await client.RevokeAsync(first.AccessToken, hint)).Status);

        Assert.False(await api.AcceptsAsync(first.AccessToken));
        Assert.Equal(HttpStatusCode.Unauthorized, await UserInfoAsync(first.AccessToken));
        Assert.True(await api.AcceptsAsync(second.AccessToken));
        Assert.Equal(HttpStatusCode.OK, (await client.RefreshAsync(second.RefreshToken)).Status);
    }

    [Fact]
    public async Task A_program_gives_back_its_own_token_and_forgetting_it_later_changes_nothing()
    {
        await AnErpAsync("back3");
        var client = new RelyingParty(identity, "back3");
        var (token, other) = ((await client.TokenAsync(ClientCredentials)).AccessToken, (await client.TokenAsync(ClientCredentials)).AccessToken);

        Assert.Equal(HttpStatusCode.OK, (await client.RevokeAsync(token)).Status);
        Assert.Equal(HttpStatusCode.OK, (await client.RevokeAsync(token)).Status);

        Assert.Equal((false, true), (await api.AcceptsAsync(token), await api.AcceptsAsync(other)));
        Assert.Equal(["token.issued", "token.given_back"], await identity.AuditAsync(TokenAnswer.Claims(token).GetProperty("jti").GetString()!));
        identity.Clock.Advance(TimeSpan.FromSeconds(901));
        await identity.AsTheProductAsync(services => ((Identity.Web.ForgetWhatEnded)services.GetService(typeof(Identity.Web.ForgetWhatEnded))!).RunAsync(CancellationToken.None));
        Assert.Equal([0L], await identity.Database.ListAsync<long>("select count(*) from revoked_token"));
        Assert.False(await api.AcceptsAsync(token));
    }

    [Theory]
    [InlineData("nobody-gave-this-out")]
    [InlineData("a.b.c")]
    [InlineData("eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.eyJjbGllbnRfaWQiOiJiYWNrNCJ9.")]
    [InlineData("令牌")]
    public async Task What_we_never_gave_out_is_as_good_as_ended(string token)
    {
        await identity.AnOfflineClientAsync("back4");

        Assert.Equal(HttpStatusCode.OK, (await new RelyingParty(identity, "back4").RevokeAsync(token)).Status);
        Assert.Equal(HttpStatusCode.OK, (await new RelyingParty(identity, "back4").RevokeAsync(new string('a', 9000))).Status);
    }

    [Fact]
    public async Task Another_client_s_token_is_refused_and_stays_good()
    {
        var (client, first) = await GrantedAsync("back5");
        await identity.AnOfflineClientAsync("stranger5");
        var stranger = new RelyingParty(identity, "stranger5");

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (await stranger.RevokeAsync(first.RefreshToken) is { } refused ? (refused.Status, refused.Error) : default));
        Assert.Equal("invalid_grant", (await stranger.RevokeAsync(first.AccessToken)).Error);
        Assert.Equal(2, (await identity.AuditAsync(HandleOf(first))).Count(action => action is "revocation.refused"));

        Assert.True(await api.AcceptsAsync(first.AccessToken));
        Assert.Equal(HttpStatusCode.OK, (await client.RefreshAsync(first.RefreshToken)).Status);
    }

    [Fact]
    public async Task Who_does_not_authenticate_does_not_post_or_names_no_token_is_refused()
    {
        var (client, first) = await GrantedAsync("back6");
        using var program = identity.Program();

        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (await new RelyingParty(identity, "back6") { Secret = "guess" }.RevokeAsync(first.RefreshToken) is { } guess ? (guess.Status, guess.Error) : default));
        Assert.Equal("invalid_client", (await new RelyingParty(identity, "back6") { Secret = "" }.RevokeAsync(first.RefreshToken)).Error);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await program.GetAsync("/connect/revocation?token=" + first.RefreshToken)).StatusCode);
        Assert.Equal("invalid_request", (await client.CallAsync("/connect/revocation", [])).Error);
        Assert.Equal("invalid_request", (await client.CallAsync("/connect/revocation", [new("token", "a"), new("token", "b")])).Error);
        Assert.Equal(HttpStatusCode.OK, (await client.RefreshAsync(first.RefreshToken)).Status);
    }

    [Fact]
    public async Task Giving_back_while_others_refresh_never_leaves_a_live_token()
    {
        var (client, first) = await GrantedAsync("back7");

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => i == 5 ? client.RevokeAsync(first.RefreshToken) : client.RefreshAsync(first.RefreshToken)));

        foreach (var refreshed in answers.Where(answer => answer["access_token"] is not null))
        {
            Assert.False(await api.AcceptsAsync(refreshed.AccessToken));
            Assert.Equal("invalid_grant", (await client.RefreshAsync(refreshed.RefreshToken)).Error);
        }
    }

    async Task<(RelyingParty Client, TokenAnswer Tokens)> GrantedAsync(string clientId)
    {
        await identity.AnOfflineClientAsync(clientId);
        var client = new RelyingParty(identity, clientId);
        return (client, await client.TokensAsync(await identity.SignedInAsync(await identity.AnAccountAsync()), ("scope", Scope)));
    }

    Task AnErpAsync(string clientId) => identity.AClientAsync(clientId, client =>
    {
        client.AllowedGrantTypes = ["client_credentials"];
        client.AllowedScopes = ["portal.api"];
        client.RedirectUris = [];
    });

    static string HandleOf(TokenAnswer tokens) => TokenAnswer.Claims(tokens.AccessToken).GetProperty("jti").GetString()!.Split('.')[0];

    async Task<HttpStatusCode> UserInfoAsync(string accessToken)
    {
        using var program = identity.Program();
        program.DefaultRequestHeaders.Authorization = new("Bearer", accessToken);
        using var answer = await program.GetAsync("/connect/userinfo");
        return answer.StatusCode;
    }
}
