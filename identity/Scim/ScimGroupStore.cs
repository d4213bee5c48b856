using Dapper;
using Identity.Web;
using Platform.Database;

namespace Identity.Scim;

/// <summary>A group of a tenant's directory.</summary>
sealed class ScimGroup
{
    public long ScimGroupId { get; init; }

    public string Number { get; init; } = "";

    public string DisplayName { get; init; } = "";

    public string? ExternalId { get; init; }

    /// <summary>A JSON list: value and display.</summary>
    public string Members { get; init; } = "[]";

    public DateTime CreatedAt { get; init; }

    public DateTime UpdatedAt { get; init; }

    public string Version { get; init; } = "";
}

/// <summary>Every statement about groups. The tenant stands in each of them.</summary>
sealed class ScimGroupStore(Db db, TimeProvider clock)
{
    /// <summary>What groups can be filtered and sorted by.</summary>
    public static readonly ScimAttributes Attributes = new(
        new Dictionary<string, ScimColumn>(StringComparer.Ordinal)
        {
            ["id"] = new("g.number", ScimKind.ExactText),
            ["externalid"] = new("g.external_id", ScimKind.ExactText),
            ["displayname"] = new("g.display_name", ScimKind.Text),
            ["meta.created"] = new("g.created_at", ScimKind.Moment),
            ["meta.lastmodified"] = new("g.updated_at", ScimKind.Moment),
        },
        new Dictionary<string, ScimList>(StringComparer.Ordinal)
        {
            ["members"] = new("(select a.subject, a.name from scim_group_member m join account a using (account_id) where m.scim_group_id = g.scim_group_id) e", new Dictionary<string, ScimColumn>(StringComparer.Ordinal)
            {
                [""] = new("e.subject", ScimKind.ExactText),
                ["value"] = new("e.subject", ScimKind.ExactText),
                ["display"] = new("e.name", ScimKind.Text),
            }),
        });

    // The version follows from what is shown, members included, so that a person who leaves changes it too.
    const string Columns = """
        g.scim_group_id, g.number, g.display_name, g.external_id, g.created_at, g.updated_at, m.members::text as members,
        md5(concat_ws('|', g.display_name, coalesce(g.external_id, '-'), m.members)) as version
        """;

    const string WithMembers = """
        scim_group g cross join lateral (
            select coalesce(jsonb_agg(jsonb_build_object('value', a.subject, 'display', a.name) order by a.account_id), '[]') as members
            from scim_group_member m join account a using (account_id) where m.scim_group_id = g.scim_group_id) m
        """;

    /// <summary>The constraint that keeps two groups of a tenant from having one name.</summary>
    public const string OneNameOnce = "a_group_name_is_used_once_in_a_tenant";

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>One of the tenant's groups.</summary>
    public Task<ScimGroup?> FindAsync(long tenantId, string number, CancellationToken ct) =>
        db.FindAsync<ScimGroup>($"select {Columns} from {WithMembers} where g.tenant_id = @tenantId and g.number = @number", new { tenantId, number }, ct);

    /// <summary>Some of the tenant's groups.</summary>
    public async Task<ScimPage<ScimGroup>> ListAsync(long tenantId, ScimQuery query, CancellationToken ct)
    {
        var parameters = new DynamicParameters(new { tenantId, skip = query.StartIndex - 1, query.Count });
        var condition = query.Filter is null ? "true" : new ScimSql(Attributes, parameters).Condition(query.Filter);
        var order = ScimSql.Order(Attributes, query.SortBy, query.Descending, "g.scim_group_id");
        return await db.ReadManyAsync($"""
            select count(*)::int from scim_group g where g.tenant_id = @tenantId and {condition};
            select {Columns} from {WithMembers} where g.tenant_id = @tenantId and {condition} order by {order} offset @skip limit @Count
            """, parameters, async answers => new ScimPage<ScimGroup>((await answers.ReadAsync<int>()).Single(), (await answers.ReadAsync<ScimGroup>()).AsList()), ct);
    }

    /// <summary>Enters a group without members.</summary>
    public Task<long> InsertAsync(long tenantId, string number, string displayName, string? externalId, CancellationToken ct) => db.OneAsync<long>("""
        insert into scim_group (number, tenant_id, display_name, external_id, created_at, updated_at) values (@number, @tenantId, @displayName, @externalId, @now, @now)
        returning scim_group_id
        """, new { number, tenantId, displayName, externalId, now = Now }, ct);

    /// <summary>Changes its name.</summary>
    public Task UpdateAsync(long tenantId, long scimGroupId, string displayName, string? externalId, CancellationToken ct) => db.ExecuteAsync("""
        update scim_group set display_name = @displayName, external_id = @externalId, updated_at = @now where scim_group_id = @scimGroupId and tenant_id = @tenantId
        """, new { tenantId, scimGroupId, displayName, externalId, now = Now }, ct);

    /// <summary>Makes these its members and nobody else.</summary>
    /// <returns>Those that are not of the tenant; nothing was changed then.</returns>
    public async Task<List<string>> SetMembersAsync(long tenantId, long scimGroupId, string[] subjects, CancellationToken ct)
    {
        var strangers = await db.ListAsync<string>("""
            select wanted from unnest(@subjects) as wanted where not exists (select from account a where a.tenant_id = @tenantId and a.subject = wanted) order by wanted
            """, new { tenantId, subjects }, ct);
        if (strangers.Count == 0)
        {
            await db.ExecuteAsync("""
                with gone as (
                    delete from scim_group_member m using account a
                    where m.scim_group_id = @scimGroupId and a.account_id = m.account_id and not a.subject = any (@subjects)
                )
                insert into scim_group_member (scim_group_id, account_id, tenant_id)
                select @scimGroupId, a.account_id, @tenantId from account a where a.tenant_id = @tenantId and a.subject = any (@subjects)
                on conflict do nothing
                """, new { tenantId, scimGroupId, subjects }, ct);
        }

        return strangers;
    }

    /// <summary>Removes a group; its people stay.</summary>
    public Task DeleteAsync(long tenantId, long scimGroupId, CancellationToken ct) =>
        db.ExecuteAsync("delete from scim_group where scim_group_id = @scimGroupId and tenant_id = @tenantId", new { tenantId, scimGroupId }, ct);

    /// <summary>A new number for a group.</summary>
    public static string NewNumber() => Secret.NewName();
}
