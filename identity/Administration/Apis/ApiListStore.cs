using Platform.Database;

namespace Identity.Administration.Apis;

/// <summary>An API as administrators see it.</summary>
sealed class ApiRow
{
    public long ApiResourceId { get; init; }

    /// <summary>The audience of its tokens.</summary>
    public string Name { get; init; } = "";

    /// <summary>What people read.</summary>
    public string DisplayName { get; init; } = "";

    public bool Enabled { get; init; }

    public string[] Scopes { get; init; } = [];

    /// <summary>The signatures it can check, the preferred one first.</summary>
    public string[] AllowedAccessTokenSigningAlgorithms { get; init; } = [];

    /// <summary>How many clients may ask for one of its scopes.</summary>
    public long Clients { get; init; }
}

/// <summary>A secret of an API, as far as it may be seen again.</summary>
sealed record ApiSecretRow(long ApiSecretId, string Description, DateTime CreatedAt, DateTime? ExpiresAt);

/// <summary>A scope, with what people read before they consent; both languages or neither.</summary>
sealed record DescribedScope(string Scope, string? English, string? Chinese);

/// <summary>Every statement about APIs for who looks after the installation.</summary>
sealed class ApiListStore(Db db, TimeProvider clock)
{
    /// <summary>More living secrets than this are no exchange of secrets any more.</summary>
    public const int MostSecrets = 5;

    const string Row = """
        r.api_resource_id, r.name, r.display_name, r.enabled, r.scopes, r.allowed_access_token_signing_algorithms,
        (select count(*) from registered_client c where c.allowed_scopes && r.scopes) as clients
        """;

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>All of them; an installation has a handful.</summary>
    public Task<List<ApiRow>> ListAsync(CancellationToken ct) => db.ListAsync<ApiRow>($"select {Row} from api_resource r order by r.name", null, ct);

    /// <summary>One of them.</summary>
    public Task<ApiRow?> FindAsync(string name, CancellationToken ct) => db.FindAsync<ApiRow>($"select {Row} from api_resource r where r.name = @name", new { name }, ct);

    /// <summary>Its secrets that have not expired.</summary>
    public Task<List<ApiSecretRow>> SecretsAsync(long apiResourceId, CancellationToken ct) => db.ListAsync<ApiSecretRow>("""
        select api_secret_id, description, created_at, expires_at from api_secret
        where api_resource_id = @apiResourceId and (expires_at is null or expires_at > @now)
        order by created_at desc, api_secret_id desc
        """, new { apiResourceId, now = Now }, ct);

    /// <summary>Keeps those who register APIs in line until the transaction ends: a scope leads to one of them.</summary>
    public Task HoldAsync(CancellationToken ct) => db.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended('apis', 0))", null, ct);

    /// <summary>Those of these scopes that lead to an API already.</summary>
    public Task<List<string>> TakenAsync(string[] scopes, CancellationToken ct) =>
        db.ListAsync<string>("select distinct scope from api_resource, unnest(scopes) as scope where scope = any (@scopes) order by scope", new { scopes }, ct);

    /// <summary>Enters one, and what people read of its scopes.</summary>
    public Task InsertAsync(string name, string displayName, IReadOnlyList<DescribedScope> scopes, CancellationToken ct) => db.ExecuteAsync("""
        insert into api_resource (name, display_name, scopes) values (@name, @displayName, @scopes);
        insert into api_scope (scope, description_en, description_zh_cn)
        select scope, english, chinese from unnest(@scopes, @english, @chinese) as described (scope, english, chinese) where english is not null
        on conflict (scope) do update set description_en = excluded.description_en, description_zh_cn = excluded.description_zh_cn
        """, new
    {
        name, displayName, scopes = scopes.Select(one => one.Scope).ToArray(), english = scopes.Select(one => one.English).ToArray(), chinese = scopes.Select(one => one.Chinese).ToArray(),
    }, ct);

    /// <summary>Disables one, or lets it be asked for again.</summary>
    /// <returns>False when nothing was changed by it.</returns>
    public async Task<bool> SetEnabledAsync(string name, bool enabled, CancellationToken ct) =>
        await db.ExecuteAsync("update api_resource set enabled = @enabled where name = @name and enabled <> @enabled", new { name, enabled }, ct) == 1;

    /// <summary>Sets which signatures it can check.</summary>
    /// <returns>False when nothing was changed by it.</returns>
    public async Task<bool> SetSignaturesAsync(string name, string[] algorithms, CancellationToken ct) => await db.ExecuteAsync("""
        update api_resource set allowed_access_token_signing_algorithms = @algorithms where name = @name and allowed_access_token_signing_algorithms <> @algorithms
        """, new { name, algorithms }, ct) == 1;

    /// <summary>Adds a secret beside those it has.</summary>
    public Task InsertSecretAsync(long apiResourceId, string description, byte[] hash, DateTime expiresAt, CancellationToken ct) => db.ExecuteAsync("""
        insert into api_secret (api_resource_id, description, hash, expires_at, created_at) values (@apiResourceId, @description, @hash, @expiresAt, @now)
        """, new { apiResourceId, description, hash, expiresAt, now = Now }, ct);

    /// <summary>Takes a secret away, but for the one that comes from the settings: it would be back at the next start.</summary>
    /// <returns>What it was called; null when there is none.</returns>
    public Task<string?> DeleteSecretAsync(long apiResourceId, long apiSecretId, CancellationToken ct) => db.FindAsync<string>("""
        delete from api_secret where api_resource_id = @apiResourceId and api_secret_id = @apiSecretId and description <> @OfSettings returning description
        """, new { apiResourceId, apiSecretId, ChangeApi.OfSettings }, ct);
}
