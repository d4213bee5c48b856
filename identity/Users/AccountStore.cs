using Microsoft.AspNetCore.Identity;
using Platform.Database;

namespace Identity.Users;

/// <summary>Every statement about accounts; the store that ASP.NET Core Identity works on.</summary>
sealed partial class AccountStore(Db db, TimeProvider clock) : IUserPasswordStore<Account>, IUserEmailStore<Account>, IUserSecurityStampStore<Account>
{
    const string Columns = """
        account_id, subject, email, normalized_email, email_confirmed, name, language, password_hash, security_stamp, concurrency_stamp,
        access_failed_count, lockout_end, disabled_at, updated_at, tenant_id, administers
        """;

    /// <summary>The constraint that keeps an address from having two accounts.</summary>
    public const string OneAccountPerEmail = "an_email_belongs_to_one_account";

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>The account of that subject, if it is not disabled.</summary>
    public Task<Account?> FindEnabledAsync(string subject, CancellationToken ct) =>
        db.FindAsync<Account>($"select {Columns} from standing_account where subject = @subject", new { subject }, ct);

    /// <summary>
    /// Takes one of the tries an account has, before the password is looked at: of many at the same moment no more get through than
    /// there are tries. The try that uses up the last one locks the account at once; <see cref="ForgiveFailuresAsync"/> takes it back.
    /// </summary>
    /// <returns>The account, or null when there is none, or it is locked or disabled.</returns>
    public Task<Account?> TakeTryAsync(string normalizedEmail, int failuresThatLock, TimeSpan lockout, CancellationToken ct) =>
        db.FindAsync<Account>($"""
            update account
            set access_failed_count = case when access_failed_count + 1 >= @failuresThatLock then 0 else access_failed_count + 1 end,
                lockout_end = case when access_failed_count + 1 >= @failuresThatLock then @lockedUntil end
            where normalized_email = @normalizedEmail
              and password_hash is not null
              and exists (select from standing_account s where s.account_id = account.account_id)
              and (lockout_end is null or lockout_end <= @now)
            returning {Columns}
            """, new { normalizedEmail, failuresThatLock, lockedUntil = Now + lockout, now = Now }, ct);

    /// <summary>After the right password nothing is held against the account.</summary>
    public Task ForgiveFailuresAsync(long accountId, CancellationToken ct) =>
        db.ExecuteAsync("update account set access_failed_count = 0, lockout_end = null where account_id = @accountId", new { accountId }, ct);

    /// <summary>Gives an account another security stamp, because a credential beside the password has changed: links made before are worth nothing.</summary>
    public Task ChangeStampAsync(long accountId, CancellationToken ct) =>
        db.ExecuteAsync("update account set security_stamp = @stamp, concurrency_stamp = @stamp where account_id = @accountId", new { accountId, stamp = Guid.NewGuid().ToString("N") }, ct);

    /// <summary>Why nobody can sign in to that address: <c>unknown</c>, <c>locked</c>, <c>disabled</c> or <c>no_password</c>; for the audit only.</summary>
    public async Task<(string Reason, string? Subject)> WhyRefusedAsync(string normalizedEmail, CancellationToken ct)
    {
        var account = await FindByEmailAsync(normalizedEmail, ct);
        return account switch
        {
            null => ("unknown", null),
            { DisabledAt: not null } => ("disabled", account.Subject),
            { PasswordHash: null } => ("no_password", account.Subject),
            _ => ("locked", account.Subject),
        };
    }

    /// <summary>Replaces a hash by one of today's strength; the password, and so the stamp, stay.</summary>
    public Task ReplaceHashAsync(long accountId, string oldHash, string newHash, CancellationToken ct) =>
        db.ExecuteAsync("update account set password_hash = @newHash where account_id = @accountId and password_hash = @oldHash", new { accountId, oldHash, newHash }, ct);

    /// <summary>Which of these addresses have an account.</summary>
    public Task<List<string>> ExistingAsync(string[] normalizedEmails, CancellationToken ct) =>
        db.ListAsync<string>("select email from account where normalized_email = any(@normalizedEmails) order by email", new { normalizedEmails }, ct);

    public async Task<IdentityResult> CreateAsync(Account user, CancellationToken cancellationToken)
    {
        user.ConcurrencyStamp = Guid.NewGuid().ToString("N");
        user.UpdatedAt = Now;
        user.AccountId = await db.OneAsync<long>("""
            insert into account (subject, email, normalized_email, email_confirmed, name, language, password_hash, security_stamp, concurrency_stamp, tenant_id, administers,
                created_at, updated_at)
            values (@Subject, @Email, @NormalizedEmail, @EmailConfirmed, @Name, @Language, @PasswordHash, @SecurityStamp, @ConcurrencyStamp, @TenantId, @Administers,
                @UpdatedAt, @UpdatedAt)
            returning account_id
            """, user, cancellationToken);
        return IdentityResult.Success;
    }

    public async Task<IdentityResult> UpdateAsync(Account user, CancellationToken cancellationToken)
    {
        var seen = user.ConcurrencyStamp;
        user.ConcurrencyStamp = Guid.NewGuid().ToString("N");
        user.UpdatedAt = Now;
        var updated = await db.ExecuteAsync("""
            update account
            set email = @Email, normalized_email = case when normalized_email is null then null else @NormalizedEmail end, email_confirmed = @EmailConfirmed, name = @Name, language = @Language,
                password_hash = @PasswordHash, security_stamp = @SecurityStamp, concurrency_stamp = @ConcurrencyStamp,
                disabled_at = @DisabledAt, tenant_id = @TenantId, administers = @Administers, updated_at = @UpdatedAt
            where account_id = @AccountId and concurrency_stamp = @seen
            """, new
        {
            user.AccountId, user.Email, user.NormalizedEmail, user.EmailConfirmed, user.Name, user.Language, user.PasswordHash,
            user.SecurityStamp, user.ConcurrencyStamp, user.DisabledAt, user.TenantId, user.Administers, user.UpdatedAt, seen,
        }, cancellationToken);
        return updated == 1 ? IdentityResult.Success : IdentityResult.Failed(new IdentityErrorDescriber().ConcurrencyFailure());
    }

    /// <summary>Enters the account of somebody who is known only through a provider: nothing finds it by its address.</summary>
    public Task<long> InsertExternalAsync(Account account, IReadOnlyCollection<string> roles, CancellationToken ct) => db.OneAsync<long>("""
        insert into account (subject, email, normalized_email, email_confirmed, name, language, security_stamp, concurrency_stamp, tenant_id, roles, created_at, updated_at)
        values (@Subject, @Email, null, @EmailConfirmed, @Name, @Language, @stamp, @stamp, @TenantId, @roles, @Now, @Now)
        returning account_id
        """, new { account.Subject, account.Email, account.EmailConfirmed, account.Name, account.Language, account.TenantId, roles = roles.ToArray(), Now, stamp = Guid.NewGuid().ToString("N") }, ct);

    /// <summary>Brings such an account up to what its provider says today; one that has an address of its own here, or that a directory keeps, is left alone.</summary>
    /// <returns>Whether anything was new.</returns>
    public async Task<bool> UpdateExternalAsync(Account account, IReadOnlyCollection<string> roles, CancellationToken ct) => await db.ExecuteAsync("""
        update account set email = @Email, email_confirmed = @EmailConfirmed, name = @Name, roles = @roles, updated_at = @Now
        where account_id = @AccountId and normalized_email is null and not exists (select from external_identity e where e.account_id = account.account_id and e.came_by = 'directory')
          and (email, email_confirmed, name, roles) is distinct from (@Email, @EmailConfirmed, @Name, @roles)
        """, new { account.AccountId, account.Email, account.EmailConfirmed, account.Name, roles = roles.ToArray(), Now }, ct) == 1;

    public async Task<IdentityResult> DeleteAsync(Account user, CancellationToken cancellationToken)
    {
        await db.ExecuteAsync("delete from account where account_id = @AccountId", new { user.AccountId }, cancellationToken);
        return IdentityResult.Success;
    }

    public Task<Account?> FindByEmailAsync(string normalizedEmail, CancellationToken cancellationToken) =>
        db.FindAsync<Account>($"select {Columns} from account where normalized_email = @normalizedEmail", new { normalizedEmail }, cancellationToken);

    // The address is also the user name.
    public Task<Account?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) => FindByEmailAsync(normalizedUserName, cancellationToken);

    public Task<Account?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
        db.FindAsync<Account>($"select {Columns} from account where subject = @userId", new { userId }, cancellationToken);

    public Task<string> GetUserIdAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(user.Subject);

    public Task<string?> GetUserNameAsync(Account user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Email);

    public Task SetUserNameAsync(Account user, string? userName, CancellationToken cancellationToken) => SetEmailAsync(user, userName, cancellationToken);

    public Task<string?> GetNormalizedUserNameAsync(Account user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.NormalizedEmail);

    public Task SetNormalizedUserNameAsync(Account user, string? normalizedName, CancellationToken cancellationToken) => SetNormalizedEmailAsync(user, normalizedName, cancellationToken);

    public Task<string?> GetEmailAsync(Account user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Email);

    public Task SetEmailAsync(Account user, string? email, CancellationToken cancellationToken)
    {
        user.Email = email ?? "";
        return Task.CompletedTask;
    }

    public Task<bool> GetEmailConfirmedAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(user.EmailConfirmed);

    public Task SetEmailConfirmedAsync(Account user, bool confirmed, CancellationToken cancellationToken)
    {
        user.EmailConfirmed = confirmed;
        return Task.CompletedTask;
    }

    public Task<string?> GetNormalizedEmailAsync(Account user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.NormalizedEmail);

    public Task SetNormalizedEmailAsync(Account user, string? normalizedEmail, CancellationToken cancellationToken)
    {
        user.NormalizedEmail = normalizedEmail ?? "";
        return Task.CompletedTask;
    }

    public Task<string?> GetPasswordHashAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(user.PasswordHash);

    public Task SetPasswordHashAsync(Account user, string? passwordHash, CancellationToken cancellationToken)
    {
        user.PasswordHash = passwordHash;
        return Task.CompletedTask;
    }

    public Task<bool> HasPasswordAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(user.PasswordHash is not null);

    public Task<string?> GetSecurityStampAsync(Account user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.SecurityStamp);

    public Task SetSecurityStampAsync(Account user, string stamp, CancellationToken cancellationToken)
    {
        user.SecurityStamp = stamp;
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        // Nothing is held: the transaction belongs to the scope's Db.
    }
}
