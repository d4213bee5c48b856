using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Portal.Tests.PlatformRules;
using Shouldly;
using Support;

namespace Portal.Tests.Web;

public sealed partial class AnsweringSafely(TrialPortal portal) : IClassFixture<TrialPortal>
{
    [Theory]
    [InlineData("/")]
    [InlineData("/signed-out")]
    [InlineData("/sign-in/failed?reason=denied")]
    [InlineData("/no-such-page")]
    [InlineData("/trials/new")]
    [InlineData("/trials/fault")]
    [InlineData("/health/ready")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/css/portal.css")]
    [InlineData("/api/v1/trials")]
    public async Task Every_answer_carries_the_headers_that_protect_it(string path)
    {
        var page = await portal.SignIn(await portal.Given.ADistributor("上海云启")).GetOnlyAsync(path);

        var policy = page.Header("Content-Security-Policy")!;
        policy.ShouldStartWith("default-src 'self'; ");
        policy.ShouldContain("object-src 'none'; base-uri 'none'; frame-ancestors 'none'");
        policy.ShouldContain("img-src 'self' data:");
        policy.ShouldContain("report-uri /csp-reports");
        policy.ShouldNotContain("unsafe");
        page.Header("X-Content-Type-Options").ShouldBe("nosniff");
        page.Header("Referrer-Policy").ShouldBe("same-origin");
        page.Header("Cross-Origin-Opener-Policy").ShouldBe("same-origin");
        page.Header("Strict-Transport-Security").ShouldBe("max-age=31536000; includeSubDomains");
        page.Header("Server").ShouldBeNull();
        page.Header("X-Powered-By").ShouldBeNull();
        page.Header("Cache-Control").ShouldNotBeNull();
    }

    [Theory]
    [InlineData("/trials/new")]
    [InlineData("/signed-out")]
    [InlineData("/no-such-page")]
    [InlineData("/api/v1/trials")]
    public async Task What_is_somebodys_own_is_not_kept_anywhere(string path) =>
        (await portal.SignIn(await portal.Given.ADistributor("杭州远见")).GetOnlyAsync(path)).Header("Cache-Control")!.ShouldContain("no-store");

    [Fact]
    public async Task Every_address_denies_unless_it_says_otherwise()
    {
        var open = portal.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            .Select(endpoint => "/" + endpoint.RoutePattern.RawText!.TrimStart('/'))
            .Where(route => route.StartsWith("/openapi/", StringComparison.Ordinal) || !StaticFile().IsMatch(route))
            .Distinct().Order(StringComparer.Ordinal);

        open.ShouldBe([
            "/calendars/{secret}.ics", "/claim-receipts", "/claim-receipts/{number}/{hash}", "/csp-reports", "/health/live", "/health/ready",
            "/offers/{secret}", "/offers/{secret}/acceptance", "/offers/{secret}/pdf", "/offers/{secret}/refusal", "/offers/{secret}/request", "/offers/{secret}/signed",
            "/openapi/{documentName}.json", "/preferences", "/problems/{name}", "/sign-in", "/sign-in/failed", "/sign-out", "/signed-out", "/signout-backchannel",
        ]);
    }

    [Fact]
    public async Task Nobody_gets_anything_from_an_address_that_is_not_open()
    {
        var visitor = portal.Anonymous();
        var closed = portal.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null)
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Select(method => (method, endpoint)) ?? [("GET", endpoint)])
            .Select(route => (route.method, path: "/" + Parameter().Replace(route.endpoint.RoutePattern.RawText!.TrimStart('/'), "1")))
            .Distinct().ToList();

        var leaks = new List<string>();
        foreach (var (method, path) in closed)
        {
            var page = await visitor.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), follow: false);
            var refused = path.StartsWith("/api/", StringComparison.Ordinal)
                ? page.Status is HttpStatusCode.Unauthorized
                : page.Status is HttpStatusCode.Unauthorized || (page.Status is HttpStatusCode.Redirect && page.Headers.Headers.Location!.OriginalString.StartsWith("https://identity.test/connect/authorize", StringComparison.Ordinal));
            if (!refused)
            {
                leaks.Add($"{method} {path}: {(int)page.Status}");
            }
        }

        closed.Count.ShouldBeGreaterThan(20);
        leaks.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_fault_shows_a_number_and_no_secrets()
    {
        var page = await portal.SignIn(await portal.Given.ADistributor("宁波")).GetAsync("/trials/fault");

        page.Status.ShouldBe(HttpStatusCode.InternalServerError);
        page.Text("h1").ShouldBe("Something went wrong on our side");
        page.Words.ShouldNotContain("secret");
        page.Words.ShouldNotContain("Exception");
        page.Text(".correlation").ShouldMatch("^[0-9a-f]{32}$");
    }

    [Fact]
    public async Task A_program_is_told_in_its_language_what_was_wrong_with_which_field()
    {
        var api = portal.Api(await portal.Given.ADistributor("苏州"));
        api.Language = "zh-CN";

        var answer = await api.PostAsync("/api/v1/trials", """{"kind": "x", "quantity": "many"}""");

        answer.Status.ShouldBe(HttpStatusCode.BadRequest);
        answer.Problem.ShouldBe("invalid");
        answer.Json.GetProperty("title").GetString().ShouldBe("部分字段需要修改");
        var error = answer.Json.GetProperty("errors")[0];
        error.GetProperty("field").GetString().ShouldBe("quantity");
        error.GetProperty("pointer").GetString().ShouldBe("/quantity");
    }

    [Theory]
    [InlineData("""{"kind": "x", "kind": "y"}""")]
    [InlineData("""{"kind": "x", "quantity": "1"}""")]
    [InlineData("""{"kind": "x", """)]
    [InlineData("")]
    [InlineData("[]")]
    public async Task Json_that_is_not_strictly_right_is_refused(string body)
    {
        var answer = await portal.Api(await portal.Given.ADistributor("无锡")).PostAsync("/api/v1/trials", body);

        answer.Status.ShouldBe(HttpStatusCode.BadRequest);
        answer.Problem.ShouldBe("invalid");
        answer.Text.ShouldNotContain("System.");
    }

    [Fact]
    public async Task A_role_that_is_not_in_the_tables_is_refused_whatever_the_token_says()
    {
        var sales = await portal.Given.ADistributor("常州");
        var token = portal.IdentityProvider.AccessToken(sales.Subject, change: token => token.Claims["role"] = "deal_desk");
        var desk = await portal.Given.SomebodyOfTheBrand("deal_desk");

        (await portal.ApiWith(token).GetAsync("/api/v1/trials/refused")).Problem.ShouldBe("forbidden");
        (await portal.Api(desk).GetAsync("/api/v1/trials/refused")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_role_taken_away_bites_on_the_next_request()
    {
        var desk = await portal.Given.SomebodyOfTheBrand("deal_desk");
        var api = portal.Api(desk);
        (await api.GetAsync("/api/v1/trials/refused")).Status.ShouldBe(HttpStatusCode.OK);

        await portal.Database.ExecuteAsync("delete from person_role where person_id = @id", new { id = desk.PersonId });

        (await api.GetAsync("/api/v1/trials/refused")).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    public static TheoryData<string, Action<Microsoft.IdentityModel.Tokens.SecurityTokenDescriptor>> WrongTokens => new()
    {
        { "of another issuer", token => token.Issuer = "https://elsewhere.test" },
        { "for another audience", token => token.Audience = "another.api" },
        { "that has ended", token => token.Expires = token.NotBefore = token.IssuedAt = new DateTime(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc) },
        { "that is an id_token", token => token.TokenType = "JWT" },
        { "signed by somebody else", token => token.SigningCredentials = new(new Microsoft.IdentityModel.Tokens.RsaSecurityKey(System.Security.Cryptography.RSA.Create(2048)) { KeyId = "test-key" }, "RS256") },
        { "not signed", token => token.SigningCredentials = null },
    };

    [Theory]
    [MemberData(nameof(WrongTokens))]
    public async Task A_token_is_refused(string which, Action<Microsoft.IdentityModel.Tokens.SecurityTokenDescriptor> change)
    {
        var person = await portal.Given.ADistributor("镇江");

        var answer = await portal.ApiWith(portal.IdentityProvider.AccessToken(person.Subject, change: change)).GetAsync("/api/v1/trials");

        answer.Status.ShouldBe(HttpStatusCode.Unauthorized, which);
    }

    [Fact]
    public async Task A_token_without_the_scope_is_refused()
    {
        var person = await portal.Given.ADistributor("扬州");

        (await portal.ApiWith(portal.IdentityProvider.AccessToken(person.Subject, scope: "openid")).GetAsync("/api/v1/trials")).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task An_update_must_say_which_version_it_saw()
    {
        var api = portal.Api(await portal.Given.ADistributor("泰州"));

        var without = await api.PutAsync("/api/v1/trials/x", new { kind = "x" }, version: null);
        var stale = await api.PutAsync("/api/v1/trials/x", new { kind = "x" }, version: 2);
        var right = await api.PutAsync("/api/v1/trials/x", new { kind = "x" }, version: 3);
        var odd = await api.SendAsync(HttpMethod.Put, "/api/v1/trials/x", new { kind = "x" }, ("If-Match", "W/\"3\""));

        (without.Status, without.Problem).ShouldBe((HttpStatusCode.PreconditionRequired, "version-required"));
        (stale.Status, stale.Problem).ShouldBe((HttpStatusCode.PreconditionFailed, "stale"));
        (right.Status, right.Header("ETag")).ShouldBe((HttpStatusCode.OK, "\"4\""));
        odd.Status.ShouldBe(HttpStatusCode.PreconditionFailed);
    }

    [Fact]
    public async Task A_list_is_read_page_by_page_and_the_cursor_says_nothing()
    {
        var api = portal.Api(await portal.Given.ADistributor("盐城"));

        var first = (await api.GetAsync("/api/v1/trials?limit=3")).Json;
        var second = (await api.GetAsync("/api/v1/trials?limit=3&cursor=" + first.GetProperty("next").GetString())).Json;
        var last = (await api.GetAsync("/api/v1/trials?limit=3&cursor=" + second.GetProperty("next").GetString())).Json;

        first.GetProperty("items").EnumerateArray().Select(item => item.GetInt32()).ShouldBe([1, 2, 3]);
        second.GetProperty("items").EnumerateArray().Select(item => item.GetInt32()).ShouldBe([4, 5, 6]);
        last.GetProperty("items").EnumerateArray().Select(item => item.GetInt32()).ShouldBe([7]);
        last.TryGetProperty("next", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("cursor=nonsense")]
    [InlineData("cursor=bnVsbA")]
    [InlineData("limit=0")]
    [InlineData("limit=201")]
    [InlineData("limit=many")]
    public async Task A_list_refuses_what_it_did_not_give(string query) =>
        (await portal.Api(await portal.Given.ADistributor("淮安")).GetAsync("/api/v1/trials?" + query)).Problem.ShouldBe("invalid");

    [Fact]
    public async Task An_unused_method_is_refused() =>
        (await portal.Api(await portal.Given.ADistributor("宿迁")).SendAsync(HttpMethod.Delete, "/api/v1/trials", null)).Problem.ShouldBe("method-not-allowed");

    [Fact]
    public async Task What_a_browser_stopped_is_logged_in_one_line()
    {
        var report = new HttpRequestMessage(HttpMethod.Post, "/csp-reports")
        {
            Content = new StringContent("""{"csp-report": {"document-uri": "https://portal.test/", "violated-directive": "script-src", "blocked-uri": "https://evil.test/\nfaked line", "script-sample": "secret"}}""", System.Text.Encoding.UTF8, "application/csp-report"),
        };

        (await portal.Anonymous().SendAsync(report, follow: false)).Status.ShouldBe(HttpStatusCode.NoContent);

        var line = portal.Log.Lines.Single(line => line.Contains("A browser stopped something", StringComparison.Ordinal));
        line.ShouldContain("violated-directive=script-src");
        line.ShouldNotContain("\n");
        line.ShouldNotContain("secret");
    }

    [Theory]
    [InlineData(null, null, "Not found")]
    [InlineData("zh-CN,zh;q=0.9,en;q=0.5", null, "未找到")]
    [InlineData("zh-TW", null, "未找到")]
    [InlineData("fr;q=1, de", null, "Not found")]
    [InlineData("zh-CN", "en", "Not found")]
    public async Task The_language_is_what_the_browser_chose_then_what_it_asks_for(string? asked, string? chosen, string title)
    {
        var visitor = portal.SignIn(await portal.Given.ADistributor("徐州"));
        visitor.Language = asked;
        if (chosen is not null)
        {
            visitor.Cookies.Add(new("language", chosen));
        }

        (await visitor.GetAsync("/no-such-page")).Text("h1").ShouldBe(title);
    }

    [Fact]
    public async Task The_language_of_the_persons_record_comes_before_the_browsers()
    {
        var person = await portal.Given.ADistributor("连云港");
        await portal.Database.ExecuteAsync("update person set language = 'zh-CN' where person_id = @id", new { id = person.PersonId });
        var visitor = portal.SignIn(person);
        visitor.Language = "en-GB";

        (await visitor.GetAsync("/no-such-page")).Text("h1").ShouldBe("未找到");
    }

    [Theory]
    [InlineData("//evil.test")]
    [InlineData("/\\evil.test")]
    [InlineData("https:evil.test")]
    [InlineData("https://evil.test/")]
    [InlineData("/\tevil.test")]
    public async Task Signing_in_leads_nowhere_else(string returnUrl)
    {
        var page = await portal.Anonymous().GetOnlyAsync("/sign-in?returnUrl=" + Uri.EscapeDataString(returnUrl));

        page.Status.ShouldBe(HttpStatusCode.Redirect);
        page.Headers.Headers.Location!.Host.ShouldBe("identity.test");
        page.Headers.Headers.Location.Query.ShouldNotContain("evil");
    }

    [Fact]
    public async Task A_session_ends_after_half_an_hour_of_silence_and_after_ten_hours_in_any_case()
    {
        var idle = portal.SignIn(await portal.Given.ADistributor("Idle"));
        var busy = portal.SignIn(await portal.Given.ADistributor("Busy"));
        var start = portal.Clock.Now;
        try
        {
            for (var hours = 0.0; hours < 9.9; hours += 0.4)
            {
                (await busy.GetOnlyAsync("/trials/read")).Status.ShouldBe(HttpStatusCode.OK);
                portal.Clock.Advance(TimeSpan.FromHours(0.4));
            }

            (await idle.GetOnlyAsync("/trials/read")).Status.ShouldBe(HttpStatusCode.Redirect);
            portal.Clock.Now = start.AddHours(10).AddMinutes(1);
            (await busy.GetOnlyAsync("/trials/read")).Status.ShouldBe(HttpStatusCode.Redirect);
        }
        finally
        {
            portal.Clock.Now = start;
        }
    }

    [Fact]
    public async Task The_cookies_are_bound_to_the_host_and_unreadable_to_scripts()
    {
        var visitor = portal.SignIn(await portal.Given.ADistributor("Cookies"));
        await visitor.GetAsync("/trials/new");

        foreach (var cookie in new[] { "__Host-portal", "__Host-antiforgery" }.Select(visitor.Cookies.Find))
        {
            cookie.ShouldNotBeNull();
            (cookie.Secure, cookie.HttpOnly, cookie.Path.Value, cookie.Domain.HasValue).ShouldBe((true, true, "/", false));
        }
    }

    [GeneratedRegex(@"\.(css|js|svg|png|ico|woff2?|json|map|txt|mjs|html)(\.gz|\.br)?$|^/lib/|\{\*\*")]
    private static partial Regex StaticFile();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();
}
