using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Platform.OpenIdConnect;

/// <summary>
/// Signs people in and out through an OpenID Provider: authorization code with PKCE, state, nonce and the issuer check of
/// RFC 9207. State travels encrypted and is bound to the browser by a cookie that is used once.
/// </summary>
/// <param name="options">The provider and the client.</param>
/// <param name="logger">Gets one line for each refused sign-in.</param>
/// <param name="encoder">Required by the base class.</param>
public sealed class OpenIdConnectHandler(IOptionsMonitor<OpenIdConnectOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : OAuthHandler<OpenIdConnectOptions>(options, logger, encoder), IAuthenticationSignOutHandler
{
    const string NonceItem = "nonce";

    /// <inheritdoc/>
    public override async Task<bool> HandleRequestAsync() =>
        Options.SignedOutCallbackPath == Request.Path ? ReturnFromSignOut() : await base.HandleRequestAsync();

    /// <summary>Sends the browser to the provider's sign-in.</summary>
    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (await FindProviderAsync() is not { } provider)
        {
            Response.Redirect(Request.PathBase + QueryHelpers.AddQueryString(Options.FailurePath, "reason", SignInFailure.Unavailable));
            return;
        }

        // A form that was posted after the session ended is not sent again: the person comes back to the page before it.
        properties.RedirectUri ??= HttpMethods.IsGet(Request.Method) ? OriginalPathBase + OriginalPath + Request.QueryString : OriginalPathBase + "/";
        try
        {
            Response.Redirect(QueryHelpers.AddQueryString(provider.AuthorizationEndpoint, await PushAsync(provider, AuthorizationRequest(provider, properties))));
        }
        catch (SignInRefusedException refused)
        {
            Options.ShowFailure(Context, refused);
        }
    }

    /// <summary>Takes the provider's answer, after the checks that come before anything in it is believed.</summary>
    protected override async Task<HandleRequestResult> HandleRemoteAuthenticateAsync()
    {
        if (Request.Query.Any(parameter => parameter.Value.Count > 1))
        {
            throw new SignInRefusedException(SignInFailure.Refused, "The authorization response repeats a parameter.");
        }

        var provider = await FindProviderAsync() ?? throw new SignInRefusedException(SignInFailure.Unavailable, "The provider's metadata cannot be read.");
        CheckIssuer(provider);
        if (Request.Query["error"] is [{ Length: > 0 } error] && Options.StateDataFormat.Unprotect(Request.Query["state"]) is { } properties && ValidateCorrelationId(properties))
        {
            throw new SignInRefusedException(
                error is "access_denied" ? SignInFailure.Denied : error is "temporarily_unavailable" ? SignInFailure.Unavailable : SignInFailure.Refused,
                $"The provider answered {error}: {Request.Query["error_description"]}");
        }

        return await base.HandleRemoteAuthenticateAsync();
    }

    /// <summary>Redeems the code, authenticated by the client's secret in the header.</summary>
    protected override async Task<OAuthTokenResponse> ExchangeCodeAsync(OAuthCodeExchangeContext context)
    {
        var provider = await FindProviderAsync() ?? throw new SignInRefusedException(SignInFailure.Unavailable, "The provider's metadata cannot be read.");
        using var request = new HttpRequestMessage(HttpMethod.Post, provider.TokenEndpoint);
        request.Headers.Authorization = ClientCredentials;
        request.Headers.Accept.Add(new("application/json"));
        request.Content = new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grant_type"] = "authorization_code",
            ["code"] = context.Code,
            ["redirect_uri"] = context.RedirectUri,
            ["code_verifier"] = context.Properties.Items[OAuthConstants.CodeVerifierKey]!,
        });
        var (answer, body) = await SendAsync(request);
        if (!answer.IsSuccess)
        {
            // invalid_grant is a code that came too late or twice: starting again helps. Anything else is a wrong setting.
            var error = ErrorIn(answer.Status, body);
            throw new SignInRefusedException(error is "invalid_grant" ? SignInFailure.Interrupted : SignInFailure.Refused, $"The provider's token endpoint answered {error}.");
        }

        return OAuthTokenResponse.Success(body);
    }

    /// <summary>Checks the id_token, adds the userinfo claims and makes the sign-in.</summary>
    protected override async Task<AuthenticationTicket> CreateTicketAsync(ClaimsIdentity identity, AuthenticationProperties properties, OAuthTokenResponse tokens)
    {
        var idToken = tokens.Response?.RootElement.TryGetProperty("id_token", out var value) == true ? value.GetString() : null;
        if (string.IsNullOrEmpty(idToken))
        {
            throw new SignInRefusedException(SignInFailure.Refused, "The token response has no id_token.");
        }

        var checks = new IdTokenChecks(Options.ClientId, Options.ConfigurationManager!, Options.IdTokenAlgorithms, Options.ClockSkew, TimeProvider);
        var validated = await checks.ValidateAsync(idToken, properties.Items[NonceItem]!, tokens.AccessToken!, Context.RequestAborted);
        identity = new ClaimsIdentity(validated.Claims, Scheme.Name, "name", "role");
        await AddUserInfoAsync(identity, checks, validated.Token, tokens.AccessToken!);
        properties.Items.Remove(NonceItem);
        properties.Items.Remove(OAuthConstants.CodeVerifierKey);
        // For the hint at sign-out; the access token has done its work.
        properties.StoreTokens([new AuthenticationToken { Name = OpenIdConnectParameterNames.IdToken, Value = idToken }]);
        var creating = new OAuthCreatingTicketContext(new ClaimsPrincipal(identity), properties, Context, Scheme, Options, Backchannel, tokens, tokens.Response!.RootElement);
        await Events.CreatingTicket(creating);
        return new AuthenticationTicket(creating.Principal!, creating.Properties, Scheme.Name);
    }

    /// <summary>Sends the browser to the provider to end the session there too, and back afterwards.</summary>
    /// <param name="properties">Its RedirectUri is the page to end on.</param>
    public async Task SignOutAsync(AuthenticationProperties? properties)
    {
        properties ??= new();
        properties.RedirectUri ??= OriginalPathBase + "/";
        if (await FindProviderAsync() is not { EndSessionEndpoint.Length: > 0 } provider)
        {
            Response.Redirect(properties.RedirectUri);
            return;
        }

        var signedIn = await Context.AuthenticateAsync(Options.SignInScheme);
        Response.Redirect(QueryHelpers.AddQueryString(provider.EndSessionEndpoint, WithoutNulls(new()
        {
            ["id_token_hint"] = signedIn.Properties?.GetTokenValue(OpenIdConnectParameterNames.IdToken),
            ["client_id"] = Options.ClientId,
            ["post_logout_redirect_uri"] = BuildRedirectUri(Options.SignedOutCallbackPath),
            ["state"] = Options.StateDataFormat.Protect(new AuthenticationProperties { RedirectUri = properties.RedirectUri }),
            ["ui_locales"] = CultureInfo.CurrentUICulture.Name,
        })));
    }

    // RFC 6749, 2.3.1: id and secret are form-encoded before they become user name and password.
    AuthenticationHeaderValue ClientCredentials =>
        new("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(FormEncode(Options.ClientId) + ":" + FormEncode(Options.ClientSecret))));

    // RFC 9126: the request goes to the provider directly and the browser carries its name. A push that fails is never made up for by a request through the browser:
    // whoever can stop the push would choose the weaker way.
    async Task<Dictionary<string, string?>> PushAsync(OpenIdConnectConfiguration provider, Dictionary<string, string?> asked)
    {
        var isMust = provider.RequirePushedAuthorizationRequests || Options.UsePushedAuthorization is PushedAuthorizationUse.Always;
        if (Options.UsePushedAuthorization is PushedAuthorizationUse.Never && !isMust)
        {
            return asked;
        }

        if (provider.PushedAuthorizationRequestEndpoint is not { Length: > 0 } endpoint)
        {
            return isMust ? throw new SignInRefusedException(SignInFailure.Refused, "Requests must be pushed, and the provider's metadata names no endpoint for it.") : asked;
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint);
        request.Headers.Authorization = ClientCredentials;
        request.Headers.Accept.Add(new("application/json"));
        request.Content = new FormUrlEncodedContent(asked.Select(parameter => KeyValuePair.Create(parameter.Key, parameter.Value!)));
        var (answer, body) = await SendAsync(request);
        using (body)
        {
            return answer.IsSuccess && TextIn(body, "request_uri") is { Length: > 0 } requestUri
                ? new(StringComparer.Ordinal) { ["client_id"] = Options.ClientId, ["request_uri"] = requestUri }
                : throw new SignInRefusedException(
                    answer.Status is 429 or >= 500 ? SignInFailure.Unavailable : SignInFailure.Refused, $"The provider did not take the pushed request: {ErrorIn(answer.Status, body)}.");
        }
    }

    static string ErrorIn(int status, JsonDocument body) => TextIn(body, "error") ?? status.ToString(CultureInfo.InvariantCulture);

    static string? TextIn(JsonDocument body, string name) =>
        body.RootElement is { ValueKind: JsonValueKind.Object } members && members.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    Dictionary<string, string?> AuthorizationRequest(OpenIdConnectConfiguration provider, AuthenticationProperties properties)
    {
        var verifier = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
        var nonce = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
        properties.Items[OAuthConstants.CodeVerifierKey] = verifier;
        properties.Items[NonceItem] = nonce;
        GenerateCorrelationId(properties);
        return WithoutNulls(new()
        {
            ["client_id"] = Options.ClientId,
            ["response_type"] = "code",
            ["scope"] = string.Join(' ', Options.Scope.Concat(Options.ScopesWhereOffered.Intersect(provider.ScopesSupported, StringComparer.Ordinal))),
            ["redirect_uri"] = BuildRedirectUri(Options.CallbackPath),
            ["code_challenge"] = WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))),
            ["code_challenge_method"] = "S256",
            ["nonce"] = nonce,
            ["state"] = Options.StateDataFormat.Protect(properties),
            ["ui_locales"] = properties.GetParameter<string>("ui_locales") ?? CultureInfo.CurrentUICulture.Name,
            ["prompt"] = properties.GetParameter<string>("prompt"),
            ["login_hint"] = properties.GetParameter<string>("login_hint"),
            ["acr_values"] = properties.GetParameter<string>("acr_values"),
            ["max_age"] = properties.GetParameter<TimeSpan?>("max_age") is { } age ? ((long)age.TotalSeconds).ToString(CultureInfo.InvariantCulture) : null,
        });
    }

    // RFC 9207, 2.4: another provider's answer is refused before its code is sent anywhere.
    void CheckIssuer(OpenIdConnectConfiguration provider)
    {
        var issuer = (string?)Request.Query["iss"];
        if (issuer is null ? provider.AuthorizationResponseIssParameterSupported : !string.Equals(issuer, provider.Issuer, StringComparison.Ordinal))
        {
            throw new SignInRefusedException(SignInFailure.Refused, $"The authorization response comes from {issuer ?? "an unnamed issuer"} instead of {provider.Issuer}.");
        }
    }

    async Task AddUserInfoAsync(ClaimsIdentity identity, IdTokenChecks checks, System.IdentityModel.Tokens.Jwt.JwtSecurityToken idToken, string accessToken)
    {
        var provider = (await FindProviderAsync())!;
        if (string.IsNullOrEmpty(provider.UserInfoEndpoint))
        {
            return;
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, provider.UserInfoEndpoint);
        request.Headers.Authorization = new("Bearer", accessToken);
        var (answer, body) = await SendAsync(request);
        using var document = body;
        if (!answer.IsSuccess)
        {
            throw new SignInRefusedException(SignInFailure.Refused, $"The provider's userinfo endpoint answered {answer.Status}.");
        }

        checks.ValidateUserInfo(body.RootElement.GetRawText(), idToken);
        foreach (var name in Options.UserInfoClaims)
        {
            if (body.RootElement.TryGetProperty(name, out var claim) && !identity.HasClaim(has => string.Equals(has.Type, name, StringComparison.Ordinal)))
            {
                identity.AddClaims(TextsOf(claim).Select(text => new Claim(name, text, ClaimValueTypes.String, provider.Issuer)));
            }
        }
    }

    // A list becomes one claim for each of its texts, as it does in a token.
    static IEnumerable<string> TextsOf(JsonElement claim) => claim.ValueKind switch
    {
        JsonValueKind.String => [claim.GetString()!],
        JsonValueKind.True or JsonValueKind.False => [claim.GetRawText()],
        JsonValueKind.Array => claim.EnumerateArray().Where(one => one.ValueKind is JsonValueKind.String).Select(one => one.GetString()!),
        _ => [],
    };

    async Task<((bool IsSuccess, int Status) Answer, JsonDocument Body)> SendAsync(HttpRequestMessage request)
    {
        try
        {
            using var response = await Backchannel.SendAsync(request, Context.RequestAborted);
            var text = await response.Content.ReadAsStringAsync(Context.RequestAborted);
            var isJson = response.Content.Headers.ContentType is MediaTypeHeaderValue { MediaType: "application/json" };
            return ((response.IsSuccessStatusCode, (int)response.StatusCode), JsonDocument.Parse(isJson ? text : "{}"));
        }
        catch (Exception failure) when (failure is HttpRequestException or JsonException or TaskCanceledException && !Context.RequestAborted.IsCancellationRequested)
        {
            throw new SignInRefusedException(SignInFailure.Unavailable, $"The provider did not answer {request.RequestUri}: {failure.Message}", failure);
        }
    }

    async Task<OpenIdConnectConfiguration?> FindProviderAsync()
    {
        try
        {
            return await Options.ConfigurationManager!.GetConfigurationAsync(Context.RequestAborted);
        }
        catch (InvalidOperationException failure)
        {
            Logger.LogError("The OpenID Provider {Authority} cannot be used: {Reason}", Options.Authority, failure.InnerException?.Message ?? failure.Message);
            return null;
        }
    }

    bool ReturnFromSignOut()
    {
        var home = Request.PathBase + "/";
        Response.Redirect(Options.StateDataFormat.Unprotect(Request.Query["state"])?.RedirectUri ?? home);
        return true;
    }

    static Dictionary<string, string?> WithoutNulls(Dictionary<string, string?> parameters) =>
        parameters.Where(parameter => parameter.Value is not null).ToDictionary(StringComparer.Ordinal);

    static string FormEncode(string text) => Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);
}
