using Dapper;
using Platform.Database;

namespace Identity.Scim;

/// <summary>A person of a tenant, as SCIM shows them.</summary>
sealed class ScimPerson
{
    public long AccountId { get; init; }

    public string Id { get; init; } = "";

    public string UserName { get; init; } = "";

    public string? ExternalId { get; init; }

    public string Formatted { get; init; } = "";

    public string? GivenName { get; init; }

    public string? FamilyName { get; init; }

    public string DisplayName { get; init; } = "";

    /// <summary>A JSON list.</summary>
    public string Emails { get; init; } = "[]";

    public string PreferredLanguage { get; init; } = "";

    public bool Active { get; init; }

    public string[] Roles { get; init; } = [];

    /// <summary>A JSON list of the groups: value and display.</summary>
    public string Groups { get; init; } = "[]";

    public DateTime Created { get; init; }

    public DateTime LastModified { get; init; }

    public string Version { get; init; } = "";
}

/// <summary>Which part of a list is wanted.</summary>
/// <param name="Filter">Null for all.</param>
/// <param name="SortBy">An attribute, or null for the order in which they came.</param>
/// <param name="Descending">Whether the largest comes first.</param>
/// <param name="StartIndex">1 for the first.</param>
/// <param name="Count">How many; 0 asks for their number alone.</param>
sealed record ScimQuery(ScimFilter? Filter, string? SortBy, bool Descending, int StartIndex, int Count);

/// <summary>Some of a list, and how many there are.</summary>
sealed record ScimPage<T>(int Total, IReadOnlyList<T> Items);

/// <summary>Every statement about people as SCIM has them. The tenant stands in each of them.</summary>
sealed class ScimPersonStore(Db db, TimeProvider clock)
{
    /// <summary>What people can be filtered and sorted by.</summary>
    public static readonly ScimAttributes Attributes = new(
        new Dictionary<string, ScimColumn>(StringComparer.Ordinal)
        {
            ["id"] = new("p.id", ScimKind.ExactText),
            ["externalid"] = new("p.external_id", ScimKind.ExactText),
            ["username"] = new("p.user_name", ScimKind.Text),
            ["displayname"] = new("p.display_name", ScimKind.Text),
            ["name.formatted"] = new("p.formatted", ScimKind.Text),
            ["name.givenname"] = new("p.given_name", ScimKind.Text),
            ["name.familyname"] = new("p.family_name", ScimKind.Text),
            ["preferredlanguage"] = new("p.preferred_language", ScimKind.Text),
            ["active"] = new("p.active", ScimKind.Truth),
            ["meta.created"] = new("p.created", ScimKind.Moment),
            ["meta.lastmodified"] = new("p.last_modified", ScimKind.Moment),
        },
        new Dictionary<string, ScimList>(StringComparer.Ordinal)
        {
            ["emails"] = new("jsonb_array_elements(p.emails) e", new Dictionary<string, ScimColumn>(StringComparer.Ordinal)
            {
                [""] = new("(e ->> 'value')", ScimKind.Text),
                ["value"] = new("(e ->> 'value')", ScimKind.Text),
                ["type"] = new("(e ->> 'type')", ScimKind.Text),
                ["primary"] = new("coalesce((e ->> 'primary')::boolean, false)", ScimKind.Truth),
            }),
            ["roles"] = new("unnest(p.roles) e", new Dictionary<string, ScimColumn>(StringComparer.Ordinal) { [""] = new("e", ScimKind.Text), ["value"] = new("e", ScimKind.Text) }),
            ["groups"] = new("(select g.number, g.display_name from scim_group_member m join scim_group g using (scim_group_id) where m.account_id = p.account_id) e", new Dictionary<string, ScimColumn>(StringComparer.Ordinal)
            {
                [""] = new("e.number", ScimKind.ExactText),
                ["value"] = new("e.number", ScimKind.ExactText),
                ["display"] = new("e.display_name", ScimKind.Text),
            }),
        });

    const string Columns = """
        p.account_id, p.id, p.user_name, p.external_id, p.formatted, p.given_name, p.family_name, p.display_name, p.emails::text as emails, p.preferred_language, p.active,
        p.roles, p.created, p.last_modified, p.version,
        coalesce((select jsonb_agg(jsonb_build_object('value', g.number, 'display', g.display_name) order by g.display_name)
                  from scim_group_member m join scim_group g using (scim_group_id) where m.account_id = p.account_id), '[]')::text as groups
        """;

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>One of the tenant's people.</summary>
    public Task<ScimPerson?> FindAsync(long tenantId, string id, CancellationToken ct) =>
        db.FindAsync<ScimPerson>($"select {Columns} from scim_person p where p.tenant_id = @tenantId and p.id = @id", new { tenantId, id }, ct);

    /// <summary>Keeps others from changing the tenant's people until the transaction ends: directories send in parallel, and names are used once.</summary>
    public Task HoldAsync(long tenantId, CancellationToken ct) =>
        db.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended('scim people:' || @tenantId, 0))", new { tenantId }, ct);

    /// <summary>Some of the tenant's people.</summary>
    public async Task<ScimPage<ScimPerson>> ListAsync(long tenantId, ScimQuery query, CancellationToken ct)
    {
        var parameters = new DynamicParameters(new { tenantId, skip = query.StartIndex - 1, query.Count });
        var condition = query.Filter is null ? "true" : new ScimSql(Attributes, parameters).Condition(query.Filter);
        var order = ScimSql.Order(Attributes, query.SortBy, query.Descending, "p.account_id");
        return await db.ReadManyAsync($"""
            select count(*)::int from scim_person p where p.tenant_id = @tenantId and {condition};
            select {Columns} from scim_person p where p.tenant_id = @tenantId and {condition} order by {order} offset @skip limit @Count
            """, parameters, async answers => new ScimPage<ScimPerson>((await answers.ReadAsync<int>()).Single(), (await answers.ReadAsync<ScimPerson>()).AsList()), ct);
    }

    /// <summary>Whether another of the tenant's people has that user name already.</summary>
    public Task<bool> IsTakenAsync(long tenantId, string userName, long? exceptAccountId, CancellationToken ct) => db.OneAsync<bool>("""
        select exists (select from scim_person p where p.tenant_id = @tenantId and lower(p.user_name) = lower(@userName) and p.account_id is distinct from @exceptAccountId)
        """, new { tenantId, userName, exceptAccountId }, ct);

    /// <summary>Which of those roles the tenant's directory may not give.</summary>
    public Task<List<string>> ForbiddenRolesAsync(long tenantId, string[] roles, CancellationToken ct) => db.ListAsync<string>("""
        select wanted from unnest(@roles) as wanted where not exists (select from grantable_role r where r.tenant_id = @tenantId and r.role = wanted) order by wanted
        """, new { tenantId, roles }, ct);

    /// <summary>
    /// Enters a person. Their address becomes one to sign in with only where the tenant has proven its domain and nobody has it yet; otherwise it is a word of the
    /// directory, and the person comes in by the tenant's provider. So nobody learns from here who else has an account.
    /// </summary>
    /// <returns>The account's number.</returns>
    public Task<long> InsertAsync(long tenantId, string subject, ScimUserInput user, string normalizedEmail, string stamp, CancellationToken ct) => db.OneAsync<long>("""
        with domain as (
            select exists (select from tenant_domain d where d.tenant_id = @tenantId and d.proven_at is not null and d.domain = @Domain) as is_proven
        ), entered as (
            insert into account (subject, email, normalized_email, email_confirmed, name, language, security_stamp, concurrency_stamp, tenant_id, roles, disabled_at, created_at, updated_at)
            select @subject, @Email, case when d.is_proven and not exists (select from account a where a.normalized_email = @normalizedEmail) then @normalizedEmail end,
                   d.is_proven, @Name, @Language, @stamp, @stamp, @tenantId, @Roles, case when @Active then null else @now end, @now, @now
            from domain d
            returning account_id
        )
        insert into scim_user (account_id, tenant_id, user_name, external_id, given_name, family_name, display_name, emails, created_at, updated_at)
        select account_id, @tenantId, @UserName, @ExternalId, @GivenName, @FamilyName, @DisplayName, @Emails::jsonb, @now, @now from entered
        returning account_id
        """, Parameters(tenantId, user, new { subject, normalizedEmail, stamp }), ct);

    /// <summary>Changes a person. An address to sign in with changes only to one of a domain that the tenant has proven.</summary>
    public Task UpdateAsync(long tenantId, long accountId, ScimUserInput user, string normalizedEmail, CancellationToken ct) => db.ExecuteAsync("""
        with domain as (
            select exists (select from tenant_domain d where d.tenant_id = @tenantId and d.proven_at is not null and d.domain = @Domain)
                   and not exists (select from account o where o.normalized_email = @normalizedEmail and o.account_id <> @accountId) as may_be_used
        ), changed as (
            update account a
            set name = @Name, language = @Language, roles = @Roles, updated_at = @now,
                disabled_at = case when @Active then null else coalesce(a.disabled_at, @now) end,
                normalized_email = case when d.may_be_used then @normalizedEmail else a.normalized_email end,
                email = case when d.may_be_used or a.normalized_email is null then @Email else a.email end,
                email_confirmed = case when d.may_be_used then true when a.normalized_email is null then false else a.email_confirmed end
            from domain d
            where a.account_id = @accountId and a.tenant_id = @tenantId
            returning a.account_id
        )
        insert into scim_user as s (account_id, tenant_id, user_name, external_id, given_name, family_name, display_name, emails, created_at, updated_at)
        select account_id, @tenantId, @UserName, @ExternalId, @GivenName, @FamilyName, @DisplayName, @Emails::jsonb, @now, @now from changed
        on conflict (account_id) do update
        set user_name = excluded.user_name, external_id = excluded.external_id, given_name = excluded.given_name, family_name = excluded.family_name,
            display_name = excluded.display_name, emails = excluded.emails, updated_at = excluded.updated_at
        """, Parameters(tenantId, user, new { accountId, normalizedEmail }), ct);

    /// <summary>Removes a person with all that is theirs; the subject is never given again.</summary>
    public Task DeleteAsync(long tenantId, long accountId, CancellationToken ct) => db.ExecuteAsync("""
        set constraints clients_are_told_that_a_session_has_ended immediate;
        delete from account where account_id = @accountId and tenant_id = @tenantId
        """, new { tenantId, accountId }, ct);

    DynamicParameters Parameters(long tenantId, ScimUserInput user, object more)
    {
        var parameters = new DynamicParameters(user);
        parameters.AddDynamicParams(new { tenantId, now = Now });
        parameters.AddDynamicParams(more);
        return parameters;
    }
}
