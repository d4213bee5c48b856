using System.Net.Sockets;
using System.Text;
using Shouldly;
using Support;

namespace Portal.Tests.Imports;

/// <summary>What a browser, or a program, sees on the wire when it sends more than is taken.</summary>
public sealed class SendingAHugeFile(SendingAHugeFile.ListeningPortal portal) : IClassFixture<SendingAHugeFile.ListeningPortal>
{
    const int Length = 64 * 1024 * 1024;

    [Fact]
    public async Task Whoever_sends_it_all_reads_the_answer_and_no_broken_connection()
    {
        using var socket = await ConnectAsync("");
        var part = new byte[1024 * 1024];
        for (var sent = 0; sent < Length; sent += part.Length)
        {
            await socket.GetStream().WriteAsync(part);
        }

        var answer = await ReadPageAsync(socket);

        answer.ShouldStartWith("HTTP/1.1 413");
        answer.ShouldContain("1 MB");
    }

    [Fact]
    public async Task Whoever_asks_first_is_told_at_once_and_sends_nothing()
    {
        using var socket = await ConnectAsync("Expect: 100-continue\r\n");

        var answer = await ReadPageAsync(socket);

        answer.ShouldStartWith("HTTP/1.1 413");
        answer.ShouldContain("1 MB");
    }

    async Task<TcpClient> ConnectAsync(string header)
    {
        var session = portal.SessionOf(await portal.Given.ADistributor("超大文件商贸"));
        var socket = new TcpClient(portal.Address.Host, portal.Address.Port);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /imports HTTP/1.1\r\nHost: {portal.Address.Authority}\r\nCookie: __Host-portal={session}\r\nAccept: text/html\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: {Length}\r\n{header}\r\n"));
        return socket;
    }

    static async Task<string> ReadPageAsync(TcpClient socket)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var (answer, buffer) = (new StringBuilder(), new byte[64 * 1024]);
        while (!answer.ToString().Contains("</html>", StringComparison.Ordinal))
        {
            var read = await socket.GetStream().ReadAsync(buffer, patience.Token);
            answer.Append(Encoding.UTF8.GetString(buffer, 0, read > 0 ? read : throw new EndOfStreamException(answer.ToString())));
        }

        return answer.ToString();
    }

    public sealed class ListeningPortal : PortalApp
    {
        protected override bool Listens => true;

        protected override IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?> { ["Documents:UploadMegabytes"] = "1" };
    }
}
