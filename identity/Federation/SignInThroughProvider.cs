using Identity.Authorize;
using Identity.Clients;
using Identity.Domains;
using Identity.Providers;
using Identity.Sessions;
using Identity.Users;
using Identity.Web;
using Platform.Audit;
using Platform.Database;
using Platform.OpenIdConnect;

namespace Identity.Federation;

/// <summary>What became of a provider's answer.</summary>
abstract record FederationAnswer
{
    FederationAnswer()
    {
    }

    /// <summary>The session has begun.</summary>
    /// <param name="Request">The application's request that waits.</param>
    /// <param name="Then">The page of our own that is to come.</param>
    public sealed record SignedIn(string? Request, string? Then) : FederationAnswer;

    /// <summary>The person is asked whether to link it.</summary>
    public sealed record AskToLink(string Token) : FederationAnswer;

    /// <summary>Nobody is signed in by it.</summary>
    /// <param name="Reason">One of <see cref="FederationRefusals.Reasons"/>.</param>
    /// <param name="Request">The application's request that waits; there is another way to sign in.</param>
    public sealed record Failed(string Reason, string? Request) : FederationAnswer;
}

/// <summary>
/// Takes a provider's answer. Its state is used up first; then everything is looked at in the order in which it can be believed, and at the end, in
/// one transaction that keeps the provider from being disabled meanwhile, the account is found or made and the session begins.
/// </summary>
sealed class SignInThroughProvider(
    FederationAttempts attempts, ProviderStore providers, ProviderAnswers answers, ProviderFaults faults, FederationRefusals refusals, ExternalIdentityStore externals, DomainStore domains,
    AccountStore accounts, BeginSession beginSession, PendingAuthorizations pending, ClientStore clients, Db db, AuditTrail audit, TimeProvider clock)
{
    static readonly string[] External = ["external"];
    static readonly string[] ExternalWithTwoFactors = ["external", "mfa"];

    /// <summary>Does so.</summary>
    public async Task<FederationAnswer> RunAsync(HttpContext http, string scheme, ProtocolParameters answer, CancellationToken ct)
    {
        var attempt = answer["state"] is { Length: 43 } state ? await attempts.TakeAsync(state, ct) : null;
        var provider = await providers.FindStandingAsync(scheme, ct);
        var secrets = attempt is null ? null : attempts.Open(attempt);
        try
        {
            CheckAttempt(http, answer, attempt, secrets, provider);
            using var deadline = StartFederation.Deadline(clock, ct);
            var person = await answers.ReadAsync(provider!, attempt!, secrets!, answer, deadline.Token);
            await faults.NoteAsync(provider!, null, null, ct);
            await CheckClientAsync(secrets!.Request, provider!, ct);
            return attempt!.AccountId is null ? await SignInAsync(http, provider!, person, secrets, ct) : await AskAsync(http, attempt, person, ct);
        }
        catch (SignInRefusedException refused)
        {
            return new FederationAnswer.Failed(await refusals.RefusedAsync(http, scheme, refused, ct), secrets?.Request);
        }
        catch (Exception failure) when (failure is ProviderUnusableException || (failure is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return new FederationAnswer.Failed(await refusals.UnusableAsync(http, provider!, failure, ct), secrets?.Request);
        }
    }

    // RFC 9700, 4.4 and 4.7: the answer belongs to an attempt of this browser, at this provider, and comes once and in time.
    void CheckAttempt(HttpContext http, ProtocolParameters answer, FederationAttempt? attempt, AttemptSecrets? secrets, Provider? provider)
    {
        var fault = 0 switch
        {
            _ when answer.AnyFaulty => "A parameter is sent twice.",
            _ when attempt is null || secrets is null => "There is no such attempt, or its answer came before.",
            _ when !attempts.IsOf(attempt, BrowserCookie.Read(http.Request)) => "The attempt belongs to another browser, or took too long.",
            _ when provider is null => "The provider is disabled.",
            _ when attempt.IdentityProviderId != provider.IdentityProviderId || attempt.Issuer != provider.Issuer => "The answer came to another provider's address.",
            _ => null,
        };
        if (fault is not null)
        {
            throw new SignInRefusedException(provider is null || answer.AnyFaulty ? SignInFailure.Refused : SignInFailure.Interrupted, fault);
        }
    }

    // The client may have been disabled, or restricted to other providers, since the browser was sent.
    async Task CheckClientAsync(string? request, Provider provider, CancellationToken ct)
    {
        if (pending.Read(request) is { } waiting
            && !(await clients.FindEnabledAsync(waiting.Parameters.GetValueOrDefault("client_id", ""), ct) is { } client && client.AllowsProvider(provider.Scheme)))
        {
            throw new SignInRefusedException(SignInFailure.Refused, "The application does not let people in through this provider.");
        }
    }

    async Task<FederationAnswer> SignInAsync(HttpContext http, Provider provider, ExternalPerson person, AttemptSecrets secrets, CancellationToken ct)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        // A fresh proof was looked at; otherwise what counts is when the person showed a credential there, which may be hours ago.
        var authenticatedAt = secrets.IsFresh || person.AuthenticatedAt is not { } told || told > now ? now : told;
        var isEmailProven = person is { Email: { } email, ClaimsEmail: true } && await domains.IsProvenAsync(provider.TenantId, MailDomain.Of(email)!, ct);
        var roles = await providers.RolesOfAsync(provider, person.RoleValues, ct);
        return await db.InTransactionAsync<FederationAnswer>(async () =>
        {
            if (!await providers.HoldStandingAsync(provider.IdentityProviderId, ct))
            {
                throw new SignInRefusedException(SignInFailure.Refused, "The provider was disabled meanwhile.");
            }

            var account = Describe(provider, person, isEmailProven);
            switch (await externals.FindAsync(provider, person, ct) ?? await ProvisionAsync(provider, person, account, roles, ct))
            {
                case null:
                    throw new SignInRefusedException(FederationRefusals.NoAccount, "The person has no account here, and the provider gives out none.");
                case { Stands: false }:
                    throw new SignInRefusedException(SignInFailure.Refused, "The account is disabled.");
                case var known:
                    (account.AccountId, account.Subject) = (known.AccountId, known.Subject);
                    if (await accounts.UpdateExternalAsync(account, roles, ct))
                    {
                        await audit.RecordAsync("account.brought_up_to_date", "account", account.Subject, null, new { idp = provider.Scheme, roles }, ct);
                    }

                    await beginSession.RunAsync(http, account, person.ShowedTwoFactors || provider.CountsAsTwoFactors ? ExternalWithTwoFactors : External, ct, new(provider.IdentityProviderId, provider.Scheme, authenticatedAt));
                    return new FederationAnswer.SignedIn(secrets.Request, secrets.Then);
            }
        }, ct);
    }

    // Fifty first sign-ins of one person at the same moment stand in line here; the first makes the account, the others find it.
    async Task<ExternalAccount?> ProvisionAsync(Provider provider, ExternalPerson person, Account account, List<string> roles, CancellationToken ct)
    {
        if (!provider.Provisions && person.DirectoryId is null)
        {
            return null;
        }

        await externals.HoldAsync(provider, person, ct);
        if (await externals.FindAsync(provider, person, ct) is { } made)
        {
            return made;
        }

        if (person.DirectoryId is { } directoryId && await externals.OfDirectoryAsync(provider, directoryId, ct) is { } theirs)
        {
            return await JoinAsync(provider, person, theirs, ct);
        }

        if (!provider.Provisions)
        {
            return null;
        }

        var id = await accounts.InsertExternalAsync(account, roles, ct);
        await externals.InsertAsync(provider.TenantId, provider.Scheme, person.Issuer, person.Subject, id, person.ShownName, "provisioned", ct);
        await audit.RecordAsync("account.provisioned", "account", account.Subject, null, new { idp = provider.Scheme, person.Issuer, external_subject = person.Subject, roles }, ct);
        return new() { AccountId = id, Subject = account.Subject, Stands = true };
    }

    // The company's administrator said which claim names the directory's people; who looks after a company is not taken over by a directory, but links by themselves.
    async Task<ExternalAccount?> JoinAsync(Provider provider, ExternalPerson person, DirectoryAccount theirs, CancellationToken ct)
    {
        if (theirs.Administers || theirs.IsTaken)
        {
            throw new SignInRefusedException(FederationRefusals.NoAccount, theirs.IsTaken ? "Somebody else at this provider is that person of the directory." : "An administrator's account is linked by its owner.");
        }

        await externals.InsertAsync(provider.TenantId, provider.Scheme, person.Issuer, person.Subject, theirs.AccountId, person.ShownName, "directory", ct);
        await audit.RecordAsync("account.joined", "account", theirs.Subject, null, new { idp = provider.Scheme, person.Issuer, external_subject = person.Subject }, ct);
        return new() { AccountId = theirs.AccountId, Subject = theirs.Subject, Stands = theirs.Stands };
    }

    static Account Describe(Provider provider, ExternalPerson person, bool isEmailProven) => new()
    {
        TenantId = provider.TenantId,
        Name = person.Name.Length > 0 ? person.Name : person.Email ?? provider.DisplayName,
        Email = person.Email ?? "",
        EmailConfirmed = isEmailProven,
        Language = person.Language,
    };

    async Task<FederationAnswer> AskAsync(HttpContext http, FederationAttempt attempt, ExternalPerson person, CancellationToken ct)
    {
        if (http.Session() is not { } session || session.AccountId != attempt.AccountId || session.Sid != attempt.Sid)
        {
            throw new SignInRefusedException(SignInFailure.Interrupted, "The session in which linking began is over.");
        }

        return new FederationAnswer.AskToLink(await attempts.AskAsync(attempt, person, BrowserCookie.Read(http.Request)!, ct));
    }
}
