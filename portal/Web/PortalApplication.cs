using System.Reflection;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Razor;
using Platform.Audit;
using Platform.Database;
using Platform.DataProtection;
using Platform.Health;
using Platform.Jobs;
using Platform.Mail;
using Platform.Outbox;
using Platform.Telemetry;
using Platform.Web;
using Platform.Web.Api;

namespace Portal.Web;

/// <summary>The portal, put together: what it is made of and the order in which a request passes through it.</summary>
static class PortalApplication
{
    /// <param name="settings">The command line, without the verb and what belongs to it.</param>
    /// <param name="isServing">True for <c>serve</c>, whose settings must be fit for Production there; a verb only works on the database.</param>
    /// <param name="ct">Stops the start.</param>
    public static async Task<WebApplication> BuildAsync(IReadOnlyList<string> settings, bool isServing, CancellationToken ct)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = [.. settings], ContentRootPath = Surroundings.ContentRoot("wwwroot"), EnvironmentName = Surroundings.EnvironmentUnlessSaid(settings) });
        if (isServing)
        {
            ProductionChecks.RefuseDemoSettings(builder.Configuration, builder.Environment);
        }

        builder.AddTelemetry("portal");
        builder.WebHost.UseStaticWebAssets();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        if (builder.Configuration["urls"] is null && builder.Configuration["http_ports"] is null)
        {
            // Behind a proxy that speaks https, ASPNETCORE_URLS says where to listen.
            builder.WebHost.UseUrls(PortalAddress.Of(builder.Configuration));
        }

        var database = await ServiceDatabase.OpenAsync(builder.Configuration, builder.Environment.ContentRootPath, "portal", [Assembly.GetExecutingAssembly()], logs: null, ct);
        AddServices(builder, database);
        var app = builder.Build();
        Use(app);
        return app;
    }

    static void AddServices(WebApplicationBuilder builder, ServiceDatabase database)
    {
        var services = builder.Services;
        var dataFolder = DataFolder.Of(builder.Configuration, builder.Environment.ContentRootPath);
        services.AddServiceDatabase(database);
        services.AddPartnerPortalDataProtection(builder.Configuration, "portal", dataFolder);
        services.AddPlatform(Assembly.GetExecutingAssembly());
        services.AddPartnerPortalMail(builder.Configuration, dataFolder);
        services.AddOutboxDelivery(builder.Configuration);
        services.AddJobs(builder.Configuration);
        services.AddHousekeeping();
        services.AddAuditSealing(builder.Configuration, "portal", dataFolder);
        services.AddRateLimits(builder.Configuration);
        services.AddPortalAuthentication(builder.Configuration, builder.Environment);
        services.AddScoped<CurrentPerson>();
        services.AddSingleton<OnBehalf>();
        services.AddScoped<ICurrentPerson>(provider => provider.GetRequiredService<CurrentPerson>());
        services.AddSingleton<IErrorPage, ErrorView>();
        services.AddPages();
        services.AddShell();
        services.AddOpenApi("v1", options => options.ShouldInclude = description => description.RelativePath?.StartsWith("api/v1", StringComparison.Ordinal) == true);
        services.AddScoped<IVerb, MigrateVerb>();
        services.AddSingleton<FrozenFiles>();
        services.AddHealthChecks().AddCheck<DatabaseAnswers>("database");
        services.AddFeatures();
    }

    static void Use(WebApplication app)
    {
        app.UseForwardedAddresses(app.Configuration);
        app.UseSecurityHeaders();
        app.UseLanguages();
        app.UseErrorAnswers();
        if (app.Environment.IsProduction())
        {
            app.UseHttpsOnlyForTheApi();
        }

        app.UseRouting();
        app.UseAuthentication();
        app.UseCurrentCaller();
        app.UseRateLimiter();
        app.UseFrozenFiles();
        app.UseCurrentPerson();
        app.UseAuthorization();
        app.MapStaticAssets().AllowAnonymous().ShortCircuit();
        app.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();
        app.MapHealthChecks("/health/live", new() { Predicate = _ => false }).AllowAnonymous().ShortCircuit();
        app.MapHealthChecks("/health/ready").AllowAnonymous().ShortCircuit();
        app.MapCspReports();
        app.MapControllers().WithStaticAssets();
        app.MapShell();
    }

    static void AddPages(this IServiceCollection services)
    {
        services.AddControllersWithViews(options =>
            {
                // The longest list on a page is an order's: 2,000 lines.
                options.MaxModelBindingCollectionSize = 2000;
                options.Filters.Add(new AutoValidateAntiforgeryTokenAttribute());
                options.Filters.Add(new Forms.ShowTypedAgain());
                options.Conventions.Add(new ApiConvention());
            })
            .AddDataAnnotationsLocalization()
            .AddApiAnswers();
        services.Configure<RazorViewEngineOptions>(options => options.ViewLocationExpanders.Add(new FeatureViews()));
    }
}

/// <summary>The address the portal answers on.</summary>
static class PortalAddress
{
    /// <summary><c>Portal:Url</c> (http://localhost:5080 by default), with the port of <c>--port N</c> where given.</summary>
    public static string Of(IConfiguration configuration)
    {
        var url = new UriBuilder(configuration["Portal:Url"] ?? PortalUrl.Default);
        if (configuration.GetValue<int?>("port") is { } port)
        {
            url.Port = port;
        }

        return url.Uri.GetLeftPart(UriPartial.Authority);
    }
}
