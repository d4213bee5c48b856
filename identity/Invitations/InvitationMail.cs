using System.Text.Json;
using Identity.PasswordReset;
using Identity.Tenants;
using Identity.Throttling;
using Identity.Users;
using Identity.Web;
using Platform.Mail;
using Platform.Outbox;
using Platform.Texts;

namespace Identity.Invitations;

/// <summary>Makes the link of an invitation and mails it, at the last moment.</summary>
sealed class InvitationMail(AccountStore accounts, TenantStore tenants, PasswordResetMail links, Throttle throttle, MailSender mail, Texts texts, IdentitySettings settings) : IOutboxReceiver
{
    public string Kind => InviteAccount.Kind;

    public async Task ReceiveAsync(JsonElement payload, CancellationToken ct)
    {
        var wish = payload.Deserialize<InviteAccount.Wish>(Outbox.Json)!;
        if (await accounts.FindEnabledAsync(wish.Subject, ct) is not { PasswordHash: null, TenantId: { } tenantId } account
            || await tenants.FindAsync(tenantId, ct) is not { } tenant
            || await throttle.TakeAsync(Limit.ResetMails, account.Subject, ct) is not null)
        {
            return;
        }

        await mail.SendAsync(Compose(account, tenant, links.Address(await links.MakeAsync(account, invites: true, ct))), ct);
    }

    Mail Compose(Account account, Tenant tenant, string link) => new(
        account.Email,
        texts.In(account.Language, "invitations.mail.subject", tenant.Name, settings.BrandName),
        texts.In(account.Language, "invitations.mail.text", account.Name, tenant.Name, settings.BrandName, link, Profile.Invitation.TotalDays));
}

/// <summary>Makes invitations known to the service.</summary>
static class InvitationsSetup
{
    public static IServiceCollection AddInvitations(this IServiceCollection services)
    {
        services.AddScoped<InviteAccount>();
        services.AddScoped<IOutboxReceiver, InvitationMail>();
        return services;
    }
}
