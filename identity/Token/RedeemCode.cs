using Identity.Clients;
using Identity.Grants;
using Identity.RefreshTokens;
using Identity.Web;
using Platform.Audit;
using Platform.Database;

namespace Identity.Token;

/// <summary>
/// Exchanges a code for tokens. The code is used up first, whoever brings it; a code that comes a second time ends everything that
/// was issued from it.
/// </summary>
sealed class RedeemCode(GrantStore grants, RefreshTokenStore refreshTokens, IssueToPerson issue, Db db, AuditTrail audit, TimeProvider clock)
{
    /// <summary>Does so.</summary>
    /// <param name="client">Who asks.</param>
    /// <param name="form">With what.</param>
    /// <param name="jkt">The key the client has just proven to have, if any.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<TokenAnswer> RunAsync(Client client, ProtocolParameters form, string? jkt, CancellationToken ct)
    {
        if (form["code"] is not { Length: <= 200 } code)
        {
            return new TokenAnswer.Refused(OAuthError.InvalidRequest("The code is missing or too long."));
        }

        return await db.InTransactionAsync<TokenAnswer>(async () =>
        {
            if (await grants.RedeemAsync(code, ct) is not { } redeemed)
            {
                return await RefuseReplayAsync(client, code, ct);
            }

            if (Refusal(redeemed, client, form, jkt) is { } reason)
            {
                await grants.RevokeAsync(redeemed.AccessGrantId, reason, ct);
                await audit.RecordAsync("code.refused", "grant", redeemed.Handle, null, new { client = client.ClientId, reason }, ct);
                return new TokenAnswer.Refused(OAuthError.InvalidGrant);
            }

            await audit.RecordAsync("code.redeemed", "grant", redeemed.Handle, null, new { client = client.ClientId, account = redeemed.Subject }, ct);
            return await IssueAsync(client, redeemed, jkt, ct);
        }, ct);
    }

    async Task<TokenAnswer> RefuseReplayAsync(Client client, string code, CancellationToken ct)
    {
        if (await grants.RevokeReplayedAsync(code, ct) is { } handle)
        {
            await audit.RecordAsync("code.replayed", "grant", handle, null, new { client = client.ClientId }, ct);
        }

        return new TokenAnswer.Refused(OAuthError.InvalidGrant);
    }

    // Why a code is not worth anything, for the audit; the client hears one sentence for all.
    string? Refusal(RedeemedCode code, Client client, ProtocolParameters form, string? jkt) => 0 switch
    {
        _ when code.ClientId != client.ClientId => "another_client",
        _ when code.ExpiresAt <= clock.GetUtcNow().UtcDateTime => "expired",
        _ when form["redirect_uri"] != code.RedirectUri => "another_redirect_uri",
        _ when !IsProven(code.CodeChallenge, form["code_verifier"]) => "another_verifier",
        _ when code.DPoPJkt is not null && code.DPoPJkt != jkt => "another_key",
        _ when !code.Stands => "withdrawn",
        _ => null,
    };

    // RFC 9700, 4.8.2: a verifier for a code that was asked for without a challenge is refused as well.
    static bool IsProven(string? challenge, string? verifier) =>
        (challenge, verifier) is (null, null) || (challenge is not null && verifier is not null && Challenge.IsMetBy(challenge, verifier));

    async Task<TokenAnswer> IssueAsync(Client client, RedeemedCode code, string? jkt, CancellationToken ct)
    {
        string? refreshToken = null;
        if (client.AllowOfflineAccess && code.Scopes.Contains(IdentityScopes.OfflineAccess, StringComparer.Ordinal))
        {
            refreshToken = Secret.New();
            // RFC 9449, 5: who authenticates may exchange the key, who does not has nothing else to be known by.
            await refreshTokens.InsertAsync(refreshToken, code.AccessGrantId, client.RequireClientSecret ? null : jkt, ct);
        }

        return await issue.RunAsync(client, code, code.Scopes, jkt, code.Nonce, refreshToken, ct);
    }
}
