using System.Net;
using Support;

namespace Identity.Tests.Administration;

public sealed class ReadingTheReport(IdentityApp identity) : IClassFixture<IdentityApp>
{
    [Theory]
    [InlineData("no_pkce", "update registered_client set require_pkce = false where client_id = 'judged'")]
    [InlineData("no_par", "update registered_client set require_pushed_authorization = false where client_id = 'judged'")]
    [InlineData("no_consent", "update registered_client set require_consent = false, tenant_id = (select tenant_id from tenant where key = 'acme') where client_id = 'judged'")]
    [InlineData("plain_redirect", "update registered_client set redirect_uris = '{http://localhost:5000/cb}' where client_id = 'judged'")]
    [InlineData("many_hosts", "update registered_client set redirect_uris = '{https://a.test/,https://b.test/,https://c.test/}' where client_id = 'judged'")]
    [InlineData("long_token", "update registered_client set access_token_lifetime = 3600 where client_id = 'judged'")]
    [InlineData("no_secret", "delete from client_secret s using registered_client c where c.client_id = 'judged' and s.registered_client_id = c.registered_client_id")]
    [InlineData("secret_endless", "update client_secret s set expires_at = null from registered_client c where c.client_id = 'judged' and s.registered_client_id = c.registered_client_id")]
    [InlineData("secret_old", "update client_secret s set created_at = '2024-01-01' from registered_client c where c.client_id = 'judged' and s.registered_client_id = c.registered_client_id")]
    [InlineData("secret_ends", "update client_secret s set expires_at = '2026-03-10' from registered_client c where c.client_id = 'judged' and s.registered_client_id = c.registered_client_id")]
    [InlineData("public", "update registered_client set require_client_secret = false, require_dpop = true, token_endpoint_auth_method = 'none' where client_id = 'judged'")]
    [InlineData("tenant_disabled", "update registered_client set tenant_id = (select tenant_id from tenant where key = 'gone') where client_id = 'judged'")]
    public async Task A_deviation_of_a_client_is_found_and_says_what_to_do(string finding, string deviation)
    {
        await identity.TenantAsync("acme");
        await identity.TenantAsync("gone");
        await identity.Database.ExecuteAsync("update tenant set disabled_at = now() where key = 'gone'; delete from registered_client where client_id = 'judged'");
        await identity.AClientAsync("judged", client => (client.RequirePushedAuthorization, client.RequireConsent) = (true, true));
        await identity.Database.ExecuteAsync("update client_secret s set expires_at = '2026-09-01' from registered_client c where c.client_id = 'judged' and s.registered_client_id = c.registered_client_id");
        var chief = await identity.AdministratorOfEverythingAsync();
        Assert.Equal([], Findings(await chief.GetAsync("/admin/report")));

        await identity.Database.ExecuteAsync(deviation);

        var page = await chief.GetAsync("/admin/report");
        Assert.Equal([finding], Findings(page));
        var row = page.Document.QuerySelector("tr[data-finding=" + finding + "]:has(a[href='/admin/clients/judged'])")!;
        Assert.True(row.Children[2].TextContent.Length > 10 && row.Children[3].TextContent.Length > 10);
        Assert.DoesNotContain("report.", row.TextContent, StringComparison.Ordinal);
        chief.Language = "zh-CN";
        Assert.Equal("配置报告", (await chief.GetAsync("/admin/report")).Text("h1"));
    }

    [Fact]
    public async Task The_installation_is_looked_at_too()
    {
        await identity.APersonOfAsync("nobodys");
        await identity.AnAccountAsync("admin@northlight.example");
        var chief = await identity.AdministratorOfEverythingAsync();

        var page = await chief.GetAsync("/admin/report");

        var all = page.Document.QuerySelectorAll("tr[data-finding]").Select(row => row.GetAttribute("data-finding")).ToList();
        Assert.Contains("demo_account", all);
        Assert.Contains("weak_administrator", all);
        Assert.Contains("orphan", all);
        Assert.DoesNotContain("old_key", all);
        Assert.DoesNotContain("plain_issuer", all);
        identity.Clock.Advance(TimeSpan.FromDays(91));
        var late = await (await identity.AdministratorOfEverythingAsync()).GetAsync("/admin/report");
        Assert.Equal(2, late.Document.QuerySelectorAll("tr[data-finding=old_key]").Length);
        identity.Clock.Advance(TimeSpan.FromDays(-91));
        await identity.Database.ExecuteAsync("delete from account where email = 'admin@northlight.example'");
    }

    [Theory]
    [InlineData("factor_optional", "watched", "update tenant set second_factor = 'optional' where key = 'watched'")]
    [InlineData("provider_disabled", "watched-login", "update identity_provider set disabled_at = now() where scheme = 'watched-login'")]
    [InlineData("provider_fault", "watched-login", "update identity_provider set fault = 'unreachable', fault_at = now() where scheme = 'watched-login'")]
    [InlineData("provider_no_domain", "watched-login", "update tenant_domain set proven_at = null where domain = 'watched.example'")]
    [InlineData("domain_unproven", "new.watched.example", "insert into tenant_domain (tenant_id, domain, token, created_at) select tenant_id, 'new.watched.example', 'token', '2026-01-01' from tenant where key = 'watched'")]
    [InlineData("directory_ends", "watched", "update scim_token set expires_at = @soon where number = 'watched'")]
    public async Task What_a_company_leaves_open_is_found(string finding, string about, string deviation)
    {
        await identity.TenantAsync("watched");
        var now = identity.Clock.Now.UtcDateTime;
        await identity.Database.ExecuteAsync("""
            delete from scim_token where number = 'watched';
            delete from tenant_domain where domain like '%watched.example';
            delete from identity_provider where scheme = 'watched-login';
            update tenant set second_factor = 'administrators' where key = 'watched';
            insert into identity_provider (tenant_id, scheme, display_name, issuer, client_id, token_endpoint_auth_method, created_at, updated_at)
            select tenant_id, 'watched-login', 'Login', 'https://login.watched.test', 'us', 'private_key_jwt', @now, @now from tenant where key = 'watched';
            insert into tenant_domain (tenant_id, domain, token, proven_at, created_at) select tenant_id, 'watched.example', 'token', @now, @now from tenant where key = 'watched';
            insert into scim_token (number, tenant_id, description, hash, created_at, expires_at) select 'watched', tenant_id, 'directory', sha256('watched'), @now, @now + interval '1 year' from tenant where key = 'watched'
            """, new { now });
        var chief = await identity.AdministratorOfEverythingAsync();
        Assert.Null(Row(await chief.GetAsync("/admin/report")));

        await identity.Database.ExecuteAsync(deviation, new { soon = now.AddDays(13) });

        var row = Row(await chief.GetAsync("/admin/report"))!;
        Assert.True(row.Children[2].TextContent.Length > 10 && row.Children[3].TextContent.Length > 10);
        Assert.Equal(HttpStatusCode.OK, (await chief.GetAsync(row.QuerySelector("a")!.GetAttribute("href")!)).Status);

        AngleSharp.Dom.IElement? Row(Page page) => page.Document.QuerySelectorAll($"tr[data-finding={finding}]").FirstOrDefault(one => one.Children[1].TextContent.Trim() == about);
    }

    static List<string> Findings(Page page) => [.. page.Document.QuerySelectorAll("tr[data-finding]:has(a[href='/admin/clients/judged'])").Select(row => row.GetAttribute("data-finding")!)];
}
