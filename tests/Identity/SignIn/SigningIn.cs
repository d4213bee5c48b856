using System.Collections.Concurrent;
using System.Net;
using Identity.Users;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Support;

namespace Identity.Tests.SignIn;

public sealed class SigningIn(SigningIn.Watched identity) : IClassFixture<SigningIn.Watched>, IAsyncLifetime
{
    const string Refusal = "E-mail address and password do not match, or this account cannot be used right now. After several wrong passwords an account rests for 15 minutes.";

    readonly RelyingParty portal = new(identity);

    // Failures are counted by address, and all tests come from one.
    public Task InitializeAsync() => identity.Database.ExecuteAsync("truncate throttle");

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("wrong")]
    [InlineData("unknown")]
    [InlineData("disabled")]
    [InlineData("locked")]
    [InlineData("without a password")]
    [InlineData("empty")]
    public async Task Whatever_is_wrong_gets_the_same_answer(string what)
    {
        var account = await identity.AnAccountAsync();
        await identity.Database.ExecuteAsync(what switch
        {
            "disabled" => "update account set disabled_at = now() where subject = @Subject",
            "locked" => "update account set lockout_end = 'infinity' where subject = @Subject",
            "without a password" => "update account set password_hash = null where subject = @Subject",
            _ => "select @Subject",
        }, account);
        var visitor = identity.Visitor();

        var page = await visitor.SubmitAsync(await portal.RequestAsync(),
            ("Email", what is "unknown" ? "nobody@company.test" : account.Email),
            ("Password", what switch { "wrong" => "this is not the password", "empty" => "", _ => IdentityApp.Password }));

        Assert.Equal((HttpStatusCode.OK, Refusal), (page.Status, page.Text("[role=alert]")));
        Assert.Null(visitor.Cookies.Find("__Host-identity"));
        Assert.True(string.IsNullOrEmpty(page.Value("Password")));
        Assert.Equal(what is "unknown" ? "nobody@company.test" : account.Email, page.Value("Email"));
    }

    [Theory]
    [InlineData("wrong")]
    [InlineData("unknown")]
    [InlineData("disabled")]
    [InlineData("without a password")]
    public async Task The_time_does_not_tell_who_has_an_account_for_the_same_work_is_done(string what)
    {
        var account = await identity.AnAccountAsync();
        await identity.Database.ExecuteAsync("update account set password_hash = @hash, disabled_at = case when @what = 'disabled' then now() end where subject = @Subject",
            new { account.Subject, what, hash = what is "without a password" ? null : new AccountPasswordHasher().HashPassword(new(), IdentityApp.Password) });
        var visitor = identity.Visitor();
        var page = await visitor.GetAsync("/sign-in");
        var before = identity.Hashes.Count;

        await visitor.SubmitAsync(page, ("Email", what is "unknown" ? "nobody@company.test" : account.Email), ("Password", "this is not the password"));

        // One password held against one hash of the same method, rounds and lengths: the only thing here that takes long.
        var hash = Assert.Single(identity.Hashes.Skip(before)).Split('$');
        Assert.Equal(["pbkdf2-sha512", "210000"], hash[..2]);
        Assert.Equal((16, 64), (Convert.FromBase64String(hash[2]).Length, Convert.FromBase64String(hash[3]).Length));
    }

    [Fact]
    public async Task Five_wrong_passwords_lock_the_account_for_a_quarter_of_an_hour()
    {
        var account = await identity.AnAccountAsync();
        var visitor = identity.Visitor();
        for (var i = 0; i < 5; i++)
        {
            await SubmitAsync(visitor, account.Email, "wrong password " + i);
        }

        Assert.Equal(Refusal, (await SubmitAsync(visitor, account.Email, IdentityApp.Password)).Text("[role=alert]"));
        identity.Clock.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal("/", (await SubmitAsync(visitor, account.Email, IdentityApp.Password)).Path);
        Assert.Equal(["sign_in.refused", "sign_in.refused", "sign_in.refused", "sign_in.refused", "sign_in.refused", "sign_in.refused", "sign_in.succeeded"], await identity.AuditAsync(account.Subject));
        Assert.Equal(["wrong_password", "wrong_password", "wrong_password", "wrong_password", "wrong_password", "locked"],
            await identity.Database.ListAsync<string>("select details ->> 'reason' from audit_entry where subject_number = @Subject and action = 'sign_in.refused' order by audit_entry_id", account));
    }

    [Fact]
    public async Task The_right_password_wipes_out_the_wrong_ones_before_it()
    {
        var account = await identity.AnAccountAsync();
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < 4; i++)
            {
                await SubmitAsync(identity.Visitor(), account.Email, "wrong password");
            }

            Assert.Equal("/", (await SubmitAsync(identity.Visitor(), account.Email, IdentityApp.Password)).Path);
        }
    }

    [Fact]
    public async Task Of_many_guesses_at_the_same_moment_no_more_than_five_are_looked_at()
    {
        var account = await identity.AnAccountAsync();
        var visitor = identity.Visitor();
        var page = await visitor.GetAsync("/sign-in");

        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => visitor.SubmitAsync(page, ("Email", account.Email), ("Password", "guess number " + i))));

        var reasons = await identity.Database.ListAsync<string>("select details ->> 'reason' from audit_entry where subject_number = @Subject", account);
        Assert.Equal(20, reasons.Count);
        Assert.Equal(5, reasons.Count(reason => reason == "wrong_password"));
    }

    [Fact]
    public async Task Thirty_failures_from_one_address_make_it_wait()
    {
        var visitor = identity.Visitor();
        var account = await identity.AnAccountAsync();
        await identity.Database.ExecuteAsync("insert into throttle (key, window_started_at, attempts) values ('sign_in:' || @address, @now, 30)", new { address = await AddressAsync(), now = identity.Clock.Now.UtcDateTime });

        var page = await SubmitAsync(visitor, account.Email, IdentityApp.Password);

        Assert.Equal((HttpStatusCode)429, page.Status);
        Assert.Equal("300", page.Header("Retry-After"));
        Assert.Equal("Too many failed sign-ins came from your network. Please wait a few minutes and try again.", page.Text("[role=alert]"));
        identity.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal("/", (await SubmitAsync(visitor, account.Email, IdentityApp.Password)).Path);
    }

    [Fact]
    public async Task Three_hundred_failures_at_one_company_make_it_wait_whoever_they_are_about_and_lock_nobody()
    {
        var account = await identity.AnAccountAsync();
        await SubmitAsync(identity.Visitor(), "nobody@company.test", "this is not the password");
        Assert.Equal(1, await identity.Database.ExecuteAsync("update throttle set attempts = 300 where key like 'sign_in_tenant:%'"));

        var (known, unknown) = (await SubmitAsync(identity.Visitor(), account.Email, "this is not the password"), await SubmitAsync(identity.Visitor(), "somebody@COMPANY.test", IdentityApp.Password));

        Assert.Equal(((HttpStatusCode)429, (HttpStatusCode)429), (known.Status, unknown.Status));
        Assert.Equal([0], await identity.Database.ListAsync<int>("select access_failed_count from account where subject = @Subject", account));
        Assert.Equal("/", (await SubmitAsync(identity.Visitor(), (await identity.AnAccountAsync("ann@elsewhere.test")).Email, IdentityApp.Password)).Path);
    }

    [Fact]
    public async Task Those_who_know_their_password_never_wait()
    {
        var account = await identity.AnAccountAsync();
        for (var i = 0; i < 3; i++)
        {
            await SubmitAsync(identity.Visitor(), account.Email, IdentityApp.Password);
        }

        Assert.Equal([0, 0], await identity.Database.ListAsync<int>("select attempts from throttle"));
    }

    [Fact]
    public async Task Each_sign_in_gets_a_new_key_in_a_cookie_scripts_and_other_hosts_cannot_touch()
    {
        var account = await identity.AnAccountAsync();
        var visitor = identity.Visitor();
        await SubmitAsync(visitor, account.Email, IdentityApp.Password);
        var first = visitor.Cookies.Find("__Host-identity")!;
        await SubmitAsync(visitor, account.Email, IdentityApp.Password);
        var second = visitor.Cookies.Find("__Host-identity")!;

        Assert.NotEqual(first.Value, second.Value);
        Assert.Equal(("/", true, true, Microsoft.Net.Http.Headers.SameSiteMode.Lax), (second.Path.ToString(), second.Secure, second.HttpOnly, second.SameSite));
        Assert.True(second.Domain.Length == 0 && second.Expires is null && second.MaxAge is null);
        Assert.Equal([1L], await identity.Database.ListAsync<long>("select count(*) from sign_in_session s join account a using (account_id) where a.subject = @Subject", account));
        var old = identity.Visitor();
        old.Cookies.Add(first);
        Assert.Equal("login_required", (await portal.AskAsync(old, ("prompt", "none")))["error"]);
    }

    [Fact]
    public async Task A_key_somebody_planted_before_is_worth_nothing()
    {
        var account = await identity.AnAccountAsync();
        var visitor = identity.Visitor();
        visitor.Cookies.Add(new("__Host-identity", "planted-planted-planted-planted-planted-pla"));

        await SubmitAsync(visitor, account.Email, IdentityApp.Password);

        Assert.NotEqual("planted-planted-planted-planted-planted-pla", visitor.Cookies.Find("__Host-identity")!.Value.ToString());
    }

    [Fact]
    public async Task Another_person_in_the_same_browser_ends_what_the_first_had_granted()
    {
        var visitor = await identity.SignedInAsync(await identity.AnAccountAsync());
        var token = (await portal.TokensAsync(visitor)).AccessToken;

        await SubmitAsync(visitor, (await identity.AnAccountAsync()).Email, IdentityApp.Password);

        using var program = identity.Program();
        program.DefaultRequestHeaders.Authorization = new("Bearer", token);
        Assert.Equal(HttpStatusCode.Unauthorized, (await program.GetAsync("/connect/userinfo")).StatusCode);
    }

    [Fact]
    public async Task A_form_without_its_token_changes_nothing()
    {
        var account = await identity.AnAccountAsync();
        var visitor = identity.Visitor();

        var page = await visitor.PostAsync("/sign-in", ("Email", account.Email), ("Password", IdentityApp.Password));

        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        Assert.Null(visitor.Cookies.Find("__Host-identity"));
        Assert.Empty(await identity.AuditAsync(account.Subject));
    }

    [Fact]
    public async Task A_hash_of_older_strength_is_replaced_at_the_next_sign_in()
    {
        var account = await identity.AnAccountAsync();
        var weak = System.Security.Cryptography.Rfc2898DeriveBytes.Pbkdf2(IdentityApp.Password, new byte[16], 1000, System.Security.Cryptography.HashAlgorithmName.SHA512, 64);
        await identity.Database.ExecuteAsync("update account set password_hash = @hash where subject = @Subject", new { account.Subject, hash = $"pbkdf2-sha512$1000${Convert.ToBase64String(new byte[16])}${Convert.ToBase64String(weak)}" });

        Assert.Equal("/", (await SubmitAsync(identity.Visitor(), account.Email, IdentityApp.Password)).Path);

        Assert.StartsWith("pbkdf2-sha512$210000$", (await identity.Database.ListAsync<string>("select password_hash from account where subject = @Subject", account))[0]);
        Assert.Equal("/", (await SubmitAsync(identity.Visitor(), account.Email, IdentityApp.Password)).Path);
    }

    [Fact]
    public async Task The_page_speaks_the_language_that_is_asked_for_and_can_be_switched()
    {
        var visitor = identity.Visitor();
        visitor.Language = "de, zh-TW;q=0.9, en;q=0.5";
        Assert.Equal("登录", (await visitor.GetAsync("/sign-in")).Text("h1"));

        var asked = await visitor.GetAsync(await portal.RequestAsync(("ui_locales", "fr en zh-CN")));
        Assert.Equal(("Sign in", "en"), (asked.Text("h1"), asked.Document.DocumentElement.GetAttribute("lang")));

        var switched = await visitor.GetAsync(asked.Document.QuerySelector("a[hreflang=zh-CN]")!.GetAttribute("href")!);
        Assert.Equal("登录", switched.Text("h1"));
        Assert.Contains("/sign-in?request=", switched.Path);
        Assert.Equal("忘记密码？", (await visitor.GetAsync("/password-reset")).Text("h1"));
    }

    [Fact]
    public async Task A_login_hint_is_filled_in_as_text()
    {
        var page = await identity.Visitor().GetAsync(await portal.RequestAsync(("login_hint", "\"><svg onload=alert(1)>")));

        Assert.Equal("\"><svg onload=alert(1)>", page.Value("Email"));
        Assert.False(page.Has("svg"));
    }

    [Fact]
    public async Task The_form_may_lead_back_to_the_application_and_nowhere_else()
    {
        var page = await identity.Visitor().GetAsync(await portal.RequestAsync());

        Assert.Contains("form-action 'self' https://portal.test;", page.Header("Content-Security-Policy"));
        Assert.Contains("form-action 'self';", (await identity.Visitor().GetAsync("/sign-in")).Header("Content-Security-Policy"));
    }

    [Fact]
    public async Task What_was_typed_is_neither_logged_nor_audited()
    {
        await SubmitAsync(identity.Visitor(), "a-password-in-the-wrong-field", "another-typed-password");

        Assert.DoesNotContain(identity.Log.Lines, line => line.Contains("wrong-field", StringComparison.OrdinalIgnoreCase) || line.Contains("typed-password", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(await identity.Database.ListAsync<string>("select subject_number || details::text from audit_entry"), row => row.Contains("wrong-field", StringComparison.OrdinalIgnoreCase) || row.Contains("typed-password", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(await identity.Database.ListAsync<string>("select payload::text from outbox_message"), row => row.Contains("typed-password", StringComparison.OrdinalIgnoreCase));
    }

    static async Task<Page> SubmitAsync(Visitor visitor, string email, string password) => await visitor.SubmitAsync("/sign-in", ("Email", email), ("Password", password));

    // As the throttle saw it.
    async Task<string> AddressAsync()
    {
        await SubmitAsync(identity.Visitor(), "nobody@company.test", "this is not the password");
        var key = (await identity.Database.ListAsync<string>("select key from throttle where key like 'sign_in:%'"))[0];
        await identity.Database.ExecuteAsync("truncate throttle");
        return key.Split(':', 2)[1];
    }

    /// <summary>Identity whose hasher notes which hashes it holds passwords against.</summary>
    public sealed class Watched : IdentityApp
    {
        readonly ConcurrentQueue<string> hashes = new();

        public IReadOnlyCollection<string> Hashes => hashes;

        protected override void Configure(IServiceCollection services) => services.AddSingleton<IPasswordHasher<Account>>(new Noting(hashes));

        sealed class Noting(ConcurrentQueue<string> hashes) : IPasswordHasher<Account>
        {
            readonly AccountPasswordHasher hasher = new();

            public string HashPassword(Account user, string password) => hasher.HashPassword(user, password);

            public PasswordVerificationResult VerifyHashedPassword(Account user, string hashedPassword, string providedPassword)
            {
                hashes.Enqueue(hashedPassword);
                return hasher.VerifyHashedPassword(user, hashedPassword, providedPassword);
            }
        }
    }
}
