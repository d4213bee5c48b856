using System.Net;
using Microsoft.AspNetCore.WebUtilities;
using Support;

namespace Identity.Tests.EndSession;

public sealed class SigningOut(IdentityApp identity) : IClassFixture<IdentityApp>
{
    const string Back = "https://portal.test/signout-callback-oidc";

    readonly RelyingParty portal = new(identity);

    [Fact]
    public async Task With_a_hint_and_a_registered_address_it_happens_at_once()
    {
        var account = await identity.AnAccountAsync();
        var visitor = await identity.SignedInAsync(account);
        var tokens = await portal.TokensAsync(visitor);

        var page = await visitor.GetOnlyAsync(Request(("id_token_hint", tokens.IdToken), ("post_logout_redirect_uri", Back), ("state", "a b&c")));

        Assert.Equal((HttpStatusCode.SeeOther, Back + "?state=a%20b%26c"), (page.Status, page.Header("Location")));
        Assert.Equal("\"cache\", \"storage\"", page.Header("Clear-Site-Data"));
        Assert.Equal("", visitor.Cookies.Find("__Host-identity")?.Value.ToString() ?? "");
        Assert.Equal("login_required", (await portal.AskAsync(visitor, ("prompt", "none")))["error"]);
        Assert.Equal(["sign_out"], await identity.AuditAsync(account.Subject));
    }

    [Fact]
    public async Task By_form_from_another_site_the_browser_comes_again_with_its_cookie()
    {
        var visitor = await identity.SignedInAsync(await identity.AnAccountAsync());
        var tokens = await portal.TokensAsync(visitor);

        var sent = await visitor.PostAsync("/connect/endsession", ("id_token_hint", tokens.IdToken), ("post_logout_redirect_uri", Back));
        var page = await visitor.GetOnlyAsync(sent.Header("Location")!);

        Assert.Equal((HttpStatusCode.SeeOther, Back), (page.Status, page.Header("Location")));
    }

    [Fact]
    public async Task By_form_too_what_comes_twice_or_without_end_is_an_error()
    {
        var visitor = await identity.SignedInAsync(await identity.AnAccountAsync());
        var tokens = await portal.TokensAsync(visitor);

        foreach (var more in new[] { ("post_logout_redirect_uri", Back), ("extra", new string('a', 8000)) })
        {
            var page = await visitor.PostAsync("/connect/endsession", ("id_token_hint", tokens.IdToken), ("post_logout_redirect_uri", Back), more);
            Assert.Equal((HttpStatusCode.BadRequest, (string?)null), (page.Status, page.Header("Location")));
        }

        Assert.NotNull((await portal.AskAsync(visitor, ("prompt", "none")))["code"]);
    }

    [Fact]
    public async Task A_cookie_copied_before_opens_nothing_afterwards_and_the_access_token_is_dead()
    {
        var visitor = await identity.SignedInAsync(await identity.AnAccountAsync());
        var copied = visitor.Cookies.Find("__Host-identity")!;
        var tokens = await portal.TokensAsync(visitor);
        await visitor.GetOnlyAsync(Request(("id_token_hint", tokens.IdToken)));

        var thief = identity.Visitor();
        thief.Cookies.Add(copied);
        using var program = identity.Program();
        program.DefaultRequestHeaders.Authorization = new("Bearer", tokens.AccessToken);

        Assert.Equal("login_required", (await portal.AskAsync(thief, ("prompt", "none")))["error"]);
        Assert.Equal(HttpStatusCode.Unauthorized, (await program.GetAsync("/connect/userinfo")).StatusCode);
    }

    [Fact]
    public async Task An_expired_hint_is_still_a_hint()
    {
        var visitor = await identity.SignedInAsync(await identity.AnAccountAsync());
        var tokens = await portal.TokensAsync(visitor);
        identity.Clock.Advance(TimeSpan.FromMinutes(90));

        var page = await visitor.GetOnlyAsync(Request(("id_token_hint", tokens.IdToken), ("post_logout_redirect_uri", Back)));

        Assert.Equal(Back, page.Header("Location"));
    }

    [Theory]
    [InlineData("https://portal.test/signout-callback-oidc?more=1")]
    [InlineData("https://portal.test/")]
    [InlineData("https://evil.test/")]
    [InlineData("//evil.test/")]
    public async Task An_unregistered_address_is_not_gone_to(string address)
    {
        var visitor = await identity.SignedInAsync(await identity.AnAccountAsync());
        var tokens = await portal.TokensAsync(visitor);

        var page = await visitor.GetAsync(Request(("id_token_hint", tokens.IdToken), ("post_logout_redirect_uri", address)));

        Assert.Equal(("/sign-out", "Sign out?"), (page.Path, page.Text("h1")));
        Assert.NotNull((await portal.AskAsync(visitor, ("prompt", "none")))["code"]);
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData(null, Back, null)]
    [InlineData(null, null, "a state")]
    [InlineData("not.a.token", Back, null)]
    public async Task Without_a_hint_the_person_is_asked_and_stays_here(string? hint, string? address, string? state)
    {
        var visitor = await identity.SignedInAsync(await identity.AnAccountAsync());

        var question = await visitor.GetAsync(Request(("id_token_hint", hint), ("post_logout_redirect_uri", address), ("state", state)));
        Assert.Equal("/sign-out", question.Path);
        Assert.NotNull((await portal.AskAsync(visitor, ("prompt", "none")))["code"]);
        var done = await visitor.SubmitAsync(question);

        Assert.Equal(("/signed-out", "You are signed out"), (done.Path, done.Text("h1")));
        Assert.Equal("login_required", (await portal.AskAsync(visitor, ("prompt", "none")))["error"]);
    }

    [Fact]
    public async Task A_hint_of_another_session_another_key_or_no_signature_asks_too()
    {
        var visitor = await identity.SignedInAsync(await identity.AnAccountAsync());
        var own = (await portal.TokensAsync(visitor)).IdToken.Split('.');
        var other = (await portal.TokensAsync(await identity.SignedInAsync(await identity.AnAccountAsync()))).IdToken;
        string[] hints =
        [
            other,
            "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0." + own[1] + ".",
            own[0] + "." + own[1] + "." + new string('A', own[2].Length),
            new TestIdentityProvider(identity.Clock).AccessToken("somebody"),
        ];

        foreach (var hint in hints)
        {
            Assert.Equal("/sign-out", (await visitor.GetAsync(Request(("id_token_hint", hint), ("post_logout_redirect_uri", Back)))).Path);
        }

        Assert.NotNull((await portal.AskAsync(visitor, ("prompt", "none")))["code"]);
    }

    [Fact]
    public async Task A_client_id_that_contradicts_the_hint_is_an_error()
    {
        var visitor = await identity.SignedInAsync(await identity.AnAccountAsync());
        var tokens = await portal.TokensAsync(visitor);

        var page = await visitor.GetOnlyAsync(Request(("id_token_hint", tokens.IdToken), ("client_id", "another"), ("post_logout_redirect_uri", Back)));

        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        Assert.Null(page.Header("Location"));
    }

    [Fact]
    public async Task Twice_is_no_mistake()
    {
        var visitor = await identity.SignedInAsync(await identity.AnAccountAsync());
        var tokens = await portal.TokensAsync(visitor);
        var request = Request(("id_token_hint", tokens.IdToken), ("post_logout_redirect_uri", Back));
        await visitor.GetOnlyAsync(request);

        Assert.Equal(Back, (await visitor.GetOnlyAsync(request)).Header("Location"));
        Assert.Equal("/signed-out", (await visitor.GetAsync("/sign-out")).Path);
    }

    [Fact]
    public async Task The_answer_to_the_question_cannot_be_forged()
    {
        var visitor = await identity.SignedInAsync(await identity.AnAccountAsync());

        var page = await visitor.PostAsync("/sign-out");

        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        Assert.NotNull((await portal.AskAsync(visitor, ("prompt", "none")))["code"]);
    }

    static string Request(params IEnumerable<(string Name, string? Value)> parameters) =>
        QueryHelpers.AddQueryString("/connect/endsession", parameters.Where(parameter => parameter.Value is not null).ToDictionary(parameter => parameter.Name, parameter => parameter.Value));
}
