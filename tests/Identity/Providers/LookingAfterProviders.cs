using System.Net;
using Identity.Tests.Federation;
using Identity.Tests.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using Support;

namespace Identity.Tests.Providers;

public sealed class LookingAfterProviders(FederatedIdentity identity) : IClassFixture<FederatedIdentity>
{
    static readonly (string, object?)[] Good =
    [
        ("DisplayName", "Huaxin login"), ("DisplayNameZh", "华信登录"), ("Issuer", "https://login.huaxin.test"), ("ClientId", "portal-at-huaxin"), ("ClientSecret", "a secret of huaxin"),
    ];

    [Fact]
    public async Task A_provider_that_its_companys_administrator_adds_is_in_use_at_once()
    {
        await identity.TenantAsync("huaxin");
        var visitor = await identity.AdministratorAsync("huaxin");

        var page = await visitor.SubmitAsync("/admin/providers/new", [.. Good, ("Scheme", "huaxin"), ("DefaultRole", "viewer"), ("RoleClaim", "groups"), ("RoleMappings", "cn=Sales,dc=huaxin = sales\n")]);

        Assert.Equal("/admin/providers/huaxin", page.Path);
        Assert.Contains("https://identity.test/federation/huaxin/signin", page.Words);
        Assert.Contains("cn=Sales,dc=huaxin → sales", page.Words);
        Assert.DoesNotContain("a secret of huaxin", page.Body + (await visitor.GetAsync("/admin/providers/huaxin/edit")).Body);
        Assert.DoesNotContain("a secret of huaxin", string.Join('\n', await identity.Database.ListAsync<string>("select protected_secret from identity_provider union all select details::text from audit_entry")));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await identity.Visitor().GetOnlyAsync("/federation/huaxin/start")).Status);
        Assert.Equal(["provider.added", "provider.unusable", "federation.refused"], await identity.AuditAsync("huaxin"));
        // What is done to it, and at it, is its company's to read.
        var acts = (await visitor.GetAsync("/admin/audit")).All("tbody td:nth-child(3)");
        Assert.All(["identity provider added", "identity provider could not be used", "sign-in through the provider refused"], act => Assert.Contains(act, acts));
    }

    [Fact]
    public async Task Whatever_is_wrong_is_told_at_its_field_and_what_was_typed_stays_but_for_the_secret()
    {
        await identity.TenantAsync("wrong");
        var visitor = await identity.AdministratorAsync("wrong");

        var page = await visitor.SubmitAsync("/admin/providers/new", ("Scheme", "Another!"), ("DisplayName", ""), ("Issuer", "http://login.test?x=1"), ("ClientId", "us"), ("ClientSecret", "typed once"), ("RoleMappings", "no line of that form"));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, page.Status);
        Assert.Equal(["entry-scheme-wrong", "entry-displayname-wrong", "entry-issuer-wrong", "entry-rolemappings-wrong"], page.Document.QuerySelectorAll(".wrong").Select(wrong => wrong.Id));
        Assert.Equal("http://login.test?x=1", page.Value("Issuer"));
        Assert.DoesNotContain("typed once", page.Body);
    }

    [Theory]
    [InlineData("DefaultRole", "brand_admin")]
    [InlineData("DefaultRole", "partner_admin")]
    [InlineData("RoleMappings", "x = brand_admin")]
    [InlineData("RoleMappings", "x = no_such_role")]
    [InlineData("Scheme", "neighbour")]
    [InlineData("Scheme", "new")]
    [InlineData("Issuer", "https://user:password@login.test")]
    [InlineData("Issuer", "javascript:alert(1)")]
    [InlineData("TokenEndpointAuthMethod", "none")]
    public async Task Nothing_beyond_the_companys_own_is_taken(string field, string value)
    {
        await identity.TenantAsync("bounded");
        var visitor = await identity.AdministratorAsync("bounded");
        var fields = Good.Append(("Scheme", "bounded-x")).Append(("RoleClaim", "groups")).Where(pair => pair.Item1 != field).Append((field, value));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await visitor.SubmitAsync("/admin/providers/new", fields)).Status);
    }

    [Fact]
    public async Task A_provider_of_another_company_is_not_there_to_see_change_test_or_disable()
    {
        await identity.PartnerAsync("victim");
        await identity.TenantAsync("nosy");
        var visitor = await identity.AdministratorAsync("nosy");
        var token = (await visitor.GetAsync("/admin/providers/new")).Value("__RequestVerificationToken")!;

        Assert.DoesNotContain("victim", (await visitor.GetAsync("/admin/providers")).Body);
        foreach (var address in new[] { "/admin/providers/victim", "/admin/providers/victim/edit" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await visitor.GetAsync(address)).Status);
        }

        foreach (var act in new[] { "", "/state", "/test" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await visitor.PostAsync("/admin/providers/victim" + act, [("__RequestVerificationToken", token), ("enabled", "false"), .. Good.Select(pair => (pair.Item1, (string)pair.Item2!))])).Status);
        }

        await visitor.PostAsync("/admin/providers", [("__RequestVerificationToken", token), ("Tenant", "victim"), ("Scheme", "nosy-1"), ("TokenEndpointAuthMethod", "client_secret_basic"), .. Good.Select(pair => (pair.Item1, (string)pair.Item2!))]);
        Assert.Equal("nosy", await identity.OneAsync<string>("select key from identity_provider join tenant using (tenant_id) where scheme = 'nosy-1'"));
        Assert.Equal("https://login.victim.test", await identity.OneAsync<string>("select issuer from identity_provider where scheme = 'victim' and disabled_at is null"));
    }

    [Fact]
    public async Task Somebody_who_administers_nothing_finds_nothing()
    {
        var visitor = await identity.SignedInAsync(await identity.AnAccountAsync());

        Assert.Equal(HttpStatusCode.NotFound, (await visitor.GetAsync("/admin/providers")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await visitor.GetAsync("/admin/domains")).Status);
    }

    [Fact]
    public async Task The_operator_adds_providers_for_any_company_and_finds_them_by_words()
    {
        await identity.TenantAsync("brand", isOperator: true);
        await identity.TenantAsync("served");
        var visitor = await identity.AdministratorAsync("brand", "installation");

        await visitor.SubmitAsync("/admin/providers/new", [.. Good, ("Tenant", "served"), ("Scheme", "any-name")]);

        Assert.Equal(["Huaxin login"], (await visitor.GetAsync("/admin/providers?words=any-NAME")).All("tbody td:first-child"));
        Assert.Equal("served", await identity.OneAsync<string>("select key from identity_provider join tenant using (tenant_id) where scheme = 'any-name'"));
    }

    [Fact]
    public async Task Disabling_signs_out_whoever_came_through_it_and_nobody_else()
    {
        var partner = await identity.PartnerAsync("ending");
        var other = await identity.PartnerAsync("staying");
        var (through, beside) = (identity.Visitor(), identity.Visitor());
        await partner.SignInAsync(through);
        await other.SignInAsync(beside);
        var tokens = await new RelyingParty(identity).TokensAsync(through);
        await identity.AClientAsync("beside", client => client.BackChannelLogoutUri = "https://beside.test/logout");
        identity.Put("https://beside.test", identity.Outside);
        identity.Outside.Answer("https://beside.test/logout", HttpStatusCode.OK);
        await new RelyingParty(identity, "beside").TokensAsync(through);
        await new RelyingParty(identity, "beside").TokensAsync(beside);
        var visitor = await identity.AdministratorAsync("ending");

        var page = await visitor.PressAsync(await visitor.GetAsync("/admin/providers/ending"), "[action$='/state'] button");

        Assert.Contains("is signed out", page.Text(".notice"));
        Assert.Equal(0, await identity.OneAsync<int>("select count(*)::int from sign_in_session join identity_provider using (identity_provider_id) where scheme = 'ending'"));
        Assert.Equal("provider_disabled", await identity.OneAsync<string>("select distinct revoked_because from access_grant join identity_provider using (identity_provider_id) where scheme = 'ending'"));
        using var program = identity.Program();
        program.DefaultRequestHeaders.Authorization = new("Bearer", tokens.AccessToken);
        Assert.Equal(HttpStatusCode.Unauthorized, (await program.GetAsync("/connect/userinfo")).StatusCode);
        Assert.NotNull((await new RelyingParty(identity).AskAsync(beside)).Code);
        await identity.DeliverAsync();
        var told = TokenAnswer.Claims(Assert.Single(identity.Outside.Sent, sent => sent.Address is "https://beside.test/logout").Form["logout_token"]);
        Assert.Equal(TokenAnswer.Claims(tokens.IdToken).GetProperty("sid").GetString(), told.GetProperty("sid").GetString());
        await visitor.PressAsync(page, "[action$='/state'] button");
        Assert.Equal(["provider.disabled", "provider.enabled"], await identity.AuditAsync("ending"));
    }

    [Fact]
    public async Task Another_issuer_wants_another_secret_and_ends_what_came_through_the_old_one()
    {
        var partner = await identity.PartnerAsync("moving");
        var through = identity.Visitor();
        await partner.SignInAsync(through);
        var visitor = await identity.AdministratorAsync("moving");

        var refused = await visitor.SubmitAsync("/admin/providers/moving/edit", ("Issuer", "https://evil.test"));
        var moved = await visitor.SubmitAsync("/admin/providers/moving/edit", ("Issuer", "https://login.new.test"), ("ClientSecret", "another secret"));

        Assert.True(refused.Has("#entry-clientsecret-wrong"));
        Assert.Equal("/admin/providers/moving", moved.Path);
        Assert.Equal("login_required", (await new RelyingParty(identity).AskAsync(through, ("prompt", "none")))["error"]);
    }

    [Fact]
    public async Task A_test_says_in_plain_words_what_is_wrong_in_both_languages()
    {
        var partner = await identity.PartnerAsync("tested");
        var visitor = await identity.AdministratorAsync("tested");
        partner.Provider.UsedCodes.Add("none");
        var faults = new List<string>();
        foreach (var change in new Action<Dictionary<string, object>>[]
        {
            metadata => metadata["issuer"] = "https://login.other.test",
            metadata => metadata["token_endpoint"] = "http://login.tested.test/token",
            metadata => metadata.Remove("authorization_endpoint"),
            metadata => metadata["jwks_uri"] = "https://nobody.test/jwks",
            metadata => metadata["id_token_signing_alg_values_supported"] = new[] { "HS256", "none" },
            metadata => metadata["response_types_supported"] = new[] { "id_token" },
        })
        {
            partner.Provider.ChangeMetadata = change;
            faults.Add((await TestAsync(visitor, "tested")).Text("#fault code"));
        }

        partner.Provider.ChangeMetadata = _ => { };
        partner.Provider.Keys.Clear();
        faults.Add((await TestAsync(visitor, "tested")).Text("#fault p:first-of-type"));
        visitor.Language = "zh-CN";

        Assert.Equal(
            ["https://login.other.test", "token_endpoint", "authorization_endpoint", "https://nobody.test/jwks", "HS256 none", "id_token",
             "The provider publishes no key that we can use: RSA with at least 2048 bits, or an elliptic curve."], faults);
        Assert.Contains("提供商未发布可用的密钥", (await TestAsync(visitor, "tested")).Text("#fault"));
        Assert.Equal("无法使用", (await visitor.GetAsync("/admin/providers")).Text(".state"));
    }

    [Fact]
    public async Task A_test_tells_a_wrong_secret_from_a_provider_that_works()
    {
        var partner = await identity.PartnerAsync("secretive");
        var visitor = await identity.AdministratorAsync("secretive");
        partner.Provider.TokenError = "invalid_client";
        var wrong = await TestAsync(visitor, "secretive");
        partner.Provider.TokenError = "invalid_grant";

        Assert.Contains("The provider does not know us.", wrong.Text("#fault"));
        Assert.Contains("answers as it should", (await TestAsync(visitor, "secretive")).Text("#works"));
    }

    [Fact]
    public async Task We_show_who_we_are_by_a_signature_where_the_provider_takes_one()
    {
        var partner = await identity.PartnerAsync("signed");
        await identity.Database.ExecuteAsync("update identity_provider set token_endpoint_auth_method = 'private_key_jwt', protected_secret = null where scheme = 'signed'");
        await partner.SignInAsync(identity.Visitor());

        var (authorization, form) = partner.Provider.LastTokenRequest;
        var claims = TokenAnswer.Claims(form["client_assertion"]);
        Assert.Null(authorization);
        Assert.Equal("urn:ietf:params:oauth:client-assertion-type:jwt-bearer", form["client_assertion_type"]);
        Assert.Equal(("us-at-signed", "us-at-signed", "https://login.signed.test"), (claims.GetProperty("iss").GetString(), claims.GetProperty("sub").GetString(), claims.GetProperty("aud").GetString()));
        using var program = identity.Program();
        var keys = new JsonWebKeySet(await program.GetStringAsync("/.well-known/openid-configuration/jwks"));
        Assert.Contains(TokenAnswer.HeaderOf(form["client_assertion"]).GetProperty("kid").GetString(), keys.Keys.Select(key => key.Kid));
        Assert.NotEqual("JWT", TokenAnswer.HeaderOf(form["client_assertion"]).GetProperty("typ").GetString());
    }

    static async Task<Page> TestAsync(Visitor visitor, string scheme) => await visitor.PressAsync(await visitor.GetAsync("/admin/providers/" + scheme), "[action$='/test'] button");
}
