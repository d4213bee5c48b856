using Identity.Clients;
using Identity.Throttling;
using Identity.Web;
using Microsoft.AspNetCore.Mvc;
using Platform.Audit;
using Platform.Database;

namespace Identity.Token;

/// <summary>The token endpoint (RFC 6749, 3.2; OpenID Connect Core, 3.1.3).</summary>
[Route("connect/token")]
[IgnoreAntiforgeryToken] // programs call it, without cookies
sealed class TokenController(ClientAuthentication authentication, RedeemCode redeemCode, IssueToClient issueToClient, Throttle throttle, Db db, AuditTrail audit) : Controller
{
    /// <summary>Nothing is issued for an address, which would be written down on its way.</summary>
    [HttpGet]
    public IActionResult Show()
    {
        Response.Headers.Allow = "POST";
        return this.OAuthError(OAuthError.InvalidRequest("Tokens are asked for by POST."), StatusCodes.Status405MethodNotAllowed);
    }

    /// <summary>Issues tokens.</summary>
    [HttpPost]
    public async Task<IActionResult> Create(CancellationToken ct)
    {
        if (Request.QueryString.HasValue || await ProtocolParameters.ReadFormAsync(Request, ct) is not { } form)
        {
            return this.OAuthError(OAuthError.InvalidRequest("Parameters are sent as a form in the body, and none in the address."));
        }

        if (form.AnyFaulty)
        {
            return this.OAuthError(OAuthError.InvalidRequest("A parameter is sent twice, or with a NUL in it."));
        }

        var (claim, error) = ClientAuthentication.Read(Request, form);
        // One transaction for all of it: a refusal is an answer and keeps what it wrote.
        return claim is null ? Refuse(error!) : await db.InTransactionAsync(() => AnswerAsync(claim, form, ct), ct);
    }

    async Task<IActionResult> AnswerAsync(ClientAuthentication.Claim claim, ProtocolParameters form, CancellationToken ct)
    {
        if (await throttle.WaitAsync(Limit.TokenFailures, Throttle.Address(HttpContext), ct) is { } wait)
        {
            return TooMany(wait);
        }

        return await authentication.FindAsync(claim, ct) is { } client
            ? await AnswerAsync(client, form, ct)
            : await RefuseClientAsync(claim, ct);
    }

    async Task<IActionResult> AnswerAsync(Client client, ProtocolParameters form, CancellationToken ct)
    {
        switch (await DecideAsync(client, form, ct))
        {
            case TokenAnswer.Issued issued:
                return Issue(issued);
            case TokenAnswer.Refused refused:
                if (refused.Error.Code is "invalid_grant")
                {
                    await throttle.TakeAsync(Limit.TokenFailures, Throttle.Address(HttpContext), ct);
                }

                return Refuse(refused.Error);
            default:
                throw new InvalidOperationException("Tokens are issued or refused.");
        }
    }

    async Task<TokenAnswer> DecideAsync(Client client, ProtocolParameters form, CancellationToken ct) => form["grant_type"] switch
    {
        null => new TokenAnswer.Refused(OAuthError.InvalidRequest("The grant_type is missing.")),
        { } type when !GrantTypes.All.Contains(type, StringComparer.Ordinal) => new TokenAnswer.Refused(new("unsupported_grant_type", "The grant_type is not supported.")),
        { } type when !client.Allows(type) => new TokenAnswer.Refused(new("unauthorized_client", "The client may not use this grant_type.")),
        GrantTypes.AuthorizationCode => await redeemCode.RunAsync(client, form, ct),
        _ => await issueToClient.RunAsync(client, form, ct),
    };

    async Task<IActionResult> RefuseClientAsync(ClientAuthentication.Claim claim, CancellationToken ct)
    {
        var address = Throttle.Address(HttpContext);
        await throttle.TakeAsync(Limit.TokenFailures, address, ct);
        // By address: the name that was tried may be anything, even a secret in the wrong field.
        await audit.RecordAsync("client.refused", "address", address, null, new { claim.Method }, ct);
        return Refuse(OAuthError.InvalidClient);
    }

    JsonResult Issue(TokenAnswer.Issued issued)
    {
        var answer = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["access_token"] = issued.AccessToken,
            ["token_type"] = "Bearer",
            ["expires_in"] = (int)issued.Lifetime.TotalSeconds,
            ["scope"] = string.Join(' ', issued.Scopes),
        };
        if (issued.IdToken is not null)
        {
            answer["id_token"] = issued.IdToken;
        }

        Response.Headers.CacheControl = "no-store";
        Response.Headers.Pragma = "no-cache";
        return Json(answer);
    }

    JsonResult Refuse(OAuthError error)
    {
        if (error.Code is not "invalid_client")
        {
            return this.OAuthError(error);
        }

        Response.Headers.WWWAuthenticate = "Basic realm=\"identity\"";
        return this.OAuthError(error, StatusCodes.Status401Unauthorized);
    }

    JsonResult TooMany(TimeSpan wait)
    {
        Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        return this.OAuthError(new("temporarily_unavailable", "Too many failed requests from this address; try again later."), StatusCodes.Status429TooManyRequests);
    }
}
