using Identity.Tenants;
using Npgsql;
using Platform.Audit;
using Platform.Database;

namespace Identity.Administration.Tenants;

/// <summary>What is done to tenants: added, renamed, disabled with all that is theirs, enabled again.</summary>
sealed class ChangeTenant(Db db, TenantListStore list, TenantStore tenants, AuditTrail audit)
{
    /// <summary>Adds one.</summary>
    public async Task<Outcome> AddAsync(string key, string name, CancellationToken ct)
    {
        try
        {
            return await db.InTransactionAsync<Outcome>(async () =>
            {
                await list.InsertAsync(key, name, ct);
                await audit.RecordAsync("tenant.added", "tenant", key, null, new { name }, ct);
                return new Outcome.Done("tenants.added");
            }, ct);
        }
        catch (PostgresException refused) when (refused.Violates(TenantListStore.OneTenantPerKey))
        {
            return new Outcome.Refused("tenants.key_taken");
        }
    }

    /// <summary>Gives one another name.</summary>
    public Task<Outcome> RenameAsync(string key, string name, CancellationToken ct) => db.InTransactionAsync<Outcome>(async () =>
    {
        if (await list.RenameAsync(key, name, ct) is not { } before)
        {
            return new Outcome.Unknown();
        }

        if (before != name)
        {
            await audit.RecordAsync("tenant.renamed", "tenant", key, null, new { before, after = name }, ct);
        }

        return new Outcome.Done("tenants.saved");
    }, ct);

    /// <summary>Disables one, or serves it again.</summary>
    public Task<Outcome> SetEnabledAsync(string key, bool enabled, CancellationToken ct) => db.InTransactionAsync<Outcome>(async () =>
    {
        switch (await tenants.FindAsync(key, ct))
        {
            case null:
                return new Outcome.Unknown();
            case { IsOperator: true }:
                return new Outcome.Refused("tenants.operator_stays");
            case var tenant when await tenants.SetEnabledAsync(tenant.TenantId, enabled, ct):
                // The table itself ends the sessions and grants of its people.
                await audit.RecordAsync(enabled ? "tenant.enabled" : "tenant.disabled", "tenant", key, null, null, ct);
                break;
        }

        return new Outcome.Done(enabled ? "tenants.enabled_now" : "tenants.disabled_now");
    }, ct);
}
