using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Platform.OpenIdConnect;
using Support;

namespace Identity.Tests.OpenIdConnect;

/// <summary>The smallest application that signs people in with the platform's handler and takes bearer tokens.</summary>
sealed class ClientApp : IAsyncDisposable
{
    readonly WebApplication app;

    public ClientApp(HttpMessageHandler wire, TimeProvider clock, Action<AuthenticationProperties>? challenge = null, Action<OpenIdConnectOptions>? configure = null)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders().AddProvider(Log);
        builder.Services.AddSingleton(clock);
        builder.Services.AddSingleton<IDataProtectionProvider, EphemeralDataProtectionProvider>();
        builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
            .AddCookie(options => options.ForwardChallenge = OpenIdConnectSetup.Scheme)
            .AddPartnerPortalOpenIdConnect(options =>
            {
                options.Authority = IdentityApp.Issuer;
                options.ClientId = PortalClient.ClientId;
                options.ClientSecret = IdentityApp.PortalSecret;
                configure?.Invoke(options);
            })
            .AddPartnerPortalBearer(IdentityApp.Issuer, IdentityApp.PortalUrl);
        builder.Services.AddHttpClient(ProviderMetadata.HttpClientName).ConfigurePrimaryHttpMessageHandler(() => wire);
        builder.Services.AddAuthorization();
        app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapGet("/", (HttpContext http) => string.Join('\n', http.User.Claims.Select(claim => $"{claim.Type}={claim.Value}"))).RequireAuthorization();
        app.MapGet("/sign-in", (string? to) =>
        {
            var properties = new AuthenticationProperties { RedirectUri = to ?? "/" };
            challenge?.Invoke(properties);
            return Results.Challenge(properties, [OpenIdConnectSetup.Scheme]);
        });
        app.MapGet("/sign-in/failed", (string reason) => "failed: " + reason);
        app.MapGet("/kept", async (HttpContext http, CancellationToken ct) => string.Join('\n', (await http.AuthenticateAsync()).Properties!.Items.Select(item => $"{item.Key}={item.Value}")));
        app.MapPost("/sign-out", () => Results.SignOut(new AuthenticationProperties { RedirectUri = "/goodbye" }, [CookieAuthenticationDefaults.AuthenticationScheme, OpenIdConnectSetup.Scheme]));
        app.MapGet("/goodbye", () => "goodbye");
        app.MapGet("/api", (HttpContext http) => http.User.FindFirst("sub")!.Value)
            .RequireAuthorization(new AuthorizationPolicyBuilder(OpenIdConnectSetup.BearerScheme).RequireAuthenticatedUser().RequireScope(PortalClient.ApiScope).Build());
        app.StartAsync().GetAwaiter().GetResult();
    }

    public TestLog Log { get; } = new();

    public Visitor Visitor() => new(app.GetTestServer().CreateHandler(), IdentityApp.PortalUrl);

    public HttpClient Program(string bearerToken)
    {
        var program = new HttpClient(app.GetTestServer().CreateHandler()) { BaseAddress = new Uri(IdentityApp.PortalUrl) };
        program.DefaultRequestHeaders.Authorization = new("Bearer", bearerToken);
        return program;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
