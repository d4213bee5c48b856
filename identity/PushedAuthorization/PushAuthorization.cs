using System.Security.Cryptography;
using Identity.Authorize;
using Identity.Clients;
using Identity.Throttling;
using Identity.Token;
using Identity.Web;

namespace Identity.PushedAuthorization;

/// <summary>What became of a pushed request.</summary>
abstract record PushedRequest
{
    PushedRequest()
    {
    }

    /// <summary>It is kept under that name.</summary>
    public sealed record Kept(string RequestUri, TimeSpan Lifetime) : PushedRequest;

    /// <summary>It is not in order.</summary>
    public sealed record Refused(OAuthError Error) : PushedRequest;

    /// <summary>The client pushes faster than anybody signs in.</summary>
    public sealed record TooMany(TimeSpan Wait) : PushedRequest;
}

/// <summary>
/// Takes an authorization request from a client that has authenticated (RFC 9126, 2). Everything that the authorization endpoint would look at is looked at
/// here, so that a mistake is told to the program that made it. It is not audited: it gives nobody anything, and the code that comes of it is.
/// </summary>
sealed class PushAuthorization(AuthorizationChecks checks, PendingAuthorizations pending, PushedAuthorizationStore store, KeyProofs proofs, Throttle throttle)
{
    /// <summary>How the name of every pushed request begins (RFC 9126, 2.2).</summary>
    public const string Urn = "urn:ietf:params:oauth:request_uri:";

    // The count of a client is spread over several rows, or all its requests would wait for each other's commit.
    const int Counters = 16;

    // How the client authenticates is no part of what it asks for.
    static readonly string[] OfAuthentication = ["client_secret", "client_assertion", "client_assertion_type"];

    /// <summary>True for the name of a pushed request, whether there is one or not.</summary>
    public static bool Names(string? requestUri) => requestUri is not null && requestUri.StartsWith(Urn, StringComparison.Ordinal);

    /// <summary>Does so.</summary>
    public async Task<PushedRequest> RunAsync(HttpContext http, Client client, ProtocolParameters form, CancellationToken ct)
    {
        if (await TakeTurnAsync(http, client, ct) is { } wait)
        {
            return new PushedRequest.TooMany(wait);
        }

        if (Contradiction(client, form) is { } contradiction)
        {
            return new PushedRequest.Refused(contradiction);
        }

        var asked = form.All.Where(parameter => !OfAuthentication.Contains(parameter.Key, StringComparer.Ordinal)).ToDictionary(StringComparer.Ordinal);
        asked["client_id"] = client.ClientId;
        if (await BindAsync(http, asked, ct) is { } notBound)
        {
            return new PushedRequest.Refused(notBound);
        }

        var request = new AuthorizationRequest(ProtocolParameters.Of(asked)) { Client = client, IsPushed = true };
        if (await checks.RefusalOfKnownAsync(request, ct) is { } refused)
        {
            return new PushedRequest.Refused(refused);
        }

        return pending.Fits(request) ? await KeepAsync(client, asked, ct) : new PushedRequest.Refused(OAuthError.InvalidRequest("The request is too long."));
    }

    // RFC 9449, 10.1: a client that proves its key here has said to which key the code is to be bound.
    async Task<OAuthError?> BindAsync(HttpContext http, Dictionary<string, string> asked, CancellationToken ct)
    {
        var proof = await proofs.CheckAsync(http, ct);
        if (proof is { Error: not null } or { Jkt: null })
        {
            return proof.Error;
        }

        return asked.TryAdd("dpop_jkt", proof.Jkt) || asked["dpop_jkt"] == proof.Jkt ? null : new("invalid_dpop_proof", "The proof is not of the key that dpop_jkt names.");
    }

    // RFC 9126, 2.1: a pushed request stands for itself. The client_id may be left out: whoever authenticates has said it.
    static OAuthError? Contradiction(Client client, ProtocolParameters form) =>
        form["request_uri"] is not null ? OAuthError.InvalidRequest("A pushed request names no other: request_uri is not allowed here.")
        : form["client_id"] is { } other && other != client.ClientId ? OAuthError.InvalidRequest("The client_id is not the one that authenticates.")
        : null;

    async Task<PushedRequest> KeepAsync(Client client, Dictionary<string, string> asked, CancellationToken ct)
    {
        var requestUri = Urn + Secret.New();
        var lifetime = TimeSpan.FromSeconds(client.PushedAuthorizationLifetime);
        await store.InsertAsync(requestUri, client.RegisteredClientId, asked, lifetime, ct);
        return new PushedRequest.Kept(requestUri, lifetime);
    }

    // Anybody can push in the name of a public client, so there the address is counted and not the client.
    Task<TimeSpan?> TakeTurnAsync(HttpContext http, Client client, CancellationToken ct) => client.RequireClientSecret
        ? throttle.TakeAsync(Limit.PushedByClient, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{client.ClientId}:{RandomNumberGenerator.GetInt32(Counters)}"), ct)
        : throttle.TakeAsync(Limit.PushedByAddress, Throttle.Address(http), ct);
}
