using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.WebUtilities;
using Support;

namespace Identity.Tests.Authorize;

public sealed class AskingInOddWays(IdentityApp identity) : IClassFixture<IdentityApp>, IAsyncLifetime
{
    readonly RelyingParty web = new(identity, "web");

    public Task InitializeAsync() => identity.AClientAsync("web", client => client.AllowedScopes = ["openid", "email"]);

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("client_id", "web")]
    [InlineData("redirect_uri", "https://web.test/cb")]
    public async Task A_client_or_address_that_is_named_twice_is_named_by_nobody(string name, string value)
    {
        var page = await (await SignedInAsync()).GetOnlyAsync(web.Request() + QueryString(name, value));

        Assert.Equal((HttpStatusCode.BadRequest, (string?)null), (page.Status, page.Header("Location")));
    }

    [Theory]
    [InlineData("state")]
    [InlineData("nonce")]
    [InlineData("response_type")]
    [InlineData("code_challenge")]
    [InlineData("prompt")]
    [InlineData("foo")]
    public async Task Anything_else_that_comes_twice_is_told_to_the_client(string name)
    {
        var answer = new AuthorizationAnswer(await (await SignedInAsync()).GetOnlyAsync(web.Request((name, "a")) + QueryString(name, "b")));

        Assert.Equal(("https://web.test/cb", "invalid_request"), (answer.Target, answer["error"]));
        Assert.Equal(name is "state" ? null : "a state", answer["state"]);
    }

    [Fact]
    public async Task Parameters_and_scopes_may_come_in_any_order()
    {
        var parameters = web.Parameters(("scope", "email openid")).Reverse();

        var answer = new AuthorizationAnswer(await (await SignedInAsync()).GetOnlyAsync(QueryHelpers.AddQueryString("/connect/authorize", parameters)));

        Assert.Equal("email openid", (await web.RedeemAsync(answer.Code))["scope"]);
    }

    [Fact]
    public async Task Without_a_nonce_there_is_none_in_the_token_and_a_long_one_is_whole()
    {
        var visitor = await SignedInAsync();
        var nonce = new string('n', 64);

        var without = TokenAnswer.Claims((await web.TokensAsync(visitor, ("nonce", null))).IdToken);
        var with = TokenAnswer.Claims((await web.TokensAsync(visitor, ("nonce", nonce))).IdToken);

        Assert.False(without.TryGetProperty("nonce", out _));
        Assert.Equal(nonce, with.GetProperty("nonce").GetString());
    }

    [Theory]
    [InlineData("client_id", 101)]
    [InlineData("redirect_uri", 401)]
    public async Task What_is_too_long_to_be_a_client_or_an_address_is_neither(string name, int length)
    {
        var page = (await web.AskAsync(await SignedInAsync(), (name, "https://" + new string('a', length - 8)))).Page;

        Assert.Equal((HttpStatusCode.BadRequest, (string?)null), (page.Status, page.Header("Location")));
    }

    [Fact]
    public async Task A_request_too_long_to_wait_is_told_to_the_client()
    {
        Assert.Equal("invalid_request", (await web.AskAsync(identity.Visitor(), ("extra", new string('a', 6500))))["error"]);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("text/plain")]
    [InlineData("multipart/form-data; boundary=x")]
    public async Task By_post_it_is_a_form_or_nothing(string contentType)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/connect/authorize") { Content = new StringContent("client_id=web", MediaTypeHeaderValue.Parse(contentType)) };

        Assert.Equal(HttpStatusCode.BadRequest, (await identity.Visitor().SendAsync(request, follow: false)).Status);
    }

    [Fact]
    public async Task By_post_nothing_stands_in_the_address()
    {
        var page = await (await SignedInAsync()).PostAsync("/connect/authorize?prompt=none", web.Parameters().Select(field => (field.Key, field.Value!)));

        Assert.Equal((HttpStatusCode.BadRequest, (string?)null), (page.Status, page.Header("Location")));
    }

    [Fact]
    public async Task What_is_sent_twice_by_post_is_refused_as_in_an_address()
    {
        var form = web.Parameters().Select(field => (field.Key, field.Value!)).Append(("scope", "openid"));

        Assert.Equal("invalid_request", new AuthorizationAnswer(await (await SignedInAsync()).PostAsync("/connect/authorize", form))["error"]);
    }

    [Fact]
    public async Task An_error_comes_by_form_where_a_code_would()
    {
        var page = (await web.AskAsync(identity.Visitor(), ("response_mode", "form_post"), ("prompt", "none"))).Page;

        Assert.Equal((HttpStatusCode.OK, "login_required", "a state", "https://identity.test"), (page.Status, page.Value("error"), page.Value("state"), page.Value("iss")));
    }

    [Fact]
    public async Task An_address_cannot_change_the_policy_of_the_page_that_leads_to_it()
    {
        await identity.AClientAsync("odd", client => client.RedirectUris = ["https://odd.test/cb;script-src,x?a=b"]);

        var page = (await new RelyingParty(identity, "odd") { RedirectUri = "https://odd.test/cb;script-src,x?a=b" }.AskAsync(await SignedInAsync(), ("response_mode", "form_post"))).Page;

        Assert.Contains("; form-action https://odd.test/cb%3Bscript-src%2Cx;", page.Header("Content-Security-Policy"));
        Assert.Equal("https://odd.test/cb;script-src,x?a=b", page.Document.Forms[0].GetAttribute("action"));
    }

    [Fact]
    public async Task No_script_of_another_origin_reads_an_answer()
    {
        var visitor = await SignedInAsync();
        var request = new HttpRequestMessage(HttpMethod.Get, web.Request());
        request.Headers.Add("Origin", "https://web.test");
        var preflight = new HttpRequestMessage(HttpMethod.Options, "/connect/authorize");
        preflight.Headers.Add("Origin", "https://web.test");
        preflight.Headers.Add("Access-Control-Request-Method", "GET");

        var answer = await visitor.SendAsync(request, follow: false);
        var asked = await visitor.SendAsync(preflight, follow: false);

        Assert.Equal((HttpStatusCode.SeeOther, (string?)null), (answer.Status, answer.Header("Access-Control-Allow-Origin")));
        Assert.Equal((HttpStatusCode.MethodNotAllowed, (string?)null), (asked.Status, asked.Header("Access-Control-Allow-Origin")));
    }

    [Fact]
    public async Task After_a_password_the_browser_is_sent_on_without_it()
    {
        var (account, visitor) = (await identity.AnAccountAsync(), identity.Visitor());
        var page = await visitor.GetAsync(web.Request());

        var sent = await visitor.PostAsync(page.Path, ("Email", account.Email), ("Password", IdentityApp.Password), ("__RequestVerificationToken", page.Value("__RequestVerificationToken")!));
        var answer = await visitor.GetOnlyAsync(sent.Header("Location")!);

        Assert.Equal((HttpStatusCode.SeeOther, HttpStatusCode.SeeOther), (sent.Status, answer.Status));
        Assert.StartsWith("/connect/authorize/callback?request=", sent.Header("Location"));
        Assert.StartsWith("https://web.test/cb?code=", answer.Header("Location"));
    }

    [Theory]
    [InlineData("since")]
    [InlineData("suppressed_prompt")]
    [InlineData("prompt_handled")]
    [InlineData("auth_time")]
    public async Task No_parameter_says_that_somebody_has_signed_in_just_now(string name)
    {
        var answer = await web.AskAsync(await SignedInAsync(), ("prompt", "login"), (name, "2099-01-01T00:00:00Z"));

        Assert.Equal("https://identity.test/sign-in", answer.Target);
    }

    static string QueryString(string name, string value) => $"&{name}={Uri.EscapeDataString(value)}";

    async Task<Visitor> SignedInAsync() => await identity.SignedInAsync(await identity.AnAccountAsync());
}
