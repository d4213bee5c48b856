using Platform.Database;

namespace Identity.Clients;

/// <summary>An API that takes our access tokens.</summary>
sealed class Api
{
    public long ApiResourceId { get; init; }

    /// <summary>The audience of its tokens.</summary>
    public string Name { get; init; } = "";

    /// <summary>SHA-256 of each secret that is valid now.</summary>
    public byte[][] Secrets { get; init; } = [];
}

/// <summary>Every statement about APIs and the secrets by which they ask about tokens.</summary>
sealed class ApiStore(Db db, TimeProvider clock)
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>The API of that name, if it is enabled.</summary>
    public Task<Api?> FindEnabledAsync(string name, CancellationToken ct) => db.FindAsync<Api>("""
        select api_resource_id, name,
               array(select s.hash from api_secret s
                     where s.api_resource_id = r.api_resource_id and (s.expires_at is null or s.expires_at > @now)) as secrets
        from api_resource r
        where name = @name and enabled
        """, new { name, now = Now }, ct);

    /// <summary>The API of that name, enabled or not.</summary>
    public Task<long?> FindIdAsync(string name, CancellationToken ct) => db.FindAsync<long?>("select api_resource_id from api_resource where name = @name", new { name }, ct);

    /// <summary>Whether an API has that secret and it is valid now.</summary>
    public Task<bool> HasSecretAsync(long apiResourceId, byte[] hash, CancellationToken ct) => db.OneAsync<bool>("""
        select exists (select from api_secret where api_resource_id = @apiResourceId and hash = @hash and (expires_at is null or expires_at > @now))
        """, new { apiResourceId, hash, now = Now }, ct);

    /// <summary>Makes a secret the only one of that description; others, being exchanged, stay.</summary>
    public Task ReplaceSecretAsync(long apiResourceId, string description, byte[] hash, CancellationToken ct) => db.ExecuteAsync("""
        delete from api_secret where api_resource_id = @apiResourceId and description = @description and hash <> @hash;
        insert into api_secret (api_resource_id, description, hash, created_at)
        select @apiResourceId, @description, @hash, @now
        where not exists (select from api_secret where api_resource_id = @apiResourceId and description = @description and hash = @hash)
        """, new { apiResourceId, description, hash, now = Now }, ct);

    /// <summary>Keeps those who change the same API at the same moment in line, until the transaction ends.</summary>
    public Task HoldAsync(string name, CancellationToken ct) =>
        db.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended('api:' || @name, 0))", new { name }, ct);
}
