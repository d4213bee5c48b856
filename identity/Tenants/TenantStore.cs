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

    /// <summary>Whose sign-in takes two factors; see <see cref="SecondFactors.SecondFactorRule"/>.</summary>
    public string SecondFactor { get; init; } = "";
}

/// <summary>Every statement about tenants.</summary>
sealed class TenantStore(Db db, TimeProvider clock)
{
    const string Columns = "tenant_id, key, name, is_operator, disabled_at, second_factor";

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
    /// <param name="key">What it is called in addresses.</param>
    /// <param name="name">What it is called on screen.</param>
    /// <param name="isOperator">Whether it runs the installation.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <param name="secondFactor">Whose sign-in takes two factors; one that is there keeps its own.</param>
    public Task<Tenant> SaveAsync(string key, string name, bool isOperator, CancellationToken ct, string secondFactor = SecondFactors.SecondFactorRule.Administrators) => db.OneAsync<Tenant>($"""
        insert into tenant as t (key, name, is_operator, second_factor, created_at, updated_at) values (@key, @name, @isOperator, @secondFactor, @now, @now)
        on conflict (key) do update set name = excluded.name, updated_at = case when t.name = excluded.name then t.updated_at else excluded.updated_at end
        returning {Columns}
        """, new { key, name, isOperator, secondFactor, now = Now }, ct);

    /// <summary>The tenant of that key, whose row nobody else changes until the transaction ends.</summary>
    public Task<Tenant?> HoldAsync(string key, CancellationToken ct) => db.FindAsync<Tenant>($"select {Columns} from tenant where key = @key for no key update", new { key }, ct);

    /// <summary>Says whose sign-in takes two factors.</summary>
    public Task SetSecondFactorAsync(long tenantId, string secondFactor, CancellationToken ct) =>
        db.ExecuteAsync("update tenant set second_factor = @secondFactor, updated_at = @now where tenant_id = @tenantId", new { tenantId, secondFactor, now = Now }, ct);

    /// <summary>Disables a tenant, or serves it again; with it all its people and clients.</summary>
    /// <returns>False when nothing was changed by it.</returns>
    public async Task<bool> SetEnabledAsync(long tenantId, bool enabled, CancellationToken ct) => await db.ExecuteAsync("""
        update tenant set disabled_at = case when @enabled then null else @now end, updated_at = @now
        where tenant_id = @tenantId and (disabled_at is null) <> @enabled and not is_operator
        """, new { tenantId, enabled, now = Now }, ct) == 1;
}
