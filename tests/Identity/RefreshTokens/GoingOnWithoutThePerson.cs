using System.Net;
using Support;

namespace Identity.Tests.RefreshTokens;

public sealed class GoingOnWithoutThePerson(IdentityApp identity) : IClassFixture<IdentityApp>
{
    const string Offline = "openid offline_access";

    [Fact]
    public async Task A_refresh_token_is_exchanged_for_new_tokens_and_another_refresh_token()
    {
        var (client, account, first) = await GrantedAsync("app1");
        identity.Clock.Advance(TimeSpan.FromMinutes(20));

        var second = await client.RefreshAsync(first.RefreshToken);

        Assert.Equal((HttpStatusCode.OK, "Bearer", "900", Offline), (second.Status, second["token_type"], second["expires_in"], second["scope"]));
        Assert.Equal(43, second.RefreshToken.Length);
        Assert.NotEqual(first.RefreshToken, second.RefreshToken);
        Assert.True(second.Headers.Headers.CacheControl!.NoStore);
        Assert.Equal(account.Subject, TokenAnswer.Claims(second.AccessToken).GetProperty("sub").GetString());
        Assert.Equal(HttpStatusCode.OK, await UserInfoAsync(second.AccessToken));
        Assert.Equal(["code.issued", "code.redeemed", "refresh_token.used"], await identity.AuditAsync(HandleOf(second)));
    }

    [Fact]
    public async Task The_new_id_token_speaks_of_the_same_sign_in_at_a_later_moment()
    {
        var (client, _, first) = await GrantedAsync("app2");
        identity.Clock.Advance(TimeSpan.FromMinutes(20));

        var second = await client.RefreshAsync(first.RefreshToken);

        var (before, after) = (TokenAnswer.Claims(first.IdToken), TokenAnswer.Claims(second.IdToken));
        foreach (var claim in new[] { "iss", "sub", "aud", "auth_time", "sid", "amr" })
        {
            Assert.Equal(before.GetProperty(claim).GetRawText(), after.GetProperty(claim).GetRawText());
        }

        Assert.Equal(identity.Clock.Now.ToUnixTimeSeconds(), after.GetProperty("iat").GetInt64());
        Assert.False(after.TryGetProperty("nonce", out _));
    }

    [Fact]
    public async Task Who_did_not_ask_for_it_or_may_not_have_it_gets_none()
    {
        await identity.AnOfflineClientAsync("app3");
        var visitor = await identity.SignedInAsync(await identity.AnAccountAsync());

        Assert.Null((await new RelyingParty(identity, "app3").TokensAsync(visitor))["refresh_token"]);
        Assert.Equal("invalid_scope", (await new RelyingParty(identity).PushAsync(("scope", Offline))).Error);
        Assert.Equal("unauthorized_client", (await new RelyingParty(identity).RefreshAsync("whatever")).Error);
    }

    [Fact]
    public async Task Less_may_be_asked_for_and_the_next_time_all_of_it_again()
    {
        var (client, _, first) = await GrantedAsync("app4", "openid email portal.api offline_access");

        var less = await client.RefreshAsync(first.RefreshToken, ("scope", "portal.api"));
        var all = await client.RefreshAsync(less.RefreshToken);

        Assert.Equal(("portal.api", null), (less["scope"], less["id_token"]));
        Assert.Equal("portal.api", TokenAnswer.Claims(less.AccessToken).GetProperty("aud").GetString());
        Assert.Equal("openid email portal.api offline_access", all["scope"]);
    }

    [Theory]
    [InlineData("openid profile")]
    [InlineData("openid another.api")]
    [InlineData(" ")]
    public async Task More_than_was_granted_is_refused_and_the_token_stays_good(string scope)
    {
        var (client, _, first) = await GrantedAsync("app5");

        Assert.Equal("invalid_scope", (await client.RefreshAsync(first.RefreshToken, ("scope", scope))).Error);
        Assert.Equal(HttpStatusCode.OK, (await client.RefreshAsync(first.RefreshToken)).Status);
    }

    [Fact]
    public async Task What_the_client_may_not_have_any_more_is_left_out()
    {
        var (client, _, first) = await GrantedAsync("app6", "openid email offline_access");
        await identity.Database.ExecuteAsync("update registered_client set allowed_scopes = '{openid}' where client_id = 'app6'");

        Assert.Equal(Offline, (await client.RefreshAsync(first.RefreshToken))["scope"]);
    }

    [Fact]
    public async Task Another_client_or_nobody_gets_nothing_for_it_and_it_stays_good()
    {
        var (client, _, first) = await GrantedAsync("app7");
        await identity.AnOfflineClientAsync("thief7");

        Assert.Equal("invalid_grant", (await new RelyingParty(identity, "thief7").RefreshAsync(first.RefreshToken)).Error);
        Assert.Equal("invalid_client", (await new RelyingParty(identity, "app7") { Secret = "guess" }.RefreshAsync(first.RefreshToken)).Error);
        var nobody = await new RelyingParty(identity).SendAsync(new(HttpMethod.Post, "/connect/token") { Content = new FormUrlEncodedContent([new("grant_type", "refresh_token"), new("client_id", "app7"), new("refresh_token", first.RefreshToken)]) });
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (nobody.Status, nobody.Error));

        Assert.Equal(HttpStatusCode.OK, (await client.RefreshAsync(first.RefreshToken)).Status);
    }

    [Theory]
    [InlineData("nobody-gave-this-out")]
    [InlineData("nul")]
    [InlineData("Ünïcode 令牌")]
    public async Task What_was_never_a_refresh_token_is_no_grant(string token)
    {
        await identity.AnOfflineClientAsync("app8");

        Assert.Equal("invalid_grant", (await new RelyingParty(identity, "app8").RefreshAsync(token)).Error);
    }

    [Fact]
    public async Task A_missing_or_endless_token_is_no_request()
    {
        await identity.AnOfflineClientAsync("app9");
        var client = new RelyingParty(identity, "app9");

        Assert.Equal("invalid_request", (await client.RefreshAsync("")).Error);
        Assert.Equal("invalid_request", (await client.RefreshAsync(new string('a', 201))).Error);
    }

    [Fact]
    public async Task It_ends_when_it_is_not_used_for_fifteen_days_and_after_thirty_in_any_case()
    {
        var (client, _, idle) = await GrantedAsync("app10");
        var (_, _, busy) = await GrantedAsync("app10");
        identity.Clock.Advance(TimeSpan.FromDays(14.9));
        busy = await client.RefreshAsync(busy.RefreshToken);
        identity.Clock.Advance(TimeSpan.FromDays(0.1));

        Assert.Equal("invalid_grant", (await client.RefreshAsync(idle.RefreshToken)).Error);
        identity.Clock.Advance(TimeSpan.FromDays(14.7));
        busy = await client.RefreshAsync(busy.RefreshToken);
        Assert.Equal(HttpStatusCode.OK, busy.Status);
        identity.Clock.Advance(TimeSpan.FromDays(0.3));
        Assert.Equal("invalid_grant", (await client.RefreshAsync(busy.RefreshToken)).Error);
    }

    [Fact]
    public async Task A_client_s_own_shorter_time_counts_also_for_what_was_given_out_before()
    {
        var (client, _, first) = await GrantedAsync("app11", change: settings => settings.SlidingRefreshTokenLifetime = 60);
        var (_, _, second) = await GrantedAsync("app11b");
        identity.Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal("invalid_grant", (await client.RefreshAsync(first.RefreshToken)).Error);

        await identity.Database.ExecuteAsync("update registered_client set sliding_refresh_token_lifetime = 60, absolute_refresh_token_lifetime = 60 where client_id = 'app11b'");

        Assert.Equal("invalid_grant", (await new RelyingParty(identity, "app11b").RefreshAsync(second.RefreshToken)).Error);
    }

    [Theory]
    [InlineData("update account set disabled_at = now() where subject = @Subject")]
    [InlineData("delete from account where subject = @Subject")]
    [InlineData("update registered_client set allow_offline_access = false where client_id = 'ending'")]
    [InlineData("update access_grant g set revoked_at = now(), revoked_because = 'test' from account a where a.account_id = g.account_id and a.subject = @Subject")]
    [InlineData("with t as (insert into tenant (key, name, disabled_at, created_at, updated_at) values (substr(@Subject, 1, 20), 'T', now(), now(), now()) returning tenant_id) update account set tenant_id = t.tenant_id from t where subject = @Subject")]
    public async Task It_ends_at_once_with_the_person_the_permission_or_the_grant(string end)
    {
        var (client, account, first) = await GrantedAsync("ending");
        await identity.Database.ExecuteAsync(end, account);

        Assert.Equal("invalid_grant", (await client.RefreshAsync(first.RefreshToken)).Error);
        await identity.Database.ExecuteAsync("update registered_client set allow_offline_access = true where client_id = 'ending'");
    }

    [Theory]
    [InlineData("update registered_client set enabled = false where client_id = 'stopping'")]
    [InlineData("with t as (insert into tenant (key, name, disabled_at, created_at, updated_at) values ('gone', 'T', now(), now(), now()) returning tenant_id) update registered_client set tenant_id = t.tenant_id from t where client_id = 'stopping'")]
    public async Task A_disabled_client_or_one_of_a_disabled_tenant_is_not_even_let_in(string end)
    {
        var (client, _, first) = await GrantedAsync("stopping");
        await identity.Database.ExecuteAsync(end);

        Assert.Equal("invalid_client", (await client.RefreshAsync(first.RefreshToken)).Error);
        await identity.Database.ExecuteAsync("update registered_client set enabled = true, tenant_id = null where client_id = 'stopping'");
    }

    [Fact]
    public async Task It_outlives_the_session_s_own_end_but_not_a_sign_out()
    {
        await identity.AnOfflineClientAsync("app12");
        var client = new RelyingParty(identity, "app12");
        var account = await identity.AnAccountAsync();
        var visitor = await identity.SignedInAsync(account);
        var outliving = await client.TokensAsync(visitor, ("scope", Offline));
        identity.Clock.Advance(TimeSpan.FromHours(11));
        await CleanUpAsync(identity);
        Assert.Equal(HttpStatusCode.OK, (await client.RefreshAsync(outliving.RefreshToken)).Status);

        visitor = await identity.SignedInAsync(account);
        var ended = await client.TokensAsync(visitor, ("scope", Offline));
        await visitor.SubmitAsync("/sign-out");

        Assert.Equal("invalid_grant", (await client.RefreshAsync(ended.RefreshToken)).Error);
    }

    [Fact]
    public async Task A_new_password_ends_it()
    {
        var (client, account, first) = await GrantedAsync("app13");
        var visitor = identity.Visitor();
        await visitor.SubmitAsync("/password-reset", ("Email", account.Email));
        await visitor.GetAsync((await identity.DeliverAsync())[^1].Link);

        await visitor.SubmitAsync("/password-reset/new", ("Password", "seven quiet otters"), ("Repeated", "seven quiet otters"));

        Assert.Equal("invalid_grant", (await client.RefreshAsync(first.RefreshToken)).Error);
    }

    [Fact]
    public async Task Cleaning_up_keeps_what_can_be_refreshed_and_forgets_what_cannot()
    {
        await using var own = new IdentityAppOfATest();
        await own.InitializeAsync();
        await own.AnOfflineClientAsync("kept");
        var client = new RelyingParty(own, "kept");
        var visitor = await own.SignedInAsync(await own.AnAccountAsync());
        var kept = await client.TokensAsync(visitor, ("scope", Offline));
        await client.TokensAsync(visitor);
        own.Clock.Advance(TimeSpan.FromDays(2));
        await CleanUpAsync(own);

        Assert.Equal([1L], await own.Database.ListAsync<long>("select count(*) from access_grant"));
        Assert.Equal(HttpStatusCode.OK, (await client.RefreshAsync(kept.RefreshToken)).Status);

        own.Clock.Advance(TimeSpan.FromDays(29));
        await CleanUpAsync(own);
        Assert.Equal([0L, 0L], await own.Database.ListAsync<long>("select count(*) from access_grant union all select count(*) from refresh_token"));
    }

    [Fact]
    public async Task A_code_that_comes_twice_takes_the_refresh_token_with_it()
    {
        await identity.AnOfflineClientAsync("app14");
        var client = new RelyingParty(identity, "app14");
        var code = await client.CodeAsync(await identity.SignedInAsync(await identity.AnAccountAsync()), ("scope", Offline));
        var first = await client.RedeemAsync(code);

        await client.RedeemAsync(code);

        Assert.Equal("invalid_grant", (await client.RefreshAsync(first.RefreshToken)).Error);
    }

    [Fact]
    public async Task Neither_the_token_nor_its_successor_can_be_read_in_the_database_log_or_audit()
    {
        var (client, _, first) = await GrantedAsync("app15");
        var second = await client.RefreshAsync(first.RefreshToken);

        var stored = await identity.Database.ListAsync<string>("select t::text from refresh_token t union all select details::text from audit_entry");

        Assert.DoesNotContain(stored.Concat(identity.Log.Lines), line => line.Contains(first.RefreshToken, StringComparison.Ordinal) || line.Contains(second.RefreshToken, StringComparison.Ordinal));
    }

    static Task CleanUpAsync(IdentityApp app) =>
        app.AsTheProductAsync(services => ((Identity.Web.ForgetWhatEnded)services.GetService(typeof(Identity.Web.ForgetWhatEnded))!).RunAsync(CancellationToken.None));

    async Task<(RelyingParty Client, TestAccount Account, TokenAnswer Tokens)> GrantedAsync(string clientId, string scope = Offline, Action<Identity.Clients.Client>? change = null)
    {
        await identity.AnOfflineClientAsync(clientId, change);
        var client = new RelyingParty(identity, clientId);
        var account = await identity.AnAccountAsync();
        return (client, account, await client.TokensAsync(await identity.SignedInAsync(account), ("scope", scope)));
    }

    static string HandleOf(TokenAnswer tokens) => TokenAnswer.Claims(tokens.AccessToken).GetProperty("jti").GetString()!.Split('.')[0];

    async Task<HttpStatusCode> UserInfoAsync(string accessToken)
    {
        using var program = identity.Program();
        program.DefaultRequestHeaders.Authorization = new("Bearer", accessToken);
        using var answer = await program.GetAsync("/connect/userinfo");
        return answer.StatusCode;
    }

    sealed class IdentityAppOfATest : IdentityApp, IAsyncDisposable
    {
        async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();
    }
}
