using Identity.SecondFactors;
using Identity.Tenants;
using Platform.Audit;
using Platform.Database;

namespace Identity.Administration.Tenants;

/// <summary>
/// Says whose sign-in takes two factors at a company. Its own administrators may ask for more; that their own rights go with a password alone is for the
/// operator to allow.
/// </summary>
sealed class ChangeSecondFactorRule(Db db, TenantStore tenants, EndWeakSignIns endWeak, AuditTrail audit)
{
    /// <summary>Does so. What was begun with less than the new rule asks for ends, but for the session in which it is changed.</summary>
    /// <param name="key">The company.</param>
    /// <param name="wanted">One of <see cref="SecondFactorRule.All"/>.</param>
    /// <param name="me">Who changes it.</param>
    /// <param name="keptSid">In which session.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<Outcome> RunAsync(string key, string? wanted, Administrator me, string keptSid, CancellationToken ct) => db.InTransactionAsync<Outcome>(async () =>
    {
        if (await tenants.HoldAsync(key, ct) is not { } tenant || !me.LooksAfter(tenant.TenantId) || wanted is null || !SecondFactorRule.All.Contains(wanted, StringComparer.Ordinal))
        {
            return new Outcome.Unknown();
        }

        if (tenant.SecondFactor == wanted)
        {
            return new Outcome.Done("tenants.saved");
        }

        if (wanted is SecondFactorRule.Optional && !me.IsOfInstallation)
        {
            return new Outcome.Refused("tenants.second_factor_stays");
        }

        await tenants.SetSecondFactorAsync(tenant.TenantId, wanted, ct);
        var ended = await endWeak.RunAsync(tenant.TenantId, keptSid, ct);
        await audit.RecordAsync("tenant.second_factor_changed", "tenant", key, null, new { before = tenant.SecondFactor, after = wanted, endedSessions = ended }, ct);
        return new Outcome.Done("tenants.second_factor_saved");
    }, ct);
}
