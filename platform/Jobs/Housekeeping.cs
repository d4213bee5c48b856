using Microsoft.Extensions.DependencyInjection;
using Platform.Idempotency;
using Platform.Outbox;

namespace Platform.Jobs;

/// <summary>Forgets answers to keys that are older than a day.</summary>
sealed class ForgetIdempotentAnswers(IdempotentAnswers answers) : IScheduledJob
{
    public Task RunAsync(CancellationToken ct) => answers.ForgetAsync(ct);
}

/// <summary>Forgets messages that were delivered more than a week ago.</summary>
sealed class ForgetDeliveredMessages(OutboxDelivery outbox) : IScheduledJob
{
    public Task RunAsync(CancellationToken ct) => outbox.ForgetDeliveredAsync(ct);
}

/// <summary>Brings the platform's own jobs into a service.</summary>
public static class Housekeeping
{
    /// <summary>Keeps platform's tables small.</summary>
    public static IServiceCollection AddHousekeeping(this IServiceCollection services) => services
        .AddScheduledJob<ForgetIdempotentAnswers>("0 10 * * * ?")
        .AddScheduledJob<ForgetDeliveredMessages>("0 40 3 * * ?");
}
