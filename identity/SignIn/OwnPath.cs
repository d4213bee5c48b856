using System.Text.RegularExpressions;
using Microsoft.AspNetCore.WebUtilities;

namespace Identity.SignIn;

/// <summary>
/// The pages of ours that a sign-in may lead back to: a plain path, at most with the application's request that waits. Nothing that a browser
/// could take for another host passes (RFC 9700, 4.11.2).
/// </summary>
static partial class OwnPath
{
    /// <summary>The path, if it is one of ours; null for anything else.</summary>
    public static string? OrNull(string? path) => path is { Length: <= 8000 } && Plain().IsMatch(path) ? path : null;

    /// <summary>The page that was asked for, as a path to come back to.</summary>
    public static string Of(HttpRequest request)
    {
        var path = request.Path.ToString();
        return OrNull(request.Query["request"] is [{ Length: > 0 } waiting] ? QueryHelpers.AddQueryString(path, "request", waiting) : path) ?? "/account";
    }

    /// <summary>Where somebody goes after a sign-in: on with the application's request, to the page they came from, or to our start page.</summary>
    /// <param name="request">A request that was found good.</param>
    /// <param name="then">A page, already looked at with <see cref="OrNull"/>.</param>
    public static string After(string? request, string? then) =>
        request is null ? then ?? "/" : QueryHelpers.AddQueryString("/connect/authorize/callback", "request", request);

    [GeneratedRegex(@"\A(/[A-Za-z0-9_-]+)+(\?request=[A-Za-z0-9_-]+)?\z", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Plain();
}
