using AngleSharp.Dom;
using Identity.SecondFactors;
using Identity.Users;
using Microsoft.Extensions.DependencyInjection;
using Support;

namespace Identity.Tests.SecondFactors;

public sealed class SettingUpAnAuthenticator(IdentityApp identity) : IClassFixture<IdentityApp>, IAsyncLifetime
{
    readonly RelyingParty portal = new(identity);

    public async Task InitializeAsync()
    {
        await identity.Database.ExecuteAsync("truncate throttle");
        await identity.DeliverAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task The_first_code_sets_it_up_ends_other_sessions_and_gives_ten_recovery_codes_once()
    {
        var account = await identity.AnAccountAsync();
        var (here, elsewhere) = (await identity.SignedInAsync(account), await identity.SignedInAsync(account));
        var page = await here.GetAsync("/account/authenticator");
        Assert.StartsWith("data:image/svg+xml;base64,", page.Document.QuerySelector("img.qr")!.GetAttribute("src"));
        var app = new AuthenticatorApp(page.Text("#key"), identity.Clock);

        var done = await here.SubmitAsync(page, ("Code", app.Code()));

        Assert.Equal(("Your recovery codes", 10), (done.Text("h1"), done.All("#recovery-codes li").Count));
        Assert.Equal("login_required", (await portal.AskAsync(elsewhere, ("prompt", "none")))["error"]);
        var mail = Assert.Single(await identity.DeliverAsync());
        Assert.Equal(account.Email, mail.To);
        Assert.Contains("An authenticator app has just been set up", mail.Text);
        Assert.Equal(["authenticator.added", "sign_in.raised"], await identity.AuditAsync(account.Subject));
        Assert.Contains("Asked for after the password.", (await here.GetAsync("/account")).Words);
    }

    [Fact]
    public async Task A_wrong_code_sets_nothing_up_and_the_key_stays_the_same()
    {
        var account = await identity.AnAccountAsync();
        var visitor = await identity.SignedInAsync(account);
        var page = await visitor.GetAsync("/account/authenticator");
        var app = new AuthenticatorApp(page.Text("#key"), identity.Clock);

        var refused = await visitor.SubmitAsync(page, ("Code", app.WrongCode()));

        Assert.Equal("This is not the code that the app shows now. Please check the clock of your phone and enter the next code.", refused.Text("[role=alert]"));
        Assert.Equal(page.Text("#key"), refused.Text("#key"));
        Assert.Empty(await identity.Database.ListAsync<long>("select account_id from authenticator_app join account using (account_id) where subject = @Subject", account));
    }

    [Fact]
    public async Task The_form_of_another_person_or_of_long_ago_is_not_taken()
    {
        var visitor = await identity.SignedInAsync(await identity.AnAccountAsync());
        var victim = await identity.SignedInAsync(await identity.AnAccountAsync());
        var page = await visitor.GetAsync("/account/authenticator");
        var app = new AuthenticatorApp(page.Text("#key"), identity.Clock);

        var refused = await victim.SubmitAsync("/account/authenticator", ("Setup", page.Value("Setup")), ("Code", app.Code()));
        Assert.Equal("The page was open for too long. Here is a new key; please scan it.", refused.Text("[role=alert]"));
        var garbled = await victim.SubmitAsync("/account/authenticator", ("Setup", "AAAA"), ("Code", "123456"));
        Assert.Equal("The page was open for too long. Here is a new key; please scan it.", garbled.Text("[role=alert]"));
    }

    [Fact]
    public async Task The_secret_is_in_no_table_as_the_app_has_it()
    {
        var account = await identity.AnAccountAsync();
        var visitor = await identity.SignedInAsync(account);
        var page = await visitor.GetAsync("/account/authenticator");
        var key = page.Text("#key").Replace(" ", "", StringComparison.Ordinal);
        await visitor.SubmitAsync(page, ("Code", new AuthenticatorApp(key, identity.Clock).Code()));

        var rows = await identity.Database.ListAsync<string>("select a::text from authenticator_app a union all select e::text from audit_entry e union all select m::text from outbox_message m");
        Assert.DoesNotContain(rows, row => row.Contains(key, StringComparison.Ordinal));
        Assert.DoesNotContain(identity.Log.Lines, line => line.Contains(key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Removing_it_wants_a_fresh_proof_with_the_code_and_tells_the_owner()
    {
        var account = await identity.AnAccountAsync();
        var visitor = await identity.SignedInAsync(account);
        var (app, codes) = await AuthenticatorApp.SetUpAsync(identity, visitor);
        await identity.DeliverAsync();
        var open = await visitor.GetAsync("/account/authenticator/remove");
        identity.Clock.Advance(TimeSpan.FromMinutes(5));

        var asked = await visitor.PressAsync(open, "button.btn-primary");
        Assert.Equal("/account/confirm?then=%2Faccount%2Fauthenticator%2Fremove", asked.Path);
        var second = await visitor.SubmitAsync(asked, ("Password", IdentityApp.Password));
        Assert.StartsWith("/sign-in/code?then=", second.Path);
        Assert.StartsWith("/account/confirm", (await visitor.GetAsync("/account/authenticator/remove")).Path);
        var confirmed = await visitor.SubmitAsync(second, ("Code", app.Code()));
        var removed = await visitor.PressAsync(confirmed, "button.btn-primary");

        Assert.Equal("The authenticator app is removed. All other sessions have ended, and we have sent you a mail about it.", removed.Text("[role=status]"));
        Assert.Contains("The authenticator app has just been removed", Assert.Single(await identity.DeliverAsync()).Text);
        Assert.Equal("/", (await identity.Visitor().SubmitAsync("/sign-in", ("Email", account.Email), ("Password", IdentityApp.Password))).Path);
        Assert.Empty(await identity.Database.ListAsync<long>("select account_id from recovery_code join account using (account_id) where subject = @Subject", account));
        Assert.Equal(10, codes.Count);
        Assert.Contains("authenticator.removed", await identity.AuditAsync(account.Subject));
    }

    [Fact]
    public async Task An_administrator_who_resets_it_ends_all_sessions_and_the_owner_hears_of_it()
    {
        var account = await identity.AnAccountAsync();
        var visitor = await identity.SignedInAsync(account);
        await AuthenticatorApp.SetUpAsync(identity, visitor);
        await identity.DeliverAsync();

        await identity.AsTheProductAsync(async services => Assert.True(await services.GetRequiredService<ResetSecondFactors>()
            .RunAsync((await services.GetRequiredService<AccountStore>().FindEnabledAsync(account.Subject, CancellationToken.None))!, CancellationToken.None)));

        Assert.StartsWith("/sign-in", (await visitor.GetAsync("/account")).Path);
        Assert.Contains("Your administrator has just removed the second factors", Assert.Single(await identity.DeliverAsync()).Text);
        Assert.Equal("/", (await identity.Visitor().SubmitAsync("/sign-in", ("Email", account.Email), ("Password", IdentityApp.Password))).Path);
    }

    [Fact]
    public async Task New_recovery_codes_make_the_old_ones_worthless()
    {
        var account = await identity.AnAccountAsync();
        var visitor = await identity.SignedInAsync(account);
        var (_, old) = await AuthenticatorApp.SetUpAsync(identity, visitor);

        var fresh = (await visitor.PressAsync(await visitor.GetAsync("/account/recovery-codes"), "button.btn-primary")).All("#recovery-codes li");

        Assert.Equal(10, fresh.Except(old).Count());
        Assert.NotEqual("/", (await RecoverAsync(account, old[0])).Path);
        Assert.Equal("/", (await RecoverAsync(account, fresh[0])).Path);
        Assert.Contains("9 unused codes.", (await visitor.GetAsync("/account")).Words);
        Assert.Equal(["recovery_codes.renewed", "recovery_code.used"], (await identity.AuditAsync(account.Subject)).Where(action => action is "recovery_codes.renewed" or "recovery_code.used"));
    }

    async Task<Page> RecoverAsync(TestAccount account, string code)
    {
        var visitor = identity.Visitor();
        await visitor.SubmitAsync("/sign-in", ("Email", account.Email), ("Password", IdentityApp.Password));
        return await visitor.SubmitAsync("/sign-in/code?recovery=true", ("Code", code));
    }
}
