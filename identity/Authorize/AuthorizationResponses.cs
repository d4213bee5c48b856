using Identity.Clients;
using Identity.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Platform.Web;

namespace Identity.Authorize;

/// <summary>Writes what became of an authorization request: an answer to the client, or the way to one of our own pages.</summary>
sealed class AuthorizationResponses(PendingAuthorizations pending, IdentitySettings settings)
{
    /// <summary>The response.</summary>
    public IActionResult Of(Controller controller, Authorization answer) => answer switch
    {
        Authorization.Refused { Error.MayRedirect: false } refused => Refused(controller, refused.Error),
        Authorization.Refused refused => Return(controller, refused.Request, [("error", refused.Error.Code), ("error_description", refused.Error.Description)]),
        Authorization.Granted granted => Return(controller, granted.Request, [("code", granted.Code)]),
        Authorization.SignInFirst first => Wait(controller, first.Request, "/sign-in"),
        Authorization.StepUpFirst first => Wait(controller, first.Request, "/sign-in/step-up"),
        Authorization.ConsentFirst first => Wait(controller, first.Request, "/consent"),
        _ => throw new InvalidOperationException("A request is refused, granted, or waits for its person."),
    };

    /// <summary>An error on our own page, because nobody else may be told (RFC 9700, 4.11.2).</summary>
    public static ViewResult Refused(Controller controller, OAuthError error)
    {
        controller.Response.StatusCode = StatusCodes.Status400BadRequest;
        return controller.View("/Authorize/AuthorizationRefused.cshtml", error);
    }

    IActionResult Wait(Controller controller, AuthorizationRequest request, string page)
    {
        if (pending.Write(request) is not { } text)
        {
            return Return(controller, request, [("error", "invalid_request"), ("error_description", "The request is too long.")]);
        }

        var address = QueryHelpers.AddQueryString(page, "request", text);
        return controller.SeeOther(request.Parameters["ui_locales"] is { } locales ? QueryHelpers.AddQueryString(address, "ui_locales", locales) : address);
    }

    IActionResult Return(Controller controller, AuthorizationRequest request, IReadOnlyList<(string Name, string Value)> answered)
    {
        var parameters = answered
            .Append(("state", request.Parameters["state"]!))
            .Append(("iss", settings.Issuer)) // RFC 9207
            .Where(parameter => parameter.Item2 is not null)
            .ToDictionary(parameter => parameter.Item1, parameter => (string?)parameter.Item2, StringComparer.Ordinal);
        if (request.Parameters["response_mode"] is "form_post")
        {
            controller.HttpContext.AllowOnlyFormTarget(RedirectUri.FormTarget(request.RedirectUri));
            return controller.View("/Authorize/FormPost.cshtml", new FormPost(request.RedirectUri, parameters));
        }

        return controller.SeeOther(QueryHelpers.AddQueryString(request.RedirectUri, parameters));
    }
}

/// <summary>An answer that a form carries to the client.</summary>
/// <param name="RedirectUri">Where to.</param>
/// <param name="Parameters">Its fields.</param>
sealed record FormPost(string RedirectUri, IReadOnlyDictionary<string, string?> Parameters);
