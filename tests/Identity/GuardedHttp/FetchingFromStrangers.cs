using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting.Internal;
using Platform.GuardedHttp;

namespace Identity.Tests.GuardedHttp;

/// <summary>The real handler and real connections; the internet is not needed, for nothing here gets that far.</summary>
public sealed class FetchingFromStrangers
{
    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("223.5.5.5", true)]
    [InlineData("2400:3200::1", true)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("127.8.8.8", false)]
    [InlineData("10.0.0.1", false)]
    [InlineData("172.16.0.1", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.100.100.200", false)]
    [InlineData("192.0.0.192", false)]
    [InlineData("168.63.129.16", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("198.18.0.1", false)]
    [InlineData("203.0.113.7", false)]
    [InlineData("::", false)]
    [InlineData("::1", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("::ffff:169.254.169.254", false)]
    [InlineData("::127.0.0.1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fc00::1", false)]
    [InlineData("fd00:ec2::254", false)]
    [InlineData("ff02::1", false)]
    [InlineData("64:ff9b::7f00:1", false)]
    [InlineData("2002:7f00:1::", false)]
    [InlineData("2001::1", false)]
    [InlineData("2001:db8::1", false)]
    public void An_address_is_a_strangers_or_it_is_not(string address, bool isPublic) => Assert.Equal(isPublic, PublicAddress.Is(IPAddress.Parse(address)));

    [Theory]
    [InlineData("http://example.com/")]
    [InlineData("http://127.0.0.1/")]
    [InlineData("ftp://example.com/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https://user:password@example.com/")]
    public async Task Only_https_is_spoken(string address) => Assert.Equal(FetchFailure.NotHttps, await RefusalAsync(address, allowThisMachine: false));

    [Theory]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://localhost/")]
    [InlineData("https://2130706433/")]
    [InlineData("https://0x7f.1/")]
    [InlineData("https://[::1]/")]
    [InlineData("https://[::ffff:127.0.0.1]/")]
    [InlineData("https://169.254.169.254/latest/meta-data/")]
    [InlineData("https://10.0.0.1/")]
    public async Task A_host_inside_is_not_connected_to(string address) => Assert.Equal(FetchFailure.NotPublic, await RefusalAsync(address, allowThisMachine: false));

    [Fact]
    public async Task A_host_inside_stays_inside_in_production_whatever_the_settings_say()
    {
        Assert.Equal(FetchFailure.NotPublic, await RefusalAsync("https://127.0.0.1/", allowThisMachine: true, "Production"));
        Assert.Equal(FetchFailure.NotPublic, await RefusalAsync("https://10.0.0.1/", allowThisMachine: true));
    }

    [Fact]
    public async Task No_answer_leads_elsewhere()
    {
        using var server = new Server("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");

        Assert.Equal(FetchFailure.Redirects, await RefusalAsync(server.Address, allowThisMachine: true));
    }

    [Fact]
    public async Task An_answer_without_end_is_cut_off()
    {
        using var server = new Server("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + new string(' ', 1024 * 1024));

        Assert.Equal(FetchFailure.TooLarge, await RefusalAsync(server.Address, allowThisMachine: true));
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")]
    public async Task A_server_that_says_nothing_more_is_waited_for_five_seconds(string begins)
    {
        using var server = new Server(begins, staysOpen: true);

        Assert.Equal(FetchFailure.TooSlow, await RefusalAsync(server.Address, allowThisMachine: true));
        Assert.Equal(TimeSpan.FromSeconds(5), GuardedFetch.Patience);
    }

    [Fact]
    public async Task What_nobody_answers_is_unreachable_and_what_has_no_name_is_unknown()
    {
        Assert.Equal(FetchFailure.Unreachable, await RefusalAsync("http://127.0.0.1:1/", allowThisMachine: true));
        Assert.Equal(FetchFailure.UnknownName, await RefusalAsync("https://no-such-host.invalid/", allowThisMachine: false));
    }

    [Fact]
    public async Task An_answer_in_order_is_read_whole()
    {
        using var server = new Server("HTTP/1.1 200 OK\r\nContent-Type: Application/JSON; charset=utf-8\r\nContent-Length: 2\r\n\r\n{}");

        var answer = await Fetch(allowThisMachine: true, "Testing").SendAsync(new(HttpMethod.Get, server.Address), CancellationToken.None);

        Assert.Equal((200, "application/json", "{}"), (answer.Status, answer.MediaType, answer.Text));
    }

    static async Task<FetchFailure> RefusalAsync(string address, bool allowThisMachine, string environment = "Testing") =>
        (await Assert.ThrowsAsync<FetchRefusedException>(() => Fetch(allowThisMachine, environment).SendAsync(new(HttpMethod.Get, address), CancellationToken.None))).Reason;

    static GuardedFetch Fetch(bool allowThisMachine, string environment)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Outbound:AllowThisMachine", allowThisMachine.ToString())]).Build();
        return new ServiceCollection().AddGuardedFetch(configuration, new HostingEnvironment { EnvironmentName = environment }).BuildServiceProvider().GetRequiredService<GuardedFetch>();
    }

    /// <summary>Says the same to everybody.</summary>
    sealed class Server : IDisposable
    {
        readonly TcpListener listener = new(IPAddress.Loopback, 0);

        public Server(string says, bool staysOpen = false)
        {
            listener.Start();
            Address = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/";
            _ = AnswerAsync(says, staysOpen);
        }

        public string Address { get; }

        public void Dispose() => listener.Dispose();

        async Task AnswerAsync(string says, bool staysOpen)
        {
            try
            {
                using var client = await listener.AcceptTcpClientAsync();
                _ = await client.GetStream().ReadAtLeastAsync(new byte[4096], 1, throwOnEndOfStream: false);
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(says));
                await Task.Delay(staysOpen ? TimeSpan.FromHours(1) : TimeSpan.Zero);
            }
            catch (Exception over) when (over is IOException or SocketException or ObjectDisposedException)
            {
            }
        }
    }
}
