using System.Net;
using System.Net.Http.Headers;
using Support;

namespace Identity.Tests.Web;

/// <summary>What the server itself refuses, before anything of identity's own looks at it: seen on a service that runs for real.</summary>
public sealed class SendingTooMuch : IAsyncLifetime
{
    readonly HttpClient http = new();
    RunningIdentity identity = null!;

    public async Task InitializeAsync() => identity = await RunningIdentity.StartAsync();

    public async Task DisposeAsync()
    {
        http.Dispose();
        await identity.DisposeAsync();
    }

    [Fact]
    public async Task Is_refused_with_the_status_for_it_and_without_a_word_about_the_inside()
    {
        Assert.Equal(HttpStatusCode.RequestUriTooLong, await AskAsync(new(HttpMethod.Get, "/connect/authorize?client_id=portal&state=" + new string('a', 8200))));
        Assert.Equal(HttpStatusCode.BadRequest, await AskAsync(new(HttpMethod.Get, "/connect/authorize?client_id=portal&state=" + new string('a', 7000))));

        var headers = new HttpRequestMessage(HttpMethod.Get, "/sign-in");
        headers.Headers.Add("X-Long", new string('a', 40_000));
        Assert.Equal(HttpStatusCode.RequestHeaderFieldsTooLarge, await AskAsync(headers));

        // A body that does not say how long it is ends where its limit does.
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await AskAsync(Chunked("/connect/par", 17 * 1024)));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await AskAsync(Chunked("/connect/token", 65 * 1024)));
        Assert.Equal(HttpStatusCode.BadRequest, await AskAsync(Chunked("/sign-in", 65 * 1024)));

        foreach (var method in new[] { "TRACE", "CONNECTED", "PROPFIND" })
        {
            Assert.Equal(HttpStatusCode.MethodNotAllowed, await AskAsync(new(new HttpMethod(method), "/connect/authorize")));
        }
    }

    static HttpRequestMessage Chunked(string path, int length)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StreamContent(new MemoryStream(System.Text.Encoding.ASCII.GetBytes("extra=" + new string('a', length)))) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/x-www-form-urlencoded");
        request.Headers.TransferEncodingChunked = true;
        request.Headers.Authorization = RelyingParty.Basic("portal", IdentityApp.PortalSecret);
        return request;
    }

    async Task<HttpStatusCode> AskAsync(HttpRequestMessage request)
    {
        request.RequestUri = new(identity.Issuer + request.RequestUri!.OriginalString);
        using var answer = await http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.DoesNotContain("Exception", text);
        Assert.DoesNotContain("   at ", text);
        Assert.Null(answer.Headers.Server.FirstOrDefault());
        return answer.StatusCode;
    }
}
