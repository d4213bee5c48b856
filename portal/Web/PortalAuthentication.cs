using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Database;
using Platform.Jobs;
using Platform.OpenIdConnect;
using Platform.Web;
using Portal.Web.Arrivals;
using Portal.Web.Sessions;

namespace Portal.Web;

/// <summary>
/// Who is let in: people with a session of the portal on pages, programs with a bearer token on the API, and of both only those whom the
/// portal's own tables know. Every address that does not say otherwise is closed.
/// </summary>
static class PortalAuthentication
{
    /// <summary>The default scheme: the bearer token on the API, the cookie everywhere else; neither is looked at in the other's place.</summary>
    const string Door = "door";

    /// <summary>The scheme of pages: the cookie.</summary>
    public const string Page = "page";

    /// <summary>Signs off after this long without a request.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromHours(2);

    /// <summary>Signs off this long after signing in, whatever happens.</summary>
    public static readonly TimeSpan Absolute = TimeSpan.FromHours(10);

    public static IServiceCollection AddPortalAuthentication(this IServiceCollection services, IConfiguration configuration, IHostEnvironment environment)
    {
        var authority = configuration["Identity:Url"] ?? "http://localhost:5081";
        var dataFolder = DataFolder.Of(configuration, environment.ContentRootPath);
        var asks = configuration.GetValue("Identity:Introspection", true);
        services.AddAuthentication(options =>
            {
                options.DefaultScheme = Door;
                options.DefaultSignInScheme = Page;
            })
            .AddPolicyScheme(Door, Door, options => options.ForwardDefaultSelector = http => IsApi(http) ? OpenIdConnectSetup.BearerScheme : Page)
            .AddPartnerPortalBearer(authority, PortalAddress.Of(configuration), PortalClient.ApiScope, asks ? PortalClient.ApiSecret(configuration, dataFolder, environment.IsProduction()) : null)
            .AddPartnerPortalOpenIdConnect(options =>
            {
                options.Authority = authority;
                options.ClientId = PortalClient.ClientId;
                options.ClientSecret = PortalClient.Secret(configuration, dataFolder, environment.IsProduction());
                // Company and roles, for whoever comes for the first time.
                options.ScopesWhereOffered = ["roles"];
                options.UserInfoClaims = [.. options.UserInfoClaims, ProviderClaims.TenantClaim, ProviderClaims.RolesClaim];
                options.Events.OnCreatingTicket = Reception.SignInAsync;
            })
            .AddScheme<AuthenticationSchemeOptions, BrowserSessions>(Page, options => options.ForwardChallenge = OpenIdConnectSetup.Scheme);
        services.AddSingleton<BrowserSessionStore>();
        services.AddSingleton<Reception>();
        services.AddScheduledJob<ForgetEndedSessions>("0 7/10 * * * ?");
        services.Configure<SecurityHeaderOptions>(options => options.FormTargets.Add(authority));
        services.AddAuthorization(options =>
        {
            options.FallbackPolicy = options.DefaultPolicy = new AuthorizationPolicyBuilder().RequireAuthenticatedUser().AddRequirements(new KnownToThePortal()).Build();
            options.AddPolicy(ApiConvention.Policy, policy => policy.AddAuthenticationSchemes(OpenIdConnectSetup.BearerScheme).RequireScope(PortalClient.ApiScope).Combine(options.DefaultPolicy));
        });
        services.AddScoped<IAuthorizationHandler, PersonIsKnown>();
        services.AddScoped<IAuthorizationHandler, PersonHasARole>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, RefusedAccess>();
        return services;
    }

    /// <summary>Reads the person of the request, once, and goes over to that person's language.</summary>
    public static IApplicationBuilder UseCurrentPerson(this IApplicationBuilder app) => app.Use(async (http, next) =>
    {
        if (CurrentCaller.Of(http.User) is not null && http.RequestServices.GetService<IPeopleDirectory>() is { } people)
        {
            if (IsQuickPage(http))
            {
                var db = http.RequestServices.GetRequiredService<Db>();
                db.ShareReads();
                // The whole page has been written to memory by then; somebody who takes it slowly keeps no connection.
                http.Response.OnStarting(() => db.EndReadsAsync().AsTask());
            }

            var current = http.RequestServices.GetRequiredService<CurrentPerson>();
            var person = await people.FindCurrentAsync(http.RequestAborted);
            if (person is null && IsApi(http))
            {
                person = await ReceiveProgramAsync(http, current, people);
            }

            current.Known = person;
            Languages.Prefer(http, person?.Language);
        }

        await next(http);
    });

    // People are received when they sign in; a program does not, it calls.
    static async Task<KnownPerson?> ReceiveProgramAsync(HttpContext http, CurrentPerson current, IPeopleDirectory people)
    {
        current.Refusal = await http.RequestServices.GetRequiredService<Reception>().CallAsync(http.User, http.RequestAborted);
        if (current.Refusal is not null)
        {
            return null;
        }

        // What was read so far was read as a stranger.
        await http.RequestServices.GetRequiredService<Db>().EndReadsAsync();
        return await people.FindCurrentAsync(http.RequestAborted);
    }

    static bool IsApi(HttpContext http) => http.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase);

    // A page is many short reads. A download takes its time, and a live connection stays: neither shall keep a connection to the database meanwhile.
    static bool IsQuickPage(HttpContext http) =>
        (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method))
        && http.GetEndpoint()?.Metadata is { } metadata && metadata.GetMetadata<ControllerActionDescriptor>() is not null && metadata.GetMetadata<EnableRateLimitingAttribute>() is null;
}

/// <summary>What somebody sees who is not let in; and the line about it in the log (ASVS 16.3.2).</summary>
sealed class RefusedAccess(ILogger<RefusedAccess> log) : IAuthorizationMiddlewareResultHandler
{
    readonly AuthorizationMiddlewareResultHandler usual = new();

    public async Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded)
        {
            await next(context);
            return;
        }

        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
        if (authorizeResult.Forbidden)
        {
            var me = context.RequestServices.GetRequiredService<CurrentPerson>();
            log.LogWarning("{Person} was refused {Method} {Route}", me.Known is { } known ? known.PersonNumber : "A stranger", context.Request.Method, route);
            await ErrorAnswers.AnswerAsync(context, me.Known is not null ? ApiProblem.Forbidden : me.Refusal ?? ApiProblem.UnknownPerson);
            return;
        }

        await ChallengeAsync(next, context, policy, authorizeResult);
    }

    async Task ChallengeAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult result)
    {
        if (context.Request.Headers.ContainsKey("HX-Request"))
        {
            // A partial update cannot follow to the sign-in page; the whole page is loaded again and can.
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            context.Response.Headers["HX-Refresh"] = "true";
            return;
        }

        await usual.HandleAsync(next, context, policy, result);
    }
}
