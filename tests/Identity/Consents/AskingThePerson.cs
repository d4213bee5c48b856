using System.Net;
using Support;

namespace Identity.Tests.Consents;

public sealed class AskingThePerson(IdentityApp identity) : IClassFixture<IdentityApp>, IAsyncLifetime
{
    readonly RelyingParty reports = new(identity, "reports");

    public Task InitializeAsync() => identity.AClientAsync("reports", client =>
    {
        client.ClientName = "Sales reports";
        client.Description = "Monthly figures for your own company.";
        client.RequireConsent = true;
        client.AllowOfflineAccess = true;
        client.AllowedGrantTypes = ["authorization_code", "refresh_token"];
        client.AllowedScopes = ["openid", "profile", "email", "offline_access", "portal.api"];
    });

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Who_asks_for_what_and_for_how_long_is_said_in_words()
    {
        var account = await identity.AnAccountAsync();
        var page = await (await identity.SignedInAsync(account)).GetAsync(reports.Request(("scope", "openid profile email portal.api offline_access")));

        Assert.StartsWith("/consent?request=", page.Path);
        Assert.Equal("May Sales reports have access?", page.Text("h1"));
        Assert.Contains($"You are signed in as {account.Email}. Your answer goes to reports.test.", page.Words);
        Assert.Contains("Monthly figures for your own company.", page.Words);
        Assert.Equal(
            [
                "Recognise you when you come back", "See your name and your language", "See your e-mail address",
                "Work with the portal's programming interface in your name", "Keep its access while you are not signed in, for up to 30 days",
            ],
            page.All(".scopes li"));
    }

    [Fact]
    public async Task It_is_said_in_chinese_too_and_on_a_page_that_nobody_can_frame()
    {
        var visitor = await identity.SignedInAsync(await identity.AnAccountAsync());
        visitor.Language = "zh-CN";

        var page = await visitor.GetAsync(reports.Request(("scope", "openid portal.api")));

        Assert.Equal("允许 Sales reports 访问吗？", page.Text("h1"));
        Assert.Equal(["在您再次访问时识别您", "以您的名义使用门户的编程接口"], page.All(".scopes li"));
        Assert.Equal(("DENY", "no-referrer"), (page.Header("X-Frame-Options"), page.Header("Referrer-Policy")));
        Assert.StartsWith("no-store", page.Header("Cache-Control"));
        Assert.Contains("form-action 'self' https://reports.test;", page.Header("Content-Security-Policy"));
    }

    [Fact]
    public async Task A_yes_leads_on_with_a_code()
    {
        var account = await identity.AnAccountAsync();
        var answer = await AnswerAsync(await identity.SignedInAsync(account), "yes");

        Assert.Equal((HttpStatusCode.SeeOther, "https://reports.test/cb", "a state"), (answer.Page.Status, answer.Target, answer["state"]));
        Assert.Equal(account.Subject, TokenAnswer.Claims((await reports.RedeemAsync(answer.Code)).IdToken).GetProperty("sub").GetString());
        Assert.Equal(["consent.given"], await identity.AuditAsync(account.Subject));
    }

    [Fact]
    public async Task A_no_is_told_to_the_application_and_gives_it_nothing()
    {
        var account = await identity.AnAccountAsync();
        var answer = await AnswerAsync(await identity.SignedInAsync(account), "no");

        Assert.Equal(("https://reports.test/cb", "access_denied"), (answer.Target, answer["error"]));
        Assert.Equal(["error", "error_description", "iss", "state"], answer.Names);
        Assert.Equal(["consent.denied"], await identity.AuditAsync(account.Subject));
    }

    [Fact]
    public async Task After_signing_in_the_question_comes_before_the_code()
    {
        var account = await identity.AnAccountAsync();
        var visitor = identity.Visitor();

        var page = await visitor.SubmitAsync(reports.Request(("prompt", "login")), ("Email", account.Email), ("Password", IdentityApp.Password));
        var answer = new AuthorizationAnswer(await visitor.PressAsync(page, "button[value=yes]"));

        Assert.StartsWith("/consent?request=", page.Path);
        Assert.NotNull(answer["code"]);
    }

    [Fact]
    public async Task A_yes_that_is_kept_covers_the_same_scopes_and_fewer_but_no_others()
    {
        var visitor = await identity.SignedInAsync(await identity.AnAccountAsync());
        await AnswerAsync(visitor, "yes", remember: true, ("scope", "openid profile"));

        Assert.NotNull((await reports.AskAsync(visitor, ("scope", "profile openid")))["code"]);
        Assert.NotNull((await reports.AskAsync(visitor, ("scope", "openid"), ("prompt", "none")))["code"]);
        Assert.Equal("https://identity.test/consent", (await reports.AskAsync(visitor, ("scope", "openid email"))).Target);
        Assert.Equal("consent_required", (await reports.AskAsync(visitor, ("scope", "openid email"), ("prompt", "none")))["error"]);
        Assert.Equal("https://identity.test/consent", (await reports.AskAsync(visitor, ("scope", "openid"), ("prompt", "consent"))).Target);
    }

    [Fact]
    public async Task A_yes_is_kept_for_that_person_and_only_when_asked_to()
    {
        var (one, other) = (await identity.SignedInAsync(await identity.AnAccountAsync()), await identity.SignedInAsync(await identity.AnAccountAsync()));
        await AnswerAsync(one, "yes", remember: true);
        await AnswerAsync(other, "yes");

        Assert.NotNull((await reports.AskAsync(one, ("prompt", "none")))["code"]);
        Assert.Equal("consent_required", (await reports.AskAsync(other, ("prompt", "none")))["error"]);
    }

    [Fact]
    public async Task Access_that_outlives_the_session_is_asked_about_each_time()
    {
        var visitor = await identity.SignedInAsync(await identity.AnAccountAsync());
        var page = await visitor.GetAsync(reports.Request(("scope", "openid offline_access")));
        Assert.False(page.Has("[name=Remember]"));
        await visitor.PressAsync(page, "button[value=yes]", ("Remember", "true"));

        Assert.Equal("https://identity.test/consent", (await reports.AskAsync(visitor, ("scope", "openid offline_access"))).Target);
        Assert.Equal("consent_required", (await reports.AskAsync(visitor, ("scope", "openid offline_access"), ("prompt", "none")))["error"]);
    }

    [Fact]
    public async Task A_kept_yes_ends_when_the_client_says_so()
    {
        await identity.AClientAsync("weekly", client => (client.RequireConsent, client.ConsentLifetime) = (true, 7 * 86400));
        var (account, weekly) = (await identity.AnAccountAsync(), new RelyingParty(identity, "weekly"));
        var visitor = await identity.SignedInAsync(account);
        var page = await visitor.GetAsync(weekly.Request());
        Assert.Contains("Do not ask me again for this application for 7 days", page.Words);
        await visitor.PressAsync(page, "button[value=yes]", ("Remember", "true"));

        identity.Clock.Advance(TimeSpan.FromDays(7) - TimeSpan.FromSeconds(1));
        Assert.NotNull((await weekly.AskAsync(await identity.SignedInAsync(account), ("prompt", "none")))["code"]);
        identity.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("consent_required", (await weekly.AskAsync(await identity.SignedInAsync(account), ("prompt", "none")))["error"]);
    }

    [Fact]
    public async Task Where_nothing_may_be_kept_nothing_is()
    {
        await identity.AClientAsync("forgetful", client => (client.RequireConsent, client.AllowRememberConsent) = (true, false));
        var (visitor, forgetful) = (await identity.SignedInAsync(await identity.AnAccountAsync()), new RelyingParty(identity, "forgetful"));

        await visitor.PressAsync(await visitor.GetAsync(forgetful.Request()), "button[value=yes]", ("Remember", "true"));

        Assert.Equal("consent_required", (await forgetful.AskAsync(visitor, ("prompt", "none")))["error"]);
    }

    [Fact]
    public async Task The_answer_cannot_be_forged_and_no_answer_is_none()
    {
        var visitor = await identity.SignedInAsync(await identity.AnAccountAsync());
        var page = await visitor.GetAsync(reports.Request());

        var forged = await visitor.PostAsync(page.Path, ("Answer", "yes"));
        var none = await visitor.SubmitAsync(page, ("Answer", "perhaps"), ("Remember", "true"));

        Assert.Equal(HttpStatusCode.BadRequest, forged.Status);
        Assert.Equal("May Sales reports have access?", none.Text("h1"));
        Assert.Equal("consent_required", (await reports.AskAsync(visitor, ("prompt", "none")))["error"]);
    }

    [Theory]
    [InlineData("/consent")]
    [InlineData("/consent?request=garbage")]
    public async Task Without_a_request_of_ours_there_is_no_question(string path)
    {
        var page = await (await identity.SignedInAsync(await identity.AnAccountAsync())).GetOnlyAsync(path);

        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
    }

    [Fact]
    public async Task Whoever_signed_out_meanwhile_signs_in_first()
    {
        var visitor = await identity.SignedInAsync(await identity.AnAccountAsync());
        var page = await visitor.GetAsync(reports.Request());

        Assert.StartsWith("/sign-in?request=", (await identity.Visitor().GetAsync(page.Path)).Path);
    }

    [Fact]
    public async Task A_pushed_request_is_used_up_by_a_no()
    {
        var visitor = await identity.SignedInAsync(await identity.AnAccountAsync());
        var request = reports.Pushed(await reports.PushAsync());
        var page = await visitor.GetAsync(request);
        Assert.StartsWith("/consent", page.Path);

        Assert.Equal("access_denied", new AuthorizationAnswer(await visitor.PressAsync(page, "button[value=no]"))["error"]);

        Assert.Contains("invalid_request_uri", (await visitor.GetOnlyAsync(request)).Words);
        Assert.Contains("invalid_request_uri", (await visitor.PressAsync(page, "button[value=yes]")).Words);
    }

    async Task<AuthorizationAnswer> AnswerAsync(Visitor visitor, string answer, bool remember = false, params IEnumerable<(string Name, string? Value)> changes)
    {
        var page = await visitor.GetAsync(reports.Request(changes));
        return new(await visitor.PressAsync(page, $"button[value={answer}]", remember ? [("Remember", "true")] : []));
    }
}
