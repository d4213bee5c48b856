using System.Net;
using Identity.Scim;
using Microsoft.Extensions.DependencyInjection;
using Support;

namespace Identity.Tests.Administration;

public sealed class LookingAfterTenants(IdentityApp identity) : IClassFixture<IdentityApp>
{
    [Fact]
    public async Task A_company_is_added_renamed_and_disabled_with_all_that_is_its_own()
    {
        var chief = await identity.AdministratorOfEverythingAsync();
        var page = await chief.SubmitAsync("/admin/tenants/new", ("Name", "华信"), ("Key", "huaxin"));
        Assert.Equal("华信", page.Text("h1"));
        page = await chief.SubmitAsync(page, ("name", "华信 Huaxin"));
        Assert.Equal("华信 Huaxin", page.Text("h1"));
        var visitor = await identity.SignedInAsync(await identity.APersonOfAsync("huaxin"));
        var tokens = await new RelyingParty(identity).TokensAsync(visitor);

        page = await chief.PressAsync(page, "form[action$='/suspension']");

        Assert.Equal("disabled", page.Text(".lead .state"));
        using var program = identity.Program();
        program.DefaultRequestHeaders.Authorization = new("Bearer", tokens.AccessToken);
        Assert.Equal(HttpStatusCode.Unauthorized, (await program.GetAsync("/connect/userinfo")).StatusCode);
        page = await chief.PressAsync(page, "form[action$='/suspension/end']");
        Assert.Equal("active", page.Text(".lead .state"));
        // What had ended stays ended.
        Assert.Equal(HttpStatusCode.Unauthorized, (await program.GetAsync("/connect/userinfo")).StatusCode);
        Assert.Equal(["tenant.added", "tenant.renamed", "tenant.disabled", "tenant.enabled"], await identity.AuditAsync("huaxin"));
    }

    [Theory]
    [InlineData("Acme", "Not A Key", "Please use small letters, digits and hyphens, at most 64, beginning with a letter or digit, such as huaxin or p-1024.")]
    [InlineData("Acme", "new", "Please use small letters, digits and hyphens, at most 64, beginning with a letter or digit, such as huaxin or p-1024.")]
    [InlineData("", "good-key", "Please enter the name, at most 200 characters.")]
    [InlineData("Acme", "twice", "Another company has this key. Please choose another.")]
    public async Task What_is_wrong_stands_at_its_field(string name, string key, string refusal)
    {
        await identity.TenantAsync("twice");
        var page = await (await identity.AdministratorOfEverythingAsync()).SubmitAsync("/admin/tenants/new", ("Name", name), ("Key", key));

        Assert.Equal(refusal, page.Text(".wrong"));
        Assert.Equal((name, key), (page.Value("Name"), page.Value("Key")));
    }

    [Fact]
    public async Task The_company_that_runs_the_installation_stays()
    {
        var chief = await identity.AdministratorOfEverythingAsync();
        var page = await chief.GetAsync("/admin/tenants/operator");
        Assert.False(page.Has("form[action$='/suspension']"));

        await chief.PostAsync("/admin/tenants/operator/suspension", ("__RequestVerificationToken", page.Value("__RequestVerificationToken")!));

        Assert.Equal("The company that runs the installation cannot be disabled.", (await chief.GetAsync("/admin/tenants/operator")).Text("[role=alert]"));
    }

    [Fact]
    public async Task Only_roles_on_its_list_are_given_by_a_companys_providers()
    {
        var tenantId = await identity.TenantAsync("listed");
        var chief = await identity.AdministratorOfEverythingAsync();
        var page = await chief.GetAsync("/admin/tenants/listed");
        Assert.Equal(["viewer", "sales", "purchasing", "partner_admin"], page.Document.QuerySelectorAll("#roles input[name=role]").Select(box => box.GetAttribute("value")));
        Assert.Equal(["viewer", "sales", "purchasing"], page.Document.QuerySelectorAll("#roles input[checked]").Select(box => box.GetAttribute("value")));

        page = await chief.PressAsync(page, "#roles", ("role", new[] { "viewer", "partner_admin" }));
        Assert.Equal("Saved.", page.Text("[role=status]"));
        Assert.Equal(["viewer", "partner_admin"], await GrantableAsync());
        page = await chief.PressAsync(page, "#roles", ("role", null));
        Assert.Empty(await GrantableAsync());
        Assert.Equal("This company cannot be given one of these roles.", (await chief.PressAsync(page, "#roles", ("role", new[] { "brand_admin" }))).Text("[role=alert]"));
        await chief.PressAsync(page, "#roles", ("role", new[] { "viewer", "sales", "purchasing" }));
        Assert.Equal([true], await identity.Database.ListAsync<bool>("select grantable_roles is null from tenant where key = 'listed'"));
        Assert.Equal(["tenant.grantable_roles_changed", "tenant.grantable_roles_changed", "tenant.grantable_roles_changed"], await identity.AuditAsync("listed"));
        Assert.Equal(HttpStatusCode.NotFound, (await (await identity.AdministratorOfAsync("listed")).PostAsync("/admin/tenants/listed/roles", ("role", "partner_admin"))).Status);

        Task<List<string>> GrantableAsync() => identity.Database.ListAsync<string>("select role from grantable_role where tenant_id = @tenantId order by weight, role", new { tenantId });
    }

    [Fact]
    public async Task The_operator_sees_and_takes_back_the_tokens_of_a_companys_directory()
    {
        var tenantId = await identity.TenantAsync("connected");
        await identity.TenantAsync("bystander");
        await identity.AsTheProductAsync(services => services.GetRequiredService<ChangeScimTokens>().AddAsync(tenantId, "Entra ID", CancellationToken.None));
        var number = (await identity.Database.ListAsync<string>("select number from scim_token where tenant_id = @tenantId", new { tenantId }))[0];
        var chief = await identity.AdministratorOfEverythingAsync();
        var page = await chief.GetAsync("/admin/tenants/connected");
        Assert.StartsWith("Entra ID", page.Text("#directory-tokens tbody tr"));

        Assert.Equal(HttpStatusCode.NotFound, (await chief.PostAsync($"/admin/tenants/bystander/directory/tokens/{number}/revocation", ("__RequestVerificationToken", page.Value("__RequestVerificationToken")!))).Status);
        page = await chief.PressAsync(page, "#directory-tokens form");

        Assert.Equal(("The token is revoked.", false), (page.Text("[role=status]"), page.Has("#directory-tokens")));
        Assert.Contains("scim_token.revoked", await identity.AuditAsync(number));
    }
}
