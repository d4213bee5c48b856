using System.Security.Cryptography;
using Identity.Clients;
using Identity.Grants;
using Identity.Web;

namespace Identity.Token;

/// <summary>Makes the tokens that a person's grant leads to.</summary>
sealed class IssueToPerson(IssuedTokens tokens, IdentitySettings settings)
{
    /// <summary>Does so.</summary>
    /// <param name="client">To whom.</param>
    /// <param name="grant">By what right.</param>
    /// <param name="scopes">For what: all that was granted, or less.</param>
    /// <param name="jkt">The key the access token is bound to, if any.</param>
    /// <param name="nonce">Goes into the first id_token only (OpenID Connect Core, 12.2).</param>
    /// <param name="refreshToken">What the client may come back with, entered already.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<TokenAnswer> RunAsync(Client client, IGrantedToClient grant, string[] scopes, string? jkt, string? nonce, string? refreshToken, CancellationToken ct)
    {
        var isOpenId = scopes.Contains(IdentityScopes.OpenId, StringComparer.Ordinal);
        var apis = client.AudiencesOf(scopes);
        if (apis.Algorithm is not { } algorithm)
        {
            return new TokenAnswer.Refused(OAuthError.NoSignatureForAll);
        }

        // For userinfo, which is ours.
        string[] audiences = isOpenId || apis.Names.Count == 0 ? [.. apis.Names, settings.Issuer] : [.. apis.Names];
        var lifetime = TimeSpan.FromSeconds(client.AccessTokenLifetime);
        var id = grant.Handle + "." + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        var access = await tokens.WriteAccessTokenAsync(new(id, grant.Subject, client.ClientId, scopes, audiences, lifetime, grant.AuthenticatedAt) { Algorithm = algorithm, Jkt = jkt }, ct);
        var idToken = isOpenId
            ? await tokens.WriteIdTokenAsync(new(grant.Subject, client.ClientId, grant.Sid, grant.AuthenticatedAt, grant.Amr, nonce, access, TimeSpan.FromSeconds(client.IdentityTokenLifetime)) { Algorithm = client.IdentityTokenSigningAlgorithm, Idp = grant.Idp }, ct)
            : null;
        return new TokenAnswer.Issued(access, lifetime, scopes, idToken) { RefreshToken = refreshToken, IsBoundToKey = jkt is not null };
    }
}
