using Identity.Providers;
using Identity.Sessions;
using Npgsql;
using Platform.Audit;
using Platform.Database;

namespace Identity.Federation;

/// <summary>Links a provider's person with an account, after the owner of both has seen it and said yes; and takes such a link away.</summary>
sealed class LinkProvider(Db db, FederationAttempts attempts, ProviderStore providers, ExternalIdentityStore externals, EndWhatCameThrough end, AuditTrail audit)
{
    /// <summary>Answers the question with yes.</summary>
    /// <returns>The text that says what became of it, and whether it is linked.</returns>
    public async Task<(string TextKey, bool IsLinked)> RunAsync(SignInSession session, string token, string browser, CancellationToken ct)
    {
        try
        {
            return await db.InTransactionAsync(async () =>
            {
                if (await attempts.AnswerAsync(token, browser, session.AccountId, session.Sid, ct) is not { } question
                    || await providers.FindStandingAsync(question.Scheme, ct) is not { } provider || provider.Issuer != question.Issuer)
                {
                    return ("federation.link_gone", false);
                }

                // That the account is of the provider's tenant is the database's to see: there is no row across tenants.
                await externals.InsertAsync(provider.TenantId, question.Scheme, question.Issuer, question.Subject, session.AccountId, question.ShownName, "linked", ct);
                await audit.RecordAsync("account.linked", "account", session.Subject, null, new { idp = question.Scheme, question.Issuer, external_subject = question.Subject }, ct);
                return ("federation.linked", true);
            }, ct);
        }
        catch (PostgresException taken) when (taken.Violates(ExternalIdentityStore.OneAccountPerPerson))
        {
            return ("federation.link_taken", false);
        }
    }

    /// <summary>Takes a link away, and ends what came in by it.</summary>
    /// <returns>The text that says what became of it.</returns>
    public Task<string> RemoveAsync(SignInSession session, long externalIdentityId, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        if (await externals.DeleteLinkAsync(session.AccountId, externalIdentityId, ct) is not { } scheme)
        {
            return "federation.unlink_refused";
        }

        await end.OfAccountAsync(session.AccountId, scheme, "unlinked", ct);
        await audit.RecordAsync("account.unlinked", "account", session.Subject, null, new { idp = scheme }, ct);
        return "federation.unlinked";
    }, ct);
}
