using Identity.Clients;
using Identity.Grants;
using Identity.RefreshTokens;
using Identity.Token;
using Identity.Web;
using Platform.Audit;
using Platform.Database;

namespace Identity.Revocation;

/// <summary>Ends a token that its client gives back (RFC 7009, 2.1).</summary>
sealed class RevokeToken(RefreshTokenStore refreshTokens, GrantStore grants, RevokedTokenStore revoked, IssuedTokens tokens, Db db, AuditTrail audit)
{
    /// <summary>Does so. What we never issued, or has ended, is as good as ended now.</summary>
    /// <returns>The error, when the token is another client's.</returns>
    public Task<OAuthError?> RunAsync(Client client, string token, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        // What kind it is can be seen; the client's hint would only mislead.
        if (token.Contains('.', StringComparison.Ordinal))
        {
            return await EndAccessTokenAsync(client, token, ct);
        }

        return await refreshTokens.FindAsync(token, ct) is { } refreshToken ? await EndGrantAsync(client, refreshToken, ct) : null;
    }, ct);

    // With the refresh token goes all that came of the same grant.
    async Task<OAuthError?> EndGrantAsync(Client client, RefreshToken token, CancellationToken ct)
    {
        if (token.ClientId != client.ClientId)
        {
            return await RefuseAsync(client, "grant", token.Handle, ct);
        }

        if (await grants.RevokeAsync(token.AccessGrantId, "given_back", ct))
        {
            await audit.RecordAsync("grant.given_back", "grant", token.Handle, null, new { client = client.ClientId, account = token.Subject }, ct);
        }

        return null;
    }

    async Task<OAuthError?> EndAccessTokenAsync(Client client, string text, CancellationToken ct)
    {
        if (await tokens.ReadAccessTokenAsync(text, ct) is not { } token)
        {
            return null;
        }

        var (kind, number) = RevokedTokenStore.HandleIn(token.Id) is { } handle ? ("grant", handle) : ("token", token.Id);
        if (token.GetPayloadValue<string>("client_id") != client.ClientId)
        {
            return await RefuseAsync(client, kind, number, ct);
        }

        if (await revoked.InsertAsync(token.Id, token.ValidTo, ct))
        {
            await audit.RecordAsync("token.given_back", kind, number, null, new { client = client.ClientId }, ct);
        }

        return null;
    }

    async Task<OAuthError?> RefuseAsync(Client client, string kind, string number, CancellationToken ct)
    {
        await audit.RecordAsync("revocation.refused", kind, number, null, new { client = client.ClientId }, ct);
        return new("invalid_grant", "The token was issued to another client.");
    }
}
