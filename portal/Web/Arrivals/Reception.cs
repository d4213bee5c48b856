using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.OAuth;
using Platform.Database;
using Platform.OpenIdConnect;
using Platform.Web;

namespace Portal.Web.Arrivals;

/// <summary>
/// Receives whoever the identity provider sends. With the setting <c>Identity:Provisioning</c> off nobody is let in by what the provider says, only by a row that somebody made.
/// </summary>
sealed class Reception(IServiceScopeFactory scopes, IConfiguration configuration)
{
    readonly bool believesCompanies = configuration.GetValue<bool?>("Identity:Provisioning") ?? true;

    /// <summary>After a sign-in at the provider and before a session begins here: none begins for somebody who could do nothing in it.</summary>
    /// <exception cref="SignInRefusedException">No row lets them in; its reason is the word of the page that tells them.</exception>
    public static async Task SignInAsync(OAuthCreatingTicketContext context)
    {
        var reception = context.HttpContext.RequestServices.GetRequiredService<Reception>();
        if (ProviderClaims.Of(context.Principal!) is { } said)
        {
            var arrival = await reception.ArriveAsync("portal:sign-in", said, (arrivals, claims) => arrivals.SignInAsync(claims, context.HttpContext.RequestAborted));
            if (Refusal(arrival, said) is { } refusal)
            {
                throw refusal;
            }
        }

        // From here on the row decides. What is not kept in the session cannot be mistaken for a right.
        var identity = context.Identity!;
        foreach (var claim in identity.FindAll(claim => claim.Type is ProviderClaims.TenantClaim or ProviderClaims.RolesClaim).ToList())
        {
            identity.RemoveClaim(claim);
        }
    }

    /// <summary>A program that no row lets in: null when there is one now, otherwise what it is answered.</summary>
    public async Task<ApiProblem?> CallAsync(ClaimsPrincipal caller, CancellationToken ct)
    {
        if (ProviderClaims.OfProgram(caller) is not { } said)
        {
            return ApiProblem.UnknownPerson;
        }

        return await ArriveAsync("api:first-call", said, (arrivals, claims) => arrivals.CallAsync(claims, ct)) switch
        {
            Arrival.Known => null,
            Arrival.Stranger stranger => new(StatusCodes.Status403Forbidden, "unknown-client", "web.unknown_client")
            {
                DetailKey = $"web.unknown_client.{stranger.Why.Word}",
                More = stranger.LinkCode is { } code ? new Dictionary<string, object?>(StringComparer.Ordinal) { ["linkCode"] = code } : new(StringComparer.Ordinal),
            },
            _ => ApiProblem.UnknownPerson,
        };
    }

    static SignInRefusedException? Refusal(Arrival arrival, ProviderClaims said) => arrival switch
    {
        Arrival.Known => null,
        Arrival.Stranger(var why) => new(why.Word, $"{said.Subject} is nobody's here; the provider names the company '{said.Tenant ?? "(none)"}'."),
        _ => new(NoCompany.ShutOut, $"{said.Subject} was shut out."),
    };

    async Task<Arrival> ArriveAsync(string reason, ProviderClaims said, Func<IArrivals, ProviderClaims, Task<Arrival>> arrive)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallerAccessor>().Current = Caller.System(reason);
        return await arrive(scope.ServiceProvider.GetRequiredService<IArrivals>(), believesCompanies ? said : said with { Tenant = null, Roles = [] });
    }
}
