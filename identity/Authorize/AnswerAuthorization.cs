using Identity.Consents;
using Identity.Grants;
using Identity.PushedAuthorization;
using Identity.Sessions;
using Identity.Web;
using Platform.Audit;
using Platform.Database;

namespace Identity.Authorize;

/// <summary>What happens to an authorization request.</summary>
abstract record Authorization
{
    Authorization()
    {
    }

    /// <summary>It is refused.</summary>
    public sealed record Refused(AuthorizationRequest Request, OAuthError Error) : Authorization;

    /// <summary>Somebody has to sign in first.</summary>
    public sealed record SignInFirst(AuthorizationRequest Request) : Authorization;

    /// <summary>Who is signed in has to show a second factor first.</summary>
    public sealed record StepUpFirst(AuthorizationRequest Request) : Authorization;

    /// <summary>Whoever is signed in has to say whether the client may.</summary>
    public sealed record ConsentFirst(AuthorizationRequest Request) : Authorization;

    /// <summary>It is granted.</summary>
    public sealed record Granted(AuthorizationRequest Request, string Code) : Authorization;
}

/// <summary>Answers an authorization request: refuses it, asks for a sign-in or for consent, or gives out a code.</summary>
sealed class AnswerAuthorization(AuthorizationChecks checks, GrantStore grants, PushedAuthorizationStore pushed, ConsentRules consents, Db db, AuditTrail audit, TimeProvider clock)
{
    /// <summary>Does so.</summary>
    /// <param name="request">The request.</param>
    /// <param name="session">Who is signed in.</param>
    /// <param name="decision">What that person has answered, if asked.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<Authorization> RunAsync(AuthorizationRequest request, SignInSession? session, Decision decision, CancellationToken ct)
    {
        if (await checks.RefusalAsync(request, ct) is { } error)
        {
            return new Authorization.Refused(request, error);
        }

        if (session is null || !WillDo(session, request))
        {
            return request.IsSilent
                ? new Authorization.Refused(request, new("login_required", "Nobody suitable is signed in.") { MayRedirect = true })
                : new Authorization.SignInFirst(request);
        }

        // The application wants it, or the person's company does (ASVS 6.3.3).
        if ((request.WantsSecondFactor || session.OwesSecondFactor) && !Assurance.IsSecondFactor(session.Amr))
        {
            return request.IsSilent
                ? new Authorization.Refused(request, new("login_required", "No second factor has been shown.") { MayRedirect = true })
                : new Authorization.StepUpFirst(request);
        }

        if (decision is Decision.None && await consents.MustAskAsync(request, session, ct))
        {
            return request.IsSilent
                ? new Authorization.Refused(request, new("consent_required", "The person has to be asked.") { MayRedirect = true })
                : new Authorization.ConsentFirst(request);
        }

        return await DecideAsync(request, session, decision, ct);
    }

    bool WillDo(SignInSession session, AuthorizationRequest request)
    {
        if (request.HintedSubject is { } hinted && hinted != session.Subject)
        {
            return false;
        }

        if (session.Idp is { } idp && !request.Client.AllowsProvider(idp))
        {
            return false;
        }

        var isFresh = session.AuthenticatedAt >= request.Since;
        var isTooOld = request.MaxAge is { } seconds && clock.GetUtcNow().UtcDateTime - session.AuthenticatedAt > TimeSpan.FromSeconds(Math.Min(seconds, int.MaxValue));
        return isFresh || (!request.WantsFreshSignIn && !isTooOld && request.ComesThrough(session.Idp));
    }

    Task<Authorization> DecideAsync(AuthorizationRequest request, SignInSession session, Decision decision, CancellationToken ct) => db.InTransactionAsync<Authorization>(async () =>
    {
        // Of two browsers, or two clicks, one gets an answer to what was pushed.
        if (request.RequestUri is { } name && !await pushed.UseAsync(name, ct))
        {
            return new Authorization.Refused(request, OAuthError.InvalidRequestUri);
        }

        await consents.RecordAsync(request, session, decision, ct);
        return decision is Decision.No
            ? new Authorization.Refused(request, new("access_denied", "The person does not allow it.") { MayRedirect = true })
            : new Authorization.Granted(request, await GrantAsync(request, session, ct));
    }, ct);

    async Task<string> GrantAsync(AuthorizationRequest request, SignInSession session, CancellationToken ct)
    {
        var code = Secret.New();
        var handle = Secret.NewName();
        grants.Insert(new(handle, code, request.Client.RegisteredClientId, request.Scopes, request.RedirectUri, request.Parameters["code_challenge"],
            request.Parameters["nonce"], TimeSpan.FromSeconds(request.Client.AuthorizationCodeLifetime))
        {
            DPoPJkt = request.Parameters["dpop_jkt"],
            AccountId = session.AccountId,
            Sid = session.Sid,
            Amr = session.Amr,
            AuthenticatedAt = session.AuthenticatedAt,
        });
        await audit.RecordAsync("code.issued", "grant", handle, null, new { client = request.Client.ClientId, account = session.Subject, scopes = request.Scopes }, ct);
        return code;
    }
}
