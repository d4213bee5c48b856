using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Platform.Database;

namespace Platform.Outbox;

/// <summary>
/// Delivers as long as the service runs: woken by the database when something is put in, and looking by itself every few seconds for what is
/// due again. While the database is away it waits, and goes on when it is back.
/// </summary>
sealed class OutboxDispatcher(OutboxDelivery delivery, NpgsqlDataSource source, IConfiguration configuration, ILogger<OutboxDispatcher> log) : BackgroundService
{
    static readonly TimeSpan PauseAfterAFault = TimeSpan.FromSeconds(5);

    readonly TimeSpan lookAround = TimeSpan.FromSeconds(configuration.GetValue("Outbox:LookAroundSeconds", 5));

    // Two lanes, each with a connection that hears the bell: whoever waits for a stranger's server does not hold up the mail.
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(KeepDeliveringAsync(delivery.DeliverQuickAsync, stoppingToken), DeliverSlowOnesAsync(stoppingToken));

    async Task DeliverSlowOnesAsync(CancellationToken stoppingToken)
    {
        if (await delivery.HasSlowAsync())
        {
            await KeepDeliveringAsync(delivery.DeliverSlowAsync, stoppingToken);
        }
    }

    async Task KeepDeliveringAsync(Func<CancellationToken, Task<int>> deliver, CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAndDeliverAsync(deliver, stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                Tell(failure);
                await Task.Delay(PauseAfterAFault, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    async Task ListenAndDeliverAsync(Func<CancellationToken, Task<int>> deliver, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        // The channel is named after the schema, as Outbox.PutAsync names it: portal and identity do not wake each other.
        await using (var listen = new NpgsqlCommand("do $$ begin execute 'listen outbox_' || current_schema(); end $$", connection))
        {
            await listen.ExecuteNonQueryAsync(ct);
        }

        while (true)
        {
            while (await deliver(ct) > 0)
            {
            }

            await connection.WaitAsync(lookAround, ct);
        }
    }

    void Tell(Exception failure)
    {
        if (failure.IsUnavailable())
        {
            log.LogWarning("The outbox waits, the database does not answer: {Reason}", failure.Message);
        }
        else
        {
            log.LogError(failure, "The outbox stumbled and goes on");
        }
    }
}

/// <summary>Brings the outbox's delivery into a service.</summary>
public static class OutboxSetup
{
    /// <summary>
    /// Delivers in the background, unless <c>Outbox:Enabled</c> is false: then another instance does. Nobody woken looks around by itself every
    /// <c>Outbox:LookAroundSeconds</c> (5).
    /// </summary>
    public static IServiceCollection AddOutboxDelivery(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<OutboxDelivery>();
        if (configuration.GetValue("Outbox:Enabled", defaultValue: true))
        {
            services.AddHostedService<OutboxDispatcher>();
        }

        return services;
    }
}
