using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using Platform.Database;

namespace Platform.Health;

/// <summary>Ready means that the database answers; while it is away, a load balancer asks elsewhere.</summary>
/// <param name="source">The pool of the application's role.</param>
public sealed class DatabaseAnswers(NpgsqlDataSource source) : IHealthCheck
{
    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await using var command = source.CreateCommand("select 1");
            command.CommandTimeout = 3; // one that hangs is as good as away, and whoever asks does not wait for half a minute
            await command.ExecuteNonQueryAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception failure) when (failure.IsUnavailable())
        {
            return HealthCheckResult.Unhealthy("The database does not answer.");
        }
    }
}
