using Microsoft.AspNetCore.Identity;
using Npgsql;
using Platform.Audit;
using Platform.Database;

namespace Identity.Users;

/// <summary>What became of an account to be added.</summary>
abstract record AccountAdded
{
    AccountAdded()
    {
    }

    /// <summary>It is there now.</summary>
    public sealed record Added(Account Account) : AccountAdded;

    /// <summary>The address has an account already.</summary>
    public sealed record Exists(Account Account) : AccountAdded;

    /// <summary>The rules refuse it; each reason is a text key or a sentence of ASP.NET Core Identity.</summary>
    public sealed record Refused(IReadOnlyList<string> Reasons) : AccountAdded;
}

/// <summary>Adds an account; without a password, nobody can sign in to it before one is chosen.</summary>
sealed class AddAccount(Db db, Accounts accounts, AuditTrail audit)
{
    /// <summary>Adds an account whose password, if any, keeps the rules.</summary>
    public Task<AccountAdded> RunAsync(Account account, string? password, CancellationToken ct) =>
        RunAsync(account, () => password is null ? accounts.CreateAsync(account) : accounts.CreateAsync(account, password), ct);

    /// <summary>Adds an account with a password everybody may know.</summary>
    public Task<AccountAdded> RunForDemoAsync(Account account, string password, CancellationToken ct) =>
        RunAsync(account, async () =>
        {
            await accounts.SetKnownPasswordAsync(account, password);
            return await accounts.CreateAsync(account);
        }, ct);

    async Task<AccountAdded> RunAsync(Account account, Func<Task<IdentityResult>> create, CancellationToken ct)
    {
        try
        {
            return await db.InTransactionAsync<AccountAdded>(async () =>
            {
                if (await accounts.FindByEmailAsync(account.Email) is { } existing)
                {
                    return new AccountAdded.Exists(existing);
                }

                var created = await create();
                if (!created.Succeeded)
                {
                    return new AccountAdded.Refused([.. created.Errors.Select(error => error.Description)]);
                }

                await audit.RecordAsync("account.added", "account", account.Subject, null, new { account.Email }, ct);
                return new AccountAdded.Added(account);
            }, ct);
        }
        catch (PostgresException refused) when (refused.Violates(AccountStore.OneAccountPerEmail))
        {
            return new AccountAdded.Exists((await accounts.FindByEmailAsync(account.Email))!);
        }
    }
}
