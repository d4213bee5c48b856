using Identity.OwnAccount;
using Identity.SecondFactors;
using Identity.Sessions;
using Identity.Users;
using Microsoft.AspNetCore.Identity;
using Platform.Database;

namespace Identity.Passkeys;

/// <summary>What became of a passkey to be added.</summary>
abstract record PasskeyAdded
{
    PasskeyAdded()
    {
    }

    /// <summary>It is there, with these recovery codes if it is the first second factor.</summary>
    public sealed record Added(IReadOnlyList<string> RecoveryCodes) : PasskeyAdded;

    /// <summary>It is not good, or somebody has it already.</summary>
    public sealed record Refused : PasskeyAdded;
}

/// <summary>Adds and removes passkeys of somebody who has just proved who they are.</summary>
sealed class ChangePasskeys(
    Db db, IPasskeyHandler<Account> handler, PasskeyChallenges challenges, AccountStore accounts, SecondFactorStore factors, ChangeSecondFactors secondFactors, CredentialChange change, RaiseSession raise)
{
    /// <summary>The longest name of one.</summary>
    public const int LongestName = 60;

    const int LongestCredential = 32_000;

    /// <summary>What the browser is to ask the device that makes it.</summary>
    public async Task<string> AskAsync(HttpContext http, SignInSession own, CancellationToken ct)
    {
        var options = await handler.MakeCreationOptionsAsync(new PasskeyUserEntity { Id = own.Subject, Name = own.Email, DisplayName = own.Name }, http);
        await challenges.KeepAsync(http, PasskeyPurpose.Register, own.AccountId, options.AttestationState!, ct);
        return options.CreationOptionsJson;
    }

    /// <summary>Takes what the device made.</summary>
    public async Task<PasskeyAdded> AddAsync(HttpContext http, SignInSession own, string? credential, string name, CancellationToken ct)
    {
        if (await challenges.TakeAsync(http, PasskeyPurpose.Register, own.AccountId, ct) is not { } state
            || credential is not { Length: > 0 and <= LongestCredential }
            // Whoever is known only through a provider comes only through it: a passkey of ours would outlive the day on which the company shuts them out.
            || await accounts.FindEnabledAsync(own.Subject, ct) is not { NormalizedEmail.Length: > 0 } account)
        {
            return new PasskeyAdded.Refused();
        }

        var result = await handler.PerformAttestationAsync(new() { HttpContext = http, CredentialJson = credential, AttestationState = state });
        // The challenge was kept for this account; that the handler says the same is no more than a second look.
        if (!result.Succeeded || result.UserEntity.Id != own.Subject)
        {
            return new PasskeyAdded.Refused();
        }

        var added = await db.InTransactionAsync<PasskeyAdded>(async () =>
        {
            if (!await accounts.AddPasskeyAsync(own.AccountId, result.Passkey, name, ct))
            {
                return new PasskeyAdded.Refused();
            }

            var codes = await secondFactors.FirstCodesAsync(own.AccountId, ct);
            await change.FollowUpAsync(account, own, "passkey.added", "passkeys.mail.added", ct);
            return new PasskeyAdded.Added(codes);
        }, ct);
        if (added is PasskeyAdded.Added)
        {
            await raise.RunAsync(http, own, [result.Passkey.IsBackupEligible ? "swk" : "hwk", "user", "mfa"], ct);
        }

        return added;
    }

    /// <summary>Removes one.</summary>
    public Task<OwnChange> RemoveAsync(SignInSession own, byte[] credentialId, CancellationToken ct) => db.InTransactionAsync<OwnChange>(async () =>
    {
        if (await accounts.FindEnabledAsync(own.Subject, ct) is not { } account)
        {
            return new OwnChange.Refused("ownaccount.meanwhile");
        }

        if (account.PasswordHash is null && (await factors.FactorsAsync(own.AccountId, ct)).Passkeys == 1)
        {
            return new OwnChange.Refused("passkeys.last");
        }

        if (!await accounts.RemovePasskeyAsync(own.AccountId, credentialId, ct))
        {
            return new OwnChange.Refused("passkeys.gone");
        }

        await factors.DeleteIdleRecoveryCodesAsync(own.AccountId, ct);
        await change.FollowUpAsync(account, own, "passkey.removed", "passkeys.mail.removed", ct);
        return new OwnChange.Done();
    }, ct);
}
