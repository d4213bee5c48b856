using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.DataAnnotations;
using Microsoft.Extensions.Options;
using Platform.Outbox;
using Platform.Texts;
using Portal.Web.Forms;
using Portal.Web.Layout;
using Portal.Web.Lists;
using Portal.Web.Live;

namespace Portal.Web;

/// <summary>What all pages share: menu, forms, lists, live updates.</summary>
static class Shell
{
    public static IServiceCollection AddShell(this IServiceCollection services)
    {
        services.AddSingleton<Navigation>();
        services.AddScoped<SavedViews>();
        services.AddSingleton<IConfigureOptions<MvcOptions>, ValidationTexts>();
        services.AddSingleton<IConfigureOptions<MvcDataAnnotationsLocalizationOptions>>(provider =>
            new ConfigureOptions<MvcDataAnnotationsLocalizationOptions>(options => options.DataAnnotationLocalizerProvider = (_, _) => provider.GetRequiredService<Texts>()));
        services.AddLive();
        return services;
    }

    /// <summary>Maps what is not a controller.</summary>
    public static void MapShell(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapHub<LiveHub>(LiveHub.Path, options => options.CloseOnAuthenticationExpiration = true).Add(OnlyForOurOwnPages);

    static void AddLive(this IServiceCollection services)
    {
        services.AddSignalR();
        services.AddScoped<LiveUpdates>();
        services.AddScoped<IOutboxReceiver, LiveFanOut>();
        services.AddHostedService<LiveListener>();
    }

    // A browser opens a web socket to anybody from any page and sends the cookie along; only the Origin tells (RFC 6455, 10.2).
    static void OnlyForOurOwnPages(EndpointBuilder endpoint)
    {
        var answer = endpoint.RequestDelegate!;
        endpoint.RequestDelegate = http =>
        {
            string? origin = http.Request.Headers.Origin;
            if (origin is null ? !HttpMethods.IsGet(http.Request.Method) || http.WebSockets.IsWebSocketRequest : !string.Equals(origin, $"{http.Request.Scheme}://{http.Request.Host}", StringComparison.OrdinalIgnoreCase))
            {
                http.Response.StatusCode = StatusCodes.Status403Forbidden;
                return Task.CompletedTask;
            }

            return answer(http);
        };
    }
}
