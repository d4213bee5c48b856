using System.Net;
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
}
