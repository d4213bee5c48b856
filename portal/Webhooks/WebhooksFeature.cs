using Platform.GuardedHttp;
using Platform.Jobs;
using Portal.Demo;

namespace Portal.Webhooks;

/// <summary>Events for programs: endpoints of companies, and the worker that tells them.</summary>
static class WebhooksFeature
{
    /// <summary>Registers acts, the store, the worker and the job.</summary>
    public static IServiceCollection AddWebhooks(this IServiceCollection services)
    {
        services
            .AddSingleton<WebhookSettings>()
            .AddSingleton<WebhookSecrets>()
            .AddSingleton<SendWebhook>()
            .AddSingleton<DeliverWebhooks>()
            .AddSingleton<WebhookAddress>()
            .AddScoped<WebhookStore>()
            .AddScoped<KeepWebhooks>()
            .AddScoped<ReplayWebhooks>()
            .AddScoped<IDemoPart, WebhooksDemo>()
            .AddScheduledJob<ForgetWebhooks>("0 50 3 * * ?");
        foreach (var (name, isBrand) in new[] { (SendWebhook.HttpClientName, false), (SendWebhook.HttpClientNameOfBrand, true) })
        {
            services.AddHttpClient(name)
                .ConfigurePrimaryHttpMessageHandler(provider =>
                {
                    var settings = provider.GetRequiredService<WebhookSettings>();
                    return GuardedHandler.Create(address => settings.Allows(address, isBrand));
                })
                .RemoveAllLoggers();
        }

        services.AddHostedService<WebhookWorker>();
        return services;
    }
}
