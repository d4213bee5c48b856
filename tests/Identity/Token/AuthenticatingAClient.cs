using System.Net;
using System.Text;
using System.Text.Json;
using Support;

namespace Identity.Tests.Token;

public sealed class AuthenticatingAClient(IdentityApp identity) : IClassFixture<IdentityApp>
{
    static readonly KeyValuePair<string, string?>[] ClientCredentials = [new("grant_type", "client_credentials")];

    [Fact]
    public async Task A_program_gets_a_token_for_itself()
    {
        await AnErpAsync("erp");

        var answer = await new RelyingParty(identity, "erp").TokenAsync(ClientCredentials);

        Assert.Equal((HttpStatusCode.OK, "Bearer", "900", "portal.api"), (answer.Status, answer["token_type"], answer["expires_in"], answer["scope"]));
        Assert.Null(answer["refresh_token"]);
        Assert.Null(answer["id_token"]);
        var claims = TokenAnswer.Claims(answer.AccessToken);
        Assert.Equal(["aud", "client_id", "exp", "iat", "iss", "jti", "scope", "sub"], claims.EnumerateObject().Select(claim => claim.Name).Order());
        Assert.Equal(("erp", "erp", "portal.api", "portal.api"), (Text(claims, "sub"), Text(claims, "client_id"), Text(claims, "aud"), Text(claims, "scope")));
        Assert.Equal("at+jwt", TokenAnswer.HeaderOf(answer.AccessToken).GetProperty("typ").GetString());
        Assert.Equal(["token.issued"], await identity.AuditAsync(Text(claims, "jti")));
    }

    [Theory]
    [InlineData("openid")]
    [InlineData("portal.api openid")]
    [InlineData("portal.api offline_access")]
    [InlineData("another.api")]
    [InlineData(" ")]
    public async Task A_program_gets_no_scope_that_speaks_of_a_person_or_is_not_its_own(string scope)
    {
        await AnErpAsync("scopes");

        Assert.Equal("invalid_scope", (await new RelyingParty(identity, "scopes").TokenAsync([.. ClientCredentials, new("scope", scope)])).Error);
    }

    [Fact]
    public async Task Its_secret_may_be_sent_in_the_form_unless_it_registered_for_the_header()
    {
        await AnErpAsync("either");
        await AnErpAsync("basic", "client_secret_basic");
        await AnErpAsync("post", "client_secret_post");

        Assert.Equal(HttpStatusCode.OK, (await new RelyingParty(identity, "either").TokenAsync(ClientCredentials, inHeader: true)).Status);
        Assert.Equal(HttpStatusCode.OK, (await new RelyingParty(identity, "either").TokenAsync(ClientCredentials, inHeader: false)).Status);
        Assert.Equal(HttpStatusCode.OK, (await new RelyingParty(identity, "basic").TokenAsync(ClientCredentials, inHeader: true)).Status);
        Assert.Equal("invalid_client", (await new RelyingParty(identity, "basic").TokenAsync(ClientCredentials, inHeader: false)).Error);
        Assert.Equal("invalid_client", (await new RelyingParty(identity, "post").TokenAsync(ClientCredentials, inHeader: true)).Error);
        Assert.Equal(HttpStatusCode.OK, (await new RelyingParty(identity, "post").TokenAsync(ClientCredentials, inHeader: false)).Status);
    }

    [Fact]
    public async Task Special_characters_in_the_secret_arrive()
    {
        const string Secret = "a:b+c d%/ä€\"&=";
        await identity.AClientAsync("special", Erp(null), Secret);

        var client = new RelyingParty(identity, "special") { Secret = Secret };

        Assert.Equal(HttpStatusCode.OK, (await client.TokenAsync(ClientCredentials, inHeader: true)).Status);
        Assert.Equal(HttpStatusCode.OK, (await client.TokenAsync(ClientCredentials, inHeader: false)).Status);
    }

    [Fact]
    public async Task A_wrong_secret_and_a_wrong_name_get_the_same_answer()
    {
        await AnErpAsync("guarded");
        var before = await RefusedAsync();

        var wrongSecret = await new RelyingParty(identity, "guarded") { Secret = "guess" }.TokenAsync(ClientCredentials);
        var wrongName = await new RelyingParty(identity, "nobody").TokenAsync(ClientCredentials);

        Assert.Equal(before + 2, await RefusedAsync());
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (wrongSecret.Status, wrongSecret.Error));
        Assert.Equal(wrongSecret.Body.GetRawText(), wrongName.Body.GetRawText());
        Assert.Equal(wrongSecret.Status, wrongName.Status);
        Assert.Equal("Basic realm=\"identity\"", wrongSecret.Headers.Headers.WwwAuthenticate.ToString());
    }

    [Fact]
    public async Task Two_ways_at_once_are_refused()
    {
        await AnErpAsync("double");

        var answer = await new RelyingParty(identity, "double").TokenAsync([.. ClientCredentials, new("client_id", "double"), new("client_secret", IdentityApp.SecretOf("double"))]);

        Assert.Equal("invalid_request", answer.Error);
    }

    [Theory]
    [InlineData("Bearer abc")]
    [InlineData("Basic not-base64")]
    [InlineData("Basic bm9jb2xvbg==")]
    [InlineData("Basic")]
    public async Task Another_authorization_header_authenticates_nobody(string header)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/connect/token") { Content = new FormUrlEncodedContent([new("grant_type", "client_credentials")]) };
        request.Headers.TryAddWithoutValidation("Authorization", header);

        var answer = await new RelyingParty(identity).SendAsync(request);

        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (answer.Status, answer.Error));
    }

    [Fact]
    public async Task Two_secrets_overlap_while_one_is_exchanged_and_an_expired_one_is_dead()
    {
        await AnErpAsync("rotating");
        await identity.Database.ExecuteAsync("""
            insert into client_secret (registered_client_id, description, hash, expires_at, created_at)
            select registered_client_id, 'old', sha256('the old one'), @ends, @now from registered_client where client_id = 'rotating'
            """, new { now = identity.Clock.Now.UtcDateTime, ends = identity.Clock.Now.UtcDateTime.AddHours(1) });
        var (old, current) = (new RelyingParty(identity, "rotating") { Secret = "the old one" }, new RelyingParty(identity, "rotating"));
        Assert.Equal(HttpStatusCode.OK, (await old.TokenAsync(ClientCredentials)).Status);
        Assert.Equal(HttpStatusCode.OK, (await current.TokenAsync(ClientCredentials)).Status);

        identity.Clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal("invalid_client", (await old.TokenAsync(ClientCredentials)).Error);
        Assert.Equal(HttpStatusCode.OK, (await current.TokenAsync(ClientCredentials)).Status);
    }

    [Fact]
    public async Task A_client_disabled_this_moment_gets_no_more_tokens()
    {
        await AnErpAsync("stopped");
        var client = new RelyingParty(identity, "stopped");
        Assert.Equal(HttpStatusCode.OK, (await client.TokenAsync(ClientCredentials)).Status);

        await identity.Database.ExecuteAsync("update registered_client set enabled = false where client_id = 'stopped'");

        Assert.Equal("invalid_client", (await client.TokenAsync(ClientCredentials)).Error);
    }

    [Fact]
    public async Task Errors_are_plain_sentences_that_repeat_nothing_of_what_was_sent()
    {
        foreach (var answer in new[]
        {
            await new RelyingParty(identity, "no\"body\\") { Secret = "<xss>" }.TokenAsync([.. ClientCredentials, new("scope", "\"\\ü")]),
            await new RelyingParty(identity).TokenAsync([new("grant_type", "\"\\ü")]),
        })
        {
            Assert.Equal(["error", "error_description"], answer.Body.EnumerateObject().Select(member => member.Name));
            Assert.Matches("^[\\x20-\\x21\\x23-\\x5B\\x5D-\\x7E]+$", answer["error_description"]);
            Assert.DoesNotContain("xss", answer.Body.GetRawText());
        }
    }

    [Fact]
    public async Task Nothing_secret_is_logged_or_audited()
    {
        await AnErpAsync("silent");
        var client = new RelyingParty(identity, "silent") { Secret = "a-very-secret-guess" };
        await client.TokenAsync([.. ClientCredentials, new("code", "a-very-secret-code")]);

        Assert.DoesNotContain(identity.Log.Lines, line => line.Contains("very-secret", StringComparison.Ordinal));
        Assert.DoesNotContain(await identity.Database.ListAsync<string>("select details::text from audit_entry"), details => details.Contains("secret-guess", StringComparison.Ordinal) || details.Contains("secret-code", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Guessing_is_stopped_for_a_minute_and_told_when_to_go_on()
    {
        await using var own = new IdentityAppOfATest();
        await own.InitializeAsync();
        var guesser = new RelyingParty(own, "portal") { Secret = "guess" };
        for (var i = 0; i < 60; i++)
        {
            Assert.Equal("invalid_client", (await guesser.TokenAsync(ClientCredentials)).Error);
        }

        var stopped = await guesser.TokenAsync(ClientCredentials);
        Assert.Equal((HttpStatusCode)429, stopped.Status);
        Assert.Equal(TimeSpan.FromSeconds(60), stopped.Headers.Headers.RetryAfter!.Delta);

        own.Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal("invalid_client", (await guesser.TokenAsync(ClientCredentials)).Error);
    }

    Task AnErpAsync(string clientId, string? method = null) => identity.AClientAsync(clientId, Erp(method));

    static Action<Identity.Clients.Client> Erp(string? method) => client =>
    {
        client.AllowedGrantTypes = ["client_credentials"];
        client.AllowedScopes = ["portal.api"];
        client.RedirectUris = [];
        client.TokenEndpointAuthMethod = method;
    };

    static string Text(JsonElement claims, string name) => claims.GetProperty(name).GetString()!;

    async Task<long> RefusedAsync() => (await identity.Database.ListAsync<long>("select count(*) from audit_entry where action = 'client.refused'"))[0];

    sealed class IdentityAppOfATest : IdentityApp, IAsyncDisposable
    {
        async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();
    }
}
