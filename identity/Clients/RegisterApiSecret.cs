using Identity.Web;
using Platform.Audit;
using Platform.Database;

namespace Identity.Clients;

/// <summary>Gives an API the secret by which it may ask about tokens (RFC 7662, 2.1).</summary>
sealed class RegisterApiSecret(Db db, ApiStore apis, AuditTrail audit)
{
    /// <summary>Does so; a secret it has already leaves no trace.</summary>
    /// <param name="api">The name of the API.</param>
    /// <param name="secret">The secret.</param>
    /// <param name="origin">Where it comes from; a secret of the same origin is replaced.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task RunAsync(string api, string secret, string origin, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        await apis.HoldAsync(api, ct);
        var hash = Secret.Hash(secret);
        // Also of one that is disabled: that is no reason for the service not to start.
        var id = await apis.FindIdAsync(api, ct) ?? throw new ArgumentException($"There is no API {api}.", nameof(api));
        if (!await apis.HasSecretAsync(id, hash, ct))
        {
            await apis.ReplaceSecretAsync(id, origin, hash, ct);
            await audit.RecordAsync("api_secret.changed", "api", api, null, new { origin }, ct);
        }
    }, ct);
}
