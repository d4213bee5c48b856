using Identity.Clients;
using Platform.Database;

namespace Identity.Administration.Clients;

/// <summary>What is asked of the list of clients.</summary>
/// <param name="Words">In name or client_id.</param>
/// <param name="Tenant">A tenant's key.</param>
/// <param name="Kind">One of <see cref="Kinds"/>.</param>
/// <param name="Page">Counted from 1.</param>
sealed record ClientQuery(string? Words, string? Tenant, string? Kind, int? Page)
{
    public static IReadOnlyList<string> Kinds { get; } = ["people", "public", "program", "disabled"];
}

/// <summary>A client as its administrators see it in a list, and what its page says beside the settings.</summary>
sealed class ClientRow
{
    public long RegisteredClientId { get; init; }

    public string ClientId { get; init; } = "";

    public string ClientName { get; init; } = "";

    public bool Enabled { get; init; }

    public string? TenantKey { get; init; }

    public string? TenantName { get; init; }

    /// <summary><c>people</c>, <c>public</c> (without a secret) or <c>program</c> (client_credentials only).</summary>
    public string Kind { get; init; } = "";

    public DateTime CreatedAt { get; init; }

    public DateTime UpdatedAt { get; init; }

    public long Secrets { get; init; }

    public DateTime? NextSecretExpiresAt { get; init; }

    /// <summary>Whether the settings of the installation keep it, which would undo at the next start what is changed here.</summary>
    public bool IsKeptBySettings => ClientId == Platform.OpenIdConnect.PortalClient.ClientId;

    /// <summary>Names the state that a form was filled in from.</summary>
    public string Version => UpdatedAt.Ticks.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>A secret, which itself nobody knows any more.</summary>
sealed record SecretRow(long ClientSecretId, string Description, DateTime CreatedAt, DateTime? ExpiresAt);

/// <summary>
/// Every statement about clients for their administrators. Who looks after a tenant sees its programs and nothing else: an application that signs
/// people in is registered by who looks after the installation, whosever it is.
/// </summary>
sealed class ClientListStore(Db db, TimeProvider clock)
{
    /// <summary>More living secrets than this are no exchange of secrets any more.</summary>
    public const int MostSecrets = 5;

    const string IsOnes = "(@only::bigint is null or (c.tenant_id = @only and c.allowed_grant_types = array['client_credentials']))";

    const string Row = """
        c.registered_client_id, c.client_id, c.client_name, c.enabled, t.key as tenant_key, t.name as tenant_name, c.created_at, c.updated_at,
        case when c.allowed_grant_types = array['client_credentials'] then 'program' when not c.require_client_secret then 'public' else 'people' end as kind,
        (select count(*) from client_secret s where s.registered_client_id = c.registered_client_id and (s.expires_at is null or s.expires_at > @now)) as secrets,
        (select min(s.expires_at) from client_secret s where s.registered_client_id = c.registered_client_id and s.expires_at > @now) as next_secret_expires_at
        """;

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>One page of them, by name.</summary>
    public async Task<ListPage<ClientRow>> ListAsync(ClientQuery query, long? only, CancellationToken ct)
    {
        var number = ListPage<ClientRow>.Asked(query.Page);
        return ListPage<ClientRow>.Of(await db.ListAsync<ClientRow>($"""
            select {Row}
            from registered_client c left join tenant t using (tenant_id)
            where {IsOnes}
              and (@within::text is null or c.client_name ilike @within or c.client_id ilike @within)
              and (@Tenant::text is null or t.key = @Tenant)
              and case @Kind::text
                    when 'program' then c.allowed_grant_types = array['client_credentials']
                    when 'public' then not c.require_client_secret
                    when 'people' then 'authorization_code' = any (c.allowed_grant_types)
                    when 'disabled' then not c.enabled
                    else true
                  end
            order by lower(c.client_name), c.registered_client_id
            offset @offset limit @limit
            """, new
        {
            query.Tenant, query.Kind, within = LikePattern.WithinIfAny(query.Words), only, now = Now,
            offset = (number - 1) * ListPage<ClientRow>.Size, limit = ListPage<ClientRow>.Size + 1,
        }, ct), number);
    }

    /// <summary>One of them.</summary>
    public Task<ClientRow?> FindAsync(string clientId, long? only, CancellationToken ct) =>
        db.FindAsync<ClientRow>($"select {Row} from registered_client c left join tenant t using (tenant_id) where {IsOnes} and c.client_id = @clientId", new { clientId, only, now = Now }, ct);

    /// <summary>Its settings, disabled or not.</summary>
    public Task<Client?> SettingsAsync(string clientId, long? only, CancellationToken ct) => db.FindAsync<Client>($"""
        select registered_client_id, jwks::text as jwks, {ClientStore.Columns} from registered_client c where {IsOnes} and client_id = @clientId
        """, new { clientId, only }, ct);

    /// <summary>Its secrets that have not expired, the youngest first.</summary>
    public Task<List<SecretRow>> SecretsAsync(long registeredClientId, CancellationToken ct) => db.ListAsync<SecretRow>("""
        select client_secret_id, description, created_at, expires_at from client_secret
        where registered_client_id = @registeredClientId and (expires_at is null or expires_at > @now)
        order by created_at desc, client_secret_id desc
        """, new { registeredClientId, now = Now }, ct);

    /// <summary>Adds a secret beside those it has.</summary>
    public Task InsertSecretAsync(long registeredClientId, string description, byte[] hash, DateTime expiresAt, CancellationToken ct) => db.ExecuteAsync("""
        insert into client_secret (registered_client_id, description, hash, expires_at, created_at) values (@registeredClientId, @description, @hash, @expiresAt, @now)
        """, new { registeredClientId, description, hash, expiresAt, now = Now }, ct);

    /// <summary>Takes a secret away.</summary>
    /// <returns>Its description, or null when the client has no such secret.</returns>
    public Task<string?> DeleteSecretAsync(long registeredClientId, long clientSecretId, CancellationToken ct) => db.FindAsync<string>("""
        delete from client_secret where client_secret_id = @clientSecretId and registered_client_id = @registeredClientId returning description
        """, new { registeredClientId, clientSecretId }, ct);

    /// <summary>Disables a client or serves it again.</summary>
    /// <returns>False when it was so already.</returns>
    public async Task<bool> SetEnabledAsync(long registeredClientId, bool enabled, CancellationToken ct) => await db.ExecuteAsync("""
        update registered_client set enabled = @enabled, updated_at = @now where registered_client_id = @registeredClientId and enabled <> @enabled
        """, new { registeredClientId, enabled, now = Now }, ct) == 1;

    /// <summary>Ends all that people gave the client: it would be good again with the client otherwise.</summary>
    public Task<int> RevokeGrantsAsync(long registeredClientId, string reason, CancellationToken ct) => db.ExecuteAsync("""
        update access_grant set revoked_at = @now, revoked_because = @reason where registered_client_id = @registeredClientId and revoked_at is null
        """, new { registeredClientId, reason, now = Now }, ct);
}
