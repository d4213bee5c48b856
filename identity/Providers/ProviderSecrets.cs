using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Identity.Providers;

/// <summary>Our secrets at providers: encrypted for the provider they belong to, so that one copied to another row opens nothing.</summary>
sealed class ProviderSecrets(IDataProtectionProvider protection)
{
    /// <summary>The secret as it is kept.</summary>
    public string Protect(string scheme, string secret) => Protector(scheme).Protect(secret);

    /// <summary>The secret; null when there is none, or it was encrypted with keys that are gone.</summary>
    public string? Read(Provider provider)
    {
        try
        {
            return provider.ProtectedSecret is { } kept ? Protector(provider.Scheme).Unprotect(kept) : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    IDataProtector Protector(string scheme) => protection.CreateProtector("identity provider", scheme);
}
