using Identity.Clients;
using Identity.Web;
using Npgsql;
using Platform.Audit;
using Platform.Database;

namespace Identity.Administration.Apis;

/// <summary>What is done to APIs: registered, disabled, enabled again, given a secret by which they ask about tokens (RFC 7662, 2.1).</summary>
sealed class ChangeApi(Db db, ApiListStore list, ApiStore apis, AuditTrail audit, TimeProvider clock)
{
    /// <summary>The secret that comes from the installation's settings is called so.</summary>
    public const string OfSettings = "settings";

    const string OneName = "an_api_has_one_name";

    /// <summary>Registers one. Its scopes lead to no other: who asks for one of them gets a token for one audience.</summary>
    public async Task<Outcome> AddAsync(string name, string displayName, IReadOnlyList<DescribedScope> scopes, CancellationToken ct)
    {
        try
        {
            return await db.InTransactionAsync<Outcome>(async () =>
            {
                await list.HoldAsync(ct);
                string[] called = [.. scopes.Select(one => one.Scope)];
                if ((await list.TakenAsync(called, ct)).Count > 0)
                {
                    return new Outcome.Refused("apis.scope_taken");
                }

                await list.InsertAsync(name, displayName, scopes, ct);
                await audit.RecordAsync("api.registered", "api", name, null, new { displayName, scopes = called }, ct);
                return new Outcome.Done("apis.added");
            }, ct);
        }
        catch (PostgresException refused) when (refused.Violates(OneName))
        {
            return new Outcome.Refused("apis.name_taken");
        }
    }

    /// <summary>Disables one, or lets it be asked for again.</summary>
    public Task<Outcome> SetEnabledAsync(string name, bool enabled, CancellationToken ct) => ActAsync(name, async _ =>
    {
        if (await list.SetEnabledAsync(name, enabled, ct))
        {
            await audit.RecordAsync(enabled ? "api.enabled" : "api.disabled", "api", name, null, null, ct);
        }

        return new Outcome.Done(enabled ? "apis.enabled_now" : "apis.disabled_now");
    }, ct);

    /// <summary>Sets which signatures it can check; its next tokens are signed so.</summary>
    public Task<Outcome> SetSignaturesAsync(string name, string[] algorithms, CancellationToken ct) => ActAsync(name, async _ =>
    {
        if (await list.SetSignaturesAsync(name, algorithms, ct))
        {
            await audit.RecordAsync("api.signatures_changed", "api", name, null, new { algorithms }, ct);
        }

        return new Outcome.Done("apis.signatures_set");
    }, ct);

    /// <summary>Makes a secret beside those it has.</summary>
    /// <returns>The outcome, and the secret, which nobody sees again.</returns>
    public async Task<(Outcome Outcome, string? Secret)> AddSecretAsync(string name, string description, int days, CancellationToken ct)
    {
        var secret = Secret.New();
        var outcome = await ActAsync(name, async api =>
        {
            if ((await list.SecretsAsync(api.ApiResourceId, ct)).Count >= ApiListStore.MostSecrets)
            {
                return new Outcome.Refused("apis.too_many_secrets");
            }

            var expires = clock.GetUtcNow().UtcDateTime.AddDays(days);
            await list.InsertSecretAsync(api.ApiResourceId, description, Secret.Hash(secret), expires, ct);
            await audit.RecordAsync("api_secret.added", "api", name, null, new { description, expires }, ct);
            return new Outcome.Done("apis.secret_made");
        }, ct);
        return (outcome, outcome is Outcome.Done ? secret : null);
    }

    /// <summary>Takes a secret away; whoever asks with it is refused from now on.</summary>
    public Task<Outcome> RemoveSecretAsync(string name, long secretId, CancellationToken ct) => ActAsync(name, async api =>
    {
        if (await list.DeleteSecretAsync(api.ApiResourceId, secretId, ct) is not { } description)
        {
            return new Outcome.Unknown();
        }

        await audit.RecordAsync("api_secret.removed", "api", name, null, new { description }, ct);
        return new Outcome.Done("apis.secret_removed");
    }, ct);

    Task<Outcome> ActAsync(string name, Func<ApiRow, Task<Outcome>> act, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        await apis.HoldAsync(name, ct);
        return await list.FindAsync(name, ct) is { } api ? await act(api) : new Outcome.Unknown();
    }, ct);
}
