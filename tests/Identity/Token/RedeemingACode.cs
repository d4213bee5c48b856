using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Support;

namespace Identity.Tests.Token;

public sealed class RedeemingACode(IdentityApp identity) : IClassFixture<IdentityApp>
{
    readonly RelyingParty portal = new(identity);

    [Fact]
    public async Task Gives_tokens_that_nobody_keeps_in_between()
    {
        var answer = await portal.TokensAsync(await SignedInAsync(), ("scope", "email openid"));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(("Bearer", "900", "email openid"), (answer["token_type"], answer["expires_in"], answer["scope"]));
        Assert.Null(answer["refresh_token"]);
        Assert.True(answer.Headers.Headers.CacheControl!.NoStore);
        Assert.Equal("application/json; charset=utf-8", answer.Headers.Content.Headers.ContentType!.ToString());
    }

    [Fact]
    public async Task The_id_token_names_the_person_the_client_and_the_sign_in()
    {
        var account = await identity.AnAccountAsync();
        var answer = await portal.TokensAsync(await identity.SignedInAsync(account));

        var (header, claims) = (TokenAnswer.HeaderOf(answer.IdToken), TokenAnswer.Claims(answer.IdToken));

        Assert.Equal(["alg", "kid", "typ"], header.EnumerateObject().Select(member => member.Name).Order());
        Assert.Equal("RS256", header.GetProperty("alg").GetString());
        Assert.Equal(["acr", "amr", "at_hash", "aud", "auth_time", "exp", "iat", "iss", "nonce", "sid", "sub"], claims.EnumerateObject().Select(claim => claim.Name).Order());
        Assert.Equal("https://identity.test", claims.GetProperty("iss").GetString());
        Assert.Equal(account.Subject, claims.GetProperty("sub").GetString());
        Assert.Equal("portal", claims.GetProperty("aud").GetString());
        Assert.Equal("a nonce", claims.GetProperty("nonce").GetString());
        Assert.Equal("urn:partnerportal:acr:pwd", claims.GetProperty("acr").GetString());
        Assert.Equal("[\"pwd\"]", claims.GetProperty("amr").GetRawText());
        Assert.Equal(300, claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64());
        Assert.Equal(identity.Clock.Now.ToUnixTimeSeconds(), claims.GetProperty("iat").GetInt64());
        Assert.Equal(Base64UrlEncoder.Encode(System.Security.Cryptography.SHA256.HashData(Encoding.ASCII.GetBytes(answer.AccessToken))[..16]), claims.GetProperty("at_hash").GetString());
    }

    [Fact]
    public async Task The_access_token_is_of_the_type_for_it_and_says_no_more_than_needed()
    {
        var account = await identity.AnAccountAsync();
        var answer = await portal.TokensAsync(await identity.SignedInAsync(account), ("scope", "openid profile email"));

        var (header, claims) = (TokenAnswer.HeaderOf(answer.AccessToken), TokenAnswer.Claims(answer.AccessToken));

        Assert.Equal(("at+jwt", "ES256"), (header.GetProperty("typ").GetString(), header.GetProperty("alg").GetString()));
        Assert.Equal(["aud", "auth_time", "client_id", "exp", "iat", "iss", "jti", "scope", "sub"], claims.EnumerateObject().Select(claim => claim.Name).Order());
        Assert.Equal("openid profile email", claims.GetProperty("scope").GetString());
        Assert.Equal(900, claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64());
    }

    [Fact]
    public async Task Both_tokens_verify_against_the_published_keys()
    {
        var answer = await portal.TokensAsync(await SignedInAsync());
        using var program = identity.Program();
        var keys = new JsonWebKeySet(await program.GetStringAsync("/.well-known/openid-configuration/jwks")).GetSigningKeys();

        foreach (var token in new[] { answer.IdToken, answer.AccessToken })
        {
            var result = await new JsonWebTokenHandler().ValidateTokenAsync(token, new() { ValidIssuer = IdentityApp.Issuer, IssuerSigningKeys = keys, ValidAudiences = ["portal", IdentityApp.Issuer], LifetimeValidator = (_, end, _, _) => end > identity.Clock.Now.UtcDateTime });
            Assert.True(result.IsValid, result.Exception?.Message);
        }
    }

    [Fact]
    public async Task Without_the_scope_openid_there_is_no_id_token()
    {
        await identity.AClientAsync("plain", client => client.AllowedScopes = ["portal.api"]);

        var answer = await new RelyingParty(identity, "plain").TokensAsync(await SignedInAsync(), ("scope", "portal.api"));

        Assert.Null(answer["id_token"]);
        Assert.Equal("portal.api", TokenAnswer.Claims(answer.AccessToken).GetProperty("aud").GetString());
    }

    [Fact]
    public async Task A_code_works_once_and_its_second_use_ends_what_came_of_the_first()
    {
        var code = await portal.CodeAsync(await SignedInAsync());
        var first = await portal.RedeemAsync(code);
        Assert.Equal(HttpStatusCode.OK, await UserInfoAsync(first.AccessToken));

        identity.Clock.Advance(TimeSpan.FromSeconds(30));
        var second = await portal.RedeemAsync(code);

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (second.Status, second.Error));
        Assert.Equal(HttpStatusCode.Unauthorized, await UserInfoAsync(first.AccessToken));
        var handle = TokenAnswer.Claims(first.AccessToken).GetProperty("jti").GetString()!.Split('.')[0];
        Assert.Equal(["code.issued", "code.redeemed", "code.replayed"], await identity.AuditAsync(handle));
    }

    [Fact]
    public async Task Of_fifty_at_the_same_moment_exactly_one_gets_tokens()
    {
        var code = await portal.CodeAsync(await SignedInAsync());

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => portal.RedeemAsync(code)));

        Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.OK), answer => Assert.Equal("invalid_grant", answer.Error));
        await identity.Database.ExecuteAsync("truncate throttle");
    }

    [Fact]
    public async Task A_code_is_good_for_a_minute()
    {
        var visitor = await SignedInAsync();
        var early = await portal.CodeAsync(visitor);
        identity.Clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(HttpStatusCode.OK, (await portal.RedeemAsync(early)).Status);

        var late = await portal.CodeAsync(visitor);
        identity.Clock.Advance(TimeSpan.FromSeconds(60));

        Assert.Equal("invalid_grant", (await portal.RedeemAsync(late)).Error);
    }

    [Fact]
    public async Task Another_client_gets_nothing_for_it_and_burns_it()
    {
        await identity.AClientAsync("thief", client => client.RedirectUris = [portal.RedirectUri]);
        var code = await portal.CodeAsync(await SignedInAsync());

        var stolen = await new RelyingParty(identity, "thief") { RedirectUri = portal.RedirectUri }.RedeemAsync(code, ("code_verifier", portal.Verifier));

        Assert.Equal("invalid_grant", stolen.Error);
        Assert.Equal("invalid_grant", (await portal.RedeemAsync(code)).Error);
        Assert.Equal(["code.refused"], await identity.Database.ListAsync<string>("select action from audit_entry where action = 'code.refused' and details ->> 'reason' = 'another_client'"));
    }

    [Theory]
    [InlineData("redirect_uri", null)]
    [InlineData("redirect_uri", "https://portal.test/other")]
    [InlineData("code_verifier", null)]
    [InlineData("code_verifier", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("code_verifier", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("code_verifier", "another-verifier-that-has-the-right-length-12345")]
    [InlineData("code", "a-code-that-nobody-gave-out")]
    public async Task A_request_that_does_not_match_is_refused_and_the_code_is_spent(string name, string? value)
    {
        var code = await portal.CodeAsync(await SignedInAsync());

        Assert.Equal("invalid_grant", (await portal.RedeemAsync(code, (name, value))).Error);
        if (name != "code")
        {
            Assert.Equal("invalid_grant", (await portal.RedeemAsync(code)).Error);
        }
    }

    [Fact]
    public async Task The_challenge_itself_is_no_verifier()
    {
        var code = await portal.CodeAsync(await SignedInAsync());

        Assert.Equal("invalid_grant", (await portal.RedeemAsync(code, ("code_verifier", RelyingParty.ChallengeOf(portal.Verifier)))).Error);
    }

    [Fact]
    public async Task A_verifier_for_a_code_without_challenge_is_refused()
    {
        await identity.AClientAsync("old", client => client.RequirePkce = false);
        var old = new RelyingParty(identity, "old");
        var visitor = await SignedInAsync();

        var without = await old.RedeemAsync(await old.CodeAsync(visitor, ("code_challenge", null), ("code_challenge_method", null)), ("code_verifier", null));
        var downgraded = await old.RedeemAsync(await old.CodeAsync(visitor, ("code_challenge", null), ("code_challenge_method", null)));

        Assert.Equal(HttpStatusCode.OK, without.Status);
        Assert.Equal("invalid_grant", downgraded.Error);
    }

    [Fact]
    public async Task A_code_of_somebody_who_was_disabled_or_signed_out_since_is_worth_nothing()
    {
        var account = await identity.AnAccountAsync();
        var visitor = await identity.SignedInAsync(account);
        var disabled = await portal.CodeAsync(visitor);
        await identity.Database.ExecuteAsync("update account set disabled_at = now() where subject = @Subject", account);
        Assert.Equal("invalid_grant", (await portal.RedeemAsync(disabled)).Error);

        var leaving = await SignedInAsync();
        var code = await portal.CodeAsync(leaving);
        await leaving.SubmitAsync("/sign-out");
        Assert.Equal("invalid_grant", (await portal.RedeemAsync(code)).Error);
    }

    [Theory]
    [InlineData(null, "invalid_request")]
    [InlineData("password", "unsupported_grant_type")]
    [InlineData("implicit", "unsupported_grant_type")]
    [InlineData("refresh_token", "unauthorized_client")]
    [InlineData("urn:ietf:params:oauth:grant-type:device_code", "unsupported_grant_type")]
    [InlineData("urn:ietf:params:oauth:grant-type:jwt-bearer", "unsupported_grant_type")]
    [InlineData("urn:ietf:params:oauth:grant-type:token-exchange", "unsupported_grant_type")]
    [InlineData("client_credentials", "unauthorized_client")]
    public async Task Another_grant_is_refused(string? grant, string error)
    {
        var answer = await portal.TokenAsync([new("grant_type", grant)]);

        Assert.Equal((HttpStatusCode.BadRequest, error), (answer.Status, answer.Error));
    }

    [Fact]
    public async Task The_code_may_not_be_missing_or_come_twice()
    {
        Assert.Equal("invalid_request", (await portal.TokenAsync([new("grant_type", "authorization_code")])).Error);
        Assert.Equal("invalid_request", (await portal.TokenAsync([new("grant_type", "authorization_code"), new("code", "a"), new("code", "b")])).Error);
    }

    [Fact]
    public async Task Only_a_posted_form_is_understood()
    {
        using var program = identity.Program();

        using var get = await program.GetAsync("/connect/token?grant_type=client_credentials");
        using var json = await program.PostAsync("/connect/token", new StringContent("{}", Encoding.UTF8, "application/json"));
        using var query = await program.PostAsync("/connect/token?client_id=portal&client_secret=x", new FormUrlEncodedContent([new("grant_type", "client_credentials")]));

        Assert.Equal(HttpStatusCode.MethodNotAllowed, get.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, json.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, query.StatusCode);
        Assert.Equal("invalid_request", JsonDocument.Parse(await query.Content.ReadAsStringAsync()).RootElement.GetProperty("error").GetString());
    }

    async Task<HttpStatusCode> UserInfoAsync(string accessToken)
    {
        using var program = identity.Program();
        program.DefaultRequestHeaders.Authorization = new("Bearer", accessToken);
        using var answer = await program.GetAsync("/connect/userinfo");
        return answer.StatusCode;
    }

    async Task<Visitor> SignedInAsync() => await identity.SignedInAsync(await identity.AnAccountAsync());
}
