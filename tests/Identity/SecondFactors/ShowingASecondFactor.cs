using System.Net;
using Support;

namespace Identity.Tests.SecondFactors;

public sealed class ShowingASecondFactor(IdentityApp identity) : IClassFixture<IdentityApp>, IAsyncLifetime
{
    const string Refusal = "This code is not right, too old, or was used before. Please take the next one. After five wrong codes the account rests for 15 minutes.";

    readonly RelyingParty portal = new(identity);

    public async Task InitializeAsync()
    {
        await identity.Database.ExecuteAsync("truncate throttle");
        await identity.DeliverAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task After_the_password_comes_the_code_and_tokens_say_so()
    {
        var (account, app, _) = await SomebodyAsync();
        var visitor = identity.Visitor();

        var asked = await PasswordAsync(visitor, account, await portal.RequestAsync());
        Assert.Equal(("One more step", true), (asked.Text("h1"), asked.Path.StartsWith("/sign-in/code?request=", StringComparison.Ordinal)));
        var answer = new AuthorizationAnswer(await visitor.SubmitAsync(asked, ("Code", app.Code())));

        var claims = TokenAnswer.Claims((await portal.RedeemAsync(answer.Code)).IdToken);
        Assert.Equal(["pwd", "otp", "mfa"], claims.GetProperty("amr").EnumerateArray().Select(method => method.GetString()));
        Assert.Equal("urn:partnerportal:acr:mfa", claims.GetProperty("acr").GetString());
    }

    [Fact]
    public async Task The_password_alone_is_no_session_and_opens_nothing()
    {
        var (account, _, _) = await SomebodyAsync();
        var visitor = identity.Visitor();

        await PasswordAsync(visitor, account);

        Assert.Null(visitor.Cookies.Find("__Host-identity"));
        Assert.Equal("login_required", (await portal.AskAsync(visitor, ("prompt", "none")))["error"]);
        Assert.StartsWith("/sign-in", (await visitor.GetAsync("/account")).Path);
        Assert.DoesNotContain("sign_in.succeeded", await identity.AuditAsync(account.Subject));
        var half = visitor.Cookies.Find("__Host-identity-half")!;
        Assert.Equal(("/", true, true, Microsoft.Net.Http.Headers.SameSiteMode.Lax), (half.Path.ToString(), half.Secure, half.HttpOnly, half.SameSite));
    }

    [Fact]
    public async Task A_code_works_once_also_in_another_browser()
    {
        var (account, app, _) = await SomebodyAsync();
        var (one, two) = (identity.Visitor(), identity.Visitor());
        var (first, second) = (await PasswordAsync(one, account), await PasswordAsync(two, account));
        var code = app.Code();

        Assert.Equal("/", (await one.SubmitAsync(first, ("Code", code))).Path);
        Assert.Equal(Refusal, (await two.SubmitAsync(second, ("Code", code))).Text("[role=alert]"));
        Assert.Equal(Refusal, (await two.SubmitAsync(second, ("Code", app.Code(-1)))).Text("[role=alert]"));
        identity.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal("/", (await two.SubmitAsync(second, ("Code", app.Code()))).Path);
    }

    [Fact]
    public async Task Of_many_uses_of_one_code_at_the_same_moment_on_two_instances_one_gets_in()
    {
        var (account, app, _) = await SomebodyAsync();
        var another = identity.Another();
        await another.InitializeAsync();
        var browsers = await Task.WhenAll(Enumerable.Range(0, 4).Select(async i =>
        {
            var visitor = (i % 2 == 0 ? identity : another).Visitor();
            return (Visitor: visitor, Page: await PasswordAsync(visitor, account));
        }));
        var code = app.Code();

        var pages = await Task.WhenAll(browsers.Select(browser => browser.Visitor.SubmitAsync(browser.Page, ("Code", code))));

        Assert.Single(pages, page => page.Path == "/");
        await another.DisposeAsync();
    }

    [Fact]
    public async Task One_half_sign_in_becomes_one_session()
    {
        var (account, app, codes) = await SomebodyAsync();
        var visitor = identity.Visitor();
        var page = await PasswordAsync(visitor, account);
        var copy = identity.Visitor();
        copy.Cookies.Add(visitor.Cookies.Find("__Host-identity-half")!);
        var copied = await copy.GetAsync("/sign-in/code?recovery=true");

        await visitor.SubmitAsync(page, ("Code", app.Code()));

        Assert.Equal("/sign-in", (await copy.SubmitAsync(copied, ("Code", codes[0]))).Path);
    }

    [Fact]
    public async Task A_code_of_a_neighbouring_half_minute_is_taken_and_none_beyond()
    {
        var (account, app, _) = await SomebodyAsync();
        identity.Clock.Advance(TimeSpan.FromMinutes(5));
        var visitor = identity.Visitor();
        var page = await PasswordAsync(visitor, account);

        Assert.Equal(Refusal, (await visitor.SubmitAsync(page, ("Code", app.Code(-2)))).Text("[role=alert]"));
        Assert.Equal(Refusal, (await visitor.SubmitAsync(page, ("Code", app.Code(2)))).Text("[role=alert]"));
        Assert.Equal("/", (await visitor.SubmitAsync(page, ("Code", app.Code(1)))).Path);
    }

    [Fact]
    public async Task Five_wrong_codes_begin_a_pause_in_which_the_right_one_does_not_help_and_the_owner_hears_of_it()
    {
        var (account, app, _) = await SomebodyAsync();
        var visitor = identity.Visitor();
        var page = await PasswordAsync(visitor, account);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(Refusal, (await visitor.SubmitAsync(page, ("Code", app.WrongCode()))).Text("[role=alert]"));
        }

        // Another browser is no way round, nor another half sign-in.
        var other = identity.Visitor();
        var paused = await other.SubmitAsync(await PasswordAsync(other, account), ("Code", app.Code()));
        Assert.Equal(((HttpStatusCode)429, "900"), (paused.Status, paused.Header("Retry-After")));
        Assert.Equal("Too many codes were wrong. Please wait 15 minutes and try again, or use a passkey.", paused.Text("[role=alert]"));
        Assert.Contains("Somebody who knows your password has just entered five wrong codes.", Assert.Single(await identity.DeliverAsync()).Text);
        Assert.Equal(5, (await identity.AuditAsync(account.Subject)).Count(action => action is "sign_in.code_refused"));

        identity.Clock.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal("/", (await other.SubmitAsync(await PasswordAsync(other, account), ("Code", app.Code()))).Path);
    }

    [Fact]
    public async Task Of_many_guesses_at_the_same_moment_five_are_looked_at()
    {
        var (account, app, _) = await SomebodyAsync();
        var visitor = identity.Visitor();
        var page = await PasswordAsync(visitor, account);

        var pages = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => visitor.SubmitAsync(page, ("Code", app.WrongCode()))));

        Assert.Equal((5, 15), (pages.Count(answer => answer.Status == HttpStatusCode.OK), pages.Count(answer => (int)answer.Status == 429)));
    }

    [Fact]
    public async Task The_second_step_waits_five_minutes_and_then_begins_anew_with_what_waited()
    {
        var (account, app, _) = await SomebodyAsync();
        var visitor = identity.Visitor();
        var page = await PasswordAsync(visitor, account, await portal.RequestAsync());
        identity.Clock.Advance(TimeSpan.FromMinutes(5));

        var again = await visitor.SubmitAsync(page, ("Code", app.Code()));

        Assert.Equal(("Sign in", true), (again.Text("h1"), again.Path.StartsWith("/sign-in?request=", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task No_step_can_be_skipped_or_forged()
    {
        var (account, app, _) = await SomebodyAsync();
        var visitor = identity.Visitor();

        Assert.Equal("/sign-in", (await visitor.GetAsync("/sign-in/code")).Path);
        await PasswordAsync(visitor, account);
        Assert.Equal(HttpStatusCode.BadRequest, (await visitor.PostAsync("/sign-in/code", ("Code", app.Code()))).Status);
        Assert.Null(visitor.Cookies.Find("__Host-identity"));
    }

    [Fact]
    public async Task Whoever_is_disabled_or_changes_the_password_between_the_steps_stays_outside()
    {
        var (account, app, _) = await SomebodyAsync();
        var (one, two) = (identity.Visitor(), identity.Visitor());
        var (first, second) = (await PasswordAsync(one, account), await PasswordAsync(two, account));

        await identity.Database.ExecuteAsync("update account set security_stamp = 'another' where subject = @Subject", account);
        Assert.Equal("/sign-in", (await one.SubmitAsync(first, ("Code", app.Code()))).Path);
        await identity.Database.ExecuteAsync("update account set disabled_at = now() where subject = @Subject", account);
        Assert.Equal("/sign-in", (await two.SubmitAsync(second, ("Code", app.Code()))).Path);
    }

    [Fact]
    public async Task A_recovery_code_stands_in_once_and_is_kept_as_a_hash()
    {
        var (account, _, codes) = await SomebodyAsync();
        var visitor = identity.Visitor();
        var page = await PasswordAsync(visitor, account);
        var recovery = await visitor.GetAsync(page.Document.QuerySelector(".other a")!.GetAttribute("href")!);

        Assert.Equal("/", (await visitor.SubmitAsync(recovery, ("Code", codes[3].ToUpperInvariant()))).Path);

        var other = identity.Visitor();
        await PasswordAsync(other, account);
        var refused = await other.SubmitAsync("/sign-in/code?recovery=true", ("Code", codes[3]));
        Assert.Equal(Refusal, refused.Text("[role=alert]"));
        Assert.True(string.IsNullOrEmpty(refused.Value("Code")));
        Assert.Contains("A recovery code of your account has just been used to sign in.", Assert.Single(await identity.DeliverAsync()).Text);
        Assert.DoesNotContain(await identity.Database.ListAsync<string>("select r::text from recovery_code r union all select e::text from audit_entry e union all select m::text from outbox_message m"),
            row => codes.Any(code => row.Contains(code, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Of_many_uses_of_one_recovery_code_at_the_same_moment_one_gets_in()
    {
        var (account, _, codes) = await SomebodyAsync();
        var browsers = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            var visitor = identity.Visitor();
            await PasswordAsync(visitor, account);
            return (Visitor: visitor, Page: await visitor.GetAsync("/sign-in/code?recovery=true"));
        }));

        var pages = await Task.WhenAll(browsers.Select(browser => browser.Visitor.SubmitAsync(browser.Page, ("Code", codes[0]))));

        Assert.Single(pages, page => page.Path == "/");
    }

    [Fact]
    public async Task The_code_of_another_person_is_not_taken()
    {
        var (account, _, _) = await SomebodyAsync();
        var (_, stranger, codes) = await SomebodyAsync();
        var visitor = identity.Visitor();
        var page = await PasswordAsync(visitor, account);

        Assert.Equal(Refusal, (await visitor.SubmitAsync(page, ("Code", stranger.Code()))).Text("[role=alert]"));
        Assert.Equal(Refusal, (await visitor.SubmitAsync("/sign-in/code?recovery=true", ("Code", codes[0]))).Text("[role=alert]"));
    }

    [Fact]
    public async Task A_reset_link_neither_signs_in_nor_removes_the_second_factor()
    {
        var (account, app, _) = await SomebodyAsync();
        var visitor = identity.Visitor();
        await visitor.SubmitAsync("/password-reset", ("Email", account.Email));
        await visitor.GetOnlyAsync((await identity.DeliverAsync()).Single().Link);

        await visitor.SubmitAsync("/password-reset/new", ("Password", "seven quiet otters"), ("Repeated", "seven quiet otters"));

        Assert.Null(visitor.Cookies.Find("__Host-identity"));
        var asked = await visitor.SubmitAsync("/sign-in", ("Email", account.Email), ("Password", "seven quiet otters"));
        Assert.Equal("/sign-in/code", asked.Path);
        Assert.Equal("/", (await visitor.SubmitAsync(asked, ("Code", app.Code()))).Path);
    }

    async Task<(TestAccount Account, AuthenticatorApp App, IReadOnlyList<string> Codes)> SomebodyAsync()
    {
        var account = await identity.AnAccountAsync();
        var (app, codes) = await AuthenticatorApp.SetUpAsync(identity, await identity.SignedInAsync(account));
        await identity.DeliverAsync();
        return (account, app, codes);
    }

    static async Task<Page> PasswordAsync(Visitor visitor, TestAccount account, string path = "/sign-in") =>
        await visitor.SubmitAsync(path, ("Email", account.Email), ("Password", IdentityApp.Password));
}
