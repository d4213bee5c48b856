using Platform.Database;

namespace Identity.Consents;

/// <summary>What a person reads about a scope of an API.</summary>
sealed class ApiScopeInWords
{
    public string Scope { get; init; } = "";

    /// <summary>The API's own name.</summary>
    public string ApiName { get; init; } = "";

    public string? DescriptionEn { get; init; }

    public string? DescriptionZhCn { get; init; }
}

/// <summary>An application that a person has let in.</summary>
sealed class ApplicationWithAccess
{
    public string ClientId { get; init; } = "";

    public string ClientName { get; init; } = "";

    /// <summary>The company whose program it is; null for the installation's own.</summary>
    public string? Owner { get; init; }

    public string[] Scopes { get; init; } = [];

    public DateTime Since { get; init; }
}

/// <summary>Every statement about consents.</summary>
sealed class ConsentStore(Db db, TimeProvider clock)
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Whether a remembered yes covers all these scopes.</summary>
    public Task<bool> CoversAsync(long accountId, long registeredClientId, string[] scopes, CancellationToken ct) => db.OneAsync<bool>("""
        select not exists (
            select from unnest(@scopes) as asked (scope)
            where not exists (
                select from consent c
                where c.account_id = @accountId and c.registered_client_id = @registeredClientId and c.scope = asked.scope
                  and (c.expires_at is null or c.expires_at > @now)))
        """, new { accountId, registeredClientId, scopes, now = Now }, ct);

    /// <summary>Remembers a yes.</summary>
    public Task RememberAsync(long accountId, long registeredClientId, string[] scopes, TimeSpan? lifetime, CancellationToken ct) => db.ExecuteAsync("""
        insert into consent (account_id, registered_client_id, scope, given_at, expires_at)
        select @accountId, @registeredClientId, scope, @now, @ends from unnest(@scopes) as scope order by scope
        on conflict (account_id, registered_client_id, scope) do update set given_at = excluded.given_at, expires_at = excluded.expires_at
        """, new { accountId, registeredClientId, scopes, now = Now, ends = Now + lifetime }, ct);

    /// <summary>The applications of others that a person has let in: by a remembered yes, or with a grant that has not ended.</summary>
    public Task<List<ApplicationWithAccess>> ListAsync(long accountId, CancellationToken ct) => db.ListAsync<ApplicationWithAccess>("""
        select c.client_id, c.client_name, t.name as owner, array_agg(distinct given.scope order by given.scope) as scopes, min(given.since) as since
        from (
            select registered_client_id, scope, given_at as since from consent
            where account_id = @accountId and (expires_at is null or expires_at > @now)
            union all
            select g.registered_client_id, scope, g.granted_at from access_grant g cross join unnest(g.scopes) as scope
            where g.account_id = @accountId and g.revoked_at is null
        ) given
        join registered_client c on c.registered_client_id = given.registered_client_id and c.require_consent
        left join tenant t on t.tenant_id = c.tenant_id
        group by c.client_id, c.client_name, t.name
        order by c.client_name, c.client_id
        """, new { accountId, now = Now }, ct);

    /// <summary>Forgets what a person has allowed a client, and ends what the client got by it.</summary>
    /// <returns>How much there was.</returns>
    public Task<int> WithdrawAsync(long accountId, string clientId, CancellationToken ct) => db.OneAsync<int>("""
        with client as (
            select registered_client_id from registered_client where client_id = @clientId
        ), forgotten as (
            delete from consent using client where consent.account_id = @accountId and consent.registered_client_id = client.registered_client_id returning 1
        ), ended as (
            update access_grant g set revoked_at = @now, revoked_because = 'consent_withdrawn' from client
            where g.account_id = @accountId and g.registered_client_id = client.registered_client_id and g.revoked_at is null returning 1
        )
        select ((select count(*) from forgotten) + (select count(*) from ended))::int
        """, new { accountId, clientId, now = Now }, ct);

    /// <summary>What people read about these scopes, as far as they lead to an API.</summary>
    public Task<List<ApiScopeInWords>> InWordsAsync(string[] scopes, CancellationToken ct) => db.ListAsync<ApiScopeInWords>("""
        select distinct on (scope) scope, r.display_name as api_name, s.description_en, s.description_zh_cn
        from api_resource r cross join unnest(r.scopes) as scope
        left join api_scope s using (scope)
        where r.enabled and scope = any(@scopes)
        order by scope, r.name
        """, new { scopes }, ct);

    /// <summary>The name of the tenant whose program a client is.</summary>
    public Task<string?> OwnerAsync(long? tenantId, CancellationToken ct) => db.FindAsync<string>("select name from tenant where tenant_id = @tenantId", new { tenantId }, ct);

    /// <summary>Forgets consents that have ended.</summary>
    public Task CleanUpAsync(CancellationToken ct) => db.ExecuteAsync("delete from consent where expires_at < @now", new { now = Now }, ct);
}
