using Identity.Clients;
using Identity.Sessions;
using Identity.Token;
using Identity.Web;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Identity.EndSession;

/// <summary>What an application asks when it sends somebody here to sign out.</summary>
abstract record LogoutRequest
{
    LogoutRequest()
    {
    }

    /// <summary>It contradicts itself.</summary>
    public sealed record Malformed(OAuthError Error) : LogoutRequest;

    /// <summary>It shows an id_token of this very session (or nobody is signed in any more); it may name where to go afterwards.</summary>
    public sealed record Genuine(string? ReturnTo) : LogoutRequest;

    /// <summary>Anybody could have sent it: the person decides.</summary>
    public sealed record Unproven : LogoutRequest;
}

/// <summary>Reads logout requests (RP-Initiated Logout 1.0, 2).</summary>
sealed class LogoutRequests(IssuedTokens tokens, ClientStore clients)
{
    const int LongestState = 2000;

    /// <summary>Reads one.</summary>
    public async Task<LogoutRequest> ReadAsync(ProtocolParameters parameters, SignInSession? session, CancellationToken ct)
    {
        if (parameters.AnyFaulty || parameters["state"] is { Length: > LongestState })
        {
            return new LogoutRequest.Malformed(OAuthError.InvalidRequest("A parameter is sent twice or is too long."));
        }

        if (parameters["id_token_hint"] is not { } hintText || await tokens.ReadHintAsync(hintText, ct) is not { } hint)
        {
            return new LogoutRequest.Unproven();
        }

        if (parameters["client_id"] is { } clientId && !hint.Audiences.Contains(clientId, StringComparer.Ordinal))
        {
            return new LogoutRequest.Malformed(OAuthError.InvalidRequest("The client_id is not the one that the id_token_hint was issued to."));
        }

        return await JudgeAsync(parameters, hint, session, ct);
    }

    async Task<LogoutRequest> JudgeAsync(ProtocolParameters parameters, JsonWebToken hint, SignInSession? session, CancellationToken ct)
    {
        if (session is not null && hint.GetPayloadValue<string>("sid") != session.Sid)
        {
            return new LogoutRequest.Unproven();
        }

        if (parameters["post_logout_redirect_uri"] is not { } uri)
        {
            return new LogoutRequest.Genuine(ReturnTo: null);
        }

        var client = await clients.FindEnabledAsync(hint.Audiences.First(), ct);
        if (client is null || !RedirectUri.IsRegistered(uri, client.PostLogoutRedirectUris))
        {
            return new LogoutRequest.Unproven();
        }

        return new LogoutRequest.Genuine(parameters["state"] is { } state ? QueryHelpers.AddQueryString(uri, "state", state) : uri);
    }
}
