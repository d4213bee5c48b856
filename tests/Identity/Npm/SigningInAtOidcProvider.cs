using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Support;

namespace Identity.Tests.Npm;

/// <summary>oidc-provider (npm) as the identity provider of a partner: nobody here wrote it, and nothing between it and identity is stood in for.</summary>
public sealed class SigningInAtOidcProvider(PartneredIdentity identity) : IClassFixture<PartneredIdentity>
{
    [Theory]
    [InlineData("client_secret_basic", "RS256")]
    [InlineData("client_secret_post", "ES256")]
    [InlineData("private_key_jwt", "ES256")]
    public async Task A_company_adds_its_provider_tests_it_and_its_people_come_in(string method, string algorithm)
    {
        var scheme = "added-" + method.Split('_')[^1];
        var (provider, administrator) = await AddAsync(scheme, method, algorithm);
        await provider.TellAboutAsync(new() { ["sub"] = scheme + "-bo", ["name"] = "Bo Li", ["email"] = "bo@partner.example", ["email_verified"] = true });

        var tested = await TestAsync(administrator, scheme);
        var (tokens, claims) = await SignInForAsync(identity.Visitor(), scheme, scheme + "-bo");

        Assert.Equal("The provider answers as it should and knows us. Now try a sign-in with a real account.", tested.Text("#works"));
        Assert.Empty(tested.All(".hint"));
        Assert.Equal((scheme, "external"), (claims.GetProperty("idp").GetString(), Assert.Single(claims.GetProperty("amr").EnumerateArray()).GetString()));
        Assert.Equal((scheme, provider.Issuer, scheme + "-bo"), await identity.OneAsync<(string, string, string)>("""
            select t.key, e.issuer, e.subject
            from external_identity e join tenant t using (tenant_id) join account a using (account_id)
            where e.scheme = @scheme and a.subject = @subject and a.tenant_id = e.tenant_id and e.came_by = 'provisioned'
            """, new { scheme, subject = claims.GetProperty("sub").GetString() }));
        Assert.Equal("Bo Li", (await UserInfoAsync(tokens)).GetProperty("name").GetString());
    }

    [Fact]
    public async Task It_insists_on_the_challenge_and_gets_one_by_S256()
    {
        var (provider, _) = await AddAsync("challenged");
        var visitor = identity.Visitor();
        var request = (await visitor.GetOnlyAsync("/federation/challenged/start")).Headers.Headers.Location!;
        var parameters = QueryHelpers.ParseQuery(request.Query).ToDictionary(pair => pair.Key, pair => (string?)pair.Value.ToString());
        Assert.Equal("S256", parameters["code_challenge_method"]);

        parameters.Remove("code_challenge");
        parameters.Remove("code_challenge_method");
        var without = await provider.Visitor().GetAsync(QueryHelpers.AddQueryString(request.GetLeftPart(UriPartial.Path), parameters));
        var page = await visitor.GetOnlyAsync(without.Headers.Headers.Location!.PathAndQuery);

        Assert.Contains("error=invalid_request", without.Headers.Headers.Location.Query);
        Assert.Equal((HttpStatusCode.BadRequest, "refused"), (page.Status, Assert.Single(await identity.RefusalsAsync("challenged"))));
    }

    [Fact]
    public async Task Groups_lead_to_the_roles_that_the_company_may_give_and_to_no_others()
    {
        var (provider, _) = await AddAsync("grouped", more: [("DefaultRole", "viewer"), ("RoleClaim", "groups"), ("RoleMappings", "Vertrieb = sales\nEinkauf = purchasing")]);
        await provider.TellAboutAsync(new() { ["sub"] = "gina", ["groups"] = new[] { "Vertrieb", "Einkauf", "brand_admin" } });
        await identity.AClientAsync("grouped-app", client => client.AllowedScopes = ["openid", "roles"]);
        var visitor = identity.Visitor();
        await SignInAsync(visitor, "grouped", "gina");
        var all = await RolesAsync(visitor);

        await identity.Database.ExecuteAsync("update tenant set grantable_roles = '{viewer,sales}' where key = 'grouped'");
        await SignInAsync(visitor, "grouped", "gina");
        var fewer = await RolesAsync(visitor);
        await provider.TellAboutAsync(new() { ["sub"] = "gina", ["groups"] = new[] { "Einkauf" } });
        await SignInAsync(visitor, "grouped", "gina");

        Assert.Equal(["viewer", "sales", "purchasing"], all);
        Assert.Equal(["viewer", "sales"], fewer);
        Assert.Equal(["viewer"], await RolesAsync(visitor));
    }

    [Fact]
    public async Task Whoever_comes_again_with_another_address_is_the_same_account()
    {
        var (provider, _) = await AddAsync("renamed");
        await provider.TellAboutAsync(new() { ["sub"] = "rita", ["name"] = "Rita Old", ["email"] = "rita.old@partner.example" });
        var (_, before) = await SignInForAsync(identity.Visitor(), "renamed", "rita");
        var accounts = await identity.AccountsAsync();

        await provider.TellAboutAsync(new() { ["sub"] = "rita", ["name"] = "Rita New", ["email"] = "rita.new@partner.example" });
        var (tokens, after) = await SignInForAsync(identity.Visitor(), "renamed", "rita");

        var told = await UserInfoAsync(tokens);
        Assert.Equal(before.GetProperty("sub").GetString(), after.GetProperty("sub").GetString());
        Assert.Equal(accounts, await identity.AccountsAsync());
        Assert.Equal(("Rita New", "rita.new@partner.example", false), (told.GetProperty("name").GetString(), told.GetProperty("email").GetString(), told.GetProperty("email_verified").GetBoolean()));
    }

    [Fact]
    public async Task Where_first_sign_ins_make_no_accounts_a_stranger_is_told_whom_to_ask()
    {
        await AddAsync("closed", more: [("Provisions", null)]);
        var before = await identity.AccountsAsync();

        var page = await SignInAsync(identity.Visitor(), "closed", "stranger");

        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        Assert.Equal("You signed in at your company, but there is no account for you here yet. Please ask your company's administrator for access.", page.Text(".lead"));
        Assert.Equal(before, await identity.AccountsAsync());
        Assert.Equal(["no_account"], await identity.RefusalsAsync("closed"));
    }

    [Fact]
    public async Task Whoever_cancels_there_is_told_so_here()
    {
        await AddAsync("cancelled");

        var page = await SignInAsync(identity.Visitor(), "cancelled", "");

        Assert.Equal("Your company's sign-in was cancelled or did not let you in. Please try again, or ask your company's IT.", page.Text(".lead"));
        Assert.Equal(["denied"], await identity.RefusalsAsync("cancelled"));
    }

    [Fact]
    public async Task Disabling_it_ends_its_sessions_and_tokens_and_whoever_is_under_way_comes_too_late()
    {
        var (provider, administrator) = await AddAsync("disabled");
        var (visitor, underway) = (identity.Visitor(), identity.Visitor());
        var (tokens, _) = await SignInForAsync(visitor, "disabled", "dora");
        var answer = await AnswerAsync(underway, "disabled", "late", provider.Visitor());

        await administrator.PressAsync(await administrator.GetAsync("/admin/providers/disabled"), "[action$='/state'] button");

        Assert.Equal("login_required", (await new RelyingParty(identity).AskAsync(visitor, ("prompt", "none")))["error"]);
        Assert.Equal(HttpStatusCode.Unauthorized, await UserInfoStatusAsync(tokens));
        Assert.Equal(HttpStatusCode.BadRequest, (await underway.GetOnlyAsync(answer)).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await identity.Visitor().GetOnlyAsync("/federation/disabled/start")).Status);

        await administrator.PressAsync(await administrator.GetAsync("/admin/providers/disabled"), "[action$='/state'] button");
        await SignInForAsync(visitor, "disabled", "dora");
    }

    [Fact]
    public async Task It_may_change_its_keys_at_any_time()
    {
        var (provider, _) = await AddAsync("rotating");
        var (_, before) = await SignInForAsync(identity.Visitor(), "rotating", "kim");

        await provider.RotateKeysAsync();
        // Unknown keys are looked up once a minute at most.
        var (_, after) = await SignInForAsync(identity.Visitor(), "rotating", "kim", later: TimeSpan.FromMinutes(2));

        Assert.Equal(before.GetProperty("sub").GetString(), after.GetProperty("sub").GetString());
        identity.SynchroniseClock();
    }

    [Fact]
    public async Task A_wrong_secret_is_called_one_in_plain_words_and_signs_nobody_in()
    {
        var (_, administrator) = await AddAsync("mistyped", more: [("ClientSecret", "not what the provider has")]);

        var tested = await TestAsync(administrator, "mistyped");
        administrator.Language = "zh-CN";
        var testedInChinese = await TestAsync(administrator, "mistyped");
        var page = await SignInAsync(identity.Visitor(), "mistyped", "milo");

        Assert.Contains("The provider does not know us. Compare client ID, secret and the way we show who we are with what is entered there.", tested.Text("#fault"));
        Assert.Contains("提供商无法识别我方客户端。请核对客户端 ID、密钥和认证方式。", testedInChinese.Text("#fault"));
        Assert.Equal("无法使用", (await administrator.GetAsync("/admin/providers")).Text(".state"));
        Assert.Equal((HttpStatusCode.BadRequest, "Your company's sign-in gave an answer that we do not accept. Please tell your company's administrator the number below."), (page.Status, page.Text(".lead")));
        Assert.Equal(0, await identity.OneAsync<int>("select count(*)::int from external_identity where scheme = 'mistyped'"));
    }

    [Fact]
    public async Task After_a_sign_out_here_the_way_leads_there_again_and_a_fresh_proof_is_one()
    {
        var (provider, _) = await AddAsync("leaving");
        var (visitor, there) = (identity.Visitor(), provider.Visitor());
        var (tokens, before) = await SignInForAsync(visitor, "leaving", "lea", there);

        var left = await visitor.GetOnlyAsync("/connect/endsession?post_logout_redirect_uri=https%3A%2F%2Fportal.test%2Fsignout-callback-oidc&id_token_hint=" + tokens.IdToken);

        Assert.Equal("https://portal.test/signout-callback-oidc", left.Headers.Headers.Location!.ToString());
        Assert.Equal(HttpStatusCode.Unauthorized, await UserInfoStatusAsync(tokens));
        Assert.Equal("login_required", (await new RelyingParty(identity).AskAsync(visitor, ("prompt", "none")))["error"]);
        // Her session there is the company's affair: without asking her again it says who she is, unless the application wants her asked.
        var (_, again) = await SignInForAsync(visitor, "leaving", null, there);
        Assert.Equal(before.GetProperty("sub").GetString(), again.GetProperty("sub").GetString());
        Assert.NotEqual(before.GetProperty("sid").GetString(), again.GetProperty("sid").GetString());
        var asked = (await new RelyingParty(identity).AskAsync(visitor, ("prompt", "login")))["request"]!;
        Assert.True((await there.GetAsync((await visitor.GetOnlyAsync(QueryHelpers.AddQueryString("/federation/leaving/start", "request", asked))).Headers.Headers.Location!.ToString())).Has("[name=login]"));
    }

    // The provider knows us, and the company's administrator enters it on the page; both are as they should be but for what is said.
    async Task<(OidcProvider Provider, Visitor Administrator)> AddAsync(string scheme, string method = "client_secret_basic", string algorithm = "RS256", params (string Field, object? Value)[] more)
    {
        identity.SynchroniseClock();
        var provider = await identity.ProviderAsync();
        var registered = new Dictionary<string, object>
        {
            ["client_id"] = "us-at-" + scheme, ["redirect_uris"] = new[] { $"{identity.Address}/federation/{scheme}/signin" }, ["token_endpoint_auth_method"] = method, ["id_token_signed_response_alg"] = algorithm,
        };
        (string Field, object? Value) secret = method is "private_key_jwt" ? ("ClientSecret", "") : ("ClientSecret", "secret: 100% / " + scheme);
        if (method is "private_key_jwt")
        {
            registered["jwks_uri"] = identity.Address + "/.well-known/openid-configuration/jwks";
        }
        else
        {
            registered["client_secret"] = secret.Value!;
        }

        await provider.RegisterAsync(registered);
        await identity.TenantAsync(scheme);
        var administrator = await identity.AdministratorAsync(scheme);
        var fields = new Dictionary<string, object?>
        {
            ["Scheme"] = scheme, ["DisplayName"] = "Partner login", ["Issuer"] = provider.Issuer, ["ClientId"] = "us-at-" + scheme, ["TokenEndpointAuthMethod"] = method, [secret.Field] = secret.Value,
            ["Scopes"] = "openid profile email groups", ["Provisions"] = true,
        };
        foreach (var (field, value) in more)
        {
            fields[field] = value;
        }

        var page = await administrator.SubmitAsync("/admin/providers/new", fields.Select(field => (field.Key, field.Value)));
        Assert.True(page.Path == "/admin/providers/" + scheme, page.Words);
        return (provider, administrator);
    }

    static async Task<Page> TestAsync(Visitor administrator, string scheme) => await administrator.PressAsync(await administrator.GetAsync("/admin/providers/" + scheme), "[action$='/test'] button");

    // From the way there to the provider's answer, as the address to which it sends the browser back.
    static async Task<string> AnswerAsync(Visitor visitor, string scheme, string? login, Visitor there, string? request = null)
    {
        var start = await visitor.GetOnlyAsync(QueryHelpers.AddQueryString($"/federation/{scheme}/start", request is null ? [] : new Dictionary<string, string?> { ["request"] = request }));
        Assert.True(start.Headers.Headers.Location is not null, start.Words);
        var page = await there.GetAsync(start.Headers.Headers.Location.ToString());
        page = login is null ? page : await there.SubmitAsync(page, ("login", login));
        Assert.True(page.Headers.Headers.Location is not null, page.Words);
        return page.Headers.Headers.Location.PathAndQuery;
    }

    async Task<Page> SignInAsync(Visitor visitor, string scheme, string login)
    {
        var answer = await AnswerAsync(visitor, scheme, login, (await identity.ProviderAsync()).Visitor());
        identity.SynchroniseClock();
        return await visitor.GetOnlyAsync(answer);
    }

    async Task<(TokenAnswer Tokens, JsonElement Claims)> SignInForAsync(Visitor visitor, string scheme, string? login, Visitor? there = null, TimeSpan later = default)
    {
        var portal = new RelyingParty(identity);
        var waiting = (await portal.AskAsync(visitor, ("scope", "openid profile email")))["request"]!;
        var answer = await AnswerAsync(visitor, scheme, login, there ?? (await identity.ProviderAsync()).Visitor(), waiting);
        identity.SynchroniseClock();
        identity.Clock.Advance(later);
        var page = await visitor.GetOnlyAsync(answer);
        Assert.True(page.Status is HttpStatusCode.SeeOther, $"{page.Words} {string.Join('\n', identity.Log.Lines.TakeLast(3))}");
        var tokens = await portal.RedeemAsync(new AuthorizationAnswer(await visitor.GetOnlyAsync(page.Headers.Headers.Location!.ToString())).Code);
        return (tokens, TokenAnswer.Claims(tokens.IdToken));
    }

    async Task<IEnumerable<string?>> RolesAsync(Visitor visitor) =>
        (await UserInfoAsync(await new RelyingParty(identity, "grouped-app").TokensAsync(visitor, ("scope", "openid roles")))).GetProperty("roles").EnumerateArray().Select(role => role.GetString()).ToList();

    async Task<JsonElement> UserInfoAsync(TokenAnswer tokens)
    {
        using var program = identity.Program();
        program.DefaultRequestHeaders.Authorization = new("Bearer", tokens.AccessToken);
        return JsonDocument.Parse(await program.GetStringAsync("/connect/userinfo")).RootElement;
    }

    async Task<HttpStatusCode> UserInfoStatusAsync(TokenAnswer tokens)
    {
        using var program = identity.Program();
        program.DefaultRequestHeaders.Authorization = new("Bearer", tokens.AccessToken);
        return (await program.GetAsync("/connect/userinfo")).StatusCode;
    }
}
