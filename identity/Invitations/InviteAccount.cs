using Identity.Tenants;
using Identity.Users;
using Platform.Audit;
using Platform.Database;
using Platform.Outbox;

namespace Identity.Invitations;

/// <summary>What became of an invitation.</summary>
abstract record AccountInvited
{
    AccountInvited()
    {
    }

    /// <summary>The mail is on its way.</summary>
    /// <param name="Account">To whom.</param>
    /// <param name="IsNew">False when somebody who has not answered yet was invited again.</param>
    public sealed record Sent(Account Account, bool IsNew) : AccountInvited;

    /// <summary>The address has an account that is in use, here or with another company; which, is nobody's business.</summary>
    public sealed record Taken : AccountInvited;

    /// <summary>There is no such company, or it is disabled.</summary>
    public sealed record NoTenant : AccountInvited;

    /// <summary>The address is none.</summary>
    public sealed record Refused : AccountInvited;
}

/// <summary>
/// Adds an account without a password and mails its owner a link to choose one (ASVS 6.4.1). The link is made when the mail is sent, is in no
/// table or queue, works once, and for three days.
/// </summary>
sealed class InviteAccount(Db db, AddAccount addAccount, TenantStore tenants, Outbox outbox, AuditTrail audit)
{
    /// <summary>The kind of the outbox message.</summary>
    public const string Kind = "invitation";

    /// <summary>Does so.</summary>
    /// <param name="tenantId">The company the person belongs to.</param>
    /// <param name="email">Where the link goes.</param>
    /// <param name="name">What the person is called.</param>
    /// <param name="language">What the person reads.</param>
    /// <param name="administers">What the person looks after; see <see cref="Account.Administers"/>.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<AccountInvited> RunAsync(long tenantId, string email, string name, string language, string? administers, CancellationToken ct) => db.InTransactionAsync<AccountInvited>(async () =>
    {
        if (await tenants.FindAsync(tenantId, ct) is not { DisabledAt: null } tenant)
        {
            return new AccountInvited.NoTenant();
        }

        var account = new Account { Email = email, Name = name, Language = language, TenantId = tenantId, Administers = administers };
        switch (await addAccount.RunAsync(account, password: null, ct))
        {
            case AccountAdded.Added added:
                return await SendAsync(added.Account, tenant, isNew: true, ct);
            // Whoever has not answered yet is invited again, as long as it is the same company that asks.
            case AccountAdded.Exists { Account: { PasswordHash: null, DisabledAt: null } waiting } when waiting.TenantId == tenantId:
                return await SendAsync(waiting, tenant, isNew: false, ct);
            case AccountAdded.Exists:
                return new AccountInvited.Taken();
            default:
                return new AccountInvited.Refused();
        }
    }, ct);

    async Task<AccountInvited> SendAsync(Account account, Tenant tenant, bool isNew, CancellationToken ct)
    {
        await outbox.PutAsync(Kind, new Wish(account.Subject), ct);
        await audit.RecordAsync("account.invited", "account", account.Subject, null, new { tenant = tenant.Key }, ct);
        return new AccountInvited.Sent(account, isNew);
    }

    /// <summary>What the outbox keeps.</summary>
    public sealed record Wish(string Subject);
}
