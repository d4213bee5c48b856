using Identity.Providers;
using Identity.Throttling;
using Identity.Web;
using Platform.Audit;
using Platform.Database;
using Platform.OpenIdConnect;

namespace Identity.Federation;

/// <summary>
/// Notes every sign-in through a provider that came to nothing: an entry in the audit, a line in the log, a flag at the provider where it is to
/// blame. The person learns one of a few neutral reasons.
/// </summary>
sealed class FederationRefusals(Db db, ProviderFaults faults, AuditTrail audit, ILogger<FederationRefusals> log)
{
    /// <summary>A person without an account here, at a provider that gives out none.</summary>
    public const string NoAccount = "no_account";

    /// <summary>All that a person may be told.</summary>
    public static IReadOnlyList<string> Reasons { get; } = [.. SignInFailure.All, NoAccount];

    /// <summary>It was not even sent.</summary>
    public async Task<FederationStart> AtStartAsync(HttpContext http, string scheme, string why, CancellationToken ct)
    {
        await NoteAsync(http, IsScheme(scheme) ? scheme : "-", why, null, ct);
        return new FederationStart.Failed(SignInFailure.Refused);
    }

    /// <summary>The provider cannot be used.</summary>
    /// <returns>What the person is told.</returns>
    public async Task<string> UnusableAsync(HttpContext http, Provider provider, Exception failure, CancellationToken ct)
    {
        var unusable = failure as ProviderUnusableException ?? new ProviderUnusableException("too_slow", provider.Issuer, failure);
        await faults.NoteAsync(provider, unusable.Fault, unusable.Detail, ct);
        await NoteAsync(http, provider.Scheme, "provider_" + unusable.Fault, null, ct);
        return SignInFailure.Unavailable;
    }

    /// <summary>An answer was refused.</summary>
    public async Task<string> RefusedAsync(HttpContext http, string scheme, SignInRefusedException refused, CancellationToken ct)
    {
        await NoteAsync(http, IsScheme(scheme) ? scheme : "-", refused.Reason, refused.Message, ct);
        return refused.Reason;
    }

    Task NoteAsync(HttpContext http, string scheme, string reason, string? message, CancellationToken ct)
    {
        // What a provider wrote may be in the message: one line, and not a long one.
        message = message is null ? null : new string([.. message.Where(letter => !char.IsControl(letter)).Take(300)]);
        log.LogWarning("A sign-in through {Scheme} came to nothing ({Reason}): {Message}", scheme, reason, message);
        return db.InTransactionAsync(() => audit.RecordAsync("federation.refused", "identity_provider", scheme, null, new { reason, message, address = Throttle.Address(http) }, ct), ct);
    }

    static bool IsScheme(string scheme) => scheme.Length is > 0 and <= 80 && scheme.All(letter => letter is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-');
}
