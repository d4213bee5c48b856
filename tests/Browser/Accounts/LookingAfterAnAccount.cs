using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Shouldly;
using Support;
using Xunit;

namespace Browser.Tests.Accounts;

[Collection(InTheBrowser.Name)]
public sealed class LookingAfterAnAccount(Chromium chromium, ListeningIdentity identity) : IClassFixture<ListeningIdentity>
{
    static readonly Regex Home = new("^[^?]*[^/]/$", RegexOptions.None, TimeSpan.FromSeconds(1));
    static readonly Regex SecondStep = new("/sign-in/code", RegexOptions.None, TimeSpan.FromSeconds(1));

    [BrowserFact]
    public async Task The_pages_of_ones_own_account_are_readable_for_everybody()
    {
        var account = await identity.AnAccountAsync(name: "王小明");
        await using var desk = await Desk.SitDownAsync(chromium, identity);
        await desk.LookAtAsync("/sign-in", "identity-sign-in");
        await SignInAsync(desk, account);
        await AddDeviceAsync(desk.Page);
        await AddPasskeyAsync(desk.Page, "Laptop");

        await desk.LookAtAsync("/account", "identity-account");
        await desk.LookAtAsync("/account/password", "identity-password");
        await desk.LookAtAsync("/account/authenticator", "identity-authenticator");
        await desk.LookAtAsync("/account/passkeys", "identity-passkeys");
        await desk.LookAtAsync("/account/recovery-codes", "identity-recovery-codes");
        await desk.LookAtAsync("/account/confirm", "identity-confirm");
    }

    [BrowserFact]
    public async Task A_passkey_is_added_and_signs_in_without_a_password()
    {
        var account = await identity.AnAccountAsync();
        await using var desk = await Desk.SitDownAsync(chromium, identity);
        await SignInAsync(desk, account);
        await AddDeviceAsync(desk.Page);

        await AddPasskeyAsync(desk.Page, "Laptop");
        (await desk.Page.Locator("#recovery-codes li").CountAsync()).ShouldBe(10);
        await desk.CheckAxeAsync("recovery codes");
        await desk.OpenAsync("/sign-out");
        await desk.Page.ClickAsync("button.btn-primary");
        await desk.OpenAsync("/sign-in?then=/account");
        await desk.Page.ClickAsync("#use-passkey");

        await Assertions.Expect(desk.Page).ToHaveURLAsync(identity.Address + "/account");
        (await desk.Page.TextContentAsync(".lead"))!.ShouldContain(account.Email);
        (await identity.Database.ListAsync<string>("select array_to_string(amr, ' ') from sign_in_session join account using (account_id) where subject = @Subject", account)).ShouldBe(["hwk user mfa"]);
    }

    [BrowserFact]
    public async Task After_the_password_the_passkey_is_the_second_step_and_a_device_that_is_not_unlocked_does_not_do()
    {
        var account = await identity.AnAccountAsync();
        await using var desk = await Desk.SitDownAsync(chromium, identity);
        await SignInAsync(desk, account);
        var (browser, device) = await AddDeviceAsync(desk.Page);
        await AddPasskeyAsync(desk.Page, "Laptop");
        await desk.OpenAsync("/sign-out");
        await desk.Page.ClickAsync("button.btn-primary");
        await SignInAsync(desk, account, SecondStep);
        await desk.CheckAxeAsync("the second step");

        await browser.SendAsync("WebAuthn.setUserVerified", new() { ["authenticatorId"] = device, ["isUserVerified"] = false });
        await desk.Page.ClickAsync("#use-passkey");
        await desk.Page.WaitForSelectorAsync("[data-failed]:not([hidden])");
        await browser.SendAsync("WebAuthn.setUserVerified", new() { ["authenticatorId"] = device, ["isUserVerified"] = true });
        await desk.Page.ClickAsync("#use-passkey");

        await Assertions.Expect(desk.Page).ToHaveURLAsync(identity.Address + "/");
        (await identity.Database.ListAsync<string>("select array_to_string(amr, ' ') from sign_in_session join account using (account_id) where subject = @Subject", account)).ShouldBe(["pwd hwk user mfa"]);
    }

    static async Task SignInAsync(Desk desk, TestAccount account, Regex? then = null)
    {
        await desk.OpenAsync("/sign-in");
        await desk.Page.FillAsync("#email", account.Email);
        await desk.Page.FillAsync("#password", IdentityApp.Password);
        await desk.Page.ClickAsync("button.btn-primary");
        // The address is asked for until it is the one: a load that is over before anybody waits for it is missed on a busy machine.
        await Assertions.Expect(desk.Page).ToHaveURLAsync(then ?? Home, new() { Timeout = 10_000 });
    }

    static async Task AddPasskeyAsync(IPage page, string name)
    {
        await page.GotoAsync("/account/passkeys");
        await page.FillAsync("#name", name);
        await page.ClickAsync("#add-passkey");
        await page.WaitForSelectorAsync("#recovery-codes");
    }

    // A device in the browser that makes and keeps passkeys, and whose owner always puts the finger on it.
    static async Task<(ICDPSession Browser, string Device)> AddDeviceAsync(IPage page)
    {
        var browser = await page.Context.NewCDPSessionAsync(page);
        await browser.SendAsync("WebAuthn.enable");
        var added = await browser.SendAsync("WebAuthn.addVirtualAuthenticator", new()
        {
            ["options"] = new Dictionary<string, object>
            {
                ["protocol"] = "ctap2", ["transport"] = "internal", ["hasResidentKey"] = true, ["hasUserVerification"] = true, ["isUserVerified"] = true, ["automaticPresenceSimulation"] = true,
            },
        });
        return (browser, added!.Value.GetProperty("authenticatorId").GetString()!);
    }
}
