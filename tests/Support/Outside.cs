using System.Collections.Concurrent;
using System.Net;

namespace Support;

/// <summary>Something that was sent to a server of somebody else.</summary>
/// <param name="Address">Where to.</param>
/// <param name="Form">Its fields.</param>
public sealed record SentForm(string Address, IReadOnlyDictionary<string, string> Form);

/// <summary>The servers of others, as a test wants them: what nobody answers for cannot be reached.</summary>
public sealed class Outside : HttpMessageHandler
{
    readonly ConcurrentDictionary<string, Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>>> servers = new(StringComparer.Ordinal);
    readonly ConcurrentQueue<SentForm> sent = new();

    /// <summary>The forms that were sent, oldest first.</summary>
    public IReadOnlyList<SentForm> Sent => [.. sent];

    /// <summary>Lets an address answer.</summary>
    public void Answer(string address, Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> answer) => servers[address] = answer;

    /// <summary>Lets an address answer with a status.</summary>
    public void Answer(string address, HttpStatusCode status) => Answer(address, (_, _) => Task.FromResult(new HttpResponseMessage(status)));

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var address = request.RequestUri!.GetLeftPart(UriPartial.Path);
        if (request.Content is FormUrlEncodedContent form)
        {
            sent.Enqueue(new(address, Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(await form.ReadAsStringAsync(cancellationToken)).ToDictionary(field => field.Key, field => field.Value.ToString())));
        }

        var response = await (servers.TryGetValue(address, out var server) ? server(request, cancellationToken) : throw new HttpRequestException($"Nobody answers at {address}."));
        response.RequestMessage = request;
        return response;
    }

    /// <summary>One network for many clients: it stays when one of them goes.</summary>
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Usage", "CA2215:Dispose methods should call base class dispose", Justification = "It stays.")]
    protected override void Dispose(bool disposing)
    {
    }
}
