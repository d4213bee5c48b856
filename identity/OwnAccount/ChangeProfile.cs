using Identity.Sessions;
using Identity.Users;
using Platform.Audit;
using Platform.Database;
using Platform.Texts;

namespace Identity.OwnAccount;

/// <summary>Changes what somebody is called and written to in.</summary>
sealed class ChangeProfile(Db db, Accounts accounts, AccountStore store, AuditTrail audit)
{
    /// <summary>The longest name.</summary>
    public const int LongestName = 100;

    /// <summary>Does so.</summary>
    public async Task<OwnChange> RunAsync(SignInSession own, string? name, string? language, CancellationToken ct)
    {
        if (name?.Trim() is not { Length: > 0 and <= LongestName } said || said.Any(char.IsControl))
        {
            return new OwnChange.Refused("ownaccount.name_refused");
        }

        if (!TextBook.Languages.Contains(language, StringComparer.Ordinal))
        {
            return new OwnChange.Refused("ownaccount.language_refused");
        }

        return await db.InTransactionAsync<OwnChange>(async () =>
        {
            if (await store.FindEnabledAsync(own.Subject, ct) is not { } account)
            {
                return new OwnChange.Refused("ownaccount.meanwhile");
            }

            var before = new { account.Name, account.Language };
            (account.Name, account.Language) = (said, language!);
            if (await accounts.UpdateAsync(account) is { Succeeded: false })
            {
                return new OwnChange.Refused("ownaccount.meanwhile");
            }

            await audit.RecordAsync("account.changed", "account", account.Subject, null, Changes.Between(before, new { account.Name, account.Language }), ct);
            return new OwnChange.Done();
        }, ct);
    }
}
