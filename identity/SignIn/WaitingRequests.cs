using Identity.Authorize;
using Identity.Clients;
using Platform.Web;

namespace Identity.SignIn;

/// <summary>An application's request that waits for a sign-in.</summary>
/// <param name="Text">As it travels.</param>
/// <param name="LoginHint">Whom the application expects, if it says so.</param>
/// <param name="Client">The application.</param>
/// <param name="AcrValues">How sure it wants to be, and through which provider people are to come.</param>
sealed record WaitingRequest(string Text, string? LoginHint, Client Client, string? AcrValues);

/// <summary>Reads the requests that the pages of a sign-in carry along.</summary>
sealed class WaitingRequests(PendingAuthorizations pending, ClientStore clients)
{
    /// <summary>
    /// The request in that text, and lets the page's forms lead on to its application. One that cannot be read any more (too old, cut off) is
    /// as good as none: the person can still sign in and go to the application by hand.
    /// </summary>
    public async Task<WaitingRequest?> FindAsync(HttpContext http, string? text, CancellationToken ct)
    {
        if (text is null || pending.Read(text) is not { } waiting || await clients.FindEnabledAsync(waiting.Parameters.GetValueOrDefault("client_id", ""), ct) is not { } client)
        {
            return null;
        }

        // The form leads back here and on to the application; browsers want both named.
        if (waiting.Parameters.GetValueOrDefault("redirect_uri") is { } uri && RedirectUri.IsRegistered(uri, client.RedirectUris))
        {
            http.AllowFormTarget(RedirectUri.Origin(uri));
        }

        return new(text, waiting.Parameters.GetValueOrDefault("login_hint") is { Length: <= 254 } hint ? hint : null, client, waiting.Parameters.GetValueOrDefault("acr_values"));
    }
}
