using Identity.Throttling;
using Identity.Users;
using Microsoft.AspNetCore.Identity;
using Platform.Audit;
using Platform.Database;

namespace Identity.Passkeys;

/// <summary>Somebody who has shown a passkey.</summary>
/// <param name="Account">Who.</param>
/// <param name="Amr">What was shown (RFC 8176): a key in hardware or one that is copied, a touch, and with PIN or finger a second factor.</param>
sealed record PasskeyShown(Account Account, string[] Amr);

/// <summary>Asks for the signature of a passkey and looks at it. The cryptography is ASP.NET Core's; what is used up and counted is ours.</summary>
sealed class CheckPasskey(IPasskeyHandler<Account> handler, PasskeyChallenges challenges, AccountStore accounts, Db db, AuditTrail audit, ILogger<CheckPasskey> log)
{
    const int LongestCredential = 16_000;

    /// <summary>What the browser is to ask the passkey.</summary>
    /// <param name="http">The browser.</param>
    /// <param name="purpose">One of <see cref="PasskeyPurpose"/>.</param>
    /// <param name="account">Whose passkey will do; null for anybody's.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<string> AskAsync(HttpContext http, string purpose, Account? account, CancellationToken ct)
    {
        var options = await handler.MakeRequestOptionsAsync(account, http);
        await challenges.KeepAsync(http, purpose, account?.AccountId, options.AssertionState!, ct);
        return options.RequestOptionsJson;
    }

    /// <summary>Looks at the answer.</summary>
    /// <returns>Null when it is not good, whatever the reason: nobody outside learns which.</returns>
    public async Task<PasskeyShown?> RunAsync(HttpContext http, string purpose, Account? expected, string? credential, CancellationToken ct)
    {
        if (await challenges.TakeAsync(http, purpose, expected?.AccountId, ct) is not { } state || credential is not { Length: > 0 and <= LongestCredential })
        {
            return null;
        }

        var result = await handler.PerformAssertionAsync(new() { HttpContext = http, CredentialJson = credential, AssertionState = state });
        if (!result.Succeeded || await accounts.FindEnabledAsync(result.User.Subject, ct) is not { } account || !await accounts.UsePasskeyAsync(account.AccountId, result.Passkey, ct))
        {
            await RecordRefusalAsync(http, result.User ?? expected, ct);
            return null;
        }

        return new(account, [result.Passkey.IsBackupEligible ? "swk" : "hwk", "user", "mfa"]);
    }

    Task RecordRefusalAsync(HttpContext http, Account? account, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var address = Throttle.Address(http);
        log.LogWarning("The signature of a passkey from {Address} was refused", address);
        await audit.RecordAsync("sign_in.refused", account is null ? "address" : "account", account?.Subject ?? address, null, new { reason = "passkey", address }, ct);
    }, ct);
}
