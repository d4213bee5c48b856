using Identity.OwnAccount;
using Identity.Sessions;
using Identity.Users;
using Platform.Database;

namespace Identity.SecondFactors;

/// <summary>What somebody who has just proved who they are changes about their second factors.</summary>
sealed class ChangeSecondFactors(Db db, AccountStore accounts, SecondFactorStore factors, AuthenticatorSecrets secrets, CredentialChange change, RaiseSession raise, TimeProvider clock)
{
    /// <summary>Takes an app whose first code is shown, in the place of one there may have been.</summary>
    /// <returns>The recovery codes that were made with it, none when there are some already; null when the code is not right.</returns>
    public async Task<IReadOnlyList<string>?> AddAppAsync(HttpContext http, SignInSession own, byte[] secret, string code, CancellationToken ct)
    {
        if (Totp.FindStep(secret, code, clock.GetUtcNow()) is not { } step || await accounts.FindEnabledAsync(own.Subject, ct) is not { } account)
        {
            return null;
        }

        var codes = await db.InTransactionAsync(async () =>
        {
            await factors.SaveAppAsync(own.AccountId, secrets.Protect(own.Subject, secret), step, ct);
            var made = await FirstCodesAsync(own.AccountId, ct);
            await change.FollowUpAsync(account, own, "authenticator.added", "secondfactors.mail.app_added", ct);
            return made;
        }, ct);
        await factors.ForgiveAsync(own.AccountId, ct);
        await raise.RunAsync(http, own, ["otp", "mfa"], ct);
        return codes;
    }

    /// <summary>Removes the app.</summary>
    /// <returns>False when there was none.</returns>
    public Task<bool> RemoveAppAsync(SignInSession own, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        if (await accounts.FindEnabledAsync(own.Subject, ct) is not { } account || !await factors.DeleteAppAsync(own.AccountId, ct))
        {
            return false;
        }

        await factors.DeleteIdleRecoveryCodesAsync(own.AccountId, ct);
        await change.FollowUpAsync(account, own, "authenticator.removed", "secondfactors.mail.app_removed", ct);
        return true;
    }, ct);

    /// <summary>Makes new recovery codes; all before are worth nothing.</summary>
    /// <returns>None when there is no second factor they could stand in for.</returns>
    public Task<IReadOnlyList<string>> RenewCodesAsync(SignInSession own, CancellationToken ct) => db.InTransactionAsync<IReadOnlyList<string>>(async () =>
    {
        if (await accounts.FindEnabledAsync(own.Subject, ct) is not { } account || !(await factors.FactorsAsync(own.AccountId, ct)).Any)
        {
            return [];
        }

        var codes = await MakeCodesAsync(own.AccountId, ct);
        await change.FollowUpAsync(account, own, "recovery_codes.renewed", "secondfactors.mail.codes_renewed", ct);
        return codes;
    }, ct);

    /// <summary>The recovery codes that come with the first second factor.</summary>
    /// <returns>None when there are some already.</returns>
    public async Task<IReadOnlyList<string>> FirstCodesAsync(long accountId, CancellationToken ct) =>
        (await factors.FactorsAsync(accountId, ct)).RecoveryCodes > 0 ? [] : await MakeCodesAsync(accountId, ct);

    async Task<IReadOnlyList<string>> MakeCodesAsync(long accountId, CancellationToken ct)
    {
        var codes = RecoveryCodes.New();
        await factors.ReplaceRecoveryCodesAsync(accountId, codes.Select(RecoveryCodes.Hash), ct);
        return codes;
    }
}
