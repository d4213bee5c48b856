using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Platform;
using Platform.Web;

namespace Portal.Tests.PlatformRules;

public sealed class AnsweringOnTakenAddresses
{
    [Theory]
    [InlineData("http://localhost:{0}")]
    [InlineData("http://127.0.0.1:{0}")]
    [InlineData("http://127.0.0.1:0;http://*:{0}")]
    public async Task A_taken_address_is_one_sentence_that_names_it(string urls)
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(string.Format(CultureInfo.InvariantCulture, urls, ((IPEndPoint)other.LocalEndpoint).Port));
        await using var app = builder.Build();

        var refused = await Assert.ThrowsAsync<CannotStartException>(() => app.ServeAsync(default));

        Assert.Contains("is taken by another program", refused.Message, StringComparison.Ordinal);
    }
}
