using Identity.Clients;
using Identity.Token;
using Identity.Web;
using Microsoft.AspNetCore.Cors;
using Microsoft.AspNetCore.Mvc;

namespace Identity.PushedAuthorization;

/// <summary>The endpoint for pushed authorization requests (RFC 9126).</summary>
[Route("connect/par")]
[EnableCors(CallsFromPages.Policy)]
[ForPrograms]
sealed class PushedAuthorizationController(ClientCall call, PushAuthorization push) : Controller
{
    /// <summary>More than any request needs that can wait for a sign-in.</summary>
    public const int Largest = 16 * 1024;

    /// <summary>Nothing is pushed by an address.</summary>
    [HttpGet]
    public IActionResult Show() => ClientCall.OnlyPost(this);

    /// <summary>Takes one.</summary>
    [HttpPost]
    [RequestSizeLimit(Largest)] // for bodies that do not say how long they are
    public Task<IActionResult> Create(CancellationToken ct) => Request.ContentLength > Largest
        ? Task.FromResult<IActionResult>(this.OAuthError(OAuthError.InvalidRequest("The request is too large."), StatusCodes.Status413PayloadTooLarge))
        : call.RunAsync(this, (client, form) => AnswerAsync(client, form, ct), ct);

    async Task<IActionResult> AnswerAsync(Client client, ProtocolParameters form, CancellationToken ct) => await push.RunAsync(HttpContext, client, form, ct) switch
    {
        PushedRequest.Kept kept => Tell(kept),
        PushedRequest.Refused refused => this.OAuthError(refused.Error),
        PushedRequest.TooMany tooMany => ClientCall.TooMany(this, tooMany.Wait),
        _ => throw new InvalidOperationException("A request is kept or refused."),
    };

    JsonResult Tell(PushedRequest.Kept kept)
    {
        Response.Headers.CacheControl = "no-cache, no-store";
        return new(new Dictionary<string, object>(StringComparer.Ordinal) { ["request_uri"] = kept.RequestUri, ["expires_in"] = (int)kept.Lifetime.TotalSeconds })
        {
            StatusCode = StatusCodes.Status201Created,
        };
    }
}
