using Identity.Clients;
using Support;

namespace Identity.Tests.Clients;

public sealed class RegisteringAClient(IdentityApp identity) : IClassFixture<IdentityApp>
{
    [Theory]
    [InlineData("https://app.example.com/cb")]
    [InlineData("https://app.example.com:8443/cb?tenant=1")]
    [InlineData("https://app.example.com")]
    public void An_address_by_https_is_taken(string uri) => Assert.Null(RedirectUri.Refusal(uri, allowPlainHttpToThisMachine: false));

    [Theory]
    [InlineData("http://app.example.com/cb")]
    [InlineData("https://app.example.com/cb#part")]
    [InlineData("https://*.example.com/cb")]
    [InlineData("https://user@app.example.com/cb")]
    [InlineData("https://app.example.com/a b")]
    [InlineData("https://app.example.com\\cb")]
    [InlineData("https://\u0430pp.example.com/cb")]
    [InlineData("/cb")]
    [InlineData("")]
    [InlineData("javascript:alert(1)")]
    [InlineData("JavaScript:alert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("file:///etc/passwd")]
    [InlineData("blob:https://app.example.com/1")]
    [InlineData("about:blank")]
    [InlineData("view-source:https://app.example.com")]
    [InlineData("ws://app.example.com")]
    [InlineData("com.example.app:/cb")]
    public void Anything_else_is_not(string uri)
    {
        Assert.NotNull(RedirectUri.Refusal(uri, allowPlainHttpToThisMachine: false));
        Assert.NotNull(RedirectUri.Refusal(uri, allowPlainHttpToThisMachine: true));
    }

    [Theory]
    [InlineData("http://localhost:5080/signin-oidc")]
    [InlineData("http://127.0.0.1:5080/signin-oidc")]
    [InlineData("http://[::1]:5080/signin-oidc")]
    public void Plain_http_leads_to_this_machine_only_and_not_in_production(string uri)
    {
        Assert.Null(RedirectUri.Refusal(uri, allowPlainHttpToThisMachine: true));
        Assert.Equal("is not https", RedirectUri.Refusal(uri, allowPlainHttpToThisMachine: false));
    }

    [Fact]
    public async Task A_wrong_address_names_client_and_reason()
    {
        var refused = await Assert.ThrowsAsync<ArgumentException>(() => identity.AClientAsync("wrong", client => client.RedirectUris = ["http://app.example.com/cb"]));

        Assert.StartsWith("The redirect address 'http://app.example.com/cb' of client wrong is not https.", refused.Message);
    }

    [Fact]
    public async Task The_portal_is_registered_at_start_and_follows_the_settings()
    {
        Assert.Equal(["https://portal.test/signin-oidc"], (await identity.Database.ListAsync<string[]>("select redirect_uris from registered_client where client_id = 'portal'"))[0]);
        Assert.Equal(["client.registered"], await identity.AuditAsync("portal"));

        var again = identity.Another();
        await again.InitializeAsync();
        await again.DisposeAsync();

        Assert.Equal(["client.registered"], await identity.AuditAsync("portal"));
        Assert.Equal([1L], await identity.Database.ListAsync<long>("select count(*) from client_secret s join registered_client c using (registered_client_id) where c.client_id = 'portal'"));
    }

    [Fact]
    public async Task Secrets_are_kept_as_hashes()
    {
        await identity.AClientAsync("hashed", _ => { });

        Assert.Equal([32], await identity.Database.ListAsync<int>("select octet_length(hash) from client_secret s join registered_client c using (registered_client_id) where c.client_id = 'hashed'"));
    }
}
