using System.Net;
using Support;

namespace Identity.Tests.Administration;

public sealed class KeepingClients(IdentityApp identity) : IClassFixture<IdentityApp>
{
    [Fact]
    public async Task A_client_is_registered_with_what_the_profile_recommends_and_changed()
    {
        var chief = await identity.AdministratorOfEverythingAsync();

        var page = await chief.SubmitAsync("/admin/clients/new", ("ClientId", "shop"), ("ClientName", "Shop"), ("RedirectUris", "https://shop.test/cb\r\n  https://shop.test/cb2 \r\n"));
        Assert.Equal(("Shop", "The client is registered."), (page.Text("h1"), page.Text("[role=status]")));
        Assert.Equal(["t t f {https://shop.test/cb,https://shop.test/cb2}"], await ShopAsync());
        identity.Clock.Advance(TimeSpan.FromSeconds(1));
        page = await chief.SubmitAsync("/admin/clients/shop/settings", ("RequireDPoP", "true"), ("AccessTokenLifetime", "600"));

        Assert.Equal("Saved. It holds from the next request on.", page.Text("[role=status]"));
        Assert.Equal(["t t t {https://shop.test/cb,https://shop.test/cb2}"], await ShopAsync());
        Assert.Equal(["{\"requireDPoP\": {\"after\": true, \"before\": false}, \"accessTokenLifetime\": {\"after\": 600, \"before\": 900}}"],
            await identity.Database.ListAsync<string>("select details ->> 'changes' from audit_entry where subject_number = 'shop' and action = 'client.changed'"));
    }

    [Theory]
    [InlineData("ClientId", "with space", "Please use letters, digits and . _ ~ - only, at most 100.")]
    [InlineData("ClientId", "portal", "Another client has this name. Please choose another.")]
    [InlineData("RedirectUris", "http://shop.test/cb", "\"http://shop.test/cb\" is not https. Use https.")]
    [InlineData("RedirectUris", "https://*.shop.test/cb", "\"https://*.shop.test/cb\" has a wildcard, a fragment or a character that does not belong in an address. Write each address out in full.")]
    [InlineData("RedirectUris", "", "A client that signs people in needs at least one redirect address.")]
    [InlineData("PostLogoutRedirectUris", "shop", "\"shop\" is not a whole address. Write it as https://app.example.com/callback.")]
    [InlineData("AllowedCorsOrigins", "https://shop.test", "A page cannot keep a secret. Leave this empty, or choose \"none\" as the way to authenticate.")]
    [InlineData("BackChannelLogoutUri", "ftp://shop.test", "\"ftp://shop.test\" is not https. Use https.")]
    [InlineData("AuthorizationCodeLifetime", "61", "Please enter whole seconds from 1 to 60.")]
    [InlineData("AccessTokenLifetime", "a while", "Please enter whole seconds from 1 to 3600.")]
    [InlineData("ConsentLifetime", "-1", "Please enter whole seconds, at least 1, or leave it empty.")]
    [InlineData("AbsoluteRefreshTokenLifetime", "100", "It cannot be longer than the absolute lifetime below. Shorten it.")]
    [InlineData("AllowOfflineAccess", "true", "Offline access needs the grant refresh_token. Choose it above, or turn this off.")]
    [InlineData("AllowedGrantTypes", "", "Choose at least one: without a grant it can get nothing.")]
    [InlineData("TokenEndpointAuthMethod", "private_key_jwt", "Please paste the public keys: without them its signature cannot be checked.")]
    [InlineData("TokenEndpointAuthMethod", "none", "A public client must use DPoP. Turn it on.")]
    [InlineData("TokenEndpointAuthMethod", "tls_client_auth", "Please choose one of the ways in the list.")]
    [InlineData("Tenant", "nobody", "Please choose a company from the list.")]
    public async Task What_is_wrong_is_said_at_its_field_with_the_remedy(string field, string value, string refusal)
    {
        var chief = await identity.AdministratorOfEverythingAsync();
        var fields = new Dictionary<string, object?> { ["ClientId"] = "wrong", ["ClientName"] = "Wrong", ["RedirectUris"] = "https://shop.test/cb", [field] = value };

        var page = await chief.SubmitAsync("/admin/clients/new", fields.Select(pair => (pair.Key, pair.Value)));

        Assert.Contains(refusal, page.All(".wrong"));
        Assert.Equal("Wrong", page.Value("ClientName"));
        Assert.Empty(await identity.AuditAsync("wrong"));
    }

    [Fact]
    public async Task A_page_that_calls_is_named_by_its_origin()
    {
        var chief = await identity.AdministratorOfEverythingAsync();
        (string, object?)[] form = [("ClientId", "page"), ("ClientName", "Page"), ("TokenEndpointAuthMethod", "none"), ("RequireDPoP", "true"), ("RedirectUris", "https://shop.test/cb")];

        var refused = await chief.SubmitAsync("/admin/clients/new", [.. form, ("AllowedCorsOrigins", "https://shop.test/")]);
        var page = await chief.SubmitAsync(refused, ("AllowedCorsOrigins", "https://shop.test"));

        Assert.Contains("\"https://shop.test/\" is not an origin. Write scheme and host in small letters, and the port only where it is not the usual one, as in https://app.example.com.", refused.All(".wrong"));
        Assert.Equal("The client is registered.", page.Text("[role=status]"));
        Assert.Contains("https://shop.test", page.All("dd code"));
    }

    [Fact]
    public async Task What_the_form_forgot_the_table_refuses_and_the_page_says_so()
    {
        // A rule that only the database has.
        await identity.Database.ExecuteAsync("alter table registered_client add constraint nobody_is_called_mallory check (client_name <> 'Mallory')");
        var chief = await identity.AdministratorOfEverythingAsync();

        var page = await chief.SubmitAsync("/admin/clients/new", ("ClientId", "mallory"), ("ClientName", "Mallory"), ("RedirectUris", "https://mallory.test/cb"));

        Assert.Equal((HttpStatusCode.OK, "These settings do not go together: nobody is called mallory. Change one of them."), (page.Status, page.Text("[role=alert]")));
    }

    [Fact]
    public async Task The_portal_is_kept_by_the_settings_of_the_installation()
    {
        var chief = await identity.AdministratorOfEverythingAsync();
        var page = await chief.GetAsync("/admin/clients/portal");
        Assert.StartsWith("This client is kept by the settings of the installation", page.Text(".empty"), StringComparison.Ordinal);
        Assert.False(page.Has("main form"));
        Assert.Equal(HttpStatusCode.NotFound, (await chief.GetAsync("/admin/clients/portal/settings")).Status);
        var token = (await chief.GetAsync("/admin/clients/new")).Value("__RequestVerificationToken")!;

        await chief.PostAsync("/admin/clients/portal/suspension", ("__RequestVerificationToken", token));
        await chief.PostAsync("/admin/clients/portal/secrets", ("__RequestVerificationToken", token), ("description", "mine"), ("days", "30"));

        Assert.Equal(["client.registered"], await identity.AuditAsync("portal"));
    }

    [Fact]
    public async Task The_settings_speak_chinese_too()
    {
        var chief = await identity.AdministratorOfEverythingAsync();
        chief.Language = "zh-CN";

        var page = await chief.SubmitAsync("/admin/clients/new", ("ClientId", "chinese"), ("ClientName", "商城"), ("RedirectUris", "http://shop.test"));

        Assert.Equal("“http://shop.test”不是 https 地址，请使用 https。", page.Text(".wrong"));
    }

    Task<List<string>> ShopAsync() => identity.Database.ListAsync<string>("select concat_ws(' ', require_pkce, require_pushed_authorization, require_dpop, redirect_uris::text) from registered_client where client_id = 'shop'");
}
