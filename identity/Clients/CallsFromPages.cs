using Microsoft.AspNetCore.Cors.Infrastructure;

namespace Identity.Clients;

/// <summary>
/// Whose scripts may call the endpoints for programs (Fetch Standard, CORS protocol): those of the origins that enabled clients without a secret name in
/// <see cref="Client.AllowedCorsOrigins"/>. A preflight does not say which client will call, so any of them counts; nothing is decided by it, for no cookie is
/// taken there and the client proves its code and its key all the same. The authorization endpoint and the end of a session are for browsers and never answer
/// scripts of other origins (RFC 9700, 2.6).
/// </summary>
sealed class CallsFromPages(ClientStore clients) : ICorsPolicyProvider
{
    /// <summary>The name by which an endpoint asks for this policy.</summary>
    public const string Policy = "calls from pages";

    static readonly CorsPolicy Nobody = new();

    /// <summary>
    /// The policy for the origin that asks, at the endpoints that ask for <see cref="Policy"/>; none anywhere else. Read from the database each time, so that
    /// disabling a client bites at once.
    /// </summary>
    public async Task<CorsPolicy?> GetPolicyAsync(HttpContext context, string? policyName)
    {
        if (policyName is not Policy)
        {
            return null;
        }

        var origin = context.Request.Headers.Origin.ToString();
        return CorsOrigin.IsOrigin(origin) && await clients.IsCalledFromAsync(origin, context.RequestAborted) ? For(origin) : Nobody;
    }

    static CorsPolicy For(string origin) => new CorsPolicyBuilder(origin)
        .WithMethods(HttpMethods.Get, HttpMethods.Post)
        .WithHeaders("Authorization", "Content-Type", "DPoP")
        .WithExposedHeaders("DPoP-Nonce", "WWW-Authenticate", "Retry-After")
        .DisallowCredentials()
        .SetPreflightMaxAge(TimeSpan.FromMinutes(10))
        .Build();
}
