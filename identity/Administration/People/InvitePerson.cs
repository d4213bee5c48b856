using Identity.PasswordReset;
using Identity.Tenants;
using Identity.Users;
using Platform.Audit;
using Platform.Database;

namespace Identity.Administration.People;

/// <summary>Adds a person to a tenant and mails them a link to choose a password.</summary>
sealed class InvitePerson(Db db, AddAccount addAccount, TenantStore tenants, RequestPasswordReset resets, AuditTrail audit)
{
    /// <summary>Does so.</summary>
    public Task<Invitation> RunAsync(string email, string name, string language, string? tenantKey, Administrator me, CancellationToken ct) => db.InTransactionAsync<Invitation>(async () =>
    {
        // The tenant of who may not choose is never taken from the form.
        var tenant = me.IsOfInstallation ? await tenants.FindAsync(tenantKey ?? "", ct) : await tenants.FindAsync(me.TenantId, ct);
        if (tenant is not { DisabledAt: null })
        {
            return new Invitation.NoTenant();
        }

        switch (await addAccount.RunAsync(new Account { Email = email, Name = name, Language = language, TenantId = tenant.TenantId }, password: null, ct))
        {
            case AccountAdded.Added { Account: var account }:
                await resets.RunAsync(email, ct);
                await audit.RecordAsync("account.invited", "account", account.Subject, null, new { tenant = tenant.Key }, ct);
                return new Invitation.Sent(account.Subject);
            case AccountAdded.Exists:
                return new Invitation.Taken();
            default:
                return new Invitation.NoAddress();
        }
    }, ct);
}

/// <summary>What became of an invitation.</summary>
abstract record Invitation
{
    Invitation()
    {
    }

    /// <summary>It is on its way.</summary>
    public sealed record Sent(string Subject) : Invitation;

    /// <summary>The address has an account, here or with another company; which, is not told.</summary>
    public sealed record Taken : Invitation;

    /// <summary>The address is none.</summary>
    public sealed record NoAddress : Invitation;

    /// <summary>No company was chosen, or one that is disabled.</summary>
    public sealed record NoTenant : Invitation;
}
