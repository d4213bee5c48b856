using System.Text.Json;
using Identity.Web;
using Platform.Database;

namespace Identity.PushedAuthorization;

/// <summary>Every statement about pushed requests.</summary>
sealed class PushedAuthorizationStore(Db db, TimeProvider clock)
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Keeps a request.</summary>
    public Task InsertAsync(string requestUri, long registeredClientId, IReadOnlyDictionary<string, string> parameters, TimeSpan lifetime, CancellationToken ct) => db.ExecuteAsync("""
        insert into pushed_authorization (request_uri_hash, registered_client_id, parameters, pushed_at, expires_at)
        values (@hash, @registeredClientId, @parameters::jsonb, @now, @ends)
        """, new { hash = Secret.Hash(requestUri), registeredClientId, parameters = JsonSerializer.Serialize(parameters), now = Now, ends = Now + lifetime }, ct);

    /// <summary>The parameters behind a request_uri, for the browser of that client that comes in time and has not got an answer yet; else null.</summary>
    public async Task<ProtocolParameters?> FindAsync(string requestUri, string clientId, CancellationToken ct)
    {
        var parameters = await db.FindAsync<string>("""
            select p.parameters::text
            from pushed_authorization p
            join standing_client c on c.registered_client_id = p.registered_client_id and c.client_id = @clientId
            where p.request_uri_hash = @hash and p.expires_at > @now and p.answered_at is null
            """, new { hash = Secret.Hash(requestUri), clientId, now = Now }, ct);
        return parameters is null ? null : ProtocolParameters.Of(JsonSerializer.Deserialize<Dictionary<string, string>>(parameters)!);
    }

    /// <summary>Uses a request up, when its answer is about to be given. Whether it was begun in time was looked at when it was found.</summary>
    /// <returns>False when somebody was faster.</returns>
    public async Task<bool> UseAsync(string requestUri, CancellationToken ct) => await db.ExecuteAsync("""
        update pushed_authorization set answered_at = @now where request_uri_hash = @hash and answered_at is null
        """, new { hash = Secret.Hash(requestUri), now = Now }, ct) == 1;

    /// <summary>Forgets requests that no sign-in can be waiting for any more.</summary>
    public Task CleanUpAsync(CancellationToken ct) =>
        db.ExecuteAsync("delete from pushed_authorization where expires_at < @longAgo", new { longAgo = Now - Profile.PendingAuthorization }, ct);
}
