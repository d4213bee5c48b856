using Npgsql;
using Platform.Database;

namespace Portal.Webhooks;

/// <summary>
/// Delivers as long as the service runs: woken by the database when something happened, and looking by itself every few seconds for what is due again. As many deliveries as
/// are allowed are under way at once; whenever one ends, another takes its place. With <c>Webhooks:Enabled</c> false another instance does.
/// </summary>
sealed class WebhookWorker(DeliverWebhooks deliver, WebhookSettings settings, NpgsqlDataSource source, ILogger<WebhookWorker> log) : BackgroundService
{
    static readonly TimeSpan LookAround = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (settings.IsEnabled && !stoppingToken.IsCancellationRequested)
        {
            var underWay = new HashSet<Task>();
            try
            {
                await ListenAndDeliverAsync(underWay, stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                if (failure.IsUnavailable())
                {
                    log.LogWarning("Webhooks wait, the database does not answer: {Reason}", failure.Message);
                }
                else
                {
                    log.LogError(failure, "Webhooks stumbled and go on");
                }

                await Task.Delay(LookAround, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                await Task.WhenAll(underWay).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return;
            }
        }
    }

    async Task ListenAndDeliverAsync(HashSet<Task> underWay, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using (var listen = new NpgsqlCommand("do $$ begin execute 'listen webhooks_' || current_schema(); end $$", connection))
        {
            await listen.ExecuteNonQueryAsync(ct);
        }

        var bell = connection.WaitAsync(LookAround, ct);
        while (true)
        {
            foreach (var due in await deliver.TakeAsync(settings.AtOnce - underWay.Count, ct))
            {
                underWay.Add(deliver.DeliverAsync(due, ct));
            }

            await Task.WhenAny([bell, .. underWay]);
            if (bell.IsCompleted)
            {
                await bell;
                bell = connection.WaitAsync(LookAround, ct);
            }

            foreach (var ended in underWay.Where(one => one.IsCompleted).ToList())
            {
                underWay.Remove(ended);
                // One that cannot be written down does not hold up the others: it is lent again when its time is over.
                if (ended.Exception is { } failed)
                {
                    log.LogError(failed, "A webhook delivery could not be written down.");
                }
            }
        }
    }
}
