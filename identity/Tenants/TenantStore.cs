using Platform.Database;

namespace Identity.Tenants;

/// <summary>A company whose people sign in here.</summary>
sealed class Tenant
{
    public long TenantId { get; init; }

    /// <summary>What the portal and addresses call it: the partner's code or number in small letters.</summary>
    public string Key { get; init; } = "";

    public string Name { get; init; } = "";

    /// <summary>Whether it is the brand that runs the installation.</summary>
    public bool IsOperator { get; init; }

    /// <summary>Since when nobody and nothing of it is served.</summary>
    public DateTime? DisabledAt { get; init; }
}

/// <summary>Every statement about tenants.</summary>
sealed class TenantStore(Db db, TimeProvider clock)
{
    const string Columns = "tenant_id, key, name, is_operator, disabled_at";

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>The tenant of that key, disabled or not.</summary>
    public Task<Tenant?> FindAsync(string key, CancellationToken ct) => db.FindAsync<Tenant>($"select {Columns} from tenant where key = @key", new { key }, ct);

    /// <summary>The tenant of that number inside the database.</summary>
    public Task<Tenant?> FindAsync(long tenantId, CancellationToken ct) => db.FindAsync<Tenant>($"select {Columns} from tenant where tenant_id = @tenantId", new { tenantId }, ct);

    /// <summary>The brand that runs the installation; null until it was entered.</summary>
    public Task<Tenant?> FindOperatorAsync(CancellationToken ct) => db.FindAsync<Tenant>($"select {Columns} from tenant where is_operator", null, ct);

    /// <summary>All of them, the operator first, then by name.</summary>
    public Task<List<Tenant>> ListAsync(CancellationToken ct) => db.ListAsync<Tenant>($"select {Columns} from tenant order by not is_operator, name, tenant_id", null, ct);

    /// <summary>Enters a tenant, or brings its name up to date.</summary>
    public Task<Tenant> SaveAsync(string key, string name, bool isOperator, CancellationToken ct) => db.OneAsync<Tenant>($"""
        insert into tenant as t (key, name, is_operator, created_at, updated_at) values (@key, @name, @isOperator, @now, @now)
        on conflict (key) do update set name = excluded.name, updated_at = case when t.name = excluded.name then t.updated_at else excluded.updated_at end
        returning {Columns}
        """, new { key, name, isOperator, now = Now }, ct);

    /// <summary>Disables a tenant, or serves it again; with it all its people and clients.</summary>
    /// <returns>False when nothing was changed by it.</returns>
    public async Task<bool> SetEnabledAsync(long tenantId, bool enabled, CancellationToken ct) => await db.ExecuteAsync("""
        update tenant set disabled_at = case when @enabled then null else @now end, updated_at = @now
        where tenant_id = @tenantId and (disabled_at is null) <> @enabled and not is_operator
        """, new { tenantId, enabled, now = Now }, ct) == 1;
}
