using Identity.Grants;

namespace Identity.Sessions;

/// <summary>Ends every session of an account and all that was granted, in whichever session, refresh tokens with it.</summary>
sealed class SignOutEverywhere(SessionStore sessions, GrantStore grants)
{
    /// <summary>Does so, in the transaction of whatever makes it necessary; who writes the audit says why.</summary>
    /// <param name="accountId">Whose.</param>
    /// <param name="reason">Why, as it stands at the grants.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <returns>How many sessions have ended.</returns>
    public async Task<int> RunAsync(long accountId, string reason, CancellationToken ct)
    {
        var ended = await sessions.DeleteAllAsync(accountId, ct);
        await grants.RevokeAccountAsync(accountId, reason, ct);
        return ended;
    }
}
