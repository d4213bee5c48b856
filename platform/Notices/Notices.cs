using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Platform.Database;

namespace Platform.Notices;

/// <summary>
/// Keeps something in memory that every instance must forget when it changes in the database. What is told while the connection is away is lost:
/// whatever is kept must also end by itself.
/// </summary>
public interface INoticeReceiver
{
    /// <summary>The topic it listens to: small letters and underscores.</summary>
    string Topic { get; }

    /// <summary>Something changed.</summary>
    /// <param name="about">What, as the sender says; null when notices may have been missed, and anything may have changed.</param>
    void Receive(string? about);
}

/// <summary>Tells all instances of a service that something changed.</summary>
public static class NoticeSending
{
    /// <summary>Tells them when the running transaction is stored, within milliseconds; never before, and not at all if it is not.</summary>
    /// <param name="db">In whose transaction.</param>
    /// <param name="topic">What kind of thing changed.</param>
    /// <param name="about">Which one; no secrets, at most a few hundred characters.</param>
    public static void Tell(this Db db, string topic, string about) => db.Later(
        "select pg_notify($1 || '_' || current_schema(), $2)", new NpgsqlParameter<string> { TypedValue = topic }, new NpgsqlParameter<string> { TypedValue = about });
}

/// <summary>Listens on one connection for all topics of this instance. A lost connection is opened again, and every receiver told to trust nothing.</summary>
sealed class NoticeListener(NpgsqlDataSource source, IEnumerable<INoticeReceiver> receivers, ILogger<NoticeListener> log) : BackgroundService
{
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    static readonly TimeSpan LookAround = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogWarning("Notices of changes pause, the database does not answer: {Reason}", failure.Message);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.Delay(Pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    async Task ListenAsync(CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        var byChannel = await SubscribeAsync(connection, ct);
        connection.Notification += (_, notice) => Pass(byChannel[notice.Channel], notice.Payload);
        // Only now nothing more is missed; what changed before is.
        Pass(receivers, null);
        while (true)
        {
            if (!await connection.WaitAsync(LookAround, ct))
            {
                // A connection that was cut silently shows it only when it is used.
                await using var look = new NpgsqlCommand("select", connection);
                await look.ExecuteNonQueryAsync(ct);
            }
        }
    }

    // Channels are named after the schema: portal and identity do not hear each other.
    async Task<ILookup<string, INoticeReceiver>> SubscribeAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var schema = new NpgsqlCommand("select current_schema()", connection);
        var suffix = "_" + await schema.ExecuteScalarAsync(ct);
        var byChannel = receivers.ToLookup(receiver => receiver.Topic + suffix, StringComparer.Ordinal);
        await using var batch = new NpgsqlBatch(connection);
        foreach (var channel in byChannel.Select(channel => channel.Key))
        {
            batch.BatchCommands.Add(new("listen " + channel));
        }

        await batch.ExecuteNonQueryAsync(ct);
        return byChannel;
    }

    void Pass(IEnumerable<INoticeReceiver> to, string? about)
    {
        foreach (var receiver in to)
        {
            try
            {
                receiver.Receive(about);
            }
            catch (Exception failure)
            {
                log.LogError(failure, "A notice of {Topic} was not taken", receiver.Topic);
            }
        }
    }
}

/// <summary>Brings notices into a service.</summary>
public static class NoticesSetup
{
    /// <summary>Makes a singleton hear of changes, on whichever instance they are made.</summary>
    public static IServiceCollection AddNoticeReceiver<T>(this IServiceCollection services)
        where T : class, INoticeReceiver
    {
        services.TryAddSingleton<T>();
        services.AddSingleton<INoticeReceiver>(provider => provider.GetRequiredService<T>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, NoticeListener>());
        return services;
    }
}
