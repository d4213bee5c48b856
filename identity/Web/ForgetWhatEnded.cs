using Identity.Clients;
using Identity.Consents;
using Identity.Federation;
using Identity.Grants;
using Identity.Passkeys;
using Identity.PasswordReset;
using Identity.PushedAuthorization;
using Identity.RefreshTokens;
using Identity.Revocation;
using Identity.SecondFactors;
using Identity.Sessions;
using Identity.Throttling;
using Platform.Jobs;

namespace Identity.Web;

/// <summary>Removes what has ended by itself: sessions, grants with their codes, pushed requests, links, counts.</summary>
sealed class ForgetWhatEnded(SessionStore sessions, GrantStore grants, RefreshTokenStore refreshTokens, RevokedTokenStore revokedTokens, PasswordResetStore resets, HalfSignIns halves, PasskeyChallenges challenges, ClientStore clients, PushedAuthorizationStore pushed, ConsentStore consents, Throttle throttle, FederationAttempts federation) : IScheduledJob
{
    public async Task RunAsync(CancellationToken ct)
    {
        await sessions.CleanUpAsync(ct);
        await refreshTokens.CleanUpAsync(ct);
        await revokedTokens.CleanUpAsync(ct);
        await grants.CleanUpAsync(ct);
        await resets.CleanUpAsync(ct);
        await halves.CleanUpAsync(ct);
        await challenges.CleanUpAsync(ct);
        await clients.CleanUpAsync(ct);
        await pushed.CleanUpAsync(ct);
        await consents.CleanUpAsync(ct);
        await throttle.CleanUpAsync(ct);
        await federation.CleanUpAsync(ct);
    }
}
