using System.Text.Json;
using Identity.Web;
using Platform.Audit;
using Platform.Database;

namespace Identity.Clients;

/// <summary>Enters a client or brings it up to date, with its secret.</summary>
sealed class RegisterClient(Db db, ClientStore clients, AuditTrail audit, IdentitySettings settings)
{
    /// <summary>Does so; an unchanged client leaves no trace.</summary>
    /// <param name="client">As it shall be.</param>
    /// <param name="secret">Its secret; null for a client that has none: a public one, or one that signs.</param>
    /// <param name="origin">Where the secret comes from; a secret of the same origin is replaced.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <exception cref="ArgumentException">A redirect address is not one an answer may be sent to, or the keys are not public keys.</exception>
    public Task RunAsync(Client client, string? secret, string origin, CancellationToken ct)
    {
        foreach (var uri in client.RedirectUris.Concat(client.PostLogoutRedirectUris).Concat(client.BackChannelLogoutUri is { } logout ? [logout] : []))
        {
            // For a logout the rules are the same, but that we go there ourselves; which addresses we go to is judged when we do.
            if (RedirectUri.Refusal(uri, allowPlainHttpToThisMachine: !settings.IsProduction) is { } refusal)
            {
                throw new ArgumentException($"The redirect address '{uri}' of client {client.ClientId} {refusal}.", nameof(client));
            }
        }

        if (client.AllowedCorsOrigins.FirstOrDefault(origin => CorsOrigin.Reason(origin, allowPlainHttpToThisMachine: !settings.IsProduction) is not null) is { } wrongOrigin)
        {
            throw new ArgumentException($"'{wrongOrigin}' of client {client.ClientId} is not an origin by https.", nameof(client));
        }

        if (client.Jwks is { } keys && ClientKeys.Refusal(keys) is { } wrongKeys)
        {
            throw new ArgumentException($"The keys of client {client.ClientId} {wrongKeys}.", nameof(client));
        }

        return db.InTransactionAsync(async () =>
        {
            await clients.HoldAsync(client.ClientId, ct);
            var before = await clients.FindEnabledAsync(client.ClientId, ct);
            var hash = secret is null ? null : Secret.Hash(secret);
            if (before is not null && IsSame(before, client) && (hash is null || before.ClientSecrets.Any(known => known.AsSpan().SequenceEqual(hash))))
            {
                return;
            }

            var key = await clients.SaveAsync(client, ct);
            if (hash is not null)
            {
                await clients.ReplaceSecretAsync(key, origin, hash, ct);
            }

            await audit.RecordAsync(before is null ? "client.registered" : "client.changed", "client", client.ClientId, null,
                new { client.AllowedGrantTypes, client.RedirectUris, client.PostLogoutRedirectUris, client.BackChannelLogoutUri, client.AllowedCorsOrigins, client.AllowedScopes }, ct);
        }, ct);
    }

    // Compared as they would be stored, but for what is not a setting.
    static bool IsSame(Client one, Client other) => string.Equals(Written(one), Written(other), StringComparison.Ordinal);

    static string Written(Client client)
    {
        var settings = JsonSerializer.SerializeToNode(client)!.AsObject();
        settings.Remove(nameof(Client.RegisteredClientId));
        settings.Remove(nameof(Client.ClientSecrets));
        // The database orders the members of the keys in its own way.
        settings[nameof(Client.Jwks)] = client.Jwks is { } keys ? JsonSerializer.Serialize(JsonSerializer.Deserialize<SortedDictionary<string, JsonElement>[]>(JsonDocument.Parse(keys).RootElement.GetProperty("keys").GetRawText())) : null;
        return settings.ToJsonString();
    }
}
