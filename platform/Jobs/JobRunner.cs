using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Platform.Database;
using Platform.Telemetry;
using Quartz;

namespace Platform.Jobs;

/// <summary>Runs a job now, as its schedule would.</summary>
public sealed class JobRunner(IServiceScopeFactory scopes, IEnumerable<ScheduledJob> jobs, ILogger<JobRunner> log)
{
    /// <summary>Runs the job of that name.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public async Task RunAsync(string name, CancellationToken ct)
    {
        var job = jobs.FirstOrDefault(job => string.Equals(job.Name, name, StringComparison.Ordinal)) ?? throw new InvalidOperationException($"There is no job '{name}'.");
        using var activity = ProductTelemetry.Activities.StartActivity("job " + name);
        var began = Stopwatch.GetTimestamp();
        var outcome = "failed";
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<CallerAccessor>().Current = Caller.System("job:" + name);
            await ((IScheduledJob)scope.ServiceProvider.GetRequiredService(job.Job)).RunAsync(ct);
            outcome = "done";
            log.LogInformation("Job {Job} took {Milliseconds:0} ms", name, Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        catch (Exception failure)
        {
            activity?.SetStatus(ActivityStatusCode.Error, failure.Message);
            throw;
        }
        finally
        {
            ProductTelemetry.JobDuration.Record(Stopwatch.GetElapsedTime(began).TotalSeconds, new("job", name), new("outcome", outcome));
        }
    }
}

/// <summary>What Quartz knows of all our jobs: a name to hand to <see cref="JobRunner"/>.</summary>
[DisallowConcurrentExecution]
sealed class RunByName(JobRunner runner, ILogger<RunByName> log) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var name = context.JobDetail.Key.Name;
        try
        {
            await runner.RunAsync(name, cancellationToken);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            if (failure.IsUnavailable())
            {
                log.LogWarning("Job {Job} could not run, the database does not answer: {Reason}", name, failure.Message);
            }
            else
            {
                log.LogError(failure, "Job {Job} failed; it runs again at its next time", name);
            }
        }
    }
}
