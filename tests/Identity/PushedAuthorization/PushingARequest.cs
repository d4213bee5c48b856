using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.WebUtilities;
using Support;

namespace Identity.Tests.PushedAuthorization;

public sealed class PushingARequest(IdentityApp identity) : IClassFixture<IdentityApp>, IAsyncLifetime
{
    readonly RelyingParty portal = new(identity);
    readonly RelyingParty web = new(identity, "web");

    public Task InitializeAsync() => identity.AClientAsync("web", _ => { });

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task The_client_gets_a_name_and_the_browser_carries_nothing_else()
    {
        var pushed = await portal.PushAsync();

        Assert.Equal(HttpStatusCode.Created, pushed.Status);
        Assert.Matches("^urn:ietf:params:oauth:request_uri:[A-Za-z0-9_-]{43}$", pushed["request_uri"]);
        Assert.Equal(300, pushed.Body.GetProperty("expires_in").GetInt32());
        Assert.True(pushed.Headers.Headers.CacheControl!.NoStore);

        var account = await identity.AnAccountAsync();
        var visitor = identity.Visitor();
        var answer = new AuthorizationAnswer(await visitor.SubmitAsync(portal.Pushed(pushed), ("Email", account.Email), ("Password", IdentityApp.Password)));
        Assert.Equal(("https://portal.test/signin-oidc", "a state"), (answer.Target, answer["state"]));
        Assert.Equal(["code", "iss", "state"], answer.Names);
        Assert.Equal(account.Subject, TokenAnswer.Claims((await portal.RedeemAsync(answer.Code)).IdToken).GetProperty("sub").GetString());
    }

    [Theory]
    [InlineData("redirect_uri", "https://evil.test/", "invalid_request")]
    [InlineData("redirect_uri", null, "invalid_request")]
    [InlineData("response_type", "token", "unsupported_response_type")]
    [InlineData("response_type", null, "invalid_request")]
    [InlineData("response_mode", "fragment", "invalid_request")]
    [InlineData("scope", "openid everything", "invalid_scope")]
    [InlineData("code_challenge", null, "invalid_request")]
    [InlineData("code_challenge_method", "plain", "invalid_request")]
    [InlineData("prompt", "none login", "invalid_request")]
    [InlineData("max_age", "soon", "invalid_request")]
    [InlineData("id_token_hint", "not.a.token", "invalid_request")]
    [InlineData("request", "eyJhbGciOiJub25lIn0.e30.", "request_not_supported")]
    [InlineData("request_uri", "urn:ietf:params:oauth:request_uri:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "invalid_request")]
    [InlineData("client_id", "web", "invalid_request")]
    [InlineData("state", "\0", "invalid_request")]
    public async Task What_is_wrong_with_it_is_told_to_the_client_at_once(string name, string? value, string error)
    {
        var answer = await portal.PushAsync((name, value));

        Assert.Equal((HttpStatusCode.BadRequest, error), (answer.Status, answer.Error));
        Assert.Equal("application/json", answer.Headers.Content.Headers.ContentType!.MediaType);
        Assert.True(answer.Headers.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task A_parameter_sent_twice_is_refused()
    {
        Assert.Equal("invalid_request", (await portal.PushAsync(portal.Parameters().Append(new("scope", "openid")))).Error);
    }

    [Fact]
    public async Task The_parameters_are_a_form_and_none_is_in_the_address()
    {
        var inAddress = new HttpRequestMessage(HttpMethod.Post, "/connect/par?state=x") { Content = new FormUrlEncodedContent(portal.Parameters()) };
        var asJson = new HttpRequestMessage(HttpMethod.Post, "/connect/par") { Content = new StringContent("{}", MediaTypeHeaderValue.Parse("application/json")) };

        Assert.Equal("invalid_request", (await portal.SendAsync(inAddress)).Error);
        Assert.Equal("invalid_request", (await portal.SendAsync(asJson)).Error);
    }

    [Fact]
    public async Task Nobody_pushes_in_the_name_of_a_client_without_its_secret()
    {
        var wrong = await new RelyingParty(identity) { Secret = "guessed" }.PushAsync();
        var without = await portal.SendAsync(new(HttpMethod.Post, "/connect/par") { Content = new FormUrlEncodedContent(portal.Parameters()) });

        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (wrong.Status, wrong.Error));
        Assert.Equal("Basic", Assert.Single(wrong.Headers.Headers.WwwAuthenticate).Scheme);
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (without.Status, without.Error));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    public async Task It_is_pushed_by_post_only(string method)
    {
        using var program = identity.Program();

        using var answer = await program.SendAsync(new(new HttpMethod(method), "/connect/par"));

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.Contains("POST", answer.Content.Headers.Allow);
    }

    [Fact]
    public async Task A_request_without_end_is_too_large()
    {
        var answer = await portal.PushAsync(("extra", new string('a', 16 * 1024)));

        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "invalid_request"), (answer.Status, answer.Error));
    }

    [Fact]
    public async Task One_that_could_not_wait_for_a_sign_in_is_refused()
    {
        Assert.Equal("invalid_request", (await portal.PushAsync(("extra", new string('a', 6000)))).Error);
    }

    [Fact]
    public async Task A_client_gone_wild_is_held_back_and_others_are_not()
    {
        await identity.AClientAsync("wild", _ => { });
        await identity.Database.ExecuteAsync("insert into throttle (key, window_started_at, attempts) select 'pushed:wild:' || n, @Now, 750 from generate_series(0, 15) n", new { Now = identity.Clock.Now.UtcDateTime });

        var answer = await new RelyingParty(identity, "wild").PushAsync();

        Assert.Equal((HttpStatusCode.TooManyRequests, "temporarily_unavailable"), (answer.Status, answer.Error));
        Assert.Equal(60, answer.Headers.Headers.RetryAfter!.Delta!.Value.TotalSeconds);
        Assert.Equal(HttpStatusCode.Created, (await web.PushAsync()).Status);
        identity.Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(HttpStatusCode.Created, (await new RelyingParty(identity, "wild").PushAsync()).Status);
    }

    [Fact]
    public async Task A_public_client_pushes_without_a_secret_and_is_counted_by_address()
    {
        await identity.AClientAsync("spa", client => (client.RequireClientSecret, client.RequireDPoP, client.TokenEndpointAuthMethod) = (false, true, "none"));
        var spa = new RelyingParty(identity, "spa");
        Task<TokenAnswer> PushAsync() => spa.SendAsync(new(HttpMethod.Post, "/connect/par") { Content = new FormUrlEncodedContent(spa.Parameters()) });

        Assert.Equal(HttpStatusCode.Created, (await PushAsync()).Status);
        await identity.Database.ExecuteAsync("update throttle set attempts = 300 where starts_with(key, 'pushed_from:')");
        Assert.Equal(HttpStatusCode.TooManyRequests, (await PushAsync()).Status);
    }

    [Fact]
    public async Task What_was_pushed_counts_and_nothing_that_stands_in_the_address()
    {
        var visitor = await SignedInAsync();

        var changed = new AuthorizationAnswer(await visitor.GetOnlyAsync(
            await portal.RequestAsync() + "&state=another&redirect_uri=https%3A%2F%2Fevil.test%2F&scope=everything&prompt=login&response_mode=form_post"));
        var added = new AuthorizationAnswer(await visitor.GetOnlyAsync(await portal.RequestAsync(("state", null)) + "&state=outside"));

        Assert.Equal(("https://portal.test/signin-oidc", "a state"), (changed.Target, changed["state"]));
        Assert.NotNull(changed["code"]);
        Assert.Equal(["code", "iss"], added.Names);
    }

    [Fact]
    public async Task A_form_from_another_site_may_carry_the_name_too()
    {
        var visitor = await SignedInAsync();
        var name = (await portal.PushAsync())["request_uri"]!;

        var sent = await visitor.PostAsync("/connect/authorize", ("client_id", "portal"), ("request_uri", name));

        Assert.NotNull(new AuthorizationAnswer(await visitor.GetOnlyAsync(sent.Header("Location")!))["code"]);
    }

    [Theory]
    [InlineData("client_id", "web")]
    [InlineData("client_id", null)]
    [InlineData("request_uri", "urn:ietf:params:oauth:request_uri:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("request_uri", "urn:ietf:params:oauth:request_uri:")]
    public async Task A_name_that_is_not_of_that_client_leads_nowhere(string name, string? value)
    {
        var parameters = new Dictionary<string, string?> { ["client_id"] = "portal", ["request_uri"] = (await portal.PushAsync())["request_uri"], ["redirect_uri"] = portal.RedirectUri };
        parameters[name] = value;

        var page = await (await SignedInAsync()).GetOnlyAsync(QueryHelpers.AddQueryString("/connect/authorize", parameters.Where(parameter => parameter.Value is not null)));

        AssertLeadsNowhere(page);
    }

    [Fact]
    public async Task The_page_can_be_loaded_again_until_there_is_a_code_and_not_after()
    {
        var account = await identity.AnAccountAsync();
        var visitor = identity.Visitor();
        var request = await portal.RequestAsync();

        await visitor.GetAsync(request);
        var page = await visitor.GetAsync(request);
        var answer = new AuthorizationAnswer(await visitor.SubmitAsync(page, ("Email", account.Email), ("Password", IdentityApp.Password)));
        var again = await visitor.GetOnlyAsync(request);
        var back = await visitor.GetOnlyAsync(page.Path.Replace("/sign-in", "/connect/authorize/callback", StringComparison.Ordinal));

        Assert.NotNull(answer["code"]);
        AssertLeadsNowhere(again);
        AssertLeadsNowhere(back);
    }

    [Fact]
    public async Task Of_many_browsers_at_the_same_moment_one_gets_a_code()
    {
        var visitor = await SignedInAsync();
        var request = await portal.RequestAsync();

        var pages = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => visitor.GetOnlyAsync(request)));

        Assert.Single(pages, page => page.Status is HttpStatusCode.SeeOther);
        Assert.All(pages.Where(page => page.Status is not HttpStatusCode.SeeOther), AssertLeadsNowhere);
    }

    [Fact]
    public async Task It_waits_five_minutes_for_its_browser_and_then_an_hour_for_its_person()
    {
        var account = await identity.AnAccountAsync();
        var (early, late) = (identity.Visitor(), identity.Visitor());
        var request = await portal.RequestAsync();
        identity.Clock.Advance(TimeSpan.FromSeconds(299));
        var page = await early.GetAsync(request);
        identity.Clock.Advance(TimeSpan.FromSeconds(1));

        AssertLeadsNowhere(await late.GetOnlyAsync(request));
        identity.Clock.Advance(TimeSpan.FromMinutes(50));
        Assert.NotNull(new AuthorizationAnswer(await early.SubmitAsync(page, ("Email", account.Email), ("Password", IdentityApp.Password)))["code"]);
    }

    [Fact]
    public async Task A_client_may_have_a_shorter_time()
    {
        await identity.AClientAsync("hasty", client => client.PushedAuthorizationLifetime = 30);
        var hasty = new RelyingParty(identity, "hasty");
        var pushed = await hasty.PushAsync();
        identity.Clock.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(30, pushed.Body.GetProperty("expires_in").GetInt32());
        AssertLeadsNowhere(await (await SignedInAsync()).GetOnlyAsync(hasty.Pushed(pushed)));
    }

    [Fact]
    public async Task A_client_that_must_push_gets_nothing_by_plain_parameters()
    {
        var answer = new AuthorizationAnswer(await (await SignedInAsync()).GetOnlyAsync(portal.Request()));

        Assert.Equal(("https://portal.test/signin-oidc", "invalid_request", "a state"), (answer.Target, answer["error"], answer["state"]));
        Assert.Equal("The client must push its authorization requests.", answer["error_description"]);
    }

    [Theory]
    [InlineData("update registered_client set enabled = false where client_id = 'fading'")]
    [InlineData("update registered_client set redirect_uris = array['https://fading.test/new'] where client_id = 'fading'")]
    public async Task What_the_client_may_is_looked_at_again_when_the_browser_comes(string change)
    {
        await identity.AClientAsync("fading", _ => { });
        var request = new RelyingParty(identity, "fading").Pushed(await new RelyingParty(identity, "fading").PushAsync());

        await identity.Database.ExecuteAsync(change);

        var page = await (await SignedInAsync()).GetOnlyAsync(request);
        Assert.Equal((HttpStatusCode.BadRequest, (string?)null), (page.Status, page.Header("Location")));
        await identity.Database.ExecuteAsync("update registered_client set enabled = true where client_id = 'fading'");
    }

    [Fact]
    public async Task It_can_be_pushed_to_one_instance_and_opened_at_another()
    {
        var other = identity.Another();
        await other.InitializeAsync();
        var account = await identity.AnAccountAsync();

        var page = await other.Visitor().GetAsync(await portal.RequestAsync());
        var answer = new AuthorizationAnswer(await other.Visitor().SubmitAsync(page.Path, ("Email", account.Email), ("Password", IdentityApp.Password)));

        Assert.NotNull((await portal.RedeemAsync(answer.Code)).IdToken);
        await other.DisposeAsync();
    }

    [Fact]
    public async Task Neither_its_name_nor_a_secret_is_kept()
    {
        await identity.AClientAsync("post", client => client.TokenEndpointAuthMethod = "client_secret_post");
        var post = new RelyingParty(identity, "post");
        var form = post.Parameters(("dpop_jkt", "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"));
        form["client_secret"] = IdentityApp.SecretOf("post");

        var pushed = await post.SendAsync(new(HttpMethod.Post, "/connect/par") { Content = new FormUrlEncodedContent(form) });

        var kept = await identity.Database.ListAsync<string>("select p::text from pushed_authorization p join registered_client using (registered_client_id) where client_id = 'post'");
        Assert.Contains("dpop_jkt", Assert.Single(kept));
        Assert.DoesNotContain("secret", kept[0]);
        Assert.DoesNotContain(pushed["request_uri"]!, kept[0]);
    }

    [Fact]
    public async Task What_nobody_can_be_waiting_for_is_forgotten()
    {
        await identity.AClientAsync("forgotten", _ => { });
        await new RelyingParty(identity, "forgotten").PushAsync();
        identity.Clock.Advance(TimeSpan.FromMinutes(66));

        await identity.AsTheProductAsync(services => ((global::Identity.PushedAuthorization.PushedAuthorizationStore)services.GetService(typeof(global::Identity.PushedAuthorization.PushedAuthorizationStore))!).CleanUpAsync(CancellationToken.None));

        Assert.Empty(await identity.Database.ListAsync<long>("select registered_client_id from pushed_authorization join registered_client using (registered_client_id) where client_id = 'forgotten'"));
    }

    static void AssertLeadsNowhere(Page page)
    {
        Assert.Equal((HttpStatusCode.BadRequest, (string?)null), (page.Status, page.Header("Location")));
        Assert.Contains("invalid_request_uri", page.Words);
    }

    async Task<Visitor> SignedInAsync() => await identity.SignedInAsync(await identity.AnAccountAsync());
}
