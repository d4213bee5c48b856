using System.Net;
using Support;

namespace Identity.Tests.OwnAccount;

public sealed class LookingAfterTheOwnAccount(IdentityApp identity) : IClassFixture<IdentityApp>, IAsyncLifetime
{
    const string NewPassword = "seven quiet otters";

    readonly RelyingParty portal = new(identity);

    public async Task InitializeAsync()
    {
        await identity.Database.ExecuteAsync("truncate throttle");
        await identity.DeliverAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Who_is_not_signed_in_does_so_first_and_comes_back()
    {
        var account = await identity.AnAccountAsync();
        var visitor = identity.Visitor();

        var asked = await visitor.GetAsync("/account");
        Assert.Equal("/sign-in?then=%2Faccount", asked.Path);
        var page = await visitor.SubmitAsync(asked, ("Email", account.Email), ("Password", IdentityApp.Password));

        Assert.Equal(("/account", "Your account"), (page.Path, page.Text("h1")));
        Assert.Equal($"You are signed in as {account.Email}.", page.Text(".lead"));
    }

    [Theory]
    [InlineData("//evil.test")]
    [InlineData("/\\evil.test")]
    [InlineData("https://evil.test/account")]
    [InlineData("/account\r\nX: y")]
    [InlineData("/%09/evil.test")]
    [InlineData("javascript:alert(1)")]
    [InlineData("/account?next=//evil.test")]
    public async Task A_sign_in_leads_to_no_other_place_than_ours(string then)
    {
        var account = await identity.AnAccountAsync();

        var page = await identity.Visitor().SubmitAsync("/sign-in?then=" + Uri.EscapeDataString(then), ("Email", account.Email), ("Password", IdentityApp.Password));

        Assert.Equal("/", page.Path);
    }

    [Fact]
    public async Task Name_and_language_can_be_changed_and_applications_hear_of_it()
    {
        var account = await identity.AnAccountAsync(name: "Ann Example");
        var visitor = await identity.SignedInAsync(account);

        var page = await visitor.SubmitAsync("/account", ("Name", "  安妮 "), ("Language", "zh-CN"));

        Assert.Equal(("我的账号", "已保存。"), (page.Text("h1"), page.Text("[role=status]")));
        Assert.Equal(["安妮 zh-CN"], await identity.Database.ListAsync<string>("select name || ' ' || language from account where subject = @Subject", account));
        Assert.Equal(["account.changed"], await identity.AuditAsync(account.Subject));
    }

    [Theory]
    [InlineData("", "en", "Please enter your name, at most 100 characters.")]
    [InlineData("Ann\u0007", "en", "Please enter your name, at most 100 characters.")]
    [InlineData("Ann", "fr", "Please choose one of the languages in the list.")]
    public async Task What_is_not_taken_is_explained_and_kept(string name, string language, string sentence)
    {
        var visitor = await identity.SignedInAsync(await identity.AnAccountAsync());

        var page = await visitor.SubmitAsync("/account", ("Name", name), ("Language", language));

        Assert.Equal(sentence, page.Text("[role=alert]"));
        Assert.Equal(name, page.Value("Name"));
    }

    [Fact]
    public async Task Another_password_ends_all_other_sessions_and_is_told_by_mail()
    {
        var account = await identity.AnAccountAsync();
        var (here, elsewhere) = (await identity.SignedInAsync(account), await identity.SignedInAsync(account));
        var token = (await portal.TokensAsync(elsewhere)).AccessToken;

        var page = await here.SubmitAsync("/account/password", ("Password", NewPassword), ("Repeated", NewPassword));

        Assert.Equal("Your password is changed. All other sessions have ended, and we have sent you a mail about it.", page.Text("[role=status]"));
        Assert.Equal("/sign-in?then=%2Faccount", (await elsewhere.GetAsync("/account")).Path);
        Assert.NotNull((await portal.AskAsync(here, ("prompt", "none")))["code"]);
        using var program = identity.Program();
        program.DefaultRequestHeaders.Authorization = new("Bearer", token);
        Assert.Equal(HttpStatusCode.Unauthorized, (await program.GetAsync("/connect/userinfo")).StatusCode);
        var mail = Assert.Single(await identity.DeliverAsync());
        Assert.Equal((account.Email, "PartnerPortal: your account was changed"), (mail.To, mail.Subject));
        Assert.Contains("The password of your account has just been changed", mail.Text);
        Assert.Contains("password.changed", await identity.AuditAsync(account.Subject));
        Assert.Equal("/", (await identity.Visitor().SubmitAsync("/sign-in", ("Email", account.Email), ("Password", NewPassword))).Path);
    }

    [Theory]
    [InlineData("too short", "too short", "Please use at least 12 characters. Three or four unrelated words make a good password.")]
    [InlineData(NewPassword, NewPassword + "!", "The two passwords are not the same.")]
    public async Task A_password_that_is_not_taken_changes_nothing(string password, string repeated, string sentence)
    {
        var account = await identity.AnAccountAsync();
        var (here, elsewhere) = (await identity.SignedInAsync(account), await identity.SignedInAsync(account));

        var page = await here.SubmitAsync("/account/password", ("Password", password), ("Repeated", repeated));

        Assert.Equal(sentence, page.Text("[role=alert]"));
        Assert.Equal("/account", (await elsewhere.GetAsync("/account")).Path);
        Assert.Empty(await identity.DeliverAsync());
    }

    [Fact]
    public async Task A_proof_older_than_five_minutes_changes_no_credential()
    {
        var account = await identity.AnAccountAsync();
        var visitor = await identity.SignedInAsync(account);
        var open = await visitor.GetAsync("/account/password");
        identity.Clock.Advance(TimeSpan.FromMinutes(5));

        var asked = await visitor.SubmitAsync(open, ("Password", NewPassword), ("Repeated", NewPassword));
        Assert.Equal("/account/confirm?then=%2Faccount%2Fpassword", asked.Path);
        Assert.Empty(await identity.AuditAsync(account.Subject));

        var refused = await visitor.SubmitAsync(asked, ("Password", "this is not the password"));
        Assert.Equal("The password is not right, or this account cannot be used right now. After several wrong passwords an account rests for 15 minutes.", refused.Text("[role=alert]"));
        var before = visitor.Cookies.Find("__Host-identity")!.Value;
        var confirmed = await visitor.SubmitAsync(refused, ("Password", IdentityApp.Password));

        Assert.Equal("/account/password", confirmed.Path);
        Assert.NotEqual(before, visitor.Cookies.Find("__Host-identity")!.Value);
        Assert.Equal("/account?done=password", (await visitor.SubmitAsync(confirmed, ("Password", NewPassword), ("Repeated", NewPassword))).Path);
    }

    [Fact]
    public async Task A_fresh_proof_makes_a_new_session_key_and_the_old_one_opens_nothing()
    {
        var account = await identity.AnAccountAsync();
        var visitor = await identity.SignedInAsync(account);
        var copy = identity.Visitor();
        copy.Cookies.Add(visitor.Cookies.Find("__Host-identity")!);

        await visitor.SubmitAsync("/account/confirm?then=/account/password", ("Password", IdentityApp.Password));

        Assert.Equal("/account/password", (await visitor.GetAsync("/account/password")).Path);
        Assert.Equal("login_required", (await portal.AskAsync(copy, ("prompt", "none")))["error"]);
    }

    [Fact]
    public async Task One_sees_ones_own_sessions_and_ends_one_or_all_others()
    {
        var account = await identity.AnAccountAsync();
        var (here, one, two) = (await identity.SignedInAsync(account), await identity.SignedInAsync(account), await identity.SignedInAsync(account));
        await identity.Database.ExecuteAsync("update sign_in_session set user_agent = 'Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0' where account_id = (select account_id from account where subject = @Subject)", account);

        var page = await here.GetAsync("/account");
        Assert.Equal(["Firefox · Windows", "Firefox · Windows", "Firefox · Windows"], page.All("section[aria-labelledby=sessions-head] strong"));
        Assert.Equal(["this browser"], page.All(".mark"));
        page = await here.PressAsync(page, "form[action$='/end']:not(#end-others)");
        Assert.Equal("The session has ended.", page.Text("[role=status]"));
        Assert.Single(new[] { await LivesAsync(one), await LivesAsync(two) }, lives => lives);

        page = await here.PressAsync(page, "#end-others");
        Assert.Equal("All other sessions have ended.", page.Text("[role=status]"));
        Assert.Equal((true, false, false), (await LivesAsync(here), await LivesAsync(one), await LivesAsync(two)));
        Assert.Equal(["session.ended", "session.others_ended"], await identity.AuditAsync(account.Subject));
    }

    [Fact]
    public async Task The_session_of_another_person_is_not_there()
    {
        var (visitor, other) = (await identity.SignedInAsync(await identity.AnAccountAsync()), await identity.AnAccountAsync());
        var stranger = await identity.SignedInAsync(other);
        await identity.SignedInAsync(await identity.AnAccountAsync());
        var sid = Assert.Single(await identity.Database.ListAsync<string>("select sid from sign_in_session join account using (account_id) where subject = @Subject", other));
        var own = await identity.SignedInAsync(await identity.AnAccountAsync());
        var token = (await visitor.GetAsync("/account")).Value("__RequestVerificationToken")!;

        Assert.Equal(HttpStatusCode.NotFound, (await visitor.PostAsync($"/account/sessions/{sid}/end", ("__RequestVerificationToken", token))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await visitor.PostAsync($"/account/sessions/{sid}/end")).Status);
        Assert.True(await LivesAsync(stranger));
        Assert.True(await LivesAsync(own));
    }

    [Fact]
    public async Task The_last_sign_ins_are_shown_also_those_that_were_refused()
    {
        var account = await identity.AnAccountAsync();
        var visitor = identity.Visitor();
        await visitor.SubmitAsync("/sign-in", ("Email", account.Email), ("Password", "this is not the password"));
        await visitor.SubmitAsync("/sign-in", ("Email", account.Email), ("Password", IdentityApp.Password));

        Assert.Equal(["Signed in", "Refused"], (await visitor.GetAsync("/account")).All("#history strong"));
    }

    [Fact]
    public async Task Whoever_is_disabled_meanwhile_sees_and_changes_nothing()
    {
        var account = await identity.AnAccountAsync();
        var visitor = await identity.SignedInAsync(account);
        var open = await visitor.GetAsync("/account/password");
        await identity.Database.ExecuteAsync("update account set disabled_at = now() where subject = @Subject", account);

        Assert.StartsWith("/sign-in", (await visitor.SubmitAsync(open, ("Password", NewPassword), ("Repeated", NewPassword))).Path);
        Assert.StartsWith("/sign-in", (await visitor.GetAsync("/account")).Path);
        Assert.Empty(await identity.AuditAsync(account.Subject));
    }

    async Task<bool> LivesAsync(Visitor visitor) => (await visitor.GetAsync("/account")).Path == "/account";
}
