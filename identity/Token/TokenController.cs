using Identity.Clients;
using Identity.RefreshTokens;
using Identity.Web;
using Microsoft.AspNetCore.Cors;
using Microsoft.AspNetCore.Mvc;

namespace Identity.Token;

/// <summary>The token endpoint (RFC 6749, 3.2; OpenID Connect Core, 3.1.3).</summary>
[Route("connect/token")]
[EnableCors(CallsFromPages.Policy)]
[ForPrograms]
sealed class TokenController(ClientCall call, KeyProofs proofs, RedeemCode redeemCode, UseRefreshToken useRefreshToken, IssueToClient issueToClient) : Controller
{
    /// <summary>Nothing is issued for an address, which would be written down on its way.</summary>
    [HttpGet]
    public IActionResult Show() => ClientCall.OnlyPost(this);

    /// <summary>Issues tokens.</summary>
    [HttpPost]
    public Task<IActionResult> Create(CancellationToken ct) => call.RunAsync(this, (client, form) => AnswerAsync(client, form, ct), ct);

    async Task<IActionResult> AnswerAsync(Client client, ProtocolParameters form, CancellationToken ct)
    {
        switch (await DecideAsync(client, form, ct))
        {
            case TokenAnswer.Issued issued:
                return Issue(issued);
            case TokenAnswer.Refused refused:
                if (refused.Error.Code is "invalid_grant")
                {
                    await call.CountFailureAsync(HttpContext, ct);
                }

                return ClientCall.Refuse(this, refused.Error);
            default:
                throw new InvalidOperationException("Tokens are issued or refused.");
        }
    }

    async Task<TokenAnswer> DecideAsync(Client client, ProtocolParameters form, CancellationToken ct) => form["grant_type"] switch
    {
        null => new TokenAnswer.Refused(OAuthError.InvalidRequest("The grant_type is missing.")),
        { } type when !GrantTypes.All.Contains(type, StringComparer.Ordinal) => new TokenAnswer.Refused(new("unsupported_grant_type", "The grant_type is not supported.")),
        { } type when !client.Allows(type) => new TokenAnswer.Refused(new("unauthorized_client", "The client may not use this grant_type.")),
        { } type => await DecideAsync(type, client, form, await proofs.CheckAsync(HttpContext, ct), ct),
    };

    async Task<TokenAnswer> DecideAsync(string type, Client client, ProtocolParameters form, KeyProof proof, CancellationToken ct) => type switch
    {
        _ when proof.Error is not null => new TokenAnswer.Refused(proof.Error),
        _ when proof.Jkt is null && client.RequireDPoP => new TokenAnswer.Refused(OAuthError.InvalidRequest("A DPoP proof is required.")),
        GrantTypes.AuthorizationCode => await redeemCode.RunAsync(client, form, proof.Jkt, ct),
        GrantTypes.ClientCredentials => await issueToClient.RunAsync(client, form, proof.Jkt, ct),
        _ => await useRefreshToken.RunAsync(client, form, proof.Jkt, ct),
    };

    JsonResult Issue(TokenAnswer.Issued issued)
    {
        var answer = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["access_token"] = issued.AccessToken,
            ["token_type"] = issued.IsBoundToKey ? "DPoP" : "Bearer",
            ["expires_in"] = (int)issued.Lifetime.TotalSeconds,
            ["scope"] = string.Join(' ', issued.Scopes),
        };
        if (issued.IdToken is not null)
        {
            answer["id_token"] = issued.IdToken;
        }

        if (issued.RefreshToken is not null)
        {
            answer["refresh_token"] = issued.RefreshToken;
        }

        Response.Headers.CacheControl = "no-store";
        Response.Headers.Pragma = "no-cache";
        return Json(answer);
    }
}
