using Identity.Web;
using Platform.Audit;
using Platform.Database;

namespace Identity.Providers;

/// <summary>Flags a provider that could not be used, so that its administrator sees it, and takes the flag away when it works again.</summary>
sealed class ProviderFaults(Db db, ProviderStore providers, AuditTrail audit, ILogger<ProviderFaults> log)
{
    const int LongestDetail = 400;

    /// <summary>Notes a fault, or with null that there is none; only news is written.</summary>
    public async Task NoteAsync(Provider provider, string? fault, string? detail, CancellationToken ct)
    {
        if (fault == provider.Fault)
        {
            return;
        }

        // What a provider wrote is kept short and without control characters before it stands in a table or a log.
        detail = detail is null ? null : new string([.. detail.Where(letter => !char.IsControl(letter)).Take(LongestDetail)]);
        await db.InTransactionAsync(async () =>
        {
            if (await providers.NoteFaultAsync(provider.IdentityProviderId, fault, detail, ct))
            {
                await audit.RecordAsync(fault is null ? "provider.usable_again" : "provider.unusable", "identity_provider", provider.Scheme, null, new { fault, detail }, ct);
            }
        }, ct);
        if (fault is not null)
        {
            log.LogWarning("The provider {Scheme} cannot be used: {Fault} ({Detail})", provider.Scheme, fault, detail);
        }
    }
}

/// <summary>Our addresses that a provider has to know.</summary>
static class ProviderAddresses
{
    /// <summary>Where it sends people back to.</summary>
    public static string CallbackOf(this IdentitySettings settings, string scheme) => $"{settings.Issuer}/federation/{scheme}/signin";
}
