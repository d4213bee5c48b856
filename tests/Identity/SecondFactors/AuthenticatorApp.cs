using System.Globalization;
using System.Security.Cryptography;
using Support;

namespace Identity.Tests.SecondFactors;

/// <summary>An authenticator app on somebody's phone, written after RFC 6238 and not after the product.</summary>
/// <param name="key">What was typed into it: Base32, in groups.</param>
/// <param name="clock">The phone's clock.</param>
sealed class AuthenticatorApp(string key, TestClock clock)
{
    const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    readonly byte[] secret = Decode(key);

    /// <summary>The code it shows now, or so many steps away.</summary>
    public string Code(int stepsAway = 0)
    {
        var counter = BitConverter.GetBytes((clock.Now.ToUnixTimeSeconds() / 30) + stepsAway).Reverse().ToArray();
#pragma warning disable CA5350 // what authenticator apps compute
        var hash = HMACSHA1.HashData(secret, counter);
#pragma warning restore CA5350
        var offset = hash[19] & 15;
        var number = ((hash[offset] & 127) << 24) | (hash[offset + 1] << 16) | (hash[offset + 2] << 8) | hash[offset + 3];
        return (number % 1_000_000).ToString("000000", CultureInfo.InvariantCulture);
    }

    /// <summary>A code it does not show near now.</summary>
    public string WrongCode() => Enumerable.Range(0, 10).Select(i => $"00000{i}").First(code => !Enumerable.Range(-1, 3).Any(away => Code(away) == code));

    /// <summary>Sets one up in a browser with a session; answers it and the recovery codes.</summary>
    public static async Task<(AuthenticatorApp App, IReadOnlyList<string> RecoveryCodes)> SetUpAsync(IdentityApp identity, Visitor visitor)
    {
        var page = await visitor.GetAsync("/account/authenticator");
        var app = new AuthenticatorApp(page.Text("#key"), identity.Clock);
        var done = await visitor.SubmitAsync(page, ("Code", app.Code()));
        // The next sign-in wants a code that was not used for this.
        identity.Clock.Advance(TimeSpan.FromSeconds(30));
        return (app, done.All("#recovery-codes li"));
    }

    static byte[] Decode(string key)
    {
        var bits = string.Concat(key.Where(letter => letter != ' ').Select(letter => Convert.ToString(Letters.IndexOf(letter, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        return [.. bits.Chunk(8).Where(eight => eight.Length == 8).Select(eight => Convert.ToByte(new string(eight), 2))];
    }
}
