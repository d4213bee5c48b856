namespace Support;

/// <summary>An application that goes on when nobody is there, by refresh tokens.</summary>
public static class OfflineClient
{
    /// <summary>Registers one, with all scopes.</summary>
    public static Task AnOfflineClientAsync(this IdentityApp identity, string clientId, Action<Identity.Clients.Client>? change = null) => identity.AClientAsync(clientId, client =>
    {
        client.AllowedGrantTypes = ["authorization_code", "refresh_token"];
        client.AllowedScopes = ["openid", "profile", "email", "portal.api"];
        client.AllowOfflineAccess = true;
        change?.Invoke(client);
    });

    /// <summary>Brings a refresh token; each change sets a parameter, or leaves it out with null.</summary>
    public static Task<TokenAnswer> RefreshAsync(this RelyingParty client, string refreshToken, params IEnumerable<(string Name, string? Value)> changes)
    {
        var form = new Dictionary<string, string?> { ["grant_type"] = "refresh_token", ["refresh_token"] = refreshToken };
        foreach (var (name, value) in changes)
        {
            form[name] = value;
        }

        return client.TokenAsync(form);
    }

    /// <summary>Gives a token back.</summary>
    public static Task<TokenAnswer> RevokeAsync(this RelyingParty client, string token, string? hint = null) =>
        client.CallAsync("/connect/revocation", [new("token", token), new("token_type_hint", hint)]);
}
