using Identity.Grants;
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

    /// <summary>It is granted.</summary>
    public sealed record Granted(AuthorizationRequest Request, string Code) : Authorization;
}

/// <summary>Answers an authorization request: refuses it, asks for a sign-in, or gives out a code.</summary>
sealed class AnswerAuthorization(AuthorizationChecks checks, GrantStore grants, Db db, AuditTrail audit, TimeProvider clock)
{
    /// <summary>Does so.</summary>
    /// <param name="parameters">The request.</param>
    /// <param name="since">When it first came, if it has waited for a sign-in.</param>
    /// <param name="session">Who is signed in.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<Authorization> RunAsync(ProtocolParameters parameters, DateTime? since, SignInSession? session, CancellationToken ct)
    {
        var request = new AuthorizationRequest(parameters);
        if (await checks.RefusalAsync(request, ct) is { } error)
        {
            return new Authorization.Refused(request, error);
        }

        if (session is null || !WillDo(session, request, since))
        {
            return request.IsSilent
                ? new Authorization.Refused(request, new("login_required", "Nobody suitable is signed in.") { MayRedirect = true })
                : new Authorization.SignInFirst(request);
        }

        if (request.WantsSecondFactor && !Assurance.IsSecondFactor(session.Amr))
        {
            return request.IsSilent
                ? new Authorization.Refused(request, new("login_required", "No second factor has been shown.") { MayRedirect = true })
                : new Authorization.StepUpFirst(request);
        }

        return new Authorization.Granted(request, await GrantAsync(request, session, ct));
    }

    bool WillDo(SignInSession session, AuthorizationRequest request, DateTime? since)
    {
        if (request.HintedSubject is { } hinted && hinted != session.Subject)
        {
            return false;
        }

        var isFresh = session.AuthenticatedAt >= since;
        var isTooOld = request.MaxAge is { } seconds && clock.GetUtcNow().UtcDateTime - session.AuthenticatedAt > TimeSpan.FromSeconds(Math.Min(seconds, int.MaxValue));
        return isFresh || (!request.WantsFreshSignIn && !isTooOld);
    }

    async Task<string> GrantAsync(AuthorizationRequest request, SignInSession session, CancellationToken ct)
    {
        var code = Secret.New();
        var handle = Secret.NewName();
        await db.InTransactionAsync(async () =>
        {
            await grants.InsertAsync(new(handle, code, request.Client.RegisteredClientId, request.Scopes, request.RedirectUri, request.Parameters["code_challenge"],
                request.Parameters["nonce"], TimeSpan.FromSeconds(request.Client.AuthorizationCodeLifetime))
            {
                DPoPJkt = request.Parameters["dpop_jkt"],
                AccountId = session.AccountId,
                Sid = session.Sid,
                Amr = session.Amr,
                AuthenticatedAt = session.AuthenticatedAt,
            }, ct);
            await audit.RecordAsync("code.issued", "grant", handle, null, new { client = request.Client.ClientId, account = session.Subject, scopes = request.Scopes }, ct);
        }, ct);
        return code;
    }
}
