using DnsClient;

namespace Identity.Domains;

/// <summary>What DNS has to say about a domain. It is outside the building, so tests speak for it.</summary>
interface IDnsTexts
{
    /// <summary>The TXT records of a name; none when there is no such name.</summary>
    /// <exception cref="DnsUnavailableException">Nobody could be asked.</exception>
    Task<IReadOnlyList<string>> FindAsync(string name, CancellationToken ct);
}

/// <summary>DNS did not answer; that proves nothing either way.</summary>
/// <param name="cause">What was thrown, or null for an answer that is none.</param>
sealed class DnsUnavailableException(Exception? cause) : Exception("DNS did not answer.", cause);

/// <summary>Asks the name servers of this machine, past its cache.</summary>
sealed class Dns : IDnsTexts
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    readonly Lazy<LookupClient> client = new(() => new(new LookupClientOptions { UseCache = false, Timeout = Patience, Retries = 1, ThrowDnsErrors = false, UseTcpFallback = true }));

    public async Task<IReadOnlyList<string>> FindAsync(string name, CancellationToken ct)
    {
        try
        {
            var answer = await client.Value.QueryAsync(name, QueryType.TXT, cancellationToken: ct);
            return answer.Header.ResponseCode is DnsHeaderResponseCode.NoError or DnsHeaderResponseCode.NotExistentDomain
                ? [.. answer.Answers.TxtRecords().Take(50).Select(record => string.Concat(record.Text))]
                : throw new DnsUnavailableException(null);
        }
        catch (Exception away) when (away is DnsResponseException or InvalidOperationException or System.Net.Sockets.SocketException or TimeoutException)
        {
            throw new DnsUnavailableException(away);
        }
    }
}

/// <summary>How a domain is proven: a text that only its owner can put into DNS.</summary>
static class DomainProof
{
    /// <summary>Stands before the domain in the record's name, so that the proof is in nobody's way.</summary>
    public const string RecordPrefix = "_partnerportal.";

    /// <summary>The text of the record.</summary>
    public static string TextOf(string token) => "partnerportal-domain-verification=" + token;
}
