using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Platform.Telemetry;

/// <summary>Logs, traces and measures of a service.</summary>
public static class TelemetrySetup
{
    /// <summary>
    /// Logs in one line of JSON per event (UTC, with scopes and trace ids; line breaks are escaped, so nobody writes lines of their own into it),
    /// or readably in Development. Sends traces and measures to <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> where that is set; sampling and protocol follow
    /// the other OTEL settings.
    /// </summary>
    /// <param name="builder">The service under construction.</param>
    /// <param name="service"><c>portal</c> or <c>identity</c>.</param>
    public static WebApplicationBuilder AddTelemetry(this WebApplicationBuilder builder, string service)
    {
        AddLogging(builder);
        if (builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 })
        {
            builder.Services.AddSingleton<IHostedService>(_ => new Export(service));
        }

        return builder;
    }

    static void AddLogging(WebApplicationBuilder builder)
    {
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Logging.AddFilter("Npgsql", LogLevel.Warning);
        builder.Logging.AddFilter("Quartz", LogLevel.Warning);
        builder.Logging.AddFilter("System.Net.Http", LogLevel.Warning);
        builder.Logging.Configure(options => options.ActivityTrackingOptions = ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId);
        builder.Logging.ClearProviders();
        if (builder.Environment.IsDevelopment())
        {
            builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
            return;
        }

        builder.Logging.AddJsonConsole(console =>
        {
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
            console.IncludeScopes = true;
        });
    }

    /// <summary>Exports while the service runs, and sends the rest when it stops.</summary>
    sealed class Export(string service) : IHostedService
    {
        TracerProvider? traces;
        MeterProvider? measures;

        public Task StartAsync(CancellationToken cancellationToken)
        {
            var resource = ResourceBuilder.CreateDefault().AddService(service, serviceNamespace: "partner-portal", serviceVersion: Assembly.GetEntryAssembly()?.GetName().Version?.ToString(3));
            traces = Sdk.CreateTracerProviderBuilder()
                .SetResourceBuilder(resource)
                .AddSource("Microsoft.AspNetCore", "System.Net.Http", "Npgsql", "Quartz", ProductTelemetry.Name)
                .AddOtlpExporter()
                .Build();
            measures = Sdk.CreateMeterProviderBuilder()
                .SetResourceBuilder(resource)
                .AddMeter("Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.RateLimiting", "System.Net.Http", "System.Runtime", "Npgsql", "Quartz", ProductTelemetry.Name + "*")
                .AddOtlpExporter()
                .Build();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            traces?.Dispose();
            measures?.Dispose();
            return Task.CompletedTask;
        }
    }
}
