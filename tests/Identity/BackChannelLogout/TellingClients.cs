using System.Net;
using Identity.Clients;
using Identity.PasswordReset;
using Identity.Sessions;
using Identity.Tenants;
using Identity.Users;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Platform.Jobs;
using Support;

namespace Identity.Tests.BackChannelLogout;

public sealed class TellingClients : IAsyncLifetime
{
    const string First = "https://first.test/logout";
    const string Second = "https://second.test/logout";

    readonly IdentityApp identity = new();

    [Fact]
    public async Task Every_client_that_got_tokens_in_the_session_gets_a_logout_token_and_no_other_does()
    {
        var account = await identity.AnAccountAsync();
        var visitor = await identity.SignedInAsync(account);
        var tokens = await new RelyingParty(identity, "first").TokensAsync(visitor);
        await new RelyingParty(identity, "first").TokensAsync(visitor);
        await new RelyingParty(identity, "second").CodeAsync(visitor); // never redeemed
        await new RelyingParty(identity, "quiet").TokensAsync(visitor);

        await visitor.GetOnlyAsync("/connect/endsession?id_token_hint=" + tokens.IdToken);
        await identity.DeliverAsync();

        var sent = Assert.Single(identity.Outside.Sent);
        Assert.Equal((First, "logout_token"), (sent.Address, Assert.Single(sent.Form.Keys)));
        var token = sent.Form["logout_token"];
        Assert.Equal(("logout+jwt", "RS256"), (TokenAnswer.HeaderOf(token).GetProperty("typ").GetString(), TokenAnswer.HeaderOf(token).GetProperty("alg").GetString()));
        var claims = TokenAnswer.Claims(token);
        Assert.Equal(["aud", "events", "exp", "iat", "iss", "jti", "sid", "sub"], claims.EnumerateObject().Select(claim => claim.Name).Order());
        Assert.Equal((IdentityApp.Issuer, "first", account.Subject), (claims.GetProperty("iss").GetString(), claims.GetProperty("aud").GetString(), claims.GetProperty("sub").GetString()));
        Assert.Equal(TokenAnswer.Claims(tokens.IdToken).GetProperty("sid").GetString(), claims.GetProperty("sid").GetString());
        Assert.Equal("""{"http://schemas.openid.net/event/backchannel-logout":{}}""", claims.GetProperty("events").GetRawText());
        Assert.Equal(120, claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64());
        await AssertSignedByUsAsync(token);
    }

    [Fact]
    public async Task Two_clients_get_one_each_with_jtis_of_their_own_and_one_that_asks_only_for_the_person_no_sid()
    {
        await RegisterAsync("second", client => (client.BackChannelLogoutUri, client.BackChannelLogoutSessionRequired) = (Second, false));
        var visitor = await SignedInAtAsync(await identity.AnAccountAsync(), "first", "second");

        await SignOutAsync(visitor);

        var claims = identity.Outside.Sent.ToDictionary(sent => sent.Address, sent => TokenAnswer.Claims(sent.Form["logout_token"]));
        Assert.Equal([First, Second], claims.Keys.Order());
        Assert.NotEqual(claims[First].GetProperty("jti").GetString(), claims[Second].GetProperty("jti").GetString());
        Assert.False(claims[Second].TryGetProperty("sid", out _));
    }

    [Fact]
    public async Task Another_person_in_the_same_browser_ends_the_session_and_the_same_person_does_not()
    {
        var account = await identity.AnAccountAsync();
        var visitor = await SignedInAtAsync(account, "first");

        await SignInAgainAsync(visitor, account);
        Assert.Empty(identity.Outside.Sent);

        await SignInAgainAsync(visitor, await identity.AnAccountAsync());
        Assert.Single(identity.Outside.Sent);
    }

    [Theory]
    [InlineData("password")]
    [InlineData("account")]
    [InlineData("tenant")]
    [InlineData("expiry")]
    [InlineData("idleness")]
    [InlineData("administrator")]
    public async Task It_is_told_however_a_session_ends(string how)
    {
        var account = await identity.AnAccountAsync();
        await SignedInAtAsync(account, "first");
        await identity.AsTheProductAsync(async services =>
        {
            switch (how)
            {
                case "password":
                    await identity.Database.ExecuteAsync("delete from outbox_message");
                    var row = (await services.GetRequiredService<AccountStore>().FindEnabledAsync(account.Subject, CancellationToken.None))!;
                    var link = await services.GetRequiredService<PasswordResetMail>().MakeAsync(row, invites: false, CancellationToken.None);
                    Assert.IsType<PasswordChange.Changed>(await services.GetRequiredService<ChooseNewPassword>().RunAsync(link, "an entirely different horse", CancellationToken.None));
                    break;
                case "account":
                    await identity.Database.ExecuteAsync("update account set disabled_at = @now where subject = @Subject", new { now = identity.Clock.Now.UtcDateTime, account.Subject });
                    break;
                case "tenant":
                    var tenant = await services.GetRequiredService<TenantStore>().SaveAsync("huaxin", "Huaxin", isOperator: false, CancellationToken.None);
                    await identity.Database.ExecuteAsync("update account set tenant_id = @TenantId where subject = @Subject", new { tenant.TenantId, account.Subject });
                    Assert.True(await services.GetRequiredService<TenantStore>().SetEnabledAsync(tenant.TenantId, enabled: false, CancellationToken.None));
                    break;
                case "administrator":
                    await services.GetRequiredService<SessionStore>().DeleteAllAsync((await identity.Database.ListAsync<long>("select account_id from account where subject = @Subject", new { account.Subject })).Single(), CancellationToken.None);
                    break;
                case "expiry" or "idleness":
                    if (how is "expiry")
                    {
                        identity.Clock.Advance(TimeSpan.FromHours(9));
                        await identity.Database.ExecuteAsync("update sign_in_session set last_seen_at = @now", new { now = identity.Clock.Now.UtcDateTime });
                    }

                    identity.Clock.Advance(TimeSpan.FromMinutes(121));
                    await services.GetRequiredService<JobRunner>().RunAsync("forget-what-ended", CancellationToken.None);
                    break;
            }
        });

        await identity.DeliverAsync();

        Assert.Equal(account.Subject, TokenAnswer.Claims(Assert.Single(identity.Outside.Sent).Form["logout_token"]).GetProperty("sub").GetString());
        Assert.Empty(await identity.Database.ListAsync<string>("select sid from sign_in_session"));
    }

    [Theory]
    [InlineData("account")]
    [InlineData("tenant")]
    public async Task What_a_disabled_person_granted_does_not_come_back_to_life(string which)
    {
        var account = await identity.AnAccountAsync();
        await SignedInAtAsync(account, "first");
        await identity.Database.ExecuteAsync("""
            insert into tenant (key, name, created_at, updated_at) values ('huaxin', 'Huaxin', now(), now());
            update account set tenant_id = (select tenant_id from tenant where key = 'huaxin') where subject = @Subject
            """, new { account.Subject });

        await identity.Database.ExecuteAsync($"update {which} set disabled_at = now() where {(which is "account" ? "subject = @Subject" : "key = 'huaxin'")}; update {which} set disabled_at = null", new { account.Subject });

        Assert.Equal([which + "_disabled"], await identity.Database.ListAsync<string>("select revoked_because from access_grant"));
    }

    [Fact]
    public async Task A_refresh_token_used_twice_is_told_to_its_client_alone()
    {
        await RegisterAsync("first", client =>
        {
            (client.BackChannelLogoutUri, client.AllowOfflineAccess) = (First, true);
            client.AllowedGrantTypes = ["authorization_code", "refresh_token"];
            client.AllowedScopes = ["openid", "offline_access"];
        });
        var visitor = await SignedInAtAsync(await identity.AnAccountAsync(), "second");
        var first = new RelyingParty(identity, "first");
        var old = (await first.TokensAsync(visitor, ("scope", "openid offline_access")))["refresh_token"]!;
        var next = (await first.TokenAsync([new("grant_type", "refresh_token"), new("refresh_token", old)]))["refresh_token"]!;
        await first.TokenAsync([new("grant_type", "refresh_token"), new("refresh_token", next)]);

        await first.TokenAsync([new("grant_type", "refresh_token"), new("refresh_token", old)]);
        await identity.DeliverAsync();

        Assert.Equal(First, Assert.Single(identity.Outside.Sent).Address);
    }

    [Theory]
    [InlineData(HttpStatusCode.OK)]
    [InlineData(HttpStatusCode.NoContent)]
    public async Task Answered_well_it_is_done(HttpStatusCode status)
    {
        identity.Outside.Answer(First, status);
        await SignOutAsync(await SignedInAtAsync(await identity.AnAccountAsync(), "first"));

        Assert.Equal([1L], await identity.Database.ListAsync<long>("select count(*) from outbox_message where kind = 'back_channel_logout' and delivered_at is not null"));
    }

    [Fact]
    public async Task A_client_that_cannot_now_is_asked_five_times_more_with_growing_pauses_and_a_token_made_each_time()
    {
        identity.Outside.Answer(First, HttpStatusCode.ServiceUnavailable);
        await SignOutAsync(await SignedInAtAsync(await identity.AnAccountAsync(), "first"));

        foreach (var (seconds, sent) in new[] { (4, 1), (1, 2), (14, 2), (1, 3), (45, 4), (135, 5), (405, 6), (100_000, 6) })
        {
            identity.Clock.Advance(TimeSpan.FromSeconds(seconds));
            await identity.DeliverAsync();
            Assert.Equal(sent, identity.Outside.Sent.Count);
        }

        Assert.Equal(6, identity.Outside.Sent.Select(form => form.Form["logout_token"]).Distinct().Count());
        Assert.Equal([1L], await identity.Database.ListAsync<long>("select count(*) from outbox_message where abandoned_at is not null"));
    }

    [Fact]
    public async Task A_client_that_is_away_gets_it_when_it_is_back()
    {
        identity.Outside.Answer(First, (_, _) => throw new HttpRequestException("Connection refused"));
        await SignOutAsync(await SignedInAtAsync(await identity.AnAccountAsync(), "first"));
        identity.Outside.Answer(First, HttpStatusCode.OK);

        identity.Clock.Advance(TimeSpan.FromSeconds(5));
        await identity.DeliverAsync();

        Assert.Equal([1L], await identity.Database.ListAsync<long>("select count(*) from outbox_message where kind = 'back_channel_logout' and delivered_at is not null"));
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest)]
    [InlineData(HttpStatusCode.NotFound)]
    [InlineData(HttpStatusCode.Redirect)]
    [InlineData(HttpStatusCode.PermanentRedirect)]
    public async Task A_client_that_refuses_or_sends_us_elsewhere_is_not_asked_again(HttpStatusCode status)
    {
        identity.Outside.Answer(First, (_, _) => Task.FromResult(new HttpResponseMessage(status) { Headers = { Location = new("https://second.test/logout") } }));
        await SignOutAsync(await SignedInAtAsync(await identity.AnAccountAsync(), "first"));

        identity.Clock.Advance(TimeSpan.FromDays(1));
        await identity.DeliverAsync();

        Assert.Equal(First, Assert.Single(identity.Outside.Sent).Address);
        Assert.Equal([1L], await identity.Database.ListAsync<long>("select count(*) from outbox_message where abandoned_at is not null"));
        Assert.Contains("back_channel_logout.refused", await identity.AuditAsync("first"));
    }

    [Fact]
    public async Task A_slow_client_delays_no_other_and_not_the_persons_sign_out()
    {
        var release = new TaskCompletionSource();
        identity.Outside.Answer(First, async (_, ct) =>
        {
            await release.Task.WaitAsync(ct);
            return new HttpResponseMessage(HttpStatusCode.OK);
        });
        var visitor = await SignedInAtAsync(await identity.AnAccountAsync(), "first", "second");
        await visitor.SubmitAsync("/sign-out");

        var delivery = identity.DeliverAsync();
        for (var tries = 0; tries < 100 && !identity.Outside.Sent.Any(form => form.Address == Second); tries++)
        {
            await Task.Delay(50);
        }

        Assert.Contains(identity.Outside.Sent, form => form.Address == Second);
        Assert.False(delivery.IsCompleted);
        release.SetResult();
        await delivery;
    }

    [Fact]
    public async Task A_client_disabled_since_is_told_nothing()
    {
        var visitor = await SignedInAtAsync(await identity.AnAccountAsync(), "first");
        await identity.Database.ExecuteAsync("update registered_client set enabled = false where client_id = 'first'");

        await SignOutAsync(visitor);

        Assert.Empty(identity.Outside.Sent);
    }

    [Theory]
    [InlineData("http://first.test/logout")]
    [InlineData("https://first.test/logout#part")]
    [InlineData("javascript:alert(1)")]
    [InlineData("https://*.test/logout")]
    public async Task Only_an_https_address_can_be_registered(string address) =>
        await Assert.ThrowsAsync<ArgumentException>(() => RegisterAsync("third", client => client.BackChannelLogoutUri = address));

    public async Task InitializeAsync()
    {
        await identity.InitializeAsync();
        identity.Outside.Answer(First, HttpStatusCode.OK);
        identity.Outside.Answer(Second, HttpStatusCode.OK);
        await RegisterAsync("first", client => client.BackChannelLogoutUri = First);
        await RegisterAsync("second", client => client.BackChannelLogoutUri = Second);
        await RegisterAsync("quiet", _ => { });
    }

    public Task DisposeAsync() => identity.DisposeAsync();

    Task RegisterAsync(string clientId, Action<Client> change) => identity.AClientAsync(clientId, change);

    async Task<Visitor> SignedInAtAsync(TestAccount account, params string[] clients)
    {
        var visitor = await identity.SignedInAsync(account);
        foreach (var client in clients)
        {
            await new RelyingParty(identity, client).TokensAsync(visitor);
        }

        return visitor;
    }

    async Task SignOutAsync(Visitor visitor)
    {
        await visitor.SubmitAsync("/sign-out");
        await identity.DeliverAsync();
    }

    async Task SignInAgainAsync(Visitor visitor, TestAccount account)
    {
        var page = await visitor.GetAsync(new RelyingParty(identity, "first").Request(("prompt", "login")));
        await visitor.SubmitAsync(page, ("Email", account.Email), ("Password", IdentityApp.Password));
        await identity.DeliverAsync();
    }

    async Task AssertSignedByUsAsync(string token)
    {
        using var program = identity.Program();
        var keys = new JsonWebKeySet(await program.GetStringAsync("/.well-known/openid-configuration/jwks")).GetSigningKeys();
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(token, new() { ValidIssuer = IdentityApp.Issuer, IssuerSigningKeys = keys, ValidAudience = "first", ValidTypes = ["logout+jwt"], LifetimeValidator = (_, end, _, _) => end > identity.Clock.Now.UtcDateTime });
        Assert.True(result.IsValid, result.Exception?.Message);
    }
}
