using Identity.Administration;
using Identity.Grants;
using Identity.Sessions;
using Identity.Tenants;
using Npgsql;
using Platform.Audit;
using Platform.Database;

namespace Identity.Providers;

/// <summary>Adds a provider to a tenant; it is in use at once.</summary>
sealed class AddProvider(Db db, ProviderStore providers, TenantStore tenants, ProviderEntryChecks checks, ProviderSecrets secrets, AuditTrail audit)
{
    /// <summary>Does so, if the administrator looks after that tenant.</summary>
    public async Task<ProviderSaved> RunAsync(Administrator by, ProviderEntry entry, CancellationToken ct)
    {
        var tenant = by.IsOfInstallation && entry.Tenant is { } key ? await tenants.FindAsync(key, ct) : await tenants.FindAsync(by.TenantId, ct);
        if (tenant is null || !by.LooksAfter(tenant.TenantId))
        {
            return new ProviderSaved.NotTheirs();
        }

        var faults = await checks.FaultsAsync(entry, tenant, hasSecret: false, ct);
        if (!ProviderEntryChecks.IsScheme(entry.Scheme, tenant, by))
        {
            faults.Insert(0, new(nameof(entry.Scheme), "providers.scheme_wrong"));
        }

        if (faults.Count > 0)
        {
            return new ProviderSaved.Refused(faults);
        }

        var provider = entry.For(new() { TenantId = tenant.TenantId, Scheme = entry.Scheme! }, secrets);
        try
        {
            await db.InTransactionAsync(async () =>
            {
                var id = await providers.InsertAsync(provider, ct);
                await providers.ReplaceMappingsAsync(id, [.. entry.MappingList()!], ct);
                await audit.RecordAsync("provider.added", "identity_provider", provider.Scheme, null, entry.ForAudit(tenant.Key), ct);
            }, ct);
            return new ProviderSaved.Saved(provider.Scheme);
        }
        catch (PostgresException taken) when (taken.Violates(ProviderStore.OneProviderPerScheme))
        {
            return new ProviderSaved.Refused([new(nameof(entry.Scheme), "providers.scheme_taken")]);
        }
    }
}

/// <summary>Changes a provider. Another issuer is another provider as far as people are concerned: who came through the old one has to come again.</summary>
sealed class ChangeProvider(Db db, ProviderStore providers, TenantStore tenants, ProviderEntryChecks checks, ProviderSecrets secrets, EndWhatCameThrough end, AuditTrail audit)
{
    /// <summary>Does so, if the administrator looks after its tenant.</summary>
    public async Task<ProviderSaved> RunAsync(Administrator by, string scheme, ProviderEntry entry, CancellationToken ct)
    {
        if (await providers.FindAsync(scheme, ct) is not { } before || !by.LooksAfter(before.TenantId))
        {
            return new ProviderSaved.NotTheirs();
        }

        var tenant = (await tenants.FindAsync(before.TenantId, ct))!;
        // A secret is for the issuer it was given to: nobody sends it elsewhere by changing the address.
        var keepsSecret = before.ProtectedSecret is not null && entry.Issuer == before.Issuer;
        if (await checks.FaultsAsync(entry, tenant, keepsSecret, ct) is { Count: > 0 } faults)
        {
            return new ProviderSaved.Refused(faults);
        }

        var after = entry.For(before, secrets);
        await db.InTransactionAsync(async () =>
        {
            await providers.UpdateAsync(after, ct);
            await providers.ReplaceMappingsAsync(before.IdentityProviderId, [.. entry.MappingList()!], ct);
            if (after.Issuer != before.Issuer)
            {
                await end.RunAsync(before, "provider_changed", ct);
            }
            else if (before.CountsAsTwoFactors && !after.CountsAsTwoFactors)
            {
                // Who came with one factor that counted as two comes again.
                await end.RunAsync(before, "provider_counts_less", ct);
            }

            await audit.RecordAsync("provider.changed", "identity_provider", scheme, null, entry.ForAudit(tenant.Key), ct);
        }, ct);
        return new ProviderSaved.Saved(scheme);
    }
}

/// <summary>Disables a provider, or lets it be used again. Disabling ends, in the same transaction, every session and every grant that came through it.</summary>
sealed class DisableProvider(Db db, ProviderStore providers, EndWhatCameThrough end, AuditTrail audit)
{
    /// <summary>Does so, if the administrator looks after its tenant.</summary>
    /// <returns>False when there is no such provider for this administrator.</returns>
    public async Task<bool> RunAsync(Administrator by, string scheme, bool enabled, CancellationToken ct)
    {
        if (await providers.FindAsync(scheme, ct) is not { } provider || !by.LooksAfter(provider.TenantId))
        {
            return false;
        }

        await db.InTransactionAsync(async () =>
        {
            if (await providers.SetEnabledAsync(provider.IdentityProviderId, enabled, ct))
            {
                if (!enabled)
                {
                    await end.RunAsync(provider, "provider_disabled", ct);
                }

                await audit.RecordAsync(enabled ? "provider.enabled" : "provider.disabled", "identity_provider", scheme, null, null, ct);
            }
        }, ct);
        return true;
    }
}

/// <summary>Ends the sessions that began through a provider, and what was granted in them.</summary>
sealed class EndWhatCameThrough(ProviderStore providers, SessionStore sessions, GrantStore grants)
{
    /// <summary>Does so, in the transaction of whatever makes it necessary.</summary>
    public async Task RunAsync(Provider provider, string reason, CancellationToken ct)
    {
        await grants.RevokeProviderAsync(provider.IdentityProviderId, reason, ct);
        await sessions.DeleteOfProviderAsync(provider.IdentityProviderId, accountId: null, ct);
    }

    /// <summary>Does so for one account.</summary>
    public async Task OfAccountAsync(long accountId, string scheme, string reason, CancellationToken ct)
    {
        if (await providers.FindAsync(scheme, ct) is { } provider)
        {
            await grants.RevokeProviderAsync(provider.IdentityProviderId, reason, ct, accountId);
            await sessions.DeleteOfProviderAsync(provider.IdentityProviderId, accountId, ct);
        }
    }
}

/// <summary>An entry as a provider and as the audit has it.</summary>
static class ProviderEntries
{
    /// <summary>The provider as it shall be.</summary>
    public static Provider For(this ProviderEntry entry, Provider before, ProviderSecrets secrets) => new()
    {
        IdentityProviderId = before.IdentityProviderId,
        TenantId = before.TenantId,
        Scheme = before.Scheme,
        DisplayName = entry.DisplayName!.Trim(),
        DisplayNameZh = entry.DisplayNameZh?.Trim(),
        Issuer = entry.Issuer!,
        ClientId = entry.ClientId!.Trim(),
        TokenEndpointAuthMethod = entry.TokenEndpointAuthMethod!,
        ProtectedSecret =
            entry.TokenEndpointAuthMethod is ProviderWords.SignedAssertion ? null
            : string.IsNullOrEmpty(entry.ClientSecret) ? before.ProtectedSecret
            : secrets.Protect(before.Scheme, entry.ClientSecret),
        Scopes = entry.ScopeList,
        Provisions = entry.Provisions,
        DefaultRole = entry.DefaultRole,
        RoleClaim = entry.RoleClaim,
        DirectoryClaim = string.IsNullOrWhiteSpace(entry.DirectoryClaim) ? null : entry.DirectoryClaim.Trim(),
        CountsAsTwoFactors = entry.CountsAsTwoFactors,
    };

    /// <summary>What the audit keeps of it: everything but the secret.</summary>
    public static object ForAudit(this ProviderEntry entry, string tenant) => new
    {
        tenant, entry.Issuer, entry.ClientId, entry.TokenEndpointAuthMethod, scopes = entry.ScopeList, entry.Provisions, entry.DefaultRole, entry.RoleClaim,
        entry.DirectoryClaim, entry.CountsAsTwoFactors, mappings = entry.MappingList(), secret = string.IsNullOrEmpty(entry.ClientSecret) ? "unchanged" : "replaced",
    };
}
