using Identity.Sessions;
using Platform.Audit;
using Platform.Database;

namespace Identity.Consents;

/// <summary>Takes back what a person has allowed an application: it is asked about anew, and its tokens end at once.</summary>
sealed class WithdrawConsent(ConsentStore consents, Db db, AuditTrail audit)
{
    /// <summary>Does so; taking back what was never given is no mistake.</summary>
    public Task RunAsync(SignInSession session, string clientId, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        if (await consents.WithdrawAsync(session.AccountId, clientId, ct) > 0)
        {
            await audit.RecordAsync("consent.withdrawn", "account", session.Subject, null, new { client = clientId }, ct);
        }
    }, ct);
}
