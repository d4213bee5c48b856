using System.Text.Json;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;
using Microsoft.IdentityModel.JsonWebTokens;
using Platform.Database;
using Platform.OpenIdConnect.DPoP;

namespace Platform.OpenIdConnect;

/// <summary>
/// Access tokens that are bound to a key (RFC 9449, 7): good only under the scheme DPoP, with a proof of that key for this request; and under that scheme no
/// others. Tokens without a key stay bearer tokens. Either must still count, which the provider is asked.
/// </summary>
sealed class BearerTokenEvents(IServiceScopeFactory scopes, PublicAddress address, TokenIntrospection introspection, TimeProvider clock) : JwtBearerEvents
{
    const string Scheme = DPoPProof.Name + " ";
    const string RefusedProof = "refused proof";

    /// <summary>Takes the token of the scheme DPoP; that of the scheme Bearer is found without us.</summary>
    public override async Task MessageReceived(MessageReceivedContext context)
    {
        if (IsUnderDPoP(context.Request))
        {
            context.Token = Authorization(context.Request)[Scheme.Length..].Trim();
        }

        if (Authorization(context.Request).Length > 0)
        {
            await SeeThatKeysAreKnownAsync(context);
        }
    }

    /// <summary>Looks whether the token may be shown in this way.</summary>
    public override async Task TokenValidated(TokenValidatedContext context)
    {
        var token = (JsonWebToken)context.SecurityToken;
        var isBound = token.TryGetPayloadValue<JsonElement>("cnf", out var confirmation);
        if (isBound != IsUnderDPoP(context.Request))
        {
            context.Fail(isBound ? "A token that is bound to a key was shown without proof of the key." : "A token that is bound to no key was shown under the scheme DPoP.");
        }
        else if (isBound && await RefusalAsync(context, token, confirmation) is { } refusal)
        {
            context.HttpContext.Items[RefusedProof] = refusal;
            context.Fail(refusal);
        }
        else if (!await CountsAsync(context, token))
        {
            context.Fail("The token counts no more.");
        }
    }

    /// <summary>Says that a proof would do, and what was wrong with the one that came.</summary>
    public override Task Challenge(JwtBearerChallengeContext context)
    {
        var error = context.HttpContext.Items[RefusedProof] is string refusal ? $", error=\"invalid_dpop_proof\", error_description=\"{refusal}\"" : "";
        context.Response.Headers.Append("WWW-Authenticate", $"{DPoPProof.Name} algs=\"{string.Join(' ', DPoPProof.Algorithms)}\"{error}");
        return Task.CompletedTask;
    }

    // Where the provider was never reached nobody's token can be judged; without this it would be called invalid, and the program would give up.
    static async Task SeeThatKeysAreKnownAsync(MessageReceivedContext context)
    {
        try
        {
            await context.Options.ConfigurationManager!.GetConfigurationAsync(context.HttpContext.RequestAborted);
        }
        catch (Exception away) when (away is InvalidOperationException or IOException or HttpRequestException)
        {
            throw new ProviderAwayException("The identity provider's metadata cannot be had: " + away.Message, away);
        }
    }

    async Task<bool> CountsAsync(TokenValidatedContext context, JsonWebToken token)
    {
        var provider = await context.Options.ConfigurationManager!.GetConfigurationAsync(context.HttpContext.RequestAborted);
        return await introspection.CountsAsync(token.EncodedToken, provider.IntrospectionEndpoint, context.HttpContext.RequestAborted);
    }

    async Task<string?> RefusalAsync(TokenValidatedContext context, JsonWebToken token, JsonElement confirmation)
    {
        var (proof, refusal) = DPoPProof.Read(
            context.Request.Headers[DPoPProof.Name],
            new(context.Request.Method, address.Value + context.Request.PathBase + context.Request.Path, clock.GetUtcNow().UtcDateTime, token.EncodedToken));
        if (proof is null)
        {
            return refusal;
        }

        // Any other kind of confirmation is one that we do not know how to ask for.
        var isOfThisKey = confirmation.ValueKind is JsonValueKind.Object && confirmation.TryGetProperty("jkt", out var jkt) && jkt.ValueKind is JsonValueKind.String && jkt.GetString() == proof.Thumbprint;
        return !isOfThisKey ? "The DPoP proof is of another key than the access token."
            : !await UseAsync(proof, context.HttpContext.RequestAborted) ? "The DPoP proof was used before."
            : null;
    }

    // Nobody is known yet who could write something; the product notes it.
    async Task<bool> UseAsync(DPoPProof proof, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallerAccessor>().Current = Caller.System("api:dpop");
        return await scope.ServiceProvider.GetRequiredService<UsedProofs>().UseAsync(proof, ct);
    }

    static bool IsUnderDPoP(HttpRequest request) => Authorization(request).StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    static string Authorization(HttpRequest request) => request.Headers.Authorization is [{ } one] ? one : "";
}

/// <summary>The address by which clients know this service, without a slash at the end. A proof is made for it; what a request calls its host proves nothing.</summary>
/// <param name="Value">For example <c>https://portal.example.com</c>.</param>
sealed record PublicAddress(string Value);
