using System.Reflection;
using System.Text.Unicode;
using Identity.Administration;
using Identity.Authorize;
using Identity.BackChannelLogout;
using Identity.Clients;
using Identity.Consents;
using Identity.Demo;
using Identity.EndSession;
using Identity.Federation;
using Identity.Grants;
using Identity.Invitations;
using Identity.Keys;
using Identity.OwnAccount;
using Identity.Passkeys;
using Identity.PasswordReset;
using Identity.PushedAuthorization;
using Identity.RefreshTokens;
using Identity.Revocation;
using Identity.Scim;
using Identity.SecondFactors;
using Identity.Sessions;
using Identity.SignIn;
using Identity.Tenants;
using Identity.Throttling;
using Identity.Token;
using Identity.Users;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Razor;
using Microsoft.Extensions.WebEncoders;
using Platform.Audit;
using Platform.Database;
using Platform.DataProtection;
using Platform.GuardedHttp;
using Platform.Jobs;
using Platform.Mail;
using Platform.Notices;
using Platform.OpenIdConnect;
using Platform.Outbox;
using Platform.Telemetry;
using Platform.Web;

namespace Identity.Web;

/// <summary>Identity, put together: what it is made of and the order in which a request passes through it.</summary>
static class IdentityApplication
{
    const int LargestBody = 64 * 1024;
    const int LongestRequestLine = 8 * 1024;

    public static async Task<WebApplication> BuildAsync(IReadOnlyList<string> arguments, CancellationToken ct)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ApplicationName = typeof(IdentityApplication).Assembly.GetName().Name, Args = [.. arguments], ContentRootPath = Surroundings.ContentRoot("wwwroot/css/identity.css"), EnvironmentName = Surroundings.EnvironmentUnlessSaid(arguments) });
        var dataFolder = DataFolder.Of(builder.Configuration, builder.Environment.ContentRootPath);
        var settings = IdentitySettings.From(builder.Configuration, dataFolder, builder.Environment.IsProduction());
        builder.AddTelemetry("identity");
        builder.WebHost.UseStaticWebAssets();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestLineSize = LongestRequestLine;
            kestrel.Limits.MaxRequestBodySize = LargestBody;
        });
        Listen(builder, settings);
        // Its lines on each request hold whole addresses, and in ours there are codes.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        var database = await ServiceDatabase.OpenAsync(builder.Configuration, builder.Environment.ContentRootPath, "identity", [Assembly.GetExecutingAssembly()], logs: null, ct);
        AddServices(builder, settings, database);
        var app = builder.Build();
        Use(app);
        return app;
    }

    /// <summary>What has to be there before the first request: the portal as a client, a signing key; in Production, nothing of the demonstration.</summary>
    public static async Task PrepareAsync(WebApplication app, CancellationToken ct)
    {
        await using var scope = app.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallerAccessor>().Current = Caller.System("identity:start");
        await scope.ServiceProvider.GetRequiredService<NoDemoInProduction>().CheckAsync(ct);
        await scope.ServiceProvider.GetRequiredService<PortalRegistration>().RunAsync(ct);
        await app.Services.GetRequiredService<SigningKeys>().GetAsync(ct);
    }

    static void AddServices(WebApplicationBuilder builder, IdentitySettings settings, ServiceDatabase database)
    {
        var services = builder.Services;
        services.AddSingleton(settings);
        services.AddServiceDatabase(database);
        services.AddPartnerPortalDataProtection(builder.Configuration, "identity", settings.DataFolder);
        services.AddPartnerPortalMail(builder.Configuration, settings.DataFolder);
        services.AddPlatform(Assembly.GetExecutingAssembly());
        services.AddOutboxDelivery(builder.Configuration);
        services.AddJobs(builder.Configuration);
        services.AddHousekeeping();
        services.AddScheduledJob<ForgetWhatEnded>("0 5/10 * * * ?");
        services.AddAuditSealing(builder.Configuration, "identity", settings.DataFolder);
        services.AddAccounts();
        services.AddFederation();
        services.AddOwnAccount();
        services.AddInvitations();
        services.AddSecondFactors();
        services.AddPasskeys(settings);
        services.AddScoped<WaitingRequests>();
        services.AddScoped<TenantStore>();
        services.AddScim();
        services.AddScoped<Throttle>();
        services.AddScoped<ClientStore>();
        services.AddScoped<ICorsPolicyProvider, CallsFromPages>();
        services.AddScoped<RegisterClient>();
        services.AddScoped<PortalRegistration>();
        services.AddScoped<SigningKeyStore>();
        services.AddSingleton<KeyPairs>();
        services.AddNoticeReceiver<SigningKeys>();
        services.AddScoped<KeyVerbs>();
        services.AddScheduledJob<RotateKeys>("0 15 * * * ?");
        services.AddScoped<SessionStore>();
        services.AddScoped<BeginSession>();
        services.AddScoped<SignOutEverywhere>();
        services.AddScoped<Sessions.EndSession>();
        services.AddGuardedFetch(builder.Configuration, builder.Environment);
        services.AddBackChannelLogout();
        services.AddScoped<GrantStore>();
        services.AddSingleton<PendingAuthorizations>();
        services.AddScoped<AuthorizationChecks>();
        services.AddScoped<AnswerAuthorization>();
        services.AddScoped<AuthorizationResponses>();
        services.AddScoped<ConsentStore>();
        services.AddScoped<ConsentRules>();
        services.AddScoped<WithdrawConsent>();
        services.AddScoped<PushedAuthorizationStore>();
        services.AddScoped<PushAuthorization>();
        services.AddSingleton<IssuedTokens>();
        services.AddScoped<ClientAssertions>();
        services.AddScoped<ClientAuthentication>();
        services.AddScoped<ClientCall>();
        services.AddScoped<RedeemCode>();
        services.AddScoped<IssueToClient>();
        services.AddScoped<IssueToPerson>();
        services.AddScoped<RefreshTokenStore>();
        services.AddScoped<UseRefreshToken>();
        services.AddScoped<ApiStore>();
        services.AddUsedProofs();
        services.AddSingleton<DPoPNonces>();
        services.AddScoped<KeyProofs>();
        services.AddScoped<RegisterApiSecret>();
        services.AddScoped<RevokedTokenStore>();
        services.AddScoped<RevokeToken>();
        services.AddSingleton<PasswordWork>();
        services.AddScoped<SignInWithPassword>();
        services.AddScoped<LogoutRequests>();
        services.AddScoped<PasswordResetStore>();
        services.AddScoped<RequestPasswordReset>();
        services.AddScoped<ChooseNewPassword>();
        services.AddScoped<PasswordResetMail>();
        services.AddScoped<IOutboxReceiver>(provider => provider.GetRequiredService<PasswordResetMail>());
        services.AddScoped<AddUserVerb>();
        services.AddAdministration();
        services.AddScoped<SeedDemo>();
        services.AddScoped<NoDemoInProduction>();
        services.AddHealthChecks().AddCheck<ReadyCheck>("ready");
        services.AddAuthentication(SessionAuthentication.SchemeName).AddScheme<AuthenticationSchemeOptions, SessionAuthentication>(SessionAuthentication.SchemeName, null);
        AddPages(services);
    }

    static void AddPages(IServiceCollection services)
    {
        services.AddControllersWithViews(options =>
            {
                options.Filters.Add<AdministrationGate>(AdministrationGate.First);
                options.Filters.Add(new AutoValidateAntiforgeryTokenAttribute());
            })
            .ConfigureApplicationPartManager(parts => parts.FeatureProviders.Add(new InternalControllers()));
        services.Configure<RazorViewEngineOptions>(options => options.ViewLocationExpanders.Add(new FolderViews()));
        services.Configure<SecurityHeaderOptions>(options => options.ReferrerPolicy = "no-referrer");
        services.PostConfigure<AntiforgeryOptions>(options =>
        {
            // A name of its own: on localhost portal and identity share their cookies. Lax: people come here from the portal, and what they have open stays good.
            options.Cookie.Name = "__Host-identity-antiforgery";
            options.Cookie.SameSite = SameSiteMode.Lax;
        });
        // Chinese stays Chinese in the page's source; what is dangerous in HTML is encoded all the same.
        services.Configure<WebEncoderOptions>(options => options.TextEncoderSettings = new(UnicodeRanges.All));
        services.AddSingleton<IErrorPage, ErrorView>();
    }

    static void Use(WebApplication app)
    {
        app.UseForwardedAddresses(app.Configuration);
        app.UseSecurityHeaders();
        app.UseLanguages();
        app.Use((http, next) =>
        {
            Languages.Choose(http, http.Request.Query["ui_locales"] is [{ Length: <= 200 } locales] ? locales : null);
            return next(http);
        });
        app.UseErrorAnswers();
        app.Use((http, next) =>
        {
            // There are no tenants here yet: identity works on its own tables as the product, under the name of what it does.
            http.RequestServices.GetRequiredService<CallerAccessor>().Current = Caller.System("identity:request");
            return next(http);
        });
        app.UseRouting();
        app.UseCors();
        app.UseAuthentication();
        app.Use((http, next) =>
        {
            if (http.SessionEvenIncomplete() is { } session)
            {
                http.RequestServices.GetRequiredService<CallerAccessor>().Current = Caller.System("account:" + session.Subject);
            }

            return next(http);
        });
        app.MapStaticAssets().ShortCircuit();
        app.MapHealthChecks("/health/live", new() { Predicate = _ => false }).ShortCircuit();
        app.MapHealthChecks("/health/ready").ShortCircuit();
        app.MapCspReports();
        app.MapControllers();
    }

    // Behind a proxy that speaks https, ASPNETCORE_URLS says where to listen.
    static void Listen(WebApplicationBuilder builder, IdentitySettings settings)
    {
        if (builder.Configuration["urls"] is not null || builder.Configuration["http_ports"] is not null)
        {
            return;
        }

        var address = new UriBuilder(settings.Issuer);
        if (builder.Configuration.GetValue<int?>("port") is { } port)
        {
            address.Port = port;
        }

        builder.WebHost.UseUrls(address.Uri.GetLeftPart(UriPartial.Authority));
    }
}
