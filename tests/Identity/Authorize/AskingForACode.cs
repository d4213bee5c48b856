using System.Net;
using Microsoft.AspNetCore.WebUtilities;
using Support;

namespace Identity.Tests.Authorize;

public sealed class AskingForACode(IdentityApp identity) : IClassFixture<IdentityApp>, IAsyncLifetime
{
    // A client that need not push: what is wrong is told through the browser.
    readonly RelyingParty web = new(identity, "web");

    public Task InitializeAsync() => identity.AClientAsync("web", _ => { });

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Somebody_who_signs_in_is_sent_back_with_a_code()
    {
        var account = await identity.AnAccountAsync();
        var visitor = identity.Visitor();
        var page = await visitor.GetAsync(web.Request());
        Assert.StartsWith("/sign-in?request=", page.Path);

        var answer = new AuthorizationAnswer(await visitor.SubmitAsync(page, ("Email", account.Email), ("Password", IdentityApp.Password)));

        Assert.Equal(HttpStatusCode.SeeOther, answer.Page.Status);
        Assert.Equal("https://web.test/cb", answer.Target);
        Assert.Equal(["code", "iss", "state"], answer.Names);
        Assert.Equal("a state", answer["state"]);
        Assert.Equal("https://identity.test", answer["iss"]);
    }

    [Fact]
    public async Task Without_a_state_none_comes_back()
    {
        var answer = await web.AskAsync(await SignedInAsync(), ("state", null));

        Assert.Equal(["code", "iss"], answer.Names);
    }

    [Fact]
    public async Task A_form_from_another_site_gives_the_same_answer_as_the_address()
    {
        var visitor = await SignedInAsync();
        var form = web.Parameters().Select(field => (field.Key, field.Value!));

        var sent = await visitor.PostAsync("/connect/authorize", form);
        var answer = new AuthorizationAnswer(await visitor.GetOnlyAsync(sent.Header("Location")!));

        Assert.Equal(HttpStatusCode.SeeOther, sent.Status);
        Assert.StartsWith("/connect/authorize/callback?", sent.Header("Location"));
        Assert.Equal("a state", answer["state"]);
        Assert.NotNull(answer["code"]);
    }

    [Fact]
    public async Task The_answer_can_come_by_form()
    {
        var page = (await web.AskAsync(await SignedInAsync(), ("response_mode", "form_post"))).Page;

        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Equal("https://web.test/cb", page.Document.Forms[0].GetAttribute("action"));
        Assert.Equal("a state", page.Value("state"));
        Assert.NotNull(page.Value("code"));
        Assert.Contains("; form-action https://web.test/cb;", page.Header("Content-Security-Policy"));
        Assert.DoesNotContain("unsafe-inline", page.Header("Content-Security-Policy"));
    }

    [Theory]
    [InlineData("extra", "foobar")]
    [InlineData("display", "popup")]
    [InlineData("ui_locales", "se")]
    [InlineData("claims_locales", "se")]
    [InlineData("acr_values", "1 2")]
    [InlineData("claims", "{\"userinfo\":{\"name\":{\"essential\":true}}}")]
    [InlineData("login_hint", "<script>alert(1)</script>")]
    [InlineData("max_age", "10000")]
    [InlineData("prompt", "")]
    public async Task What_it_does_not_need_is_no_error(string name, string value)
    {
        var answer = await web.AskAsync(await SignedInAsync(), (name, value));

        Assert.NotNull(answer["code"]);
    }

    [Theory]
    [InlineData("response_type", null, "invalid_request")]
    [InlineData("response_type", "token", "unsupported_response_type")]
    [InlineData("response_type", "id_token", "unsupported_response_type")]
    [InlineData("response_type", "code id_token", "unsupported_response_type")]
    [InlineData("response_type", "none", "unsupported_response_type")]
    [InlineData("response_mode", "fragment", "invalid_request")]
    [InlineData("request", "eyJhbGciOiJub25lIn0.e30.", "request_not_supported")]
    [InlineData("request_uri", "https://web.test/request.jwt", "request_uri_not_supported")]
    [InlineData("scope", null, "invalid_scope")]
    [InlineData("scope", "openid everything", "invalid_scope")]
    [InlineData("scope", "openid portal.api", "invalid_scope")]
    [InlineData("scope", "openid offline_access", "invalid_scope")]
    [InlineData("code_challenge", null, "invalid_request")]
    [InlineData("code_challenge_method", "plain", "invalid_request")]
    [InlineData("code_challenge_method", null, "invalid_request")]
    [InlineData("code_challenge_method", "s256", "invalid_request")]
    [InlineData("code_challenge", "tooshort", "invalid_request")]
    [InlineData("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM", "invalid_request")]
    [InlineData("prompt", "none login", "invalid_request")]
    [InlineData("prompt", "dance", "invalid_request")]
    [InlineData("max_age", "-1", "invalid_request")]
    [InlineData("max_age", "soon", "invalid_request")]
    [InlineData("id_token_hint", "not.a.token", "invalid_request")]
    public async Task A_faulty_request_is_answered_to_the_client_with_the_error_of_its_specification(string name, string? value, string error)
    {
        var answer = await web.AskAsync(await SignedInAsync(), (name, value));

        Assert.Equal("https://web.test/cb", answer.Target);
        Assert.Equal(["error", "error_description", "iss", "state"], answer.Names);
        Assert.Equal((error, "a state", "https://identity.test"), (answer["error"], answer["state"], answer["iss"]));
        Assert.Equal("", answer.Location!.Fragment);
    }

    [Theory]
    [InlineData("scope", 301, "invalid_scope")]
    [InlineData("state", 2001, "invalid_request")]
    [InlineData("nonce", 301, "invalid_request")]
    [InlineData("code_challenge", 129, "invalid_request")]
    public async Task What_is_too_long_is_refused_and_never_cut(string name, int length, string error)
    {
        var answer = await web.AskAsync(await SignedInAsync(), (name, new string('a', length)));

        Assert.Equal(error, answer["error"]);
    }

    [Fact]
    public async Task A_long_state_and_nonce_come_back_unchanged()
    {
        var state = string.Concat(Enumerable.Repeat("ä &+%25\"", 128));
        var nonce = new string('n', 300);
        var answer = await web.AskAsync(await SignedInAsync(), ("state", state), ("nonce", nonce));

        Assert.Equal(state, answer["state"]);
        Assert.Equal(nonce, TokenAnswer.Claims((await web.RedeemAsync(answer.Code)).IdToken).GetProperty("nonce").GetString());
    }

    [Fact]
    public async Task A_parameter_sent_twice_is_refused()
    {
        var visitor = await SignedInAsync();

        var answer = new AuthorizationAnswer(await visitor.GetOnlyAsync(web.Request() + "&scope=openid"));

        Assert.Equal("invalid_request", answer["error"]);
    }

    [Theory]
    [InlineData("https://web.test/cb/")]
    [InlineData("https://web.test/Cb")]
    [InlineData("https://web.test/cb?a=b")]
    [InlineData("https://web.test/cb#a")]
    [InlineData("https://web.test:443/cb")]
    [InlineData("https://web.test/%63b")]
    [InlineData("https://web.test/x/..;/cb")]
    [InlineData("https://web.test/x/../cb")]
    [InlineData("https://web.test@evil.test/cb")]
    [InlineData("https://web.test.evil.test/cb")]
    [InlineData("https://evil.test/https://web.test/cb")]
    [InlineData("http://web.test/cb")]
    [InlineData("//web.test/cb")]
    [InlineData(" https://web.test/cb")]
    [InlineData("javascript:alert(1)")]
    [InlineData("")]
    [InlineData(null)]
    public async Task An_address_that_is_not_registered_to_the_character_gets_no_redirect(string? address)
    {
        foreach (var prompt in new[] { null, "none" })
        {
            var page = (await web.AskAsync(await SignedInAsync(), ("redirect_uri", address), ("prompt", prompt))).Page;

            Assert.Equal(HttpStatusCode.BadRequest, page.Status);
            Assert.Null(page.Header("Location"));
            Assert.Contains("This sign-in cannot go on", page.Words);
        }
    }

    [Fact]
    public async Task A_registered_query_must_be_there_and_is_kept()
    {
        await identity.AClientAsync("query", client => client.RedirectUris = ["https://query.test/cb?tenant=1"]);
        var visitor = await SignedInAsync();

        var kept = await new RelyingParty(identity, "query") { RedirectUri = "https://query.test/cb?tenant=1" }.AskAsync(visitor);
        var without = await new RelyingParty(identity, "query") { RedirectUri = "https://query.test/cb" }.AskAsync(visitor);
        var other = await new RelyingParty(identity, "query") { RedirectUri = "https://query.test/cb?tenant=2" }.AskAsync(visitor);

        Assert.Equal(["code", "iss", "state", "tenant"], kept.Names);
        Assert.Null(without.Location);
        Assert.Null(other.Location);
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("")]
    [InlineData("a name that is far too long for a client, for it has more than the one hundred characters that we allow it")]
    public async Task A_client_nobody_knows_gets_no_redirect(string clientId)
    {
        var page = (await web.AskAsync(await SignedInAsync(), ("client_id", clientId))).Page;

        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        Assert.Null(page.Header("Location"));
    }

    [Fact]
    public async Task A_disabled_client_gets_no_redirect_from_that_moment_on()
    {
        await identity.AClientAsync("disabled", _ => { });
        var client = new RelyingParty(identity, "disabled");
        var visitor = await SignedInAsync();
        Assert.NotNull((await client.AskAsync(visitor))["code"]);

        await identity.Database.ExecuteAsync("update registered_client set enabled = false where client_id = 'disabled'");

        Assert.Null((await client.AskAsync(visitor)).Location);
    }

    [Fact]
    public async Task A_client_that_only_calls_apis_gets_no_code()
    {
        await identity.AClientAsync("erp", client =>
        {
            client.AllowedGrantTypes = ["client_credentials"];
            client.RedirectUris = ["https://erp.test/cb"];
        });

        Assert.Equal("unauthorized_client", (await new RelyingParty(identity, "erp").AskAsync(await SignedInAsync()))["error"]);
    }

    [Fact]
    public async Task Errors_are_told_in_the_persons_language_on_a_page_that_nobody_can_frame_or_keep()
    {
        var visitor = identity.Visitor();
        visitor.Language = "zh-CN";

        var page = await visitor.GetAsync("/connect/authorize?client_id=nobody");

        Assert.Equal("无法继续登录", page.Text("h1"));
        Assert.Equal("no-store", page.Header("Cache-Control"));
        Assert.Equal("DENY", page.Header("X-Frame-Options"));
        Assert.Equal("no-referrer", page.Header("Referrer-Policy"));
        Assert.Contains("frame-ancestors 'none'", page.Header("Content-Security-Policy"));
        Assert.Null(page.Header("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("https://evil.test")]
    [InlineData("//evil.test")]
    [InlineData("/\\evil.test")]
    public async Task A_waiting_request_that_is_not_ours_leads_nowhere(string text)
    {
        var visitor = await SignedInAsync();

        var page = await visitor.GetOnlyAsync(QueryHelpers.AddQueryString("/connect/authorize/callback", "request", text));

        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        Assert.Null(page.Header("Location"));
    }

    [Theory]
    [InlineData("returnUrl", "//evil.test")]
    [InlineData("returnUrl", "https://evil.test")]
    [InlineData("request", "//evil.test")]
    [InlineData("request", "/%09/evil.test")]
    public async Task Signing_in_with_a_foreign_way_back_ends_on_our_own_page(string name, string value)
    {
        var account = await identity.AnAccountAsync();
        var visitor = identity.Visitor();

        var page = await visitor.SubmitAsync(QueryHelpers.AddQueryString("/sign-in", name, value), ("Email", account.Email), ("Password", IdentityApp.Password));

        Assert.Equal((HttpStatusCode.OK, "/"), (page.Status, page.Path));
    }

    [Fact]
    public async Task Somebody_may_take_an_hour_to_sign_in_and_no_longer()
    {
        var account = await identity.AnAccountAsync();
        var visitor = identity.Visitor();
        var page = await visitor.GetAsync(web.Request());

        identity.Clock.Advance(TimeSpan.FromMinutes(61));
        var answer = await visitor.SubmitAsync(page, ("Email", account.Email), ("Password", IdentityApp.Password));

        Assert.Equal((HttpStatusCode.OK, "/"), (answer.Status, answer.Path));
    }

    [Fact]
    public async Task Every_method_but_get_and_post_is_refused()
    {
        using var program = identity.Program();

        using var answer = await program.SendAsync(new HttpRequestMessage(HttpMethod.Put, web.Request()));

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
    }

    async Task<Visitor> SignedInAsync() => await identity.SignedInAsync(await identity.AnAccountAsync());
}
