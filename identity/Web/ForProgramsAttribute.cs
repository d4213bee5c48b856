using System.Text.Json;
using Identity.Scim;
using Microsoft.AspNetCore.Mvc;
using Platform.Web;

namespace Identity.Web;

/// <summary>
/// An endpoint that programs call: without cookies, so no token of a page is asked for; and what goes wrong before it could answer (the database is away, the body
/// is too large) is told in the form its specification has for errors, not as a page.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
sealed class ForProgramsAttribute : IgnoreAntiforgeryTokenAttribute, IErrorForm
{
    /// <summary>Whether errors are those of SCIM (RFC 7644, 3.12); else those of OAuth (RFC 6749, 5.2).</summary>
    public bool IsScim { get; init; }

    /// <inheritdoc/>
    public Task WriteErrorAsync(HttpContext http, int status)
    {
        var error = status switch
        {
            StatusCodes.Status503ServiceUnavailable => new OAuthError("temporarily_unavailable", "The service is not available for a moment. Nothing was changed; try again."),
            >= 500 => new("server_error", "Something went wrong here. Nothing was changed."),
            StatusCodes.Status413PayloadTooLarge => OAuthError.InvalidRequest("The request is too large."),
            _ => OAuthError.InvalidRequest("The request cannot be read."),
        };
        http.Response.Headers.CacheControl = "no-store";
        http.Response.ContentType = IsScim ? ScimAnswers.MediaType : "application/json; charset=utf-8";
        return http.Response.WriteAsync(IsScim
            ? ScimAnswers.Error(status, null, error.Description).Content!
            : JsonSerializer.Serialize(error.ToBody()), http.RequestAborted);
    }
}
