using System.Globalization;
using Identity.Clients;
using Identity.Throttling;
using Identity.Web;
using Microsoft.AspNetCore.Mvc;
using Platform.Audit;
using Platform.Database;

namespace Identity.Token;

/// <summary>
/// A client calls an endpoint of its own (token, pushed requests, revocation): a form by POST, one proof of who it is, guessing held back. What is asked for is
/// the endpoint's business.
/// </summary>
sealed class ClientCall(ClientAuthentication authentication, Throttle throttle, Db db, AuditTrail audit)
{
    /// <summary>Looks who calls and lets the endpoint answer; one transaction for all of it: a refusal is an answer and keeps what it wrote.</summary>
    /// <param name="controller">The endpoint.</param>
    /// <param name="answer">Answers the client.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<IActionResult> RunAsync(ControllerBase controller, Func<Client, ProtocolParameters, Task<IActionResult>> answer, CancellationToken ct) =>
        RunAsync(controller, claim => authentication.FindAsync(claim, ct), answer, ct);

    /// <summary>The same for an API, which has its own secrets; a client is none.</summary>
    public Task<IActionResult> RunForApiAsync(ControllerBase controller, Func<Api, ProtocolParameters, Task<IActionResult>> answer, CancellationToken ct) =>
        RunAsync(controller, claim => authentication.FindApiAsync(claim, ct), answer, ct);

    async Task<IActionResult> RunAsync<T>(ControllerBase controller, Func<ClientAuthentication.Claim, Task<T?>> find, Func<T, ProtocolParameters, Task<IActionResult>> answer, CancellationToken ct)
        where T : class
    {
        if (controller.Request.QueryString.HasValue || await ProtocolParameters.ReadFormAsync(controller.Request, ct) is not { } form)
        {
            return controller.OAuthError(OAuthError.InvalidRequest("Parameters are sent as a form in the body, and none in the address."));
        }

        if (form.AnyFaulty)
        {
            return controller.OAuthError(OAuthError.InvalidRequest("A parameter is sent twice, or with a NUL in it."));
        }

        var (claim, error) = ClientAuthentication.Read(controller.Request, form);
        return claim is null ? Refuse(controller, error!) : await db.InTransactionAsync(() => AnswerAsync(controller, claim, find, caller => answer(caller, form), ct), ct);
    }

    /// <summary>An error as an answer; with 401 where the client has not proven who it is (RFC 6749, 5.2).</summary>
    public static JsonResult Refuse(ControllerBase controller, OAuthError error)
    {
        if (error.Code is not "invalid_client")
        {
            return controller.OAuthError(error);
        }

        controller.Response.Headers.WWWAuthenticate = "Basic realm=\"identity\"";
        return controller.OAuthError(error, StatusCodes.Status401Unauthorized);
    }

    /// <summary>The answer to a request by GET: what clients send has no place in an address, which would be written down on its way.</summary>
    public static JsonResult OnlyPost(ControllerBase controller)
    {
        controller.Response.Headers.Allow = "POST";
        return controller.OAuthError(OAuthError.InvalidRequest("This is asked for by POST."), StatusCodes.Status405MethodNotAllowed);
    }

    /// <summary>Asks the client to come again later (RFC 9126, 2.3).</summary>
    public static JsonResult TooMany(ControllerBase controller, TimeSpan wait)
    {
        controller.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return controller.OAuthError(new("temporarily_unavailable", "Too many requests; try again later."), StatusCodes.Status429TooManyRequests);
    }

    /// <summary>Counts a wrong code or token against the address, as a wrong secret is.</summary>
    public Task CountFailureAsync(HttpContext http, CancellationToken ct) => throttle.TakeAsync(Limit.TokenFailures, Throttle.Address(http), ct);

    async Task<IActionResult> AnswerAsync<T>(
        ControllerBase controller, ClientAuthentication.Claim claim, Func<ClientAuthentication.Claim, Task<T?>> find, Func<T, Task<IActionResult>> answer, CancellationToken ct)
        where T : class
    {
        if (await throttle.WaitAsync(Limit.TokenFailures, Throttle.Address(controller.HttpContext), ct) is { } wait)
        {
            return TooMany(controller, wait);
        }

        return await find(claim) is { } caller ? await answer(caller) : await RefuseClientAsync(controller, claim, ct);
    }

    async Task<IActionResult> RefuseClientAsync(ControllerBase controller, ClientAuthentication.Claim claim, CancellationToken ct)
    {
        var address = Throttle.Address(controller.HttpContext);
        await throttle.TakeAsync(Limit.TokenFailures, address, ct);
        // By address: the name that was tried may be anything, even a secret in the wrong field.
        await audit.RecordAsync("client.refused", "address", address, null, new { claim.Method }, ct);
        return Refuse(controller, OAuthError.InvalidClient);
    }
}
