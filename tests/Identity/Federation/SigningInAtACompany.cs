using System.Net;
using System.Text.Json;
using Support;

namespace Identity.Tests.Federation;

public sealed class SigningInAtACompany(FederatedIdentity identity) : IClassFixture<FederatedIdentity>
{
    [Fact]
    public async Task The_request_is_a_code_request_with_PKCE_state_nonce_and_the_exact_callback()
    {
        var partner = await identity.PartnerAsync("exact");

        var request = await partner.StartAsync(identity.Visitor());

        Assert.Equal("https://login.exact.test/connect/authorize", request.Address.GetLeftPart(UriPartial.Path));
        Assert.Equal("code", request["response_type"]);
        Assert.Equal("https://identity.test/federation/exact/signin", request["redirect_uri"]);
        Assert.Equal("us-at-exact", request["client_id"]);
        Assert.Equal("openid profile email", request["scope"]);
        Assert.Equal("S256", request["code_challenge_method"]);
        Assert.Equal([43, 43, 43], new[] { request["code_challenge"], request["state"], request["nonce"] }.Select(text => text.Length));
        Assert.Equal(["client_id", "code_challenge", "code_challenge_method", "nonce", "redirect_uri", "response_type", "scope", "state", "ui_locales"], request.Parameters.Keys.Order());
    }

    [Fact]
    public async Task Somebody_of_the_company_comes_in_and_the_application_learns_through_which_provider()
    {
        var partner = await identity.PartnerAsync("through");
        var visitor = identity.Visitor();
        var application = new RelyingParty(identity);

        var answer = await SignInForAsync(partner, visitor, application);
        var tokens = await application.RedeemAsync(answer.Code);

        var claims = TokenAnswer.Claims(tokens.IdToken);
        Assert.Equal("through", claims.GetProperty("idp").GetString());
        Assert.Equal(["external"], claims.GetProperty("amr").EnumerateArray().Select(way => way.GetString()));
        Assert.NotEqual("somebody", claims.GetProperty("sub").GetString());
        Assert.Equal("Basic " + Convert.ToBase64String("us-at-through:the+secret+of+through"u8), partner.Provider.LastTokenRequest.Authorization);
        Assert.Equal(43, partner.Provider.LastTokenRequest.Form["code_verifier"].Length);
    }

    [Fact]
    public async Task The_same_person_is_the_same_account_every_time_and_another_subject_is_another()
    {
        var partner = await identity.PartnerAsync("again");
        await partner.SignInAsync(identity.Visitor());
        partner.Provider.UserInfo["name"] = "Another Name";
        await partner.SignInAsync(identity.Visitor());
        partner.Provider.Subject = "somebody else";
        await partner.SignInAsync(identity.Visitor());

        Assert.Equal(2, (await identity.Database.ListAsync<long>("select distinct account_id from external_identity where scheme = 'again'")).Count);
        Assert.Equal(["account.provisioned", "account.brought_up_to_date", "account.provisioned"],
            await identity.Database.ListAsync<string>("select action from audit_entry where action like 'account.%' and details ->> 'idp' = 'again' order by audit_entry_id"));
    }

    [Fact]
    public async Task The_same_subject_at_another_issuer_or_of_another_company_is_another_person()
    {
        var one = await identity.PartnerAsync("twin-a");
        var other = await identity.PartnerAsync("twin-b");
        await one.SignInAsync(identity.Visitor());
        await other.SignInAsync(identity.Visitor());
        await identity.Database.ExecuteAsync("update external_identity set issuer = 'https://old.test' where scheme = 'twin-a'");
        await one.SignInAsync(identity.Visitor());

        Assert.Equal(3, await identity.OneAsync<int>("select count(distinct account_id)::int from external_identity where scheme like 'twin-_'"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_address_that_an_account_here_has_leads_to_no_such_account(bool isVerified)
    {
        var partner = await identity.PartnerAsync("claimer-" + (isVerified ? "yes" : "no"));
        var ann = await identity.AnAccountAsync($"ann-{isVerified}@company.test");
        (partner.Provider.UserInfo["email"], partner.Provider.UserInfo["email_verified"], partner.Provider.UserInfo["preferred_username"]) = (ann.Email, isVerified, ann.Email);
        var visitor = identity.Visitor();

        await partner.SignInAsync(visitor);
        var claims = await UserInfoAsync(visitor);

        Assert.NotEqual(ann.Subject, claims.GetProperty("sub").GetString());
        Assert.False(claims.GetProperty("email_verified").GetBoolean());
        Assert.Null(await identity.OneAsync<string?>("select normalized_email from account where subject = @Subject", new { Subject = claims.GetProperty("sub").GetString() }));
        Assert.Contains("/connect/authorize/callback", (await SignInWithPasswordAsync(ann)).Headers.Headers.Location!.ToString());
    }

    [Fact]
    public async Task An_address_counts_as_verified_only_in_a_domain_that_the_company_has_proven_and_while_it_is()
    {
        var partner = await identity.PartnerAsync("proven");
        await identity.ProvenDomainAsync(partner, "proven.example");
        partner.Provider.UserInfo["email"] = "bo@proven.example";
        var visitor = identity.Visitor();
        await partner.SignInAsync(visitor);
        var before = await UserInfoAsync(visitor);

        await identity.Database.ExecuteAsync("delete from tenant_domain where domain = 'proven.example'");

        Assert.True(before.GetProperty("email_verified").GetBoolean());
        Assert.False((await UserInfoAsync(visitor)).GetProperty("email_verified").GetBoolean());
    }

    [Fact]
    public async Task An_address_in_a_proven_domain_that_the_provider_itself_calls_unverified_is()
    {
        var partner = await identity.PartnerAsync("modest");
        await identity.ProvenDomainAsync(partner, "modest.example");
        (partner.Provider.UserInfo["email"], partner.Provider.UserInfo["email_verified"]) = ("bo@modest.example", false);
        var visitor = identity.Visitor();
        await partner.SignInAsync(visitor);

        Assert.False((await UserInfoAsync(visitor)).GetProperty("email_verified").GetBoolean());
    }

    [Fact]
    public async Task Where_the_company_has_not_turned_it_on_nobody_gets_an_account_by_coming()
    {
        var partner = await identity.PartnerAsync("closed", provisions: false);
        var before = await identity.AccountsAsync();

        var page = await partner.SignInAsync(identity.Visitor());

        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        Assert.Contains("there is no account for you here yet", page.Words);
        Assert.Equal(before, await identity.AccountsAsync());
        Assert.Equal(["no_account"], await identity.RefusalsAsync("closed"));
    }

    [Fact]
    public async Task Fifty_first_sign_ins_of_one_person_at_once_make_one_account()
    {
        var partner = await identity.PartnerAsync("crowd");
        var before = await identity.AccountsAsync();
        var answers = new List<(Visitor Visitor, string Address)>();
        var nonces = new Dictionary<string, string>();
        for (var number = 0; number < 50; number++)
        {
            var visitor = identity.Visitor();
            var request = await partner.StartAsync(visitor);
            nonces["crowd-" + number] = request["nonce"];
            answers.Add((visitor, partner.Answer(request, ("code", "crowd-" + number))));
        }

        // Each code has the nonce of its own attempt.
        partner.Provider.NonceOf = code => nonces[code];
        var pages = await Task.WhenAll(answers.Select(answer => answer.Visitor.GetOnlyAsync(answer.Address)));

        Assert.All(pages, page => Assert.Equal(HttpStatusCode.SeeOther, page.Status));
        Assert.Equal(before + 1, await identity.AccountsAsync());
    }

    [Fact]
    public async Task Roles_come_from_the_allow_list_and_the_least_is_the_default()
    {
        var partner = await identity.PartnerAsync("roles", roleClaim: "groups", defaultRole: "viewer", mappings: [("Vertrieb", "sales"), ("Chefs", "partner_admin")]);
        partner.Provider.UserInfo["groups"] = new[] { "Vertrieb", "Chefs", "brand_admin", "partner_admin", "x" };
        await identity.AClientAsync("roles-app", client => client.AllowedScopes = ["openid", "roles", "email"]);
        var visitor = identity.Visitor();
        await partner.SignInAsync(visitor);

        var claims = await UserInfoAsync(visitor, "roles-app", "openid roles");

        Assert.Equal(["viewer", "sales"], claims.GetProperty("roles").EnumerateArray().Select(role => role.GetString()));
        Assert.Equal("roles", claims.GetProperty("tenant").GetString());
        Assert.False((await UserInfoAsync(visitor, "roles-app", "openid")).TryGetProperty("roles", out _));
    }

    [Fact]
    public async Task A_role_that_is_taken_from_the_allow_list_is_gone_at_once()
    {
        var partner = await identity.PartnerAsync("shrinking", defaultRole: "sales");
        await identity.AClientAsync("shrinking-app", client => client.AllowedScopes = ["openid", "roles"]);
        var visitor = identity.Visitor();
        await partner.SignInAsync(visitor);

        await identity.Database.ExecuteAsync("update tenant set grantable_roles = '{viewer}' where key = 'shrinking'");

        Assert.Empty((await UserInfoAsync(visitor, "shrinking-app", "openid roles")).GetProperty("roles").EnumerateArray());
    }

    [Fact]
    public async Task A_role_of_the_operator_is_refused_by_the_database_itself()
    {
        await identity.PartnerAsync("greedy", roleClaim: "groups");
        await identity.Database.ExecuteAsync("update tenant set grantable_roles = '{brand_admin,viewer}' where key = 'greedy'");

        Assert.Empty(await identity.Database.ListAsync<string>("select role from grantable_role join tenant using (tenant_id) where key = 'greedy' and role = 'brand_admin'"));
        var refused = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => identity.PartnerAsync("greedy", scheme: "greedy-2", mappings: [("x", "brand_admin")]));
        Assert.Equal("a_provider_leads_to_roles_of_its_tenant", refused.ConstraintName);
    }

    [Fact]
    public async Task An_application_that_wants_a_fresh_proof_gets_one_or_nobody()
    {
        var partner = await identity.PartnerAsync("fresh");
        var application = new RelyingParty(identity);
        var visitor = identity.Visitor();
        var waiting = await WaitingAsync(application, visitor, ("prompt", "login"));
        var request = await partner.StartAsync(visitor, waiting);

        var stale = await visitor.GetOnlyAsync(partner.Answer(request));
        request = await partner.StartAsync(visitor, waiting);
        partner.Provider.Change = token => token.Claims["auth_time"] = identity.Clock.Now.ToUnixTimeSeconds();
        var fresh = await visitor.GetOnlyAsync(partner.Answer(request));

        Assert.Equal(("login", "0"), (request["prompt"], request["max_age"]));
        Assert.Equal(HttpStatusCode.BadRequest, stale.Status);
        Assert.Equal(IdentityApp.PortalUrl + "/signin-oidc", new AuthorizationAnswer(await visitor.GetOnlyAsync(fresh.Headers.Headers.Location!.ToString())).Target);
    }

    [Theory]
    [InlineData("provider", "update identity_provider set disabled_at = now() where scheme = @key")]
    [InlineData("tenant", "update tenant set disabled_at = now() where key = @key")]
    [InlineData("person", "update account set disabled_at = now() where account_id in (select account_id from external_identity where scheme = @key)")]
    public async Task What_is_disabled_is_refused_at_every_step_on_every_instance(string what, string sql)
    {
        var partner = await identity.PartnerAsync("step-" + what);
        await identity.AClientAsync("step-" + what, client => (client.AllowedScopes, client.AllowOfflineAccess, client.AllowedGrantTypes) = (["openid", "offline_access"], true, ["authorization_code", "refresh_token"]));
        var application = new RelyingParty(identity, "step-" + what);
        var visitor = identity.Visitor();
        await partner.SignInAsync(visitor);
        var tokens = await application.TokensAsync(visitor, ("scope", "openid offline_access"));
        var code = await application.CodeAsync(visitor);
        var underway = await partner.StartAsync(visitor);
        var other = identity.Another();
        await other.InitializeAsync();

        await identity.Database.ExecuteAsync(sql, new { partner.Key });

        Assert.Equal(what is "person", (await identity.Visitor().GetOnlyAsync($"/federation/{partner.Scheme}/start")).Headers.Headers.Location is not null);
        Assert.Equal(HttpStatusCode.BadRequest, (await visitor.GetOnlyAsync(partner.Answer(underway))).Status);
        Assert.Equal("login_required", (await application.AskAsync(visitor, ("prompt", "none")))["error"]);
        Assert.Equal("invalid_grant", (await application.RedeemAsync(code)).Error);
        Assert.Equal("invalid_grant", (await application.TokenAsync([new("grant_type", "refresh_token"), new("refresh_token", tokens["refresh_token"])])).Error);
        using var program = other.Program();
        program.DefaultRequestHeaders.Authorization = new("Bearer", tokens.AccessToken);
        Assert.Equal(HttpStatusCode.Unauthorized, (await program.GetAsync("/connect/userinfo")).StatusCode);
        await other.DisposeOfInstanceAsync();
    }

    [Fact]
    public async Task A_client_that_is_disabled_or_restricted_to_other_providers_sends_nobody_there()
    {
        var partner = await identity.PartnerAsync("narrow");
        await identity.AClientAsync("narrow-app", _ => { });
        var application = new RelyingParty(identity, "narrow-app");
        var visitor = identity.Visitor();
        var waiting = await WaitingAsync(application, visitor);
        var underway = await partner.StartAsync(visitor, waiting);

        await identity.Database.ExecuteAsync("update registered_client set identity_provider_restrictions = '{another}' where client_id = 'narrow-app'");
        Assert.Equal(HttpStatusCode.BadRequest, (await visitor.GetOnlyAsync($"/federation/narrow/start?request={waiting}")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await visitor.GetOnlyAsync(partner.Answer(underway))).Status);
        await identity.Database.ExecuteAsync("update registered_client set identity_provider_restrictions = '{}', enabled = false where client_id = 'narrow-app'");
        Assert.Equal(HttpStatusCode.BadRequest, (await visitor.GetOnlyAsync($"/federation/narrow/start?request={waiting}")).Status);
    }

    [Fact]
    public async Task A_session_through_a_provider_that_an_application_does_not_take_is_none_for_it()
    {
        var partner = await identity.PartnerAsync("refused-idp");
        await identity.AClientAsync("choosy", client => client.IdentityProviderRestrictions = ["another"]);
        var visitor = identity.Visitor();
        await partner.SignInAsync(visitor);

        Assert.Equal("login_required", (await new RelyingParty(identity, "choosy").AskAsync(visitor, ("prompt", "none")))["error"]);
    }

    static async Task<AuthorizationAnswer> SignInForAsync(Partner partner, Visitor visitor, RelyingParty application)
    {
        var request = await partner.StartAsync(visitor, await WaitingAsync(application, visitor));
        var page = await visitor.GetOnlyAsync(partner.Answer(request));
        return new(await visitor.GetOnlyAsync(page.Headers.Headers.Location!.ToString()));
    }

    static async Task<string> WaitingAsync(RelyingParty application, Visitor visitor, params IEnumerable<(string Name, string? Value)> changes) =>
        (await application.AskAsync(visitor, changes))["request"]!;

    async Task<JsonElement> UserInfoAsync(Visitor visitor, string clientId = "portal", string scope = "openid email")
    {
        var tokens = await new RelyingParty(identity, clientId).TokensAsync(visitor, ("scope", scope));
        using var program = identity.Program();
        program.DefaultRequestHeaders.Authorization = new("Bearer", tokens.AccessToken);
        return JsonDocument.Parse(await program.GetStringAsync("/connect/userinfo")).RootElement;
    }

    async Task<Page> SignInWithPasswordAsync(TestAccount account)
    {
        var visitor = identity.Visitor();
        var page = await visitor.GetAsync(await new RelyingParty(identity).RequestAsync());
        var form = page.Document.Forms[0];
        return await visitor.PostAsync(form.GetAttribute("action")!, ("Email", account.Email), ("Password", IdentityApp.Password), ("__RequestVerificationToken", page.Value("__RequestVerificationToken")!));
    }
}
