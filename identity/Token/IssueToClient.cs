using Identity.Clients;
using Identity.Web;
using Platform.Audit;
using Platform.Database;

namespace Identity.Token;

/// <summary>Gives a client a token for itself, without a person (RFC 6749, 4.4).</summary>
sealed class IssueToClient(IssuedTokens tokens, Db db, AuditTrail audit)
{
    /// <summary>Does so; without a scope it gets all the API scopes it may have.</summary>
    /// <param name="client">To whom.</param>
    /// <param name="form">What for.</param>
    /// <param name="jkt">The key the token is bound to, if any.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<TokenAnswer> RunAsync(Client client, ProtocolParameters form, string? jkt, CancellationToken ct)
    {
        var mayHave = client.AllowedScopes.Except(IdentityScopes.All, StringComparer.Ordinal).ToArray();
        var scopes = form["scope"]?.Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal).ToArray() ?? mayHave;
        // openid and offline_access speak of a person, and there is none.
        if (scopes.Length == 0 || scopes.Except(mayHave, StringComparer.Ordinal).Any())
        {
            return new TokenAnswer.Refused(new("invalid_scope", "A scope is unknown, or not allowed for this client."));
        }

        var audiences = client.AudiencesOf(scopes);
        if (audiences is not { Names.Count: > 0, Algorithm: { } algorithm })
        {
            return new TokenAnswer.Refused(audiences.Names.Count == 0 ? new("invalid_scope", "No API is behind that scope.") : OAuthError.NoSignatureForAll);
        }

        var lifetime = TimeSpan.FromSeconds(client.AccessTokenLifetime);
        var id = Secret.NewName();
        // A chain of its own for each token: programs that ask at the same moment do not wait for each other.
        await db.InTransactionAsync(() => audit.RecordAsync("token.issued", "token", id, null, new { client = client.ClientId, scopes }, ct), ct);
        var access = await tokens.WriteAccessTokenAsync(
            new(id, client.ClientId, client.ClientId, scopes, audiences.Names, lifetime, AuthenticatedAt: null) { Algorithm = algorithm, Jkt = jkt, Tenant = client.TenantKey }, ct);
        return new TokenAnswer.Issued(access, lifetime, scopes, IdToken: null) { IsBoundToKey = jkt is not null };
    }
}

/// <summary>What the token endpoint says.</summary>
abstract record TokenAnswer
{
    TokenAnswer()
    {
    }

    /// <summary>No.</summary>
    public sealed record Refused(OAuthError Error) : TokenAnswer;

    /// <summary>Here they are.</summary>
    public sealed record Issued(string AccessToken, TimeSpan Lifetime, IReadOnlyList<string> Scopes, string? IdToken) : TokenAnswer
    {
        /// <summary>What the client may come back with when nobody is there.</summary>
        public string? RefreshToken { get; init; }

        /// <summary>Whether the access token is worth something only together with a key (RFC 9449).</summary>
        public bool IsBoundToKey { get; init; }
    }
}
