using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Support;

namespace Identity.Tests.UserInfo;

public sealed class AskingAboutThePerson(IdentityApp identity) : IClassFixture<IdentityApp>
{
    readonly RelyingParty portal = new(identity);

    [Theory]
    [InlineData("openid", "sub")]
    [InlineData("openid profile", "locale name sub updated_at")]
    [InlineData("openid email", "email email_verified sub")]
    [InlineData("openid profile email", "email email_verified locale name sub updated_at")]
    [InlineData("openid roles", "roles sub")]
    public async Task Tells_what_the_scopes_release_and_nothing_more(string scope, string claims)
    {
        var account = await identity.AnAccountAsync(name: "王小明", language: "zh-CN");
        var token = (await portal.TokensAsync(await identity.SignedInAsync(account), ("scope", scope))).AccessToken;

        var (answer, body) = await AskAsync(token);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(claims.Split(' '), body.EnumerateObject().Select(claim => claim.Name).Order());
        Assert.Equal(account.Subject, body.GetProperty("sub").GetString());
        if (scope.Contains("profile", StringComparison.Ordinal))
        {
            Assert.Equal(("王小明", "zh-CN"), (body.GetProperty("name").GetString(), body.GetProperty("locale").GetString()));
        }

        if (scope.Contains("email", StringComparison.Ordinal))
        {
            Assert.Equal((account.Email, true), (body.GetProperty("email").GetString(), body.GetProperty("email_verified").GetBoolean()));
        }
    }

    [Fact]
    public async Task An_address_nobody_verified_is_told_as_such()
    {
        var account = await identity.AnAccountAsync();
        await identity.Database.ExecuteAsync("update account set email_confirmed = false where subject = @Subject", account);

        var (_, body) = await AskAsync((await portal.TokensAsync(await identity.SignedInAsync(account), ("scope", "openid email"))).AccessToken);

        Assert.False(body.GetProperty("email_verified").GetBoolean());
    }

    [Fact]
    public async Task It_may_be_asked_by_post_with_the_token_in_header_or_form_but_never_in_the_address()
    {
        var token = await TokenAsync();
        using var program = identity.Program();

        using var header = await program.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/connect/userinfo") { Headers = { Authorization = new("Bearer", token) } });
        using var form = await program.PostAsync("/connect/userinfo", new FormUrlEncodedContent([new("access_token", token)]));
        using var address = await program.GetAsync("/connect/userinfo?access_token=" + token);

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Unauthorized], [header.StatusCode, form.StatusCode, address.StatusCode]);
    }

    [Fact]
    public async Task Who_brings_no_token_is_asked_for_one_without_an_error()
    {
        using var program = identity.Program();

        using var answer = await program.GetAsync("/connect/userinfo");

        Assert.Equal((HttpStatusCode.Unauthorized, "Bearer realm=\"identity\""), (answer.StatusCode, answer.Headers.WwwAuthenticate.ToString()));
    }

    [Fact]
    public async Task A_token_that_is_forged_expired_or_something_else_is_invalid()
    {
        var tokens = await portal.TokensAsync(await identity.SignedInAsync(await identity.AnAccountAsync()));
        var parts = tokens.AccessToken.Split('.');
        string[] bad =
        [
            "garbage",
            tokens.IdToken,
            "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0." + parts[1] + ".",
            parts[0] + "." + parts[1] + "." + new string('A', parts[2].Length),
            new TestIdentityProvider(identity.Clock).AccessToken("somebody", "openid"),
        ];

        foreach (var token in bad)
        {
            await AssertInvalidAsync(token);
        }

        identity.Clock.Advance(TimeSpan.FromSeconds(900));
        await AssertInvalidAsync(tokens.AccessToken);
    }

    [Fact]
    public async Task A_program_s_token_has_not_the_scope_for_it()
    {
        await identity.AClientAsync("erp", client =>
        {
            client.AllowedGrantTypes = ["client_credentials"];
            client.AllowedScopes = ["portal.api"];
        });
        var token = (await new RelyingParty(identity, "erp").TokenAsync([new("grant_type", "client_credentials")])).AccessToken;

        var (answer, _) = await AskAsync(token);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("error=\"insufficient_scope\"", answer.Headers.WwwAuthenticate.ToString());
    }

    [Theory]
    [InlineData("update account set disabled_at = now() where subject = @Subject")]
    [InlineData("update registered_client set enabled = false where client_id = 'leaving'")]
    [InlineData("update access_grant set revoked_at = now(), revoked_because = 'test'")]
    public async Task Nothing_is_told_once_person_client_or_grant_have_ended(string end)
    {
        await identity.AClientAsync("leaving", _ => { });
        var account = await identity.AnAccountAsync();
        var token = (await new RelyingParty(identity, "leaving").TokensAsync(await identity.SignedInAsync(account))).AccessToken;
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(token)).Answer.StatusCode);

        await identity.Database.ExecuteAsync(end, account);

        await AssertInvalidAsync(token);
        await identity.Database.ExecuteAsync("update registered_client set enabled = true");
    }

    async Task AssertInvalidAsync(string token)
    {
        var (answer, _) = await AskAsync(token);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("error=\"invalid_token\"", answer.Headers.WwwAuthenticate.ToString());
    }

    async Task<string> TokenAsync() => (await portal.TokensAsync(await identity.SignedInAsync(await identity.AnAccountAsync()))).AccessToken;

    async Task<(HttpResponseMessage Answer, JsonElement Body)> AskAsync(string token)
    {
        using var program = identity.Program();
        program.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var answer = await program.GetAsync("/connect/userinfo");
        return (answer, JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement);
    }
}
