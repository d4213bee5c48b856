using System.Collections.Concurrent;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.Extensions.DependencyInjection;

namespace Platform.Web;

/// <summary>
/// Lets only so many of these requests be at work at once in this process; the others stand in line, the oldest first, before they take a connection to the database. For acts that wait for
/// each other there: two hundred rivals for one record would otherwise hold every connection, and everybody else's page would wait with them.
/// </summary>
/// <param name="line">The line they stand in; actions that name the same one share it.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TakesTurnsAttribute(string line) : Attribute, IFilterFactory, IOrderedFilter
{
    /// <summary>The line they stand in.</summary>
    public string Line => line;

    /// <inheritdoc/>
    public bool IsReusable => false;

    /// <summary>Before <see cref="Idempotency.IdempotentAttribute"/>, which begins the transaction.</summary>
    public int Order => -10;

    /// <inheritdoc/>
    public IFilterMetadata CreateInstance(IServiceProvider serviceProvider) => new TakeTurn(serviceProvider.GetRequiredService<Turns>(), line);
}

sealed class TakeTurn(Turns turns, string line) : IAsyncResourceFilter
{
    public async Task OnResourceExecutionAsync(ResourceExecutingContext context, ResourceExecutionDelegate next)
    {
        using var turn = await turns.TakeAsync(line, context.HttpContext.RequestAborted);
        if (turn.IsAcquired)
        {
            await next();
            return;
        }

        await ErrorAnswers.RefuseAsync(context, ApiProblem.OfStatus(StatusCodes.Status503ServiceUnavailable) with { RetryAfter = TimeSpan.FromSeconds(2) });
    }
}

/// <summary>The lines of this process.</summary>
/// <param name="atOnce">How many are at work at once.</param>
/// <param name="longest">How many may wait in a line; who comes after them is told to come again.</param>
sealed class Turns(int atOnce, int longest) : IDisposable
{
    readonly ConcurrentDictionary<string, ConcurrencyLimiter> lines = new(StringComparer.Ordinal);

    // More at once than the processors can carry gains nothing.
    public Turns()
        : this(Math.Max(8, 4 * Environment.ProcessorCount), 2000)
    {
    }

    public ValueTask<RateLimitLease> TakeAsync(string line, CancellationToken ct) =>
        lines.GetOrAdd(line, _ => new(new() { PermitLimit = atOnce, QueueLimit = longest, QueueProcessingOrder = QueueProcessingOrder.OldestFirst })).AcquireAsync(1, ct);

    public void Dispose()
    {
        foreach (var limiter in lines.Values)
        {
            limiter.Dispose();
        }
    }
}
