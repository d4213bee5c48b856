using System.Net;
using Shouldly;
using Support;

namespace Portal.Tests.Web;

public sealed class ListeningForUpdates(PortalApp portal) : IClassFixture<PortalApp>
{
    [Theory]
    [InlineData("https://portal.test", HttpStatusCode.OK)]
    [InlineData("https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("http://portal.test", HttpStatusCode.Forbidden)]
    [InlineData("null", HttpStatusCode.Forbidden)]
    [InlineData(null, HttpStatusCode.Forbidden)]
    public async Task Only_our_own_pages_may_open_the_line(string? origin, HttpStatusCode status)
    {
        var visitor = portal.SignIn(await portal.Given.ADistributor("上海云启"));
        var request = new HttpRequestMessage(HttpMethod.Post, "/live/negotiate?negotiateVersion=1");
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        (await visitor.SendAsync(request, follow: false)).Status.ShouldBe(status);
    }

    [Fact]
    public async Task Nobody_listens_who_is_not_signed_in()
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/live/negotiate?negotiateVersion=1");
        request.Headers.Add("Origin", "https://portal.test");

        (await portal.Anonymous().SendAsync(request, follow: false)).Status.ShouldBe(HttpStatusCode.Redirect);
    }
}
