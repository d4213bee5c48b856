using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Platform.Jobs;
using Platform.OpenIdConnect.DPoP;

namespace Platform.OpenIdConnect;

/// <summary>Makes sign-in through an OpenID Provider, and its bearer tokens, known to a service.</summary>
public static class OpenIdConnectSetup
{
    /// <summary>The scheme of sign-in and sign-out in the browser.</summary>
    public const string Scheme = "oidc";

    /// <summary>The scheme of the API.</summary>
    public const string BearerScheme = JwtBearerDefaults.AuthenticationScheme;

    /// <summary>
    /// Adds the scheme <see cref="Scheme"/>. Set Authority, ClientId and ClientSecret; a cookie scheme of the service keeps the sign-in
    /// (the default sign-in scheme). Challenge it to sign in, sign out of both schemes to sign out. The pass-through parameters of a challenge are
    /// <c>prompt</c>, <c>login_hint</c>, <c>ui_locales</c>, <c>acr_values</c> (text) and <c>max_age</c> (TimeSpan).
    /// </summary>
    public static AuthenticationBuilder AddPartnerPortalOpenIdConnect(this AuthenticationBuilder builder, Action<OpenIdConnectOptions> configure)
    {
        AddProvider(builder.Services);
        builder.Services.TryAddSingleton<LogoutTokens>();
        builder.AddOAuth<OpenIdConnectOptions, OpenIdConnectHandler>(Scheme, configure);
        builder.Services.AddOptions<OpenIdConnectOptions>(Scheme).Configure<ProviderMetadata, IHttpClientFactory>((options, metadata, clients) =>
        {
            options.ConfigurationManager ??= metadata.Of(options.Authority);
            options.Backchannel ??= clients.CreateClient(ProviderMetadata.HttpClientName);
        });
        builder.Services.AddSingleton<IHostedService>(services => new ProviderClockCheck(
            services.GetRequiredService<IOptionsMonitor<OpenIdConnectOptions>>().Get(Scheme).Authority,
            services.GetRequiredService<ProviderMetadata>(),
            services.GetRequiredService<ProviderClock>(),
            services.GetRequiredService<IHostApplicationLifetime>()));
        return builder;
    }

    /// <summary>
    /// Adds the scheme <see cref="BearerScheme"/>: RFC 9068 access tokens of that provider for that audience, bound to a key (RFC 9449) or not. Claims keep
    /// their names (<c>iss</c>, <c>sub</c>, <c>client_id</c>, <c>scope</c>).
    /// </summary>
    /// <param name="builder">Of the service.</param>
    /// <param name="authority">The provider.</param>
    /// <param name="address">The address by which clients know the service, without a slash at the end.</param>
    /// <param name="audience">Whom the tokens must be for.</param>
    /// <param name="introspectionSecret">The secret by which the service asks whether a token still counts, under the name of the audience; null where it does not ask.</param>
    public static AuthenticationBuilder AddPartnerPortalBearer(this AuthenticationBuilder builder, string authority, string address, string audience = "portal.api", string? introspectionSecret = null)
    {
        AddProvider(builder.Services);
        builder.Services.AddUsedProofs();
        builder.Services.AddSingleton(new PublicAddress(address));
        builder.Services.AddSingleton(new IntrospectionAccount(audience, introspectionSecret));
        builder.Services.AddSingleton<TokenIntrospection>();
        builder.Services.AddScoped<BearerTokenEvents>();
        builder.AddJwtBearer(BearerScheme, options =>
        {
            options.MapInboundClaims = false;
            options.EventsType = typeof(BearerTokenEvents);
            options.Authority = authority;
            options.TokenValidationParameters.ValidAudience = audience;
            options.TokenValidationParameters.ValidIssuer = authority.TrimEnd('/');
            options.TokenValidationParameters.ValidTypes = ["at+jwt", "application/at+jwt"];
            options.TokenValidationParameters.ValidAlgorithms = ["RS256", "PS256", "ES256"];
            options.TokenValidationParameters.NameClaimType = "sub";
            options.TokenValidationParameters.RoleClaimType = "role";
        });
        builder.Services.AddOptions<JwtBearerOptions>(BearerScheme).Configure<ProviderMetadata, TimeProvider>((options, metadata, clock) =>
        {
            options.ConfigurationManager ??= metadata.Of(authority);
            options.TokenValidationParameters.LifetimeValidator = Lifetime.Within(TimeSpan.FromSeconds(30), clock);
        });
        return builder;
    }

    /// <summary>Adds <see cref="UsedProofs"/>, for a service that takes DPoP proofs, and keeps its table small.</summary>
    public static IServiceCollection AddUsedProofs(this IServiceCollection services)
    {
        services.TryAddScoped<UsedProofs>();
        return services.AddScheduledJob<ForgetUsedProofs>("0 */10 * * * ?");
    }

    /// <summary>Asks for a scope in the bearer token; without it the API answers 403.</summary>
    public static AuthorizationPolicyBuilder RequireScope(this AuthorizationPolicyBuilder policy, string scope) =>
        policy.RequireAssertion(context => context.User.FindAll("scope").SelectMany(claim => claim.Value.Split(' ')).Contains(scope, StringComparer.Ordinal));

    static void AddProvider(IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ProviderMetadata>();
        services.TryAddSingleton<ProviderClock>();
        services.TryAddTransient<ProviderClockHandler>();
        services.AddHttpClient(ProviderMetadata.HttpClientName, client =>
        {
            client.Timeout = TimeSpan.FromSeconds(10);
            client.MaxResponseContentBufferSize = 1024 * 1024;
        })
        .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(2) })
        .AddHttpMessageHandler<ProviderClockHandler>();
    }
}
