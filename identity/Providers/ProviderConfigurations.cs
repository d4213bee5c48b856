using System.Collections.Concurrent;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Identity.Providers;

/// <summary>
/// Metadata and keys of providers, fetched when somebody first comes through one. What a provider's row says is asked of the database each
/// time; only what the provider itself publishes is kept, by issuer, and nothing at all of providers nobody uses.
/// </summary>
sealed class ProviderConfigurations(ProviderMetadata metadata, TimeProvider clock)
{
    static readonly TimeSpan Kept = TimeSpan.FromHours(1);

    // A provider that is away for a while keeps its people's keys; they are checked against signatures all the same.
    static readonly TimeSpan KeptWhileAway = TimeSpan.FromHours(12);
    static readonly TimeSpan BetweenFetches = TimeSpan.FromMinutes(1);

    readonly ConcurrentDictionary<string, Known> all = new(StringComparer.Ordinal);

    /// <summary>Those of an issuer. What it throws is <see cref="ProviderUnusableException"/>.</summary>
    public IConfigurationManager<OpenIdConnectConfiguration> Of(string issuer)
    {
        if (!all.TryGetValue(issuer, out var known))
        {
            ForgetUnused();
            known = all.GetOrAdd(issuer, _ => new(issuer, metadata, clock));
        }

        return known;
    }

    /// <summary>Forgets what is known of an issuer: an administrator looks at it and wants to see it as it is now.</summary>
    public void Forget(string issuer) => all.TryRemove(issuer, out _);

    void ForgetUnused()
    {
        foreach (var (issuer, known) in all)
        {
            if (known.UsedAt + KeptWhileAway < clock.GetUtcNow())
            {
                all.TryRemove(issuer, out _);
            }
        }
    }

    // Nothing of the semaphore has to be given back: its wait handle is never asked for.
#pragma warning disable CA1001
    sealed class Known(string issuer, ProviderMetadata metadata, TimeProvider clock) : IConfigurationManager<OpenIdConnectConfiguration>
#pragma warning restore CA1001
    {
        readonly SemaphoreSlim fetching = new(1);
        volatile Fetched? fetched;
        DateTimeOffset triedAt = DateTimeOffset.MinValue;
        volatile bool isWanted;

        public DateTimeOffset UsedAt { get; private set; } = clock.GetUtcNow();

        public async Task<OpenIdConnectConfiguration> GetConfigurationAsync(CancellationToken cancel)
        {
            UsedAt = clock.GetUtcNow();
            if (Fresh() is { } known)
            {
                return known;
            }

            await fetching.WaitAsync(cancel);
            try
            {
                return Fresh() ?? await FetchAsync(cancel);
            }
            finally
            {
                fetching.Release();
            }
        }

        // A token with an unknown key asks for this, and anybody can make such tokens: once a minute has to do.
        public void RequestRefresh()
        {
            if (triedAt + BetweenFetches <= clock.GetUtcNow())
            {
                isWanted = true;
            }
        }

        OpenIdConnectConfiguration? Fresh() => !isWanted && fetched is { } one && one.Until > clock.GetUtcNow() ? one.Configuration : null;

        async Task<OpenIdConnectConfiguration> FetchAsync(CancellationToken ct)
        {
            triedAt = clock.GetUtcNow();
            isWanted = false;
            try
            {
                fetched = new(await metadata.FetchAsync(issuer, ct), triedAt, triedAt + Kept);
            }
            catch (ProviderUnusableException away) when (away.IsPassing && fetched is { } old && old.At + KeptWhileAway > triedAt)
            {
                fetched = old with { Until = triedAt + BetweenFetches };
            }

            return fetched!.Configuration;
        }
    }

    sealed record Fetched(OpenIdConnectConfiguration Configuration, DateTimeOffset At, DateTimeOffset Until);
}
