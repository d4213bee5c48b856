using Identity.Clients;
using Identity.Web;
using Npgsql;
using Platform.Audit;
using Platform.Database;

namespace Identity.Administration.Clients;

/// <summary>What became of a client that was to be saved.</summary>
abstract record ClientSaved
{
    ClientSaved()
    {
    }

    /// <summary>It is as the form says.</summary>
    public sealed record Saved : ClientSaved;

    /// <summary>There is none of that name, or none the administrator may see.</summary>
    public sealed record Unknown : ClientSaved;

    /// <summary>Nothing was changed.</summary>
    public sealed record Refused(Wrong Wrong) : ClientSaved;
}

/// <summary>
/// What administrators do to clients. Each act finds the client within the administrator's own tenant, under the lock that everybody takes who
/// saves this client.
/// </summary>
sealed class ChangeClient(Db db, ClientListStore list, ClientStore clients, AuditTrail audit, TimeProvider clock)
{
    /// <summary>Enters a client that is not there yet.</summary>
    public Task<ClientSaved> AddAsync(Client client, CancellationToken ct) => SaveAsync(client, async () =>
    {
        if (await list.FindAsync(client.ClientId, only: null, ct) is not null)
        {
            return new ClientSaved.Refused(new(nameof(ClientForm.ClientId), "clients.wrong.client_id_taken"));
        }

        await clients.SaveAsync(client, ct);
        await audit.RecordAsync("client.registered", "client", client.ClientId, null, Audited(client), ct);
        return new ClientSaved.Saved();
    }, ct);

    /// <summary>Changes a client, if it still is as it was read.</summary>
    public Task<ClientSaved> UpdateAsync(Client client, string? version, Administrator me, CancellationToken ct) => SaveAsync(client, async () =>
    {
        if (await list.FindAsync(client.ClientId, me.Only, ct) is not { } row || await list.SettingsAsync(client.ClientId, me.Only, ct) is not { } before)
        {
            return new ClientSaved.Unknown();
        }

        if (row.IsKeptBySettings)
        {
            return new ClientSaved.Refused(new("", "clients.kept_by_settings"));
        }

        if (row.Version != version)
        {
            return new ClientSaved.Refused(new("", "clients.wrong.changed_meanwhile"));
        }

        client.Enabled = before.Enabled;
        await clients.SaveAsync(client, ct);
        var changes = Changes.Between(before, client).Where(change => change.Key is not ("registeredClientId" or "clientSecrets" or "jwks") && !Same(change.Value)).ToDictionary();
        await audit.RecordAsync("client.changed", "client", client.ClientId, null, new { changes, keysChanged = before.Jwks != client.Jwks }, ct);
        return new ClientSaved.Saved();
    }, ct);

    /// <summary>Disables a client, or serves it again.</summary>
    public Task<Outcome> SetEnabledAsync(string clientId, bool enabled, Administrator me, CancellationToken ct) => ActAsync(clientId, me, async row =>
    {
        if (await list.SetEnabledAsync(row.RegisteredClientId, enabled, ct))
        {
            if (!enabled)
            {
                await list.RevokeGrantsAsync(row.RegisteredClientId, "client_disabled", ct);
            }

            await audit.RecordAsync(enabled ? "client.enabled" : "client.disabled", "client", clientId, null, null, ct);
        }

        return new Outcome.Done(enabled ? "clients.enabled_now" : "clients.disabled_now");
    }, ct);

    /// <summary>Makes a secret for a client, beside those it has.</summary>
    /// <returns>The outcome, and the secret, which nobody sees again.</returns>
    public async Task<(Outcome Outcome, string? Secret)> AddSecretAsync(string clientId, string description, int days, Administrator me, CancellationToken ct)
    {
        var secret = Secret.New();
        var outcome = await ActAsync(clientId, me, async row =>
        {
            if ((await list.SettingsAsync(clientId, me.Only, ct))?.TokenEndpointAuthMethod is "private_key_jwt" or "none")
            {
                return new Outcome.Refused("clients.takes_no_secret");
            }

            if (row.Secrets >= ClientListStore.MostSecrets)
            {
                return new Outcome.Refused("clients.too_many_secrets");
            }

            var expires = clock.GetUtcNow().UtcDateTime.AddDays(days);
            await list.InsertSecretAsync(row.RegisteredClientId, description, Secret.Hash(secret), expires, ct);
            await audit.RecordAsync("client.secret_added", "client", clientId, null, new { description, expires }, ct);
            return new Outcome.Done("clients.secret_made");
        }, ct);
        return (outcome, outcome is Outcome.Done ? secret : null);
    }

    /// <summary>Takes a secret away; whoever uses it is refused from now on.</summary>
    public Task<Outcome> RemoveSecretAsync(string clientId, long secretId, Administrator me, CancellationToken ct) => ActAsync(clientId, me, async row =>
    {
        if (await list.DeleteSecretAsync(row.RegisteredClientId, secretId, ct) is not { } description)
        {
            return new Outcome.Unknown();
        }

        await audit.RecordAsync("client.secret_removed", "client", clientId, null, new { description }, ct);
        return new Outcome.Done("clients.secret_removed");
    }, ct);

    Task<Outcome> ActAsync(string clientId, Administrator me, Func<ClientRow, Task<Outcome>> act, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        await clients.HoldAsync(clientId, ct);
        return await list.FindAsync(clientId, me.Only, ct) switch
        {
            null => new Outcome.Unknown(),
            { IsKeptBySettings: true } => new Outcome.Refused("clients.kept_by_settings"),
            var row => await act(row),
        };
    }, ct);

    async Task<ClientSaved> SaveAsync(Client client, Func<Task<ClientSaved>> save, CancellationToken ct)
    {
        try
        {
            return await db.InTransactionAsync(async () =>
            {
                await clients.HoldAsync(client.ClientId, ct);
                return await save();
            }, ct);
        }
        catch (PostgresException refused) when (refused.SqlState is PostgresErrorCodes.CheckViolation)
        {
            // The rules of the form say these things first and better; this is for what they forgot.
            return new ClientSaved.Refused(new("", "clients.wrong.constraint", (refused.ConstraintName ?? "").Replace('_', ' ')));
        }
        catch (PostgresException refused) when (refused.SqlState.StartsWith("22", StringComparison.Ordinal))
        {
            return new ClientSaved.Refused(new(nameof(ClientForm.Jwks), "clients.wrong.keys.no_json"));
        }
    }

    static bool Same(Change change) => change is { Before: string[] before, After: string[] after } && before.SequenceEqual(after, StringComparer.Ordinal);

    static object Audited(Client client) => new { client.AllowedGrantTypes, client.RedirectUris, client.PostLogoutRedirectUris, client.AllowedCorsOrigins, client.AllowedScopes, client.TokenEndpointAuthMethod, client.TenantId };
}
