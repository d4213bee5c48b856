using Identity.Sessions;
using Identity.Users;
using Platform.Database;

namespace Identity.OwnAccount;

/// <summary>What became of a wish to change something of the own account.</summary>
abstract record OwnChange
{
    OwnChange()
    {
    }

    /// <summary>It is so from now on.</summary>
    public sealed record Done : OwnChange;

    /// <summary>It is refused, for this reason.</summary>
    public sealed record Refused(string TextKey) : OwnChange;
}

/// <summary>Gives somebody who has just proved who they are another password.</summary>
sealed class ChangePassword(Db db, Accounts accounts, AccountStore store, CredentialChange change)
{
    /// <summary>Does so.</summary>
    public async Task<OwnChange> RunAsync(SignInSession own, string password, CancellationToken ct)
    {
        if (await store.FindEnabledAsync(own.Subject, ct) is not { } account)
        {
            return new OwnChange.Refused("ownaccount.meanwhile");
        }

        // Whoever is known only through a provider comes only through it: a password of ours would outlive the day on which the company shuts them out.
        if (account.NormalizedEmail.Length == 0)
        {
            return new OwnChange.Refused("ownaccount.through_provider");
        }

        if (await accounts.AskRulesAsync(account, password) is { Succeeded: false } refused)
        {
            return new OwnChange.Refused(refused.Errors.First().Code);
        }

        return await db.InTransactionAsync<OwnChange>(async () =>
        {
            // Somebody else was faster, in another browser: the person looks at the page again.
            if (await accounts.SetPasswordAsync(account, password) is { Succeeded: false })
            {
                return new OwnChange.Refused("ownaccount.meanwhile");
            }

            await store.ForgiveFailuresAsync(account.AccountId, ct);
            await change.FollowUpAsync(account, own, "password.changed", "ownaccount.mail.password", ct);
            return new OwnChange.Done();
        }, ct);
    }
}
