using System.Net;
using System.Text.Json;
using Support;

namespace Identity.Tests.Passkeys;

public sealed class UsingAPasskey(IdentityApp identity) : IClassFixture<IdentityApp>, IAsyncLifetime
{
    const string Refused = "This passkey does not fit, or its account cannot be used right now. Please try again or use another way.";

    readonly RelyingParty portal = new(identity);

    public async Task InitializeAsync()
    {
        await identity.Database.ExecuteAsync("truncate throttle");
        await identity.DeliverAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task It_signs_in_without_address_and_password_and_tokens_say_so()
    {
        var (account, key) = await SomebodyAsync();
        var visitor = identity.Visitor();

        var answer = new AuthorizationAnswer(await ShowAsync(visitor, key, await portal.RequestAsync(("acr_values", "urn:partnerportal:acr:mfa"))));

        var claims = TokenAnswer.Claims((await portal.RedeemAsync(answer.Code)).IdToken);
        Assert.Equal((account.Subject, "urn:partnerportal:acr:mfa"), (claims.GetProperty("sub").GetString(), claims.GetProperty("acr").GetString()));
        Assert.Equal(["hwk", "user", "mfa"], claims.GetProperty("amr").EnumerateArray().Select(method => method.GetString()));
    }

    [Fact]
    public async Task One_that_is_copied_between_devices_is_called_so()
    {
        var (_, key) = await SomebodyAsync(new SoftwareKey { IsSynced = true });
        var visitor = identity.Visitor();
        await ShowAsync(visitor, key);

        var claims = TokenAnswer.Claims((await portal.TokensAsync(visitor)).IdToken);

        Assert.Equal(["swk", "user", "mfa"], claims.GetProperty("amr").EnumerateArray().Select(method => method.GetString()));
    }

    [Fact]
    public async Task A_locked_password_does_not_keep_its_owner_out()
    {
        var (account, key) = await SomebodyAsync();
        for (var i = 0; i < 5; i++)
        {
            await identity.Visitor().SubmitAsync("/sign-in", ("Email", account.Email), ("Password", "wrong password " + i));
        }

        Assert.StartsWith("E-mail address and password do not match", (await identity.Visitor().SubmitAsync("/sign-in", ("Email", account.Email), ("Password", IdentityApp.Password))).Text("[role=alert]"));
        Assert.Equal("/", (await ShowAsync(identity.Visitor(), key)).Path);
    }

    [Fact]
    public async Task After_the_password_it_is_the_second_factor_and_only_that_persons_will_do()
    {
        var (account, key) = await SomebodyAsync();
        var (_, stranger) = await SomebodyAsync();
        var visitor = identity.Visitor();
        var asked = await visitor.SubmitAsync(await portal.RequestAsync(), ("Email", account.Email), ("Password", IdentityApp.Password));
        Assert.StartsWith("/sign-in/code?request=", asked.Path);

        var refused = await ShowAsync(visitor, stranger, asked, "second");
        Assert.Equal(Refused, refused.Text("#passkey-refusal"));
        Assert.Null(visitor.Cookies.Find("__Host-identity"));
        var answer = new AuthorizationAnswer(await ShowAsync(visitor, key, refused, "second"));

        var claims = TokenAnswer.Claims((await portal.RedeemAsync(answer.Code)).IdToken);
        Assert.Equal(["pwd", "hwk", "user", "mfa"], claims.GetProperty("amr").EnumerateArray().Select(method => method.GetString()));
    }

    [Fact]
    public async Task It_steps_up_and_confirms_too()
    {
        var (account, key) = await SomebodyAsync();
        var visitor = await identity.SignedInAsync(account);
        var asked = await visitor.GetAsync(await portal.RequestAsync(("acr_values", "urn:partnerportal:acr:mfa")));
        Assert.StartsWith("/sign-in/step-up?request=", asked.Path);
        Assert.NotNull(new AuthorizationAnswer(await ShowAsync(visitor, key, asked, "step-up"))["code"]);

        identity.Clock.Advance(TimeSpan.FromMinutes(6));
        var confirm = await visitor.GetAsync("/account/password");
        Assert.StartsWith("/account/confirm", confirm.Path);
        Assert.Equal("/account/password", (await ShowAsync(visitor, key, confirm, "confirm")).Path);
    }

    [Theory]
    [InlineData("another origin")]
    [InlineData("another service")]
    [InlineData("not unlocked")]
    [InlineData("another challenge")]
    [InlineData("garbled signature")]
    [InlineData("no answer")]
    [InlineData("disabled")]
    public async Task What_does_not_fit_is_refused(string what)
    {
        var (account, key) = await SomebodyAsync();
        var visitor = identity.Visitor();
        var page = await visitor.GetAsync("/sign-in");
        var options = await OptionsAsync(visitor, page, "/passkeys/sign-in/options");
        switch (what)
        {
            case "another origin": key.Origin = "https://identity.test.evil.test"; break;
            case "another service": key.RpId = "evil.test"; break;
            case "not unlocked": key.Verifies = false; break;
            case "disabled": await identity.Database.ExecuteAsync("update account set disabled_at = now() where subject = @Subject", account); break;
        }

        var credential = what is "another challenge" ? key.SignChallenge(new string('A', 43)) : key.Sign(options);
        credential = what switch { "garbled signature" => Garble(credential), "no answer" => "", _ => credential };
        var answer = await visitor.PressAsync(page, "form[data-passkey]", ("Credential", credential));

        Assert.Equal(Refused, answer.Text("#passkey-refusal"));
        Assert.Null(visitor.Cookies.Find("__Host-identity"));
    }

    [Fact]
    public async Task A_signature_is_worth_something_once()
    {
        var (_, key) = await SomebodyAsync();
        var visitor = identity.Visitor();
        var page = await visitor.GetAsync("/sign-in");
        var credential = key.Sign(await OptionsAsync(visitor, page, "/passkeys/sign-in/options"));
        var challenge = visitor.Cookies.Find("__Host-identity-passkey")!;
        Assert.Equal("/", (await visitor.PressAsync(page, "form[data-passkey]", ("Credential", credential))).Path);

        var again = identity.Visitor();
        var other = await again.GetAsync("/sign-in");
        again.Cookies.Add(challenge);

        Assert.Equal(Refused, (await again.PressAsync(other, "form[data-passkey]", ("Credential", credential))).Text("#passkey-refusal"));
    }

    [Fact]
    public async Task Of_many_uses_of_one_signature_at_the_same_moment_one_gets_in()
    {
        var (_, key) = await SomebodyAsync();
        var visitor = identity.Visitor();
        var page = await visitor.GetAsync("/sign-in");
        var credential = key.Sign(await OptionsAsync(visitor, page, "/passkeys/sign-in/options"));
        var browsers = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            var copy = identity.Visitor();
            var open = await copy.GetAsync("/sign-in");
            copy.Cookies.Add(visitor.Cookies.Find("__Host-identity-passkey")!);
            return (Copy: copy, Open: open);
        }));

        var pages = await Task.WhenAll(browsers.Select(browser => browser.Copy.PressAsync(browser.Open, "form[data-passkey]", ("Credential", credential))));

        Assert.Single(pages, answer => answer.Path == "/");
    }

    [Fact]
    public async Task The_challenge_of_another_browser_or_of_long_ago_does_not_fit()
    {
        var (_, key) = await SomebodyAsync();
        var (asker, thief) = (identity.Visitor(), identity.Visitor());
        var credential = key.Sign(await OptionsAsync(asker, await asker.GetAsync("/sign-in"), "/passkeys/sign-in/options"));
        var page = await thief.GetAsync("/sign-in");
        await OptionsAsync(thief, page, "/passkeys/sign-in/options");
        Assert.Equal(Refused, (await thief.PressAsync(page, "form[data-passkey]", ("Credential", credential))).Text("#passkey-refusal"));

        var late = identity.Visitor();
        page = await late.GetAsync("/sign-in");
        credential = key.Sign(await OptionsAsync(late, page, "/passkeys/sign-in/options"));
        identity.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(Refused, (await late.PressAsync(page, "form[data-passkey]", ("Credential", credential))).Text("#passkey-refusal"));
    }

    [Fact]
    public async Task A_copied_key_that_counts_behind_is_refused()
    {
        var (_, key) = await SomebodyAsync();
        await ShowAsync(identity.Visitor(), key);
        await ShowAsync(identity.Visitor(), key);
        key.Counter = 1;

        Assert.Equal(Refused, (await ShowAsync(identity.Visitor(), key)).Text("#passkey-refusal"));
        Assert.Contains("passkey", await identity.Database.ListAsync<string>("select details ->> 'reason' from audit_entry where action = 'sign_in.refused'"));
    }

    [Fact]
    public async Task Several_can_be_named_and_removed_and_the_owner_is_told_each_time()
    {
        var account = await identity.AnAccountAsync();
        var (here, elsewhere) = (await identity.SignedInAsync(account), await identity.SignedInAsync(account));
        var (phone, stick) = (new SoftwareKey(), new SoftwareKey());

        var codes = await AddAsync(here, phone, "My phone");
        Assert.Equal(10, codes.All("#recovery-codes li").Count);
        Assert.Equal("login_required", (await portal.AskAsync(elsewhere, ("prompt", "none")))["error"]);
        Assert.Equal("/account?done=passkey", (await AddAsync(here, stick, "Stick in the drawer")).Path);
        var page = await here.GetAsync("/account/passkeys");
        Assert.Equal(["My phone", "Stick in the drawer"], page.All("#passkeys strong"));

        var removed = await here.PressAsync(page, $"form[action$='{phone.Id}/remove']");
        Assert.Equal("/account?done=passkey_removed", removed.Path);
        Assert.Equal(Refused, (await ShowAsync(identity.Visitor(), phone)).Text("#passkey-refusal"));
        Assert.Equal("/", (await ShowAsync(identity.Visitor(), stick)).Path);
        Assert.Equal(3, (await identity.DeliverAsync()).Count(mail => mail.To == account.Email && mail.Text.Contains("passkey", StringComparison.Ordinal)));
        Assert.Equal(["passkey.added", "passkey.added", "passkey.removed"], (await identity.AuditAsync(account.Subject)).Where(action => action.StartsWith("passkey", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_passkey_of_another_person_can_be_neither_removed_nor_added_again()
    {
        var (account, key) = await SomebodyAsync();
        var visitor = await identity.SignedInAsync(await identity.AnAccountAsync());
        await AddAsync(visitor, new SoftwareKey(), "Mine");
        var page = await visitor.GetAsync("/account/passkeys");

        var refused = await visitor.PostAsync($"/account/passkeys/{key.Id}/remove", ("__RequestVerificationToken", page.Value("__RequestVerificationToken")!));
        Assert.Equal("This passkey has been removed already.", refused.Text("#refusal"));
        Assert.Equal("The passkey was not added. Please try again; if you have added this device before, it is in the list.", (await AddAsync(visitor, key, "Theirs")).Text("#refusal"));
        Assert.Single(await identity.Database.ListAsync<string>("select k.name from passkey_credential k join account using (account_id) where subject = @Subject", account));
    }

    [Fact]
    public async Task The_only_way_to_sign_in_is_not_removed()
    {
        var (account, key) = await SomebodyAsync();
        await identity.Database.ExecuteAsync("update account set password_hash = null where subject = @Subject", account);
        var visitor = identity.Visitor();
        await ShowAsync(visitor, key);

        var page = await visitor.PressAsync(await visitor.GetAsync("/account/passkeys"), $"form[action$='{key.Id}/remove']");

        Assert.Equal("This is your only way to sign in. Choose a password or add another passkey first.", page.Text("#refusal"));
    }

    [Fact]
    public async Task The_database_itself_refuses_another_key_in_the_place_of_one()
    {
        var (account, _) = await SomebodyAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => identity.Database.ExecuteAsync("update passkey_credential set public_key = '\\x00' where account_id = (select account_id from account where subject = @Subject)", account));
    }

    [Fact]
    public async Task Questions_without_a_token_or_a_person_are_not_answered()
    {
        var visitor = identity.Visitor();
        var page = await visitor.GetAsync("/sign-in");

        Assert.Equal(HttpStatusCode.BadRequest, (await visitor.PostAsync("/passkeys/sign-in/options")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await visitor.PostAsync("/passkeys/second/options", ("__RequestVerificationToken", page.Value("__RequestVerificationToken")!))).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await visitor.PostAsync("/passkeys/step-up/options", ("__RequestVerificationToken", page.Value("__RequestVerificationToken")!))).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await visitor.PostAsync("/passkeys/register/options", ("__RequestVerificationToken", page.Value("__RequestVerificationToken")!))).Status);
    }

    async Task<(TestAccount Account, SoftwareKey Key)> SomebodyAsync(SoftwareKey? key = null)
    {
        var account = await identity.AnAccountAsync();
        key ??= new SoftwareKey();
        await AddAsync(await identity.SignedInAsync(account), key, "Test");
        await identity.DeliverAsync();
        return (account, key);
    }

    static async Task<Page> AddAsync(Visitor visitor, SoftwareKey key, string name)
    {
        var page = await visitor.GetAsync("/account/passkeys");
        var options = await OptionsAsync(visitor, page, "/account/passkeys/options");
        return await visitor.PressAsync(page, "form[data-passkey]", ("Credential", key.Create(options)), ("Name", name));
    }

    static async Task<Page> ShowAsync(Visitor visitor, SoftwareKey key, string path = "/sign-in") => await ShowAsync(visitor, key, await visitor.GetAsync(path), "sign-in");

    static async Task<Page> ShowAsync(Visitor visitor, SoftwareKey key, Page page, string purpose) =>
        await visitor.PressAsync(page, "form[data-passkey]", ("Credential", key.Sign(await OptionsAsync(visitor, page, $"/passkeys/{purpose}/options"))));

    static async Task<string> OptionsAsync(Visitor visitor, Page page, string path) =>
        (await visitor.PostAsync(path, ("__RequestVerificationToken", page.Value("__RequestVerificationToken")!))).Body;

    static string Garble(string credential)
    {
        var signature = JsonDocument.Parse(credential).RootElement.GetProperty("response").GetProperty("signature").GetString()!;
        return credential.Replace(signature, signature[..^8] + "AAAAAAAA", StringComparison.Ordinal);
    }
}
