using Identity.Authorize;
using Identity.Clients;
using Identity.Sessions;
using Platform.Audit;

namespace Identity.Consents;

/// <summary>What a person has answered to an application's request.</summary>
enum Decision
{
    /// <summary>Nothing yet.</summary>
    None,

    /// <summary>Yes, this time.</summary>
    Yes,

    /// <summary>Yes, and do not ask again.</summary>
    YesAndRemember,

    /// <summary>No.</summary>
    No,
}

/// <summary>When people are asked before a client gets anything (OpenID Connect Core, 3.1.2.4 and 11), and what is kept of their answer.</summary>
sealed class ConsentRules(ConsentStore consents, AuditTrail audit)
{
    /// <summary>Whether the person must be asked.</summary>
    public async Task<bool> MustAskAsync(AuthorizationRequest request, SignInSession session, CancellationToken ct)
    {
        if (request.Prompts.Contains("consent", StringComparer.Ordinal))
        {
            return true;
        }

        return request.Client.RequireConsent && (!MayRemember(request) || !await consents.CoversAsync(session.AccountId, request.Client.RegisteredClientId, request.Scopes, ct));
    }

    /// <summary>Whether a yes may be kept for the next time; never one to access that outlives the session.</summary>
    public static bool MayRemember(AuthorizationRequest request) =>
        request.Client.AllowRememberConsent && !request.Scopes.Contains(IdentityScopes.OfflineAccess, StringComparer.Ordinal);

    /// <summary>Writes the answer down, in the transaction that acts on it.</summary>
    public async Task RecordAsync(AuthorizationRequest request, SignInSession session, Decision decision, CancellationToken ct)
    {
        if (decision is Decision.None)
        {
            return;
        }

        var isRemembered = decision is Decision.YesAndRemember && request.Client.RequireConsent && MayRemember(request);
        if (isRemembered)
        {
            var lifetime = request.Client.ConsentLifetime is { } seconds ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null;
            await consents.RememberAsync(session.AccountId, request.Client.RegisteredClientId, request.Scopes, lifetime, ct);
        }

        await audit.RecordAsync(decision is Decision.No ? "consent.denied" : "consent.given", "account", session.Subject, null,
            new { client = request.Client.ClientId, scopes = request.Scopes, remembered = isRemembered }, ct);
    }
}
