using Identity.Grants;
using Identity.Sessions;
using Identity.Throttling;
using Identity.Users;
using Identity.Web;
using Platform.Audit;
using Platform.Mail;
using Platform.Outbox;
using Platform.Texts;

namespace Identity.OwnAccount;

/// <summary>
/// What every change of somebody's credentials brings with it, in its transaction: links made before are worth nothing, all other sessions
/// and what was granted in them end, and the owner is told by mail (ASVS 6.3.7, 7.4.3).
/// </summary>
sealed class CredentialChange(AccountStore accounts, SessionStore sessions, GrantStore grants, Outbox outbox, AuditTrail audit, Texts texts, IdentitySettings settings, TimeProvider clock, IHttpContextAccessor http)
{
    /// <summary>Does so.</summary>
    /// <param name="account">Whose.</param>
    /// <param name="own">The session it is done in, which stays.</param>
    /// <param name="action">For the audit.</param>
    /// <param name="sentenceKey">What the mail says has happened.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task FollowUpAsync(Account account, SignInSession own, string action, string sentenceKey, CancellationToken ct)
    {
        await accounts.ChangeStampAsync(account.AccountId, ct);
        var ended = await sessions.DeleteOthersAsync(account.AccountId, own.Sid, ct);
        await grants.RevokeOthersAsync(account.AccountId, own.Sid, action, ct);
        await TellAsync(account, sentenceKey, ct);
        await audit.RecordAsync(action, "account", account.Subject, null, new { endedSessions = ended, address = Throttle.Address(http.HttpContext!) }, ct);
    }

    /// <summary>Tells the owner by mail what has happened to the account.</summary>
    public Task TellAsync(Account account, string sentenceKey, CancellationToken ct)
    {
        var language = account.Language;
        var moment = Moments.Of(clock.GetUtcNow().UtcDateTime);
        return outbox.PutMailAsync(new(
            account.Email,
            texts.In(language, "ownaccount.mail.subject", settings.BrandName),
            texts.In(language, "ownaccount.mail.text", account.Name, settings.BrandName, texts.In(language, sentenceKey), moment, http.HttpContext is { } request ? Throttle.Address(request) : "–", settings.Issuer + "/account")), ct);
    }
}
