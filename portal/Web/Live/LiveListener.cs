using System.Text.Json;
using Microsoft.AspNetCore.SignalR;
using Npgsql;
using Platform.Outbox;

namespace Portal.Web.Live;

/// <summary>Listens to the database on behalf of the pages that hang on this instance. A lost connection is opened again.</summary>
sealed class LiveListener(NpgsqlDataSource source, IHubContext<LiveHub> hub, ILogger<LiveListener> log, TimeProvider clock) : BackgroundService
{
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var again = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(again, stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogWarning("Live updates pause, the database does not answer: {Reason}", failure.Message);
                again = true;
            }

            await Task.Delay(Pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    async Task ListenAsync(bool again, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        connection.Notification += (_, notice) => _ = PassOnAsync(notice.Payload, ct);
        await using (var listen = new NpgsqlCommand("listen " + LiveFanOut.Channel, connection))
        {
            await listen.ExecuteNonQueryAsync(ct);
        }

        if (again)
        {
            // What was told meanwhile is lost; the pages look for themselves.
            await hub.Clients.All.SendAsync(LiveHub.Changed, "notifications", ct);
        }

        while (!ct.IsCancellationRequested)
        {
            await connection.WaitAsync(ct);
        }
    }

    async Task PassOnAsync(string payload, CancellationToken ct)
    {
        try
        {
            var update = JsonSerializer.Deserialize<LiveUpdate>(payload, Outbox.Json)!;
            await hub.Clients.Groups(update.People.Select(LiveHub.GroupOf)).SendAsync(LiveHub.Changed, update.Kind, ct);
        }
        catch (Exception failure) when (!ct.IsCancellationRequested)
        {
            log.LogWarning(failure, "A live update could not be passed on");
        }
    }
}
