using Identity.Web;
using Platform.Audit;
using Platform.Database;

namespace Identity.Clients;

/// <summary>Enters a client or brings it up to date, with its secret.</summary>
sealed class RegisterClient(Db db, ClientStore clients, AuditTrail audit, IdentitySettings settings)
{
    /// <summary>Does so; an unchanged client leaves no trace.</summary>
    /// <param name="client">As it shall be.</param>
    /// <param name="secret">Its secret.</param>
    /// <param name="origin">Where the secret comes from; a secret of the same origin is replaced.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <exception cref="ArgumentException">A redirect address is not one an answer may be sent to.</exception>
    public Task RunAsync(Client client, string secret, string origin, CancellationToken ct)
    {
        foreach (var uri in client.RedirectUris.Concat(client.PostLogoutRedirectUris))
        {
            if (RedirectUri.Refusal(uri, allowPlainHttpToThisMachine: !settings.IsProduction) is { } refusal)
            {
                throw new ArgumentException($"The redirect address '{uri}' of client {client.ClientId} {refusal}.", nameof(client));
            }
        }

        return db.InTransactionAsync(async () =>
        {
            await clients.HoldAsync(client.ClientId, ct);
            var before = await clients.FindEnabledAsync(client.ClientId, ct);
            var hash = Secret.Hash(secret);
            if (before is not null && IsSame(before, client) && before.ClientSecrets.Any(known => known.AsSpan().SequenceEqual(hash)))
            {
                return;
            }

            var key = await clients.SaveAsync(client, ct);
            await clients.ReplaceSecretAsync(key, origin, hash, ct);
            await audit.RecordAsync(before is null ? "client.registered" : "client.changed", "client", client.ClientId, null,
                new { client.AllowedGrantTypes, client.RedirectUris, client.PostLogoutRedirectUris, client.AllowedScopes }, ct);
        }, ct);
    }

    static bool IsSame(Client one, Client other) =>
        one.ClientName == other.ClientName
        && one.RequirePkce == other.RequirePkce
        && one.TokenEndpointAuthMethod == other.TokenEndpointAuthMethod
        && one.AllowedGrantTypes.SequenceEqual(other.AllowedGrantTypes)
        && one.RedirectUris.SequenceEqual(other.RedirectUris)
        && one.PostLogoutRedirectUris.SequenceEqual(other.PostLogoutRedirectUris)
        && one.AllowedScopes.SequenceEqual(other.AllowedScopes)
        && (one.AuthorizationCodeLifetime, one.AccessTokenLifetime, one.IdentityTokenLifetime) == (other.AuthorizationCodeLifetime, other.AccessTokenLifetime, other.IdentityTokenLifetime);
}
