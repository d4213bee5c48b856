using Platform.Database;

namespace Identity.Administration.People;

/// <summary>What is asked of the list of people.</summary>
/// <param name="Words">In name or address.</param>
/// <param name="State"><c>active</c>, <c>disabled</c>, <c>locked</c>, <c>waiting</c> (no password yet) or <c>administrator</c>.</param>
/// <param name="Tenant">A tenant's key.</param>
/// <param name="Page">Counted from 1.</param>
sealed record PeopleQuery(string? Words, string? State, string? Tenant, int? Page)
{
    public static IReadOnlyList<string> States { get; } = ["active", "disabled", "locked", "waiting", "administrator"];
}

/// <summary>A person as administrators see one.</summary>
sealed class Person
{
    public long AccountId { get; init; }

    public string Subject { get; init; } = "";

    public string Name { get; init; } = "";

    public string Email { get; init; } = "";

    public bool EmailConfirmed { get; init; }

    public string Language { get; init; } = "";

    public string? Administers { get; init; }

    public long? TenantId { get; init; }

    public string? TenantKey { get; init; }

    public string? TenantName { get; init; }

    public bool IsOfOperator { get; init; }

    /// <summary>What the person may do in the portal, as long as the company's list still has it.</summary>
    public string[] Roles { get; init; } = [];

    /// <summary><c>provider</c> or <c>directory</c>, which says the roles anew each time; null where an administrator gives them here.</summary>
    public string? RolesComeFrom { get; init; }

    public DateTime CreatedAt { get; init; }

    public DateTime? DisabledAt { get; init; }

    public DateTime? LockedUntil { get; init; }

    public bool HasPassword { get; init; }

    public DateTime? LastSignInAt { get; init; }

    /// <summary><c>disabled</c>, <c>locked</c>, <c>waiting</c> or <c>active</c>.</summary>
    public string State => this switch { { DisabledAt: not null } => "disabled", { LockedUntil: not null } => "locked", { HasPassword: false } => "waiting", _ => "active" };
}

/// <summary>A sign-in of a person that lasts.</summary>
sealed class PersonSession
{
    public string Sid { get; init; } = "";

    public string[] Amr { get; init; } = [];

    public DateTime AuthenticatedAt { get; init; }

    public DateTime LastSeenAt { get; init; }

    public string? Address { get; init; }

    public string? UserAgent { get; init; }
}

/// <summary>What a person has given a client.</summary>
sealed class PersonGrant
{
    public string ClientName { get; init; } = "";

    public string[] Scopes { get; init; } = [];

    public DateTime GrantedAt { get; init; }

    public DateTime? RevokedAt { get; init; }

    public string? RevokedBecause { get; init; }
}

/// <summary>Every statement about people for their administrators. Each is confined to the tenant of who asks.</summary>
sealed class PeopleStore(Db db, TimeProvider clock)
{
    const string Columns = """
        a.account_id, a.subject, a.name, a.email, a.email_confirmed, a.language, a.administers, a.tenant_id, t.key as tenant_key, t.name as tenant_name,
        coalesce(t.is_operator, false) as is_of_operator, a.roles,
        case when exists (select from scim_user s where s.account_id = a.account_id) then 'directory' when a.normalized_email is null then 'provider' end as roles_come_from,
        a.created_at, a.disabled_at, case when a.lockout_end > @now then a.lockout_end end as locked_until,
        a.password_hash is not null as has_password,
        (select e.happened_at from audit_entry e
         where e.subject_kind = 'account' and e.subject_number = a.subject and e.action = 'sign_in.succeeded'
         order by e.audit_entry_id desc limit 1) as last_sign_in_at
        """;

    const string From = "from account a left join tenant t using (tenant_id) where (@only::bigint is null or a.tenant_id = @only)";

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>One page of them, by name.</summary>
    public async Task<ListPage<Person>> ListAsync(PeopleQuery query, long? only, CancellationToken ct)
    {
        var number = ListPage<Person>.Asked(query.Page);
        return ListPage<Person>.Of(await db.ListAsync<Person>($"""
            select {Columns}
            {From}
              and (@within::text is null or a.name ilike @within or a.email ilike @within)
              and (@Tenant::text is null or t.key = @Tenant)
              and case @State::text
                    when 'disabled' then a.disabled_at is not null
                    when 'locked' then a.lockout_end > @now and a.disabled_at is null
                    when 'waiting' then a.password_hash is null and a.disabled_at is null
                    when 'active' then a.disabled_at is null and a.password_hash is not null and (a.lockout_end is null or a.lockout_end <= @now)
                    when 'administrator' then a.administers is not null
                    else true
                  end
            order by lower(a.name), a.account_id
            offset @offset limit @limit
            """, new
        {
            query.State, query.Tenant, within = LikePattern.WithinIfAny(query.Words), only, now = Now,
            offset = (number - 1) * ListPage<Person>.Size, limit = ListPage<Person>.Size + 1,
        }, ct), number);
    }

    /// <summary>One person.</summary>
    public Task<Person?> FindAsync(string subject, long? only, CancellationToken ct) =>
        db.FindAsync<Person>($"select {Columns} {From} and a.subject = @subject", new { subject, only, now = Now }, ct);

    /// <summary>One person, whose row nobody else changes until the transaction ends.</summary>
    public Task<Person?> HoldAsync(string subject, long? only, CancellationToken ct) =>
        db.FindAsync<Person>($"select {Columns} {From} and a.subject = @subject for no key update of a", new { subject, only, now = Now }, ct);

    /// <summary>The person's sessions that have not ended.</summary>
    public Task<List<PersonSession>> SessionsAsync(long accountId, CancellationToken ct) => db.ListAsync<PersonSession>("""
        select sid, amr, authenticated_at, last_seen_at, address, user_agent
        from sign_in_session
        where account_id = @accountId and ends_at > @now and last_seen_at > @idleSince
        order by last_seen_at desc
        """, new { accountId, now = Now, idleSince = Now - Web.Profile.SessionIdle }, ct);

    /// <summary>What the person lately gave to clients.</summary>
    public Task<List<PersonGrant>> GrantsAsync(long accountId, CancellationToken ct) => db.ListAsync<PersonGrant>("""
        select c.client_name, g.scopes, g.granted_at, g.revoked_at, g.revoked_because
        from access_grant g join registered_client c using (registered_client_id)
        where g.account_id = @accountId
        order by g.granted_at desc
        limit 50
        """, new { accountId }, ct);

    /// <summary>Disables a person, which ends sessions and grants, or lets them in again.</summary>
    /// <returns>False when it was so already.</returns>
    public async Task<bool> SetDisabledAsync(long accountId, bool disabled, CancellationToken ct) => await db.ExecuteAsync("""
        update account
        set disabled_at = case when @disabled then @now end, concurrency_stamp = @stamp, updated_at = @now
        where account_id = @accountId and (disabled_at is not null) <> @disabled
        """, new { accountId, disabled, now = Now, stamp = Guid.NewGuid().ToString("N") }, ct) == 1;

    /// <summary>Names a person, and the language of their mails.</summary>
    public Task RenameAsync(long accountId, string name, string language, CancellationToken ct) => db.ExecuteAsync("""
        update account set name = @name, language = @language, concurrency_stamp = @stamp, updated_at = @now where account_id = @accountId
        """, new { accountId, name, language, now = Now, stamp = Guid.NewGuid().ToString("N") }, ct);

    /// <summary>Gives a person these roles, and no others.</summary>
    public Task SetRolesAsync(long accountId, string[] roles, CancellationToken ct) => db.ExecuteAsync("""
        update account set roles = @roles, updated_at = @now where account_id = @accountId
        """, new { accountId, roles, now = Now }, ct);

    /// <summary>Sets what a person administers.</summary>
    public Task SetAdministersAsync(long accountId, string? administers, CancellationToken ct) => db.ExecuteAsync("""
        update account set administers = @administers, concurrency_stamp = @stamp, updated_at = @now where account_id = @accountId
        """, new { accountId, administers, now = Now, stamp = Guid.NewGuid().ToString("N") }, ct);

    /// <summary>Ends one session of a person.</summary>
    /// <returns>False when the person has none of that name.</returns>
    public async Task<bool> DeleteSessionAsync(long accountId, string sid, CancellationToken ct) =>
        await db.ExecuteAsync("delete from sign_in_session where account_id = @accountId and sid = @sid", new { accountId, sid }, ct) == 1;

    /// <summary>Keeps two who would each take away one of the last two administrators in line, until the transaction ends.</summary>
    public Task HoldAdministratorsAsync(CancellationToken ct) => db.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended('administrators of the installation', 0))", null, ct);

    /// <summary>Whether somebody else looks after the installation and could do so now.</summary>
    public Task<bool> HasOtherAdministratorAsync(long accountId, CancellationToken ct) => db.OneAsync<bool>("""
        select exists (select from standing_account where administers = 'installation' and account_id <> @accountId)
        """, new { accountId }, ct);
}
