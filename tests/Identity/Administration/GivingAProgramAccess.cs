using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;
using Support;

namespace Identity.Tests.Administration;

public sealed class GivingAProgramAccess(IdentityApp identity) : IClassFixture<IdentityApp>
{
    [Fact]
    public async Task A_tenants_administrator_gets_a_client_with_a_secret_that_is_shown_once()
    {
        var administrator = await identity.AdministratorOfAsync("acme");

        var page = await administrator.SubmitAsync("/admin/programs/new", ("ClientName", "ERP 系统"), ("Days", "90"));

        var (id, secret) = (page.All(".secret")[0], page.Text("#secret"));
        Assert.Matches("^erp-acme-[0-9a-f]{10}$", id);
        Assert.Equal(43, secret.Length);
        Assert.Equal("no-store", page.Header("Cache-Control"));
        var token = TokenAnswer.Claims((await TokenAsync(id, secret)).AccessToken);
        Assert.Equal((id, "portal.api", "acme"), (token.GetProperty("sub").GetString(), token.GetProperty("scope").GetString(), token.GetProperty("tenant").GetString()));
        Assert.DoesNotContain(secret, (await administrator.GetAsync("/admin/clients/" + id)).Body, StringComparison.Ordinal);
        Assert.DoesNotContain(await identity.Database.ListAsync<string>("select e::text from audit_entry e"), row => row.Contains(secret, StringComparison.Ordinal));
        Assert.Equal(["acme {client_credentials} {portal.api}"], await identity.Database.ListAsync<string>("""
            select t.key || ' ' || c.allowed_grant_types::text || ' ' || c.allowed_scopes::text from registered_client c join tenant t using (tenant_id) where c.client_id = @id
            """, new { id }));
    }

    [Fact]
    public async Task Nothing_a_forger_adds_to_the_form_widens_the_program()
    {
        var administrator = await identity.AdministratorOfAsync("acme");
        await identity.TenantAsync("rich");
        var token = (await administrator.GetAsync("/admin/programs/new")).Value("__RequestVerificationToken")!;

        await administrator.PostAsync("/admin/programs/new", ("__RequestVerificationToken", token), ("ClientName", "Forged"), ("Method", "secret"), ("Days", "30"), ("Tenant", "rich"),
            ("AllowedGrantTypes", "authorization_code"), ("AllowedScopes", "openid"), ("RedirectUris", "https://evil.test/cb"), ("ClientId", "portal"), ("AccessTokenLifetime", "3600"));

        Assert.Equal(["acme {client_credentials} {portal.api} {} 900"], await identity.Database.ListAsync<string>("""
            select concat_ws(' ', t.key, c.allowed_grant_types::text, c.allowed_scopes::text, c.redirect_uris::text, c.access_token_lifetime)
            from registered_client c join tenant t using (tenant_id) where c.client_name = 'Forged'
            """));
    }

    [Fact]
    public async Task Two_secrets_overlap_then_the_first_is_removed_and_an_old_one_expires()
    {
        var administrator = await identity.AdministratorOfAsync("overlap");
        var page = await administrator.SubmitAsync("/admin/programs/new", ("ClientName", "Warehouse"), ("Days", "365"));
        var (id, first) = (page.All(".secret")[0], page.Text("#secret"));
        page = await administrator.SubmitAsync($"/admin/clients/{id}", ("description", "server 2"), ("days", "30"));
        var second = page.Text("#secret");
        Assert.Null((await TokenAsync(id, first)).Error);
        Assert.Null((await TokenAsync(id, second)).Error);

        page = await administrator.PressAsync(await administrator.GetAsync($"/admin/clients/{id}"), "tbody tr:nth-child(2) form");

        Assert.Equal("The secret is removed.", page.Text("[role=status]"));
        Assert.Equal("invalid_client", (await TokenAsync(id, first)).Error);
        Assert.Null((await TokenAsync(id, second)).Error);
        identity.Clock.Advance(TimeSpan.FromDays(30));
        Assert.Equal("invalid_client", (await TokenAsync(id, second)).Error);
        Assert.Equal(["client.registered", "client.secret_added", "client.secret_added", "client.secret_removed"], await identity.AuditAsync(id));
    }

    [Fact]
    public async Task A_program_may_bring_its_own_keys_but_never_private_ones()
    {
        var administrator = await identity.AdministratorOfAsync("acme");
        using var rsa = RSA.Create(2048);
        var parameters = rsa.ExportParameters(true);
        var exponent = Base64UrlEncoder.Encode(parameters.D);
        var open = new Dictionary<string, string> { ["kty"] = "RSA", ["n"] = Base64UrlEncoder.Encode(parameters.Modulus), ["e"] = "AQAB", ["kid"] = "one" };

        var refused = await administrator.SubmitAsync("/admin/programs/new", ("ClientName", "Signer"), ("Method", "keys"), ("Jwks", JsonSerializer.Serialize(new { keys = new[] { new Dictionary<string, string>(open) { ["d"] = exponent } } })));
        Assert.StartsWith("This holds a private or shared key.", refused.Text(".wrong"));
        Assert.DoesNotContain(exponent, refused.Body, StringComparison.Ordinal);
        Assert.Equal("Signer", refused.Value("ClientName"));
        var page = await administrator.SubmitAsync(refused, ("Jwks", JsonSerializer.Serialize(new { keys = new[] { open } })));

        Assert.Equal("The client is registered.", page.Text("[role=status]"));
        Assert.False(page.Has("#secret-form"));
        Assert.Equal(["private_key_jwt"], await identity.Database.ListAsync<string>("select token_endpoint_auth_method from registered_client where client_name = 'Signer'"));
    }

    [Theory]
    [InlineData("not json", "The keys are not JSON. Paste them as {\"keys\": [...]}.")]
    [InlineData("{\"keys\":[{\"kty\":\"\\u0000\"}]}", "The keys are not JSON. Paste them as {\"keys\": [...]}.")]
    [InlineData("[]", "This is no JWK set. Put the keys into {\"keys\": [...]}.")]
    [InlineData("{\"keys\":[]}", "Register one to ten keys.")]
    [InlineData("{\"keys\":[{\"kty\":\"oct\"}]}", "A key is of a kind we do not take. Use RSA or P-256.")]
    [InlineData("", "Please paste the public keys: without them its signature cannot be checked.")]
    public async Task Keys_that_cannot_be_read_are_refused_in_words(string jwks, string refusal)
    {
        var page = await (await identity.AdministratorOfAsync("acme")).SubmitAsync("/admin/programs/new", ("ClientName", "Signer"), ("Method", "keys"), ("Jwks", jwks));

        Assert.Equal(refusal, page.Text(".wrong"));
        Assert.Equal(jwks, page.Value("Jwks"));
    }

    [Fact]
    public async Task Disabling_it_is_felt_by_the_next_request()
    {
        var administrator = await identity.AdministratorOfAsync("acme");
        var page = await administrator.SubmitAsync("/admin/programs/new", ("ClientName", "Short-lived"), ("Days", "30"));
        var (id, secret) = (page.All(".secret")[0], page.Text("#secret"));

        page = await administrator.PressAsync(await administrator.GetAsync($"/admin/clients/{id}"), "form[action$='/suspension']");

        Assert.Equal("invalid_client", (await TokenAsync(id, secret)).Error);
        await administrator.PressAsync(page, "form[action$='/suspension/end']");
        Assert.Null((await TokenAsync(id, secret)).Error);
        Assert.Equal(["client.disabled", "client.enabled"], (await identity.AuditAsync(id)).Where(action => action is "client.disabled" or "client.enabled"));
    }

    [Fact]
    public async Task An_application_that_signs_people_in_is_out_of_a_tenants_reach_even_its_own()
    {
        var tenantId = await identity.TenantAsync("acme");
        await identity.AClientAsync("acme-web", client => client.TenantId = tenantId);
        var administrator = await identity.AdministratorOfAsync("acme");

        Assert.Equal(HttpStatusCode.NotFound, (await administrator.GetAsync("/admin/clients/acme-web")).Status);
        Assert.DoesNotContain("acme-web", (await administrator.GetAsync("/admin/clients")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_somebody_else_changed_meanwhile_is_not_overwritten()
    {
        var administrator = await identity.AdministratorOfAsync("acme");
        var page = await administrator.SubmitAsync("/admin/programs/new", ("ClientName", "Twice open"), ("Days", "30"));
        var open = await administrator.GetAsync("/admin/clients/" + page.All(".secret")[0]);
        identity.Clock.Advance(TimeSpan.FromSeconds(1));
        await administrator.SubmitAsync(open, ("ClientName", "First"), ("Description", ""));
        identity.Clock.Advance(TimeSpan.FromSeconds(1));

        var second = await administrator.SubmitAsync(open, ("ClientName", "Second"), ("Description", ""));

        Assert.Equal("Somebody else changed this client meanwhile. Open it again, look at what is different, and repeat your change.", second.Text("[role=alert]"));
        Assert.Equal("Second", second.Value("ClientName"));
    }

    async Task<TokenAnswer> TokenAsync(string id, string secret) =>
        await new RelyingParty(identity, id) { Secret = secret }.TokenAsync(new Dictionary<string, string?> { ["grant_type"] = "client_credentials", ["scope"] = "portal.api" });
}
