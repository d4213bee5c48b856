using Identity.SecondFactors;
using Platform.Database;

namespace Identity.Administration.Tenants;

/// <summary>A tenant with what belongs to it.</summary>
sealed record TenantRow(long TenantId, string Key, string Name, bool IsOperator, DateTime CreatedAt, DateTime? DisabledAt, string SecondFactor, long People, long Administrators, long Clients);

/// <summary>A role of the portal that fits the kind of company.</summary>
/// <param name="Role">What the portal calls it.</param>
/// <param name="IsByDefault">Whether every such company may give it.</param>
/// <param name="IsGrantable">Whether this one may.</param>
sealed record TenantRole(string Role, bool IsByDefault, bool IsGrantable);

/// <summary>Every statement about tenants for who looks after the installation.</summary>
sealed class TenantListStore(Db db, TimeProvider clock)
{
    /// <summary>The constraint that gives a key to one tenant.</summary>
    public const string OneTenantPerKey = "a_tenant_key_names_one_tenant";

    const string Columns = """
        t.tenant_id, t.key, t.name, t.is_operator, t.created_at, t.disabled_at, t.second_factor,
        (select count(*) from account a where a.tenant_id = t.tenant_id) as people,
        (select count(*) from account a where a.tenant_id = t.tenant_id and a.administers is not null) as administrators,
        (select count(*) from registered_client c where c.tenant_id = t.tenant_id) as clients
        """;

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>One page of them, the operator first, then by name.</summary>
    public async Task<ListPage<TenantRow>> ListAsync(string? words, int? page, CancellationToken ct)
    {
        var number = ListPage<TenantRow>.Asked(page);
        return ListPage<TenantRow>.Of(await db.ListAsync<TenantRow>($"""
            select {Columns}
            from tenant t
            where @within::text is null or t.name ilike @within or t.key ilike @within
            order by not t.is_operator, t.name, t.tenant_id
            offset @offset limit @limit
            """, new { within = LikePattern.WithinIfAny(words), offset = (number - 1) * ListPage<TenantRow>.Size, limit = ListPage<TenantRow>.Size + 1 }, ct), number);
    }

    /// <summary>One of them.</summary>
    public Task<TenantRow?> FindAsync(string key, CancellationToken ct) => db.FindAsync<TenantRow>($"select {Columns} from tenant t where t.key = @key", new { key }, ct);

    /// <summary>The roles there are for such a company, the least first.</summary>
    public Task<List<TenantRole>> RolesAsync(long tenantId, CancellationToken ct) => db.ListAsync<TenantRole>("""
        select r.role, r.is_grantable_by_default as is_by_default, exists (select from grantable_role g where g.tenant_id = t.tenant_id and g.role = r.role) as is_grantable
        from tenant t join portal_role r on r.is_of_operator = t.is_operator
        where t.tenant_id = @tenantId
        order by r.weight, r.role
        """, new { tenantId }, ct);

    /// <summary>Says which of them its providers may lead to; null: those of every company.</summary>
    public Task SetGrantableRolesAsync(long tenantId, string[]? roles, CancellationToken ct) =>
        db.ExecuteAsync("update tenant set grantable_roles = @roles, updated_at = @now where tenant_id = @tenantId", new { tenantId, roles, now = Now }, ct);

    /// <summary>Enters one. Everybody's sign-in takes two factors until it, or the operator, says otherwise (ASVS 6.3.3: on by default).</summary>
    public Task InsertAsync(string key, string name, CancellationToken ct) => db.ExecuteAsync("""
        insert into tenant (key, name, second_factor, created_at, updated_at) values (@key, @name, @Everybody, @now, @now)
        """, new { key, name, SecondFactorRule.Everybody, now = Now }, ct);

    /// <summary>Gives one another name.</summary>
    /// <returns>The name it had, or null when there is no such tenant.</returns>
    public Task<string?> RenameAsync(string key, string name, CancellationToken ct) => db.FindAsync<string>("""
        update tenant t set name = @name, updated_at = @now
        from (select tenant_id, name from tenant where key = @key for update) as before
        where t.tenant_id = before.tenant_id
        returning before.name
        """, new { key, name, now = Now }, ct);
}
