using Identity.Keys;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Platform.Database;

namespace Identity.Web;

/// <summary>Ready means that the database answers and there is a key to sign with.</summary>
sealed class ReadyCheck(Db db, CallerAccessor caller, SigningKeys keys) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            caller.Current = Caller.System("identity:health");
            await db.OneAsync<int>("select 1", null, cancellationToken);
            await keys.GetAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception failure) when (failure is Npgsql.NpgsqlException or TimeoutException or Platform.CannotStartException)
        {
            return HealthCheckResult.Unhealthy();
        }
    }
}
