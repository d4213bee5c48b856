using Microsoft.Extensions.Hosting;
using Quartz;

namespace Platform.Jobs;

/// <summary>
/// Brings the stored schedule in line with the jobs of this version: new and changed ones are entered, those that are gone taken out. An
/// unchanged one is left alone, so that what was missed while the service was down is made up for.
/// </summary>
sealed class JobSchedule(ISchedulerFactory schedulers, IEnumerable<ScheduledJob> jobs) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var scheduler = await schedulers.GetScheduler(cancellationToken);
        foreach (var job in jobs)
        {
            await EnterAsync(scheduler, job, cancellationToken);
        }

        var names = jobs.Select(job => job.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var stored in await scheduler.GetJobKeys(GroupMatcher<JobKey>.AnyGroup(), cancellationToken))
        {
            if (!names.Contains(stored.Name))
            {
                await scheduler.DeleteJob(stored, cancellationToken);
            }
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    static async Task EnterAsync(IScheduler scheduler, ScheduledJob job, CancellationToken ct)
    {
        if (await scheduler.GetTrigger(new TriggerKey(job.Name), ct) is ICronTrigger stored && string.Equals(stored.CronExpressionString, job.Cron, StringComparison.Ordinal))
        {
            return;
        }

        var detail = JobBuilder.Create<RunByName>().WithIdentity(job.Name).Build();
        var trigger = TriggerBuilder.Create()
            .WithIdentity(job.Name)
            .WithSchedule(CronScheduleBuilder.Create(job.Cron).InTimeZone(TimeZoneInfo.Utc).WithMisfireInstruction(CronTriggerMisfireInstruction.FireAndProceed))
            .Build();
        await scheduler.ScheduleJob(detail, [trigger], ScheduleJobOptions.Replacing, ct);
    }
}
