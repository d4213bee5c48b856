using Identity.OwnAccount;
using Identity.Sessions;
using Identity.Users;
using Platform.Audit;
using Platform.Database;

namespace Identity.SecondFactors;

/// <summary>
/// Removes app, passkeys and recovery codes of somebody who has lost them all, at the hand of an administrator who has made sure who asks
/// (ASVS 6.4.4). Whoever may do so is for the caller to see. All sessions end, and the owner is told.
/// </summary>
sealed class ResetSecondFactors(Db db, AccountStore accounts, SecondFactorStore factors, SignOutEverywhere signOut, CredentialChange owner, AuditTrail audit)
{
    /// <summary>Does so.</summary>
    /// <returns>False when there was nothing to remove.</returns>
    public Task<bool> RunAsync(Account account, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        if (!(await factors.FactorsAsync(account.AccountId, ct)).Any)
        {
            return false;
        }

        await factors.DeleteAppAsync(account.AccountId, ct);
        await accounts.RemoveAllPasskeysAsync(account.AccountId, ct);
        await factors.DeleteIdleRecoveryCodesAsync(account.AccountId, ct);
        await factors.ForgiveAsync(account.AccountId, ct);
        await accounts.ChangeStampAsync(account.AccountId, ct);
        var ended = await signOut.RunAsync(account.AccountId, "second_factors_reset", ct);
        await owner.TellAsync(account, "secondfactors.mail.reset", ct);
        await audit.RecordAsync("second_factors.reset", "account", account.Subject, null, new { endedSessions = ended }, ct);
        return true;
    }, ct);
}
