using Identity.Tenants;
using Platform.Audit;
using Platform.Database;

namespace Identity.Administration.Tenants;

/// <summary>
/// Says to which of the portal's roles a company's providers may lead. What is taken away counts no more at once, also for people who have it
/// already; a role of the operator is never on a company's list, whoever writes it there.
/// </summary>
sealed class ChangeGrantableRoles(Db db, TenantStore tenants, TenantListStore list, AuditTrail audit)
{
    /// <summary>Does so. The roles that every company may give by default are kept as just that, so that the company follows when they change.</summary>
    public Task<Outcome> RunAsync(string key, IReadOnlyCollection<string> wanted, CancellationToken ct) => db.InTransactionAsync<Outcome>(async () =>
    {
        if (await tenants.HoldAsync(key, ct) is not { } tenant)
        {
            return new Outcome.Unknown();
        }

        var roles = await list.RolesAsync(tenant.TenantId, ct);
        string[] before = [.. roles.Where(role => role.IsGrantable).Select(role => role.Role)], after = [.. roles.Select(role => role.Role).Where(role => wanted.Contains(role, StringComparer.Ordinal))];
        if (after.Length < wanted.Distinct(StringComparer.Ordinal).Count())
        {
            return new Outcome.Refused("tenants.roles_unknown");
        }

        if (!before.SequenceEqual(after))
        {
            var isDefault = roles.Where(role => role.IsByDefault).Select(role => role.Role).SequenceEqual(after);
            await list.SetGrantableRolesAsync(tenant.TenantId, isDefault ? null : after, ct);
            await audit.RecordAsync("tenant.grantable_roles_changed", "tenant", key, null, new { before, after }, ct);
        }

        return new Outcome.Done("tenants.saved");
    }, ct);
}
