using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Platform.GuardedHttp;

namespace Identity.Tests.BackChannelLogout;

/// <summary>A client's address is a stranger's word: it leads nowhere inside (RFC 9700, 4.15; OWASP, SSRF).</summary>
public sealed class StayingOutside
{
    [Theory]
    [InlineData("https://127.0.0.1:1/logout", FetchFailure.NotPublic)]
    [InlineData("https://localhost:1/logout", FetchFailure.NotPublic)]
    [InlineData("https://[::1]:1/logout", FetchFailure.NotPublic)]
    [InlineData("https://10.1.2.3/logout", FetchFailure.NotPublic)]
    [InlineData("https://192.168.0.1/logout", FetchFailure.NotPublic)]
    [InlineData("https://169.254.169.254/latest/meta-data", FetchFailure.NotPublic)]
    [InlineData("https://[::ffff:10.0.0.1]/logout", FetchFailure.NotPublic)]
    [InlineData("http://example.com/logout", FetchFailure.NotHttps)]
    [InlineData("http://127.0.0.1:1/logout", FetchFailure.NotHttps)]
    public async Task An_address_inside_is_not_asked(string address, FetchFailure reason)
    {
        await using var services = new ServiceCollection()
            .AddGuardedFetch(new ConfigurationBuilder().Build(), new HostingEnvironment { EnvironmentName = Environments.Production })
            .BuildServiceProvider();

        var refused = await Assert.ThrowsAsync<FetchRefusedException>(() => services.GetRequiredService<GuardedFetch>().SendAsync(new(HttpMethod.Post, address), CancellationToken.None));

        Assert.Equal(reason, refused.Reason);
    }
}
