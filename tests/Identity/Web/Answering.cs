using System.Net;
using Support;

namespace Identity.Tests.Web;

public sealed class Answering(IdentityApp identity) : IClassFixture<IdentityApp>
{
    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/password-reset")]
    [InlineData("/password-reset/sent")]
    [InlineData("/password-reset/new")]
    [InlineData("/password-reset/done")]
    [InlineData("/signed-out")]
    [InlineData("/")]
    [InlineData("/connect/authorize")]
    [InlineData("/connect/token")]
    [InlineData("/connect/userinfo")]
    [InlineData("/nothing-here")]
    public async Task Every_answer_tells_the_browser_to_trust_little_and_keep_nothing(string path)
    {
        var page = await identity.Visitor().GetOnlyAsync(path);

        Assert.Equal("max-age=31536000; includeSubDomains", page.Header("Strict-Transport-Security"));
        Assert.Equal("nosniff", page.Header("X-Content-Type-Options"));
        Assert.Equal("no-referrer", page.Header("Referrer-Policy"));
        Assert.Equal("DENY", page.Header("X-Frame-Options"));
        Assert.Contains("no-store", page.Header("Cache-Control"));
        Assert.Contains("default-src 'self'; script-src 'self'; style-src 'self';", page.Header("Content-Security-Policy"));
        Assert.DoesNotContain("unsafe", page.Header("Content-Security-Policy"));
        Assert.Null(page.Header("Server"));
        Assert.False(page.Has("script:not([src]), style, [style], [onclick]"));
    }

    [Theory]
    [InlineData("TRACE")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    [InlineData("NONSENSE")]
    public async Task Unused_methods_are_refused(string method)
    {
        using var program = identity.Program();

        foreach (var path in new[] { "/sign-in", "/connect/authorize", "/connect/token", "/.well-known/openid-configuration" })
        {
            using var answer = await program.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
            Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        }
    }

    [Fact]
    public async Task It_is_alive_and_ready_and_says_nothing_more()
    {
        using var program = identity.Program();

        Assert.Equal("Healthy", await program.GetStringAsync("/health/live"));
        Assert.Equal("Healthy", await program.GetStringAsync("/health/ready"));
    }

    [Fact]
    public async Task Without_the_database_it_lives_is_not_ready_and_says_so_to_people_too()
    {
        var own = new IdentityApp();
        await own.InitializeAsync();
        using var program = own.Program();
        await own.Database.ExecuteAsync($"alter database {own.Database.Name} connection limit 0; select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
        try
        {
            Assert.Equal(HttpStatusCode.OK, (await program.GetAsync("/health/live")).StatusCode);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await program.GetAsync("/health/ready")).StatusCode);
            foreach (var (path, accept) in from path in new[] { "/connect/token", "/connect/par", "/connect/introspect", "/connect/revocation" } from accept in new[] { "*/*", "application/json" } select (path, accept))
            {
                program.DefaultRequestHeaders.Accept.Clear();
                program.DefaultRequestHeaders.Accept.ParseAdd(accept);
                using var form = new FormUrlEncodedContent([new("client_id", "portal"), new("client_secret", IdentityApp.PortalSecret), new("grant_type", "client_credentials")]);
                using var answer = await program.PostAsync(path, form);
                Assert.Equal((HttpStatusCode.ServiceUnavailable, "application/json", "5"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType, answer.Headers.RetryAfter?.ToString()));
                Assert.StartsWith("{\"error\":\"temporarily_unavailable\",\"error_description\":", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            }

            program.DefaultRequestHeaders.Accept.Clear();
            program.DefaultRequestHeaders.Accept.ParseAdd("application/scim+json");
            using var directory = await program.GetAsync("/scim/v2/Users");
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "application/scim+json"), (directory.StatusCode, directory.Content.Headers.ContentType?.MediaType));
        }
        finally
        {
            await own.Database.ExecuteAsync($"alter database {own.Database.Name} connection limit -1");
        }

        Assert.Equal(HttpStatusCode.OK, (await program.GetAsync("/health/ready")).StatusCode);
        await own.DisposeAsync();
    }

    [Fact]
    public async Task Tables_with_personal_data_show_nothing_to_who_has_not_entered()
    {
        await identity.AnAccountAsync();
        await using var connection = await identity.Database.OpenAsync("app");
        foreach (var table in await identity.Database.ListAsync<string>("select relname from pg_class where relnamespace = 'identity'::regnamespace and relkind = 'r' and relforcerowsecurity"))
        {
            await using var command = connection.CreateCommand();
            command.CommandText = $"select count(*) from {table}";
            Assert.Equal(0L, await command.ExecuteScalarAsync());
        }

        Assert.Equal([], await identity.Database.ListAsync<string>("""
            select relname from pg_class where relnamespace = 'identity'::regnamespace and relkind = 'r' and not relforcerowsecurity
            and relname not in ('migration', 'audit_unsealed', 'audit_seal', 'outbox_message', 'idempotent_answer')
            and not starts_with(relname, 'qrtz_')
            """));
    }

    [Theory]
    [InlineData("GET", "/")]
    [InlineData("GET", "/sign-in")]
    [InlineData("GET", "/sign-out")]
    [InlineData("GET", "/password-reset")]
    [InlineData("GET", "/password-reset/open?token=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("HEAD", "/password-reset/new")]
    public async Task Looking_changes_nothing(string method, string path)
    {
        var visitor = await identity.SignedInAsync(await identity.AnAccountAsync());
        var before = await StateAsync();

        await visitor.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), follow: true);

        Assert.Equal(before, await StateAsync());
    }

    [Theory]
    [InlineData("/sign-in?request=%00")]
    [InlineData("/sign-in?request=a&request=b")]
    [InlineData("/sign-in?ui_locales=%FF%FE")]
    [InlineData("/sign-in?ui_locales=xx-yy-zz")]
    [InlineData("/connect/authorize?client_id=%00")]
    [InlineData("/connect/authorize?client_id=portal&redirect_uri=%F0%28%8C%28")]
    [InlineData("/connect/endsession?id_token_hint=%00.%00.%00")]
    [InlineData("/connect/endsession?id_token_hint=a.b.c.d.e")]
    [InlineData("/connect/userinfo?access_token=%00")]
    [InlineData("/password-reset/open?token=%00")]
    public async Task Garbage_is_never_a_failure_of_ours(string path)
    {
        var page = await identity.Visitor().GetAsync(path);

        Assert.InRange((int)page.Status, 200, 499);
        Assert.DoesNotContain(identity.Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("code", "\0")]
    [InlineData("code", "'; drop table account; --")]
    [InlineData("redirect_uri", "\u0000")]
    [InlineData("code_verifier", "\ud800")]
    [InlineData("grant_type", "\0")]
    public async Task Neither_is_it_at_the_token_endpoint(string name, string value)
    {
        var portal = new RelyingParty(identity);
        var form = new Dictionary<string, string?> { ["grant_type"] = "authorization_code", ["code"] = "x", ["redirect_uri"] = portal.RedirectUri, ["code_verifier"] = portal.Verifier };
        form[name] = value;

        Assert.Equal(HttpStatusCode.BadRequest, (await portal.TokenAsync(form)).Status);
    }

    [Theory]
    [InlineData("/sign-in", "Email", "nobody\0@company.test")]
    [InlineData("/password-reset", "Email", "nobody\0@company.test")]
    public async Task Nor_in_a_form(string path, string field, string value)
    {
        var page = await identity.Visitor().SubmitAsync(path, field == "Email" && path == "/sign-in" ? [(field, value), ("Password", "x")] : [(field, value)]);

        Assert.InRange((int)page.Status, 200, 499);
    }

    Task<List<string>> StateAsync() => identity.Database.ListAsync<string>("""
        select 'sessions ' || count(*) from sign_in_session union all select 'audit ' || count(*) from audit_entry union all select 'outbox ' || count(*) from outbox_message
        union all select 'links ' || count(*) from password_reset union all select 'grants ' || count(*) from access_grant
        """);
}
