using Identity.Invitations;
using Identity.Tenants;

namespace Identity.Administration.People;

/// <summary>Adds a person to a tenant and mails them a link to choose a password.</summary>
sealed class InvitePerson(InviteAccount invite, TenantStore tenants)
{
    /// <summary>Does so.</summary>
    public async Task<Invitation> RunAsync(string email, string name, string language, string? tenantKey, Administrator me, CancellationToken ct)
    {
        // The tenant of who may not choose is never taken from the form.
        var tenant = me.IsOfInstallation ? await tenants.FindAsync(tenantKey ?? "", ct) : await tenants.FindAsync(me.TenantId, ct);
        if (tenant is null)
        {
            return new Invitation.NoTenant();
        }

        return await invite.RunAsync(tenant.TenantId, email, name, language, administers: null, ct) switch
        {
            AccountInvited.Sent sent => new Invitation.Sent(sent.Account.Subject),
            AccountInvited.Taken => new Invitation.Taken(),
            AccountInvited.NoTenant => new Invitation.NoTenant(),
            _ => new Invitation.NoAddress(),
        };
    }
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
