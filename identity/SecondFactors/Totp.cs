using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Identity.SecondFactors;

/// <summary>Time-based one-time passwords (RFC 6238) as every authenticator app makes them: HMAC-SHA-1, half a minute, six digits.</summary>
static class Totp
{
    /// <summary>How many digits a code has.</summary>
    public const int Digits = 6;

    // 160 bits: what RFC 4226, 4, recommends for HMAC-SHA-1.
    const int SecretBytes = 20;
    const int StepSeconds = 30;

    // Clocks of phones are a little off, and a code is typed slowly: one step before and one after (RFC 6238, 5.2).
    const int Tolerance = 1;

    const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>A new secret.</summary>
    public static byte[] NewSecret() => RandomNumberGenerator.GetBytes(SecretBytes);

    /// <summary>The step a moment lies in.</summary>
    public static long StepOf(DateTimeOffset moment) => moment.ToUnixTimeSeconds() / StepSeconds;

    /// <summary>The code of a step.</summary>
    public static string Code(byte[] secret, long step)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> hash = stackalloc byte[20];
#pragma warning disable CA5350 // what authenticator apps compute; no collision of SHA-1 helps to guess an HMAC
        HMACSHA1.HashData(secret, counter, hash);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadInt32BigEndian(hash[(hash[^1] & 0xf)..]) & int.MaxValue;
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }

    /// <summary>The step whose code this is, near a moment; null when it is none of them. All are compared, whichever fits.</summary>
    public static long? FindStep(byte[] secret, string code, DateTimeOffset moment)
    {
        var typed = Encoding.UTF8.GetBytes(code);
        long? found = null;
        for (var step = StepOf(moment) - Tolerance; step <= StepOf(moment) + Tolerance; step++)
        {
            if (CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Code(secret, step)), typed))
            {
                found = step;
            }
        }

        return found;
    }

    /// <summary>The secret as people type it (RFC 4648, 6, without padding; 160 bits need none).</summary>
    public static string Base32(byte[] secret)
    {
        var text = new StringBuilder();
        var (bits, held) = (0, 0);
        foreach (var one in secret)
        {
            bits = ((bits << 8) | one) & 0xffff;
            for (held += 8; held >= 5; held -= 5)
            {
                text.Append(Letters[(bits >> (held - 5)) & 31]);
            }
        }

        return text.ToString();
    }

    /// <summary>What an app reads from the picture.</summary>
    public static string Address(string brand, string email, byte[] secret)
    {
        var (issuer, label) = (Uri.EscapeDataString(brand), Uri.EscapeDataString(brand + ":" + email));
        return $"otpauth://totp/{label}?secret={Base32(secret)}&issuer={issuer}&algorithm=SHA1&digits=6&period=30";
    }
}
