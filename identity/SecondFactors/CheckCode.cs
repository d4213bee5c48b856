using System.Security.Cryptography;
using Identity.OwnAccount;
using Identity.Throttling;
using Identity.Users;
using Microsoft.AspNetCore.DataProtection;
using Platform.Audit;
using Platform.Database;

namespace Identity.SecondFactors;

/// <summary>What became of a code that somebody typed.</summary>
abstract record CodeCheck
{
    CodeCheck()
    {
    }

    /// <summary>It is right, and used up.</summary>
    public sealed record Accepted : CodeCheck;

    /// <summary>It is wrong, too old, or was used before.</summary>
    public sealed record Refused : CodeCheck;

    /// <summary>Too many were wrong.</summary>
    public sealed record TooMany(TimeSpan Wait) : CodeCheck;
}

/// <summary>Encrypts the secrets of authenticator apps, each for its account alone.</summary>
sealed class AuthenticatorSecrets(IDataProtectionProvider protection)
{
    /// <summary>As it is kept.</summary>
    public byte[] Protect(string subject, byte[] secret) => For(subject).Protect(secret);

    /// <summary>As the app has it.</summary>
    /// <exception cref="CryptographicException">It was not kept for this account.</exception>
    public byte[] Unprotect(string subject, byte[] kept) => For(subject).Unprotect(kept);

    IDataProtector For(string subject) => protection.CreateProtector("authenticator app", subject);
}

/// <summary>Looks at a code from an authenticator app, or a recovery code in its place, and uses it up.</summary>
sealed class CheckCode(Db db, SecondFactorStore factors, AuthenticatorSecrets secrets, Throttle throttle, CredentialChange owner, AuditTrail audit, TimeProvider clock)
{
    /// <summary>Does so.</summary>
    public async Task<CodeCheck> RunAsync(HttpContext http, Account account, string? typed, CancellationToken ct)
    {
        var address = Throttle.Address(http);
        if (await throttle.TakeAsync(Limit.CodeFailures, address, ct) is { } wait)
        {
            return new CodeCheck.TooMany(wait);
        }

        if (await factors.TakeTryAsync(account.AccountId, ct) is not { } taken)
        {
            var until = await factors.PausedUntilAsync(account.AccountId, ct);
            return new CodeCheck.TooMany(until is { } end ? end - clock.GetUtcNow().UtcDateTime : TimeSpan.FromSeconds(1));
        }

        if (await UseAsync(account, typed ?? "", ct))
        {
            await throttle.GiveBackAsync(Limit.CodeFailures, address, ct);
            await factors.ForgiveAsync(account.AccountId, ct);
            return new CodeCheck.Accepted();
        }

        await RecordRefusalAsync(account, address, isLast: taken.PausedUntil is not null, ct);
        return new CodeCheck.Refused();
    }

    async Task<bool> UseAsync(Account account, string typed, CancellationToken ct)
    {
        var digits = string.Concat(typed.Where(letter => !char.IsWhiteSpace(letter)));
        if (digits.Length == Totp.Digits && digits.All(char.IsAsciiDigit))
        {
            return await factors.FindSecretAsync(account.AccountId, ct) is { } kept
                && Totp.FindStep(secrets.Unprotect(account.Subject, kept), digits, clock.GetUtcNow()) is { } step
                && await factors.UseStepAsync(account.AccountId, step, ct);
        }

        return RecoveryCodes.IsOne(typed) && await UseRecoveryCodeAsync(account, typed, ct);
    }

    Task<bool> UseRecoveryCodeAsync(Account account, string typed, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        if (!await factors.UseRecoveryCodeAsync(account.AccountId, RecoveryCodes.Hash(typed), ct))
        {
            return false;
        }

        await owner.TellAsync(account, "secondfactors.mail.recovery_used", ct);
        await audit.RecordAsync("recovery_code.used", "account", account.Subject, null, null, ct);
        return true;
    }, ct);

    // Whoever gets so far knows the password: after several wrong codes the owner should hear of it (ASVS 6.3.5).
    Task RecordRefusalAsync(Account account, string address, bool isLast, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        if (isLast)
        {
            await owner.TellAsync(account, "secondfactors.mail.wrong_codes", ct);
        }

        await audit.RecordAsync("sign_in.code_refused", "account", account.Subject, null, new { address }, ct);
    }, ct);
}
