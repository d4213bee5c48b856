using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using Shouldly;
using Support;
using Xunit;

namespace Browser.Tests.Accounts;

/// <summary>An application that is nothing but a page on another origin, with oidc-client-ts as it comes: its key stays in the browser, its calls cross origins.</summary>
[Collection(InTheBrowser.Name)]
public sealed class SigningInFromAPage(Chromium chromium, ListeningIdentity identity) : IClassFixture<ListeningIdentity>
{
    [BrowserFact]
    public async Task Its_key_binds_its_tokens_it_refreshes_reads_who_somebody_is_and_gives_its_tokens_back()
    {
        await PrepareAsync();
        var account = await identity.AnAccountAsync();
        await using var page = await APageAsync("page");
        await ARegistrationAsync("page", page.Origin, page.Origin);
        await using var desk = await Desk.SitDownAsync(chromium, identity);
        await desk.Page.GotoAsync(page.Origin + "/page");

        desk.Expect("400"); // the last refresh, which is refused
        await SignInAsync(desk.Page, account, page.Origin);
        (await SaidAsync(desk.Page)).ShouldBe($"DPoP {account.Subject} {account.Email}");

        await desk.Page.ClickAsync("#refresh");
        (await SaidAsync(desk.Page)).ShouldBe($"another token of {account.Subject}");

        await desk.Page.ClickAsync("#revoke");
        (await SaidAsync(desk.Page)).ShouldBe("given back");

        await desk.Page.ClickAsync("#refresh-again");
        (await SaidAsync(desk.Page)).ShouldBe("invalid_grant");
    }

    [BrowserFact]
    public async Task From_an_origin_that_no_client_names_the_browser_lets_it_read_nothing()
    {
        await PrepareAsync();
        var account = await identity.AnAccountAsync();
        await using var page = await APageAsync("stranger");
        await ARegistrationAsync("stranger", page.Origin, "https://elsewhere.example");
        await using var desk = await Desk.SitDownAsync(chromium, identity);
        await desk.Page.GotoAsync(page.Origin + "/stranger");
        desk.Expect("blocked by CORS policy");
        desk.Expect("net::ERR_FAILED");

        await SignInAsync(desk.Page, account, page.Origin);

        (await SaidAsync(desk.Page)).ShouldBe("Failed to fetch");
    }

    async Task PrepareAsync()
    {
        await NpmParts.InstallAsync();
        // The browser dates its proofs by its own clock.
        identity.Clock.Now = TimeProvider.System.GetUtcNow();
    }

    Task ARegistrationAsync(string clientId, string home, string origin) => identity.AnOfflineClientAsync(clientId, client =>
        (client.RequireClientSecret, client.RequireDPoP, client.TokenEndpointAuthMethod, client.RedirectUris, client.AllowedCorsOrigins) = (false, true, "none", [$"{home}/{clientId}"], [origin]));

    static async Task SignInAsync(IPage page, TestAccount account, string home)
    {
        await page.ClickAsync("#sign-in");
        await page.FillAsync("#email", account.Email);
        await page.FillAsync("#password", IdentityApp.Password);
        await page.ClickAsync("button.btn-primary");
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("^" + Regex.Escape(home), RegexOptions.None, TimeSpan.FromSeconds(1)));
    }

    static async Task<string> SaidAsync(IPage page)
    {
        var said = page.Locator("#said");
        await Assertions.Expect(said).Not.ToBeEmptyAsync();
        return (await said.TextContentAsync())!;
    }

    // A server of its own on this machine, which sends the page and the library.
    async Task<Server> APageAsync(string clientId)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapGet("/library.js", () => Results.File(Path.Combine(NpmParts.Folder, "node_modules", "oidc-client-ts", "dist", "browser", "oidc-client-ts.min.js"), "text/javascript"));
        app.MapGet("/" + clientId, (HttpContext http) => Results.Content(Page(clientId, $"http://{http.Request.Host}"), "text/html; charset=utf-8"));
        await app.StartAsync();
        return new(app, app.Urls.Single());
    }

    string Page(string clientId, string home) => $$"""
        <!doctype html><html lang="en"><title>A page</title><link rel="icon" href="data:,">
        <button id="sign-in">in</button><button id="refresh">refresh</button><button id="revoke">revoke</button><button id="refresh-again">again</button>
        <output id="said"></output>
        <script src="/library.js"></script>
        <script>
          const manager = new oidc.UserManager({
            authority: '{{identity.Address}}', client_id: '{{clientId}}', redirect_uri: '{{home}}/{{clientId}}', scope: 'openid email offline_access',
            automaticSilentRenew: false, revokeTokenTypes: ['refresh_token'],
            dpop: { bind_authorization_code: true, store: new oidc.IndexedDbDPoPStore() },
          });
          let user;
          const say = work => async () => {
            said.textContent = '';
            try { said.textContent = await work(); } catch (refused) { said.textContent = refused.error ?? refused.message; }
          };
          const on = (id, work) => document.getElementById(id).addEventListener('click', say(work));
          const said = document.getElementById('said');
          on('sign-in', () => manager.signinRedirect());
          on('refresh', async () => {
            const next = await manager.signinSilent();
            return (next.access_token !== user.access_token ? 'another token of ' : 'the same token of ') + next.profile.sub;
          });
          on('revoke', async () => {
            user = await manager.getUser();
            await manager.revokeTokens();
            return 'given back';
          });
          on('refresh-again', async () => {
            await manager.storeUser(user);
            return 'refreshed ' + (await manager.signinSilent()).profile.sub;
          });
          if (location.search) say(async () => {
            user = await manager.signinRedirectCallback();
            // The library itself would ask with a bearer token, which one that is bound to a key is not.
            const address = await manager.metadataService.getUserInfoEndpoint();
            const headers = { Authorization: `DPoP ${user.access_token}`, DPoP: await manager.dpopProof(address, user, 'GET') };
            const person = await (await fetch(address, { headers })).json();
            return `${user.token_type} ${user.profile.sub} ${person.email}`;
          })();
        </script></html>
        """;

    sealed record Server(WebApplication App, string Origin) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => App.DisposeAsync();
    }
}
