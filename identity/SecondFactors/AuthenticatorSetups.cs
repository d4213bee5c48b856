using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;

namespace Identity.SecondFactors;

/// <summary>
/// The secret of an app that is being set up. Until its first code has been shown it is in no table: it travels with the form, encrypted, for
/// this person and for half an hour.
/// </summary>
sealed class AuthenticatorSetups(IDataProtectionProvider protection, TimeProvider clock)
{
    static readonly TimeSpan Lasts = TimeSpan.FromMinutes(30);

    readonly IDataProtector protector = protection.CreateProtector("authenticator app to be set up");

    /// <summary>As the form carries it.</summary>
    public string Write(string subject, byte[] secret) =>
        WebEncoders.Base64UrlEncode(protector.Protect(JsonSerializer.SerializeToUtf8Bytes(new Setup(subject, secret, clock.GetUtcNow().UtcDateTime + Lasts))));

    /// <summary>The secret, or null when it is not this person's, or the form is too old.</summary>
    public byte[]? Read(string subject, string? text)
    {
        if (text is not { Length: > 0 and < 2000 })
        {
            return null;
        }

        try
        {
            var setup = JsonSerializer.Deserialize<Setup>(protector.Unprotect(WebEncoders.Base64UrlDecode(text)))!;
            return setup.Subject == subject && setup.Until > clock.GetUtcNow().UtcDateTime ? setup.Secret : null;
        }
        catch (Exception notOurs) when (notOurs is CryptographicException or FormatException)
        {
            return null;
        }
    }

    sealed record Setup(string Subject, byte[] Secret, DateTime Until);
}
