using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Portal.Tests.PlatformRules;
using Shouldly;
using Support;

namespace Portal.Tests.Web;

public sealed class BelievingAProxy(BelievingAProxy.Behind portal) : IClassFixture<BelievingAProxy.Behind>
{
    [Theory]
    [InlineData("10.1.2.3", "https://shop.example/")]
    [InlineData("203.0.113.9", "http://portal.test/")]
    public async Task Only_the_named_proxy_says_where_a_request_came_from(string from, string shown)
    {
        var answer = await portal.Server.SendAsync(http =>
        {
            http.Connection.RemoteIpAddress = IPAddress.Parse(from);
            http.Request.Scheme = "http";
            http.Request.Host = new HostString("portal.test");
            http.Request.Path = "/openapi/v1.json";
            http.Request.Headers["X-Forwarded-For"] = "198.51.100.7";
            http.Request.Headers["X-Forwarded-Proto"] = "https";
            http.Request.Headers["X-Forwarded-Host"] = "shop.example";
        });

        using var json = await System.Text.Json.JsonDocument.ParseAsync(answer.Response.Body);
        json.RootElement.GetProperty("servers")[0].GetProperty("url").GetString().ShouldBe(shown);
    }

    public sealed class Behind : TrialPortal
    {
        protected override IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?> { ["ForwardedHeaders:KnownNetworks"] = "10.0.0.0/8" };
    }
}
