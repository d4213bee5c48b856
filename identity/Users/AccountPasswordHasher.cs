using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Identity.Web;
using Microsoft.AspNetCore.Identity;

namespace Identity.Users;

/// <summary>
/// PBKDF2-HMAC-SHA-512, kept as <c>pbkdf2-sha512$ROUNDS$SALT$HASH</c>: what made a hash stands with it, so that a weaker one is
/// replaced at the next sign-in.
/// </summary>
/// <param name="rounds">How many rounds a new hash takes; other than those of the profile in tests alone.</param>
sealed class AccountPasswordHasher(int rounds) : IPasswordHasher<Account>
{
    const string Method = "pbkdf2-sha512";
    const int SaltBytes = 16;
    const int HashBytes = 64;

    /// <summary>With the rounds of the profile.</summary>
    public AccountPasswordHasher()
        : this(Profile.PasswordRounds)
    {
    }

    public string HashPassword(Account user, string password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return Format(rounds, salt, Derive(password, salt, rounds));
    }

    public PasswordVerificationResult VerifyHashedPassword(Account user, string hashedPassword, string providedPassword)
    {
        if (hashedPassword.Split('$') is not [Method, var roundsText, var salt, var hash] || !int.TryParse(roundsText, CultureInfo.InvariantCulture, out var kept))
        {
            return PasswordVerificationResult.Failed;
        }

        return !CryptographicOperations.FixedTimeEquals(Convert.FromBase64String(hash), Derive(providedPassword, Convert.FromBase64String(salt), kept)) ? PasswordVerificationResult.Failed
            : kept < rounds ? PasswordVerificationResult.SuccessRehashNeeded
            : PasswordVerificationResult.Success;
    }

    // NFC, so that an accent typed on another keyboard is the same accent; otherwise exactly as typed (ASVS 6.2.8).
    static byte[] Derive(string password, byte[] salt, int rounds) =>
        Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password.Normalize(NormalizationForm.FormC)), salt, rounds, HashAlgorithmName.SHA512, HashBytes);

    static string Format(int rounds, byte[] salt, byte[] hash) =>
        string.Create(CultureInfo.InvariantCulture, $"{Method}${rounds}${Convert.ToBase64String(salt)}${Convert.ToBase64String(hash)}");
}
