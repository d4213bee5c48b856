using System.Text.Json;
using Identity.Sessions;
using Identity.Throttling;
using Identity.Users;
using Identity.Web;
using Microsoft.AspNetCore.Identity;
using Platform.Audit;
using Platform.Database;
using Platform.Mail;
using Platform.Outbox;
using Platform.Texts;

namespace Identity.PasswordReset;

/// <summary>
/// Takes the wish for a reset link. Whether the address has an account is looked up by <see cref="PasswordResetMail"/> later, so here
/// everything is the same for every address.
/// </summary>
sealed class RequestPasswordReset(Db db, Outbox outbox, Accounts accounts)
{
    /// <summary>The kind of the outbox message.</summary>
    public const string Kind = "password_reset";

    /// <summary>Does so.</summary>
    public Task RunAsync(string email, CancellationToken ct) =>
        db.InTransactionAsync(() => outbox.PutAsync(Kind, new Wish(accounts.NormalizeEmail(email)!), ct), ct);

    /// <summary>What the outbox keeps.</summary>
    public sealed record Wish(string NormalizedEmail);
}

/// <summary>Makes the link and mails it. The link is made here, at the last moment, so that it is in no table and in no queue.</summary>
sealed class PasswordResetMail(Db db, AccountStore accounts, PasswordResetStore resets, Throttle throttle, AuditTrail audit, MailSender mail, Texts texts, IdentitySettings settings) : IOutboxReceiver
{
    public string Kind => RequestPasswordReset.Kind;

    public async Task ReceiveAsync(JsonElement payload, CancellationToken ct)
    {
        var wish = payload.Deserialize<RequestPasswordReset.Wish>(Outbox.Json)!;
        if (await accounts.FindByEmailAsync(wish.NormalizedEmail, ct) is not { DisabledAt: null } account || await throttle.TakeAsync(Limit.ResetMails, account.Subject, ct) is not null)
        {
            return;
        }

        var token = await MakeAsync(account, invites: false, ct);
        await mail.SendAsync(Compose(account, token), ct);
    }

    /// <summary>Makes a link for an account.</summary>
    /// <param name="account">Whose.</param>
    /// <param name="invites">Whether it is for somebody who has been invited, and so works longer.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <returns>Its token.</returns>
    public async Task<string> MakeAsync(Account account, bool invites, CancellationToken ct)
    {
        var token = Secret.New();
        await db.InTransactionAsync(async () =>
        {
            await resets.InsertAsync(token, account.AccountId, account.SecurityStamp, invites, ct);
            await audit.RecordAsync(invites ? "invitation.link_made" : "password_reset.link_made", "account", account.Subject, null, null, ct);
        }, ct);
        return token;
    }

    /// <summary>The address behind which a link's token is shown.</summary>
    public string Address(string token) => $"{settings.Issuer}/password-reset/open?token={token}";

    Mail Compose(Account account, string token) => new(
        account.Email,
        texts.In(account.Language, "passwordreset.mail.subject", settings.BrandName),
        texts.In(account.Language, "passwordreset.mail.text", account.Name, settings.BrandName, Address(token), Profile.PasswordReset.TotalMinutes));
}

/// <summary>What became of a new password.</summary>
abstract record PasswordChange
{
    PasswordChange()
    {
    }

    /// <summary>It counts from now on.</summary>
    public sealed record Changed : PasswordChange;

    /// <summary>The link does not work (any more).</summary>
    public sealed record LinkIsDead : PasswordChange;

    /// <summary>The rules refuse the password; the link still works.</summary>
    public sealed record Refused(string TextKey) : PasswordChange;
}

/// <summary>
/// Sets the password somebody chose behind a link. It does not sign in; all sessions of the account end, and its owner is told.
/// </summary>
sealed class ChooseNewPassword(Db db, Accounts accounts, PasswordResetStore resets, SignOutEverywhere signOut, AccountStore store, Outbox outbox, AuditTrail audit, Texts texts, IdentitySettings settings)
{
    /// <summary>Does so.</summary>
    public async Task<PasswordChange> RunAsync(string token, string password, CancellationToken ct)
    {
        if (await resets.FindAsync(token, ct) is not { } link || await accounts.FindByIdAsync(link.Subject) is not { } account)
        {
            return new PasswordChange.LinkIsDead();
        }

        if (await accounts.AskRulesAsync(account, password) is { Succeeded: false } refused)
        {
            return new PasswordChange.Refused(refused.Errors.First().Code);
        }

        return await db.InTransactionAsync<PasswordChange>(async () =>
        {
            // Here the link is used up; of many at the same moment one gets past.
            if (await resets.UseAsync(token, ct) is null)
            {
                return new PasswordChange.LinkIsDead();
            }

            // The link was in their mailbox and nowhere else.
            account.EmailConfirmed |= link.Invites;
            await SetAsync(account, password, ct);
            return new PasswordChange.Changed();
        }, ct);
    }

    async Task SetAsync(Account account, string password, CancellationToken ct)
    {
        if (await accounts.SetPasswordAsync(account, password) is { Succeeded: false } refused)
        {
            throw new InvalidOperationException($"The password could not be set: {refused}");
        }

        await store.ForgiveFailuresAsync(account.AccountId, ct);
        var ended = await signOut.RunAsync(account.AccountId, "password_changed", ct);
        await outbox.PutMailAsync(new(account.Email, texts.In(account.Language, "passwordreset.notice.subject", settings.BrandName), texts.In(account.Language, "passwordreset.notice.text", account.Name, settings.BrandName)), ct);
        await audit.RecordAsync("password.changed", "account", account.Subject, null, new { endedSessions = ended }, ct);
    }
}
