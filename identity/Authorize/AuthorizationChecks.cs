using Identity.Clients;
using Identity.Token;
using Identity.Web;

namespace Identity.Authorize;

/// <summary>What an authorization request must be, in the order it is looked at. The first refusal is the answer.</summary>
sealed class AuthorizationChecks(ClientStore clients, IssuedTokens tokens)
{
    const int LongestClientId = 100;
    const int LongestRedirectUri = 400;
    const int LongestScope = 300;
    const int LongestState = 2000;
    const int LongestNonce = 300;

    static readonly string[] KnownPrompts = ["none", "login", "consent", "select_account"];

    /// <summary>Fills in client and redirect address, and says what is wrong, if anything.</summary>
    public async Task<OAuthError?> RefusalAsync(AuthorizationRequest request, CancellationToken ct)
    {
        // Until client and redirect address have passed nobody knows where an error could be sent.
        return await ClientIsKnownAsync(request, ct) ?? await RefusalOfKnownAsync(request, ct);
    }

    /// <summary>The same for a request whose client is known already, because it has authenticated.</summary>
    public async Task<OAuthError?> RefusalOfKnownAsync(AuthorizationRequest request, CancellationToken ct)
    {
        if (RedirectUriIsRegistered(request) is { } shown)
        {
            return shown;
        }

        var refused = Checks.Select(check => check(request)).FirstOrDefault(refusal => refusal is not null) ?? await HintIsOursAsync(request, ct);
        return refused is null ? null : refused with { MayRedirect = true };
    }

    static readonly Func<AuthorizationRequest, OAuthError?>[] Checks =
    [
        NothingIsSentTwice,      // RFC 6749, 3.1
        IsPushedWhereItMust,     // RFC 9126, 4: what a client says it always pushes is not taken from a browser
        NoRequestObject,         // OpenID Connect Core, 6: we support neither, and fetch nothing
        ResponseTypeIsCode,      // RFC 9700, 2.1.2: no token ever travels through the browser
        ResponseModeIsKnown,     // OAuth 2.0 Form Post Response Mode
        ClientMayUseCodes,       // RFC 6749, 4.1.2.1
        StateAndNonceFit,        // echoed unchanged or refused, never cut
        ScopesAreAllowed,        // RFC 6749, 3.3
        ChallengeIsS256,         // RFC 7636, 4.3; plain is refused
        KeyIsAThumbprint,        // RFC 9449, 10
        PromptIsUnderstood,      // OpenID Connect Core, 3.1.2.1
        MaxAgeIsANumber,         // the same
    ];

    async Task<OAuthError?> ClientIsKnownAsync(AuthorizationRequest request, CancellationToken ct)
    {
        if (request.Parameters["client_id"] is not { Length: <= LongestClientId } clientId)
        {
            return OAuthError.InvalidRequest("The client_id is missing, too long or sent twice.");
        }

        if (await clients.FindEnabledAsync(clientId, ct) is not { } client)
        {
            return new("unauthorized_client", "There is no such client.");
        }

        request.Client = client;
        return null;
    }

    static OAuthError? RedirectUriIsRegistered(AuthorizationRequest request)
    {
        if (request.Parameters["redirect_uri"] is not { Length: <= LongestRedirectUri } uri || !RedirectUri.IsRegistered(uri, request.Client.RedirectUris))
        {
            return OAuthError.InvalidRequest("The redirect_uri is missing or not one that the client has registered.");
        }

        request.RedirectUri = uri;
        return null;
    }

    static OAuthError? NothingIsSentTwice(AuthorizationRequest request) =>
        request.Parameters.AnyFaulty ? OAuthError.InvalidRequest("A parameter is sent twice, or with a NUL in it.") : null;

    static OAuthError? IsPushedWhereItMust(AuthorizationRequest request) =>
        request.Client.RequirePushedAuthorization && !request.IsPushed ? OAuthError.InvalidRequest("The client must push its authorization requests.") : null;

    static OAuthError? NoRequestObject(AuthorizationRequest request) =>
        request.Parameters["request"] is not null ? new("request_not_supported", "Request objects are not supported.")
        : request.Parameters["request_uri"] is not null ? new("request_uri_not_supported", "The request_uri is not one that we issued.")
        : null;

    static OAuthError? ResponseTypeIsCode(AuthorizationRequest request) => request.Parameters["response_type"] switch
    {
        "code" => null,
        null => OAuthError.InvalidRequest("The response_type is missing."),
        _ => new("unsupported_response_type", "Only the response_type code is supported."),
    };

    static OAuthError? ResponseModeIsKnown(AuthorizationRequest request) =>
        request.Parameters["response_mode"] is null or "query" or "form_post" ? null : OAuthError.InvalidRequest("The response_mode must be query or form_post.");

    static OAuthError? ClientMayUseCodes(AuthorizationRequest request) =>
        request.Client.Allows(GrantTypes.AuthorizationCode) ? null : new("unauthorized_client", "The client may not use authorization codes.");

    static OAuthError? StateAndNonceFit(AuthorizationRequest request) =>
        request.Parameters["state"] is { Length: > LongestState } ? OAuthError.InvalidRequest("The state is too long.")
        : request.Parameters["nonce"] is { Length: > LongestNonce } ? OAuthError.InvalidRequest("The nonce is too long.")
        : null;

    static OAuthError? ScopesAreAllowed(AuthorizationRequest request) =>
        request.Parameters["scope"] is { Length: > LongestScope } ? new("invalid_scope", "The scope is too long.")
        : request.Scopes.Length == 0 ? new("invalid_scope", "The scope is missing.")
        : request.Scopes.Any(scope => !request.Client.MayAskFor(scope)) ? new("invalid_scope", "A scope is unknown, or not allowed for this client.")
        : null;

    static OAuthError? ChallengeIsS256(AuthorizationRequest request)
    {
        var (challenge, method) = (request.Parameters["code_challenge"], request.Parameters["code_challenge_method"]);
        return
            challenge is null && method is null && !request.Client.RequirePkce ? null
            : challenge is null ? OAuthError.InvalidRequest("A code challenge is required.")
            : method is not "S256" ? OAuthError.InvalidRequest("The code_challenge_method must be S256.")
            : !Challenge.IsWellFormed(challenge) ? OAuthError.InvalidRequest("The code_challenge must be 43 to 128 unreserved characters.")
            : null;
    }

    static OAuthError? KeyIsAThumbprint(AuthorizationRequest request) =>
        request.Parameters["dpop_jkt"] is { } jkt && (jkt.Length != 43 || !jkt.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_'))
            ? OAuthError.InvalidRequest("The dpop_jkt is not the thumbprint of a key.") : null;

    static OAuthError? PromptIsUnderstood(AuthorizationRequest request) =>
        request.Prompts.Except(KnownPrompts, StringComparer.Ordinal).Any() ? OAuthError.InvalidRequest("The prompt is not one of none, login, consent, select_account.")
        : request.IsSilent && request.Prompts.Length > 1 ? OAuthError.InvalidRequest("The prompt none stands alone.")
        : null;

    static OAuthError? MaxAgeIsANumber(AuthorizationRequest request) =>
        request.Parameters["max_age"] is not null && request.MaxAge is null ? OAuthError.InvalidRequest("The max_age must be a number of seconds.") : null;

    // OpenID Connect Core, 3.1.2.1: only an id_token that we issued names a person.
    async Task<OAuthError?> HintIsOursAsync(AuthorizationRequest request, CancellationToken ct)
    {
        if (request.Parameters["id_token_hint"] is not { } hint)
        {
            return null;
        }

        request.HintedSubject = (await tokens.ReadHintAsync(hint, ct))?.Subject;
        return request.HintedSubject is null ? OAuthError.InvalidRequest("The id_token_hint is not an id_token that we issued.") : null;
    }
}
