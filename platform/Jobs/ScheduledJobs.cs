using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Quartz;

namespace Platform.Jobs;

/// <summary>
/// Something the product does by itself at set times, once over all instances. It runs in a scope of its own as <c>Caller.System("job:NAME")</c>; an
/// exception is logged and counted, and the job runs again at its next time.
/// </summary>
public interface IScheduledJob
{
    /// <summary>Does it.</summary>
    Task RunAsync(CancellationToken ct);
}

/// <summary>A job and when it runs.</summary>
/// <param name="Name">The class's name in lower case with hyphens: <c>expire-protections</c>.</param>
/// <param name="Job">The class.</param>
/// <param name="Cron">When, in Quartz's form with seconds first, in UTC.</param>
public sealed partial record ScheduledJob(string Name, Type Job, string Cron)
{
    internal static ScheduledJob Of<T>(string cron) => new(Hyphenated().Replace(typeof(T).Name, "-${capital}").ToLowerInvariant(), typeof(T), cron);

    [GeneratedRegex("(?<!^)(?<capital>[A-Z])", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Hyphenated();
}

/// <summary>Brings jobs into a service.</summary>
public static class ScheduledJobs
{
    static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(2);

    /// <summary>Runs <typeparamref name="T"/> at these times: <c>services.AddScheduledJob&lt;ExpireProtections&gt;("0 0 2 * * ?")</c>, every night at two, UTC.</summary>
    public static IServiceCollection AddScheduledJob<T>(this IServiceCollection services, string cron)
        where T : class, IScheduledJob
    {
        _ = CronScheduleBuilder.Create(cron); // a mistyped time stops the start, not the night
        return services.AddScoped<T>().AddSingleton(ScheduledJob.Of<T>(cron));
    }

    /// <summary>Keeps the schedule in PostgreSQL and runs what is due, unless <c>Jobs:Enabled</c> is false: then other instances do.</summary>
    public static IServiceCollection AddJobs(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<JobRunner>();
        if (!configuration.GetValue("Jobs:Enabled", defaultValue: true))
        {
            return services;
        }

        services.AddQuartz(quartz =>
        {
            // The scheduler sleeps until the next time it knows of, and does not hear that a job which kept its own trigger back has ended: a job that
            // runs every few seconds would come half a minute late.
            quartz.ConfigureScheduler(scheduler => scheduler.IdleWaitTime = LongestSleep);
            quartz.UseDefaultTimeZone(TimeZoneInfo.Utc);
            quartz.UsePersistentStore(store =>
            {
                store.UsePostgres(source => source.DataSourceFactory = provider => provider.GetRequiredService<NpgsqlDataSource>());
                store.UseClustering();
                store.ConfigureStore(options =>
                {
                    options.TablePrefix = "qrtz_";
                    options.StoreJobDataAsStrings = true;
                    options.SchemaProvisioning = SchemaProvisioning.None;
                });
            });
        });
        services.AddQuartzHostedService(options => options.WaitForJobsToComplete = true);
        services.AddHostedService<JobSchedule>();
        return services;
    }
}
