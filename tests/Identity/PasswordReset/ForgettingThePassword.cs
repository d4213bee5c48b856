using System.Net;
using Support;

namespace Identity.Tests.PasswordReset;

public sealed class ForgettingThePassword(IdentityApp identity) : IClassFixture<IdentityApp>, IAsyncLifetime
{
    const string NewPassword = "seven quiet otters";

    // Requests are counted by address, and all tests come from one.
    public async Task InitializeAsync()
    {
        await identity.Database.ExecuteAsync("truncate throttle");
        await identity.DeliverAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_mailed_link_lets_the_person_choose_a_new_one()
    {
        var account = await identity.AnAccountAsync(name: "Ann Example");
        var (visitor, mail) = await AskAsync(account.Email);
        Assert.Equal((account.Email, "PartnerPortal: choose a new password"), (mail!.To, mail.Subject));
        Assert.StartsWith("Hello Ann Example,", mail.Text);

        var opened = await visitor.GetOnlyAsync(mail.Link);
        Assert.Equal((HttpStatusCode.SeeOther, "/password-reset/new"), (opened.Status, opened.Header("Location")));
        var done = await ChooseAsync(visitor, NewPassword);

        Assert.Equal(("/password-reset/done", "Your password is changed"), (done.Path, done.Text("h1")));
        Assert.Null(visitor.Cookies.Find("__Host-identity"));
        Assert.NotEqual("/", (await SignInAsync(account, IdentityApp.Password)).Path);
        Assert.Equal("/", (await SignInAsync(account, NewPassword)).Path);
    }

    [Fact]
    public async Task The_owner_is_told_in_their_language_and_every_session_ends()
    {
        var account = await identity.AnAccountAsync(name: "王小明", language: "zh-CN");
        var elsewhere = await identity.SignedInAsync(account);
        var portal = new RelyingParty(identity);
        var token = (await portal.TokensAsync(elsewhere)).AccessToken;
        var (visitor, mail) = await AskAsync(account.Email);
        Assert.Equal("PartnerPortal：设置新密码", mail!.Subject);
        await visitor.GetOnlyAsync(mail.Link);
        await ChooseAsync(visitor, NewPassword);

        var notice = Assert.Single(await identity.DeliverAsync());
        Assert.Equal((account.Email, "PartnerPortal：您的密码已更改"), (notice.To, notice.Subject));
        Assert.Equal("login_required", (await portal.AskAsync(elsewhere, ("prompt", "none")))["error"]);
        using var program = identity.Program();
        program.DefaultRequestHeaders.Authorization = new("Bearer", token);
        Assert.Equal(HttpStatusCode.Unauthorized, (await program.GetAsync("/connect/userinfo")).StatusCode);
        Assert.Equal(["password_reset.link_made", "password.changed"], (await identity.AuditAsync(account.Subject)).Where(action => action.StartsWith("password", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_address_nobody_has_gets_the_same_answer_and_no_mail()
    {
        var account = await identity.AnAccountAsync();
        var disabled = await identity.AnAccountAsync();
        await identity.Database.ExecuteAsync("update account set disabled_at = now() where subject = @Subject", disabled);

        var known = await SubmitAsync(account.Email);
        var unknown = await SubmitAsync("nobody@company.test");
        var shut = await SubmitAsync(disabled.Email);

        Assert.Equal([known.Words, known.Words], [unknown.Words, shut.Words]);
        Assert.Equal([known.Path, known.Path], [unknown.Path, shut.Path]);
        Assert.Equal(account.Email, Assert.Single(await identity.DeliverAsync()).To);
    }

    [Fact]
    public async Task A_link_works_once()
    {
        var account = await identity.AnAccountAsync();
        var (visitor, mail) = await AskAsync(account.Email);
        await visitor.GetOnlyAsync(mail!.Link);
        await ChooseAsync(visitor, NewPassword);

        var again = await identity.Visitor().GetAsync(mail.Link);

        Assert.Equal((HttpStatusCode.BadRequest, "This link does not work any more"), (again.Status, again.Text("h1")));
    }

    [Fact]
    public async Task Of_many_at_the_same_moment_one_sets_the_password()
    {
        var account = await identity.AnAccountAsync();
        var (visitor, mail) = await AskAsync(account.Email);
        var page = await visitor.GetAsync(mail!.Link);

        var pages = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => visitor.SubmitAsync(page, ("Password", $"{NewPassword} {i}"), ("Repeated", $"{NewPassword} {i}"))));

        Assert.Single(pages, answer => answer.Path == "/password-reset/done");
        Assert.Single(await identity.AuditAsync(account.Subject), "password.changed");
    }

    [Fact]
    public async Task A_link_works_for_an_hour()
    {
        var (visitor, mail) = await AskAsync((await identity.AnAccountAsync()).Email);
        identity.Clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(HttpStatusCode.OK, (await visitor.GetAsync(mail!.Link)).Status);

        identity.Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(HttpStatusCode.BadRequest, (await visitor.GetAsync("/password-reset/new")).Status);
    }

    [Fact]
    public async Task A_link_dies_when_the_credentials_change_and_when_the_account_is_disabled()
    {
        var account = await identity.AnAccountAsync();
        var (first, one) = await AskAsync(account.Email);
        var (second, two) = await AskAsync(account.Email);
        await first.GetOnlyAsync(one!.Link);
        await ChooseAsync(first, NewPassword);
        Assert.Equal(HttpStatusCode.BadRequest, (await second.GetAsync(two!.Link)).Status);
        await identity.DeliverAsync();

        var (third, three) = await AskAsync(account.Email);
        await identity.Database.ExecuteAsync("update account set disabled_at = now() where subject = @Subject", account);
        Assert.Equal(HttpStatusCode.BadRequest, (await third.GetAsync(three!.Link)).Status);
    }

    [Theory]
    [InlineData("too short", "Please use at least 12 characters. Three or four unrelated words make a good password.")]
    [InlineData("aaaaaaaaaaaaaaaa", "Please use more different characters, not a row or a repetition.")]
    [InlineData("qwerty123456", "This password is among those everybody tries first. Please choose another.")]
    [InlineData("partnerportal is nice", "Please leave out your name, your e-mail address and the name of the portal.")]
    public async Task A_password_the_rules_refuse_is_explained_and_the_link_still_works(string password, string sentence)
    {
        var account = await identity.AnAccountAsync();
        var (visitor, mail) = await AskAsync(account.Email);
        await visitor.GetOnlyAsync(mail!.Link);

        var refused = await ChooseAsync(visitor, password);

        Assert.Equal(sentence, refused.Text("[role=alert]"));
        Assert.Equal("/password-reset/done", (await ChooseAsync(visitor, NewPassword)).Path);
    }

    [Fact]
    public async Task A_slip_in_the_repetition_is_noticed()
    {
        var (visitor, mail) = await AskAsync((await identity.AnAccountAsync()).Email);
        await visitor.GetOnlyAsync(mail!.Link);

        var page = await visitor.SubmitAsync("/password-reset/new", ("Password", NewPassword), ("Repeated", NewPassword + "!"));

        Assert.Equal("The two passwords are not the same.", page.Text("[role=alert]"));
    }

    [Fact]
    public async Task A_new_password_unlocks_the_account()
    {
        var account = await identity.AnAccountAsync();
        await identity.Database.ExecuteAsync("update account set lockout_end = 'infinity' where subject = @Subject", account);
        var (visitor, mail) = await AskAsync(account.Email);
        await visitor.GetOnlyAsync(mail!.Link);
        await ChooseAsync(visitor, NewPassword);

        Assert.Equal("/", (await SignInAsync(account, NewPassword)).Path);
    }

    [Fact]
    public async Task No_step_can_be_skipped_or_forged()
    {
        var visitor = identity.Visitor();
        var (other, mail) = await AskAsync((await identity.AnAccountAsync()).Email);
        await other.GetOnlyAsync(mail!.Link);

        Assert.Equal(HttpStatusCode.BadRequest, (await visitor.GetAsync("/password-reset/new")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await visitor.GetAsync("/password-reset/open?token=" + new string('A', 43))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await other.PostAsync("/password-reset/new", ("Password", NewPassword), ("Repeated", NewPassword))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await visitor.PostAsync("/password-reset", ("Email", "nobody@company.test"))).Status);
    }

    [Fact]
    public async Task The_token_is_in_no_table_queue_or_log()
    {
        var (visitor, mail) = await AskAsync((await identity.AnAccountAsync()).Email);
        await visitor.GetAsync(mail!.Link);
        var token = mail.Link.Split("token=")[1];

        var rows = await identity.Database.ListAsync<string>("select r::text from password_reset r union all select m::text from outbox_message m union all select e::text from audit_entry e");
        Assert.DoesNotContain(rows, row => row.Contains(token, StringComparison.Ordinal));
        Assert.DoesNotContain(identity.Log.Lines, line => line.Contains(token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_mailbox_gets_three_links_an_hour_and_an_address_may_ask_ten_times()
    {
        var account = await identity.AnAccountAsync();
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal("/password-reset/sent", (await SubmitAsync(account.Email)).Path);
        }

        Assert.Equal(3, (await identity.DeliverAsync()).Count);
        var stopped = await SubmitAsync(account.Email);
        Assert.Equal(((HttpStatusCode)429, "900"), (stopped.Status, stopped.Header("Retry-After")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not an address")]
    [InlineData("a@b.test\r\nBcc: c@d.test")]
    public async Task What_is_no_address_is_asked_for_again(string text)
    {
        var page = await SubmitAsync(text);

        Assert.Equal("Please enter an e-mail address, such as name@company.com.", page.Text("[role=alert]"));
        Assert.Empty(await identity.DeliverAsync());
    }

    async Task<(Visitor Visitor, TestMail? Mail)> AskAsync(string email)
    {
        var visitor = identity.Visitor();
        await visitor.SubmitAsync("/password-reset", ("Email", email));
        return (visitor, (await identity.DeliverAsync()).SingleOrDefault());
    }

    Task<Page> SubmitAsync(string email) => identity.Visitor().SubmitAsync("/password-reset", ("Email", email));

    static Task<Page> ChooseAsync(Visitor visitor, string password) => visitor.SubmitAsync("/password-reset/new", ("Password", password), ("Repeated", password));

    Task<Page> SignInAsync(TestAccount account, string password) => identity.Visitor().SubmitAsync("/sign-in", ("Email", account.Email), ("Password", password));
}
