using System.Net;
using Identity.Clients;
using Support;

namespace Identity.Tests.Clients;

/// <summary>Scripts of pages on another origin, as the Fetch Standard lets browsers ask for them (CORS protocol).</summary>
public sealed class CallingFromAPage(IdentityApp identity) : IClassFixture<IdentityApp>, IAsyncLifetime
{
    const string Page = "https://app.example.com";

    public async Task InitializeAsync()
    {
        if ((await identity.Database.ListAsync<long>("select registered_client_id from registered_client where client_id = 'page'")).Count == 0)
        {
            await APublicClientAsync("page", Page);
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("/connect/token", "POST", "content-type,dpop")]
    [InlineData("/connect/userinfo", "GET", "authorization,dpop")]
    [InlineData("/connect/revocation", "POST", "content-type,dpop")]
    [InlineData("/connect/par", "POST", "content-type,dpop")]
    public async Task A_page_that_a_client_names_may_call_what_programs_call_without_cookies(string path, string method, string headers)
    {
        using var answer = await AskAsync(path, Page, method, headers);

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal([Page], answer.Headers.GetValues("Access-Control-Allow-Origin"));
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Credentials"));
    }

    [Theory]
    [InlineData("https://other.example.com")]
    [InlineData("http://app.example.com")]
    [InlineData("https://app.example.com:8443")]
    [InlineData("https://app.example.com.evil.test")]
    [InlineData("null")]
    public async Task Any_other_may_not(string origin)
    {
        using var asked = await AskAsync("/connect/token", origin, "POST", "content-type");
        using var called = await CallAsync(origin);

        Assert.False(asked.Headers.Contains("Access-Control-Allow-Origin"));
        Assert.False(called.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("/connect/authorize")]
    [InlineData("/connect/endsession")]
    [InlineData("/connect/introspect")]
    [InlineData("/sign-in")]
    public async Task No_page_calls_what_is_for_browsers_or_for_apis(string path)
    {
        using var answer = await AskAsync(path, Page, "POST", "content-type");

        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task It_reads_why_it_was_refused_and_the_nonce_it_must_answer()
    {
        using var answer = await CallAsync(Page);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal([Page], answer.Headers.GetValues("Access-Control-Allow-Origin"));
        Assert.Equal(["DPoP-Nonce,WWW-Authenticate,Retry-After"], answer.Headers.GetValues("Access-Control-Expose-Headers"));
    }

    [Fact]
    public async Task A_client_that_is_disabled_takes_its_pages_with_it()
    {
        await APublicClientAsync("gone", "https://gone.example.com");
        Assert.True((await CallAsync("https://gone.example.com")).Headers.Contains("Access-Control-Allow-Origin"));

        await identity.Database.ExecuteAsync("update registered_client set enabled = false where client_id = 'gone'");

        Assert.False((await CallAsync("https://gone.example.com")).Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("https://app.example.com", null)]
    [InlineData("https://app.example.com:8443", null)]
    [InlineData("https://xn--bcher-kva.example", null)]
    [InlineData("https://app.example.com/", "not_origin")]
    [InlineData("https://app.example.com/page", "not_origin")]
    [InlineData("https://App.example.com", "not_origin")]
    [InlineData("https://app.example.com:443", "not_origin")]
    [InlineData("https://*.example.com", "characters")]
    [InlineData("*", "characters")]
    [InlineData("null", "not_absolute")]
    [InlineData("http://app.example.com", "not_https")]
    public void An_origin_is_what_browsers_send(string origin, string? reason) => Assert.Equal(reason, CorsOrigin.Reason(origin, allowPlainHttpToThisMachine: false));

    [Fact]
    public async Task A_client_with_a_secret_is_not_called_from_pages_whoever_enters_it()
    {
        var refused = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => identity.AClientAsync("with-secret", client => client.AllowedCorsOrigins = [Page]));

        Assert.Equal("only_a_public_client_is_called_from_pages", refused.ConstraintName);
    }

    Task APublicClientAsync(string clientId, string origin) => identity.AnOfflineClientAsync(clientId, client =>
        (client.RequireClientSecret, client.RequireDPoP, client.TokenEndpointAuthMethod, client.AllowedCorsOrigins) = (false, true, "none", [origin]));

    async Task<HttpResponseMessage> AskAsync(string path, string origin, string method, string headers)
    {
        using var http = identity.Program();
        using var request = new HttpRequestMessage(HttpMethod.Options, path);
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", method);
        request.Headers.Add("Access-Control-Request-Headers", headers);
        return await http.SendAsync(request);
    }

    async Task<HttpResponseMessage> CallAsync(string origin)
    {
        using var http = identity.Program();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/connect/token") { Content = new FormUrlEncodedContent([new("grant_type", "refresh_token"), new("client_id", "page"), new("refresh_token", "none")]) };
        request.Headers.Add("Origin", origin);
        return await http.SendAsync(request);
    }
}
