using Identity.Web;
using Platform.Database;

namespace Identity.Revocation;

/// <summary>Every statement about access tokens that end before their time.</summary>
sealed class RevokedTokenStore(Db db, TimeProvider clock)
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Ends one token.</summary>
    /// <returns>False when it had been ended before.</returns>
    public async Task<bool> InsertAsync(string jti, DateTime expiresAt, CancellationToken ct) => await db.ExecuteAsync("""
        insert into revoked_token (jti_hash, revoked_at, expires_at) values (@hash, @now, @expiresAt) on conflict do nothing
        """, new { hash = Secret.Hash(jti), now = Now, expiresAt }, ct) == 1;

    /// <summary>Whether a token of that client counts at this moment: it was not given back, and its grant, or the client whose own it is, is in order.</summary>
    public Task<bool> StandsAsync(string jti, string clientId, CancellationToken ct) => db.OneAsync<bool>("""
        select not exists (select from revoked_token r where r.jti_hash = @hash)
           and case when @handle::text is null
                    then exists (select from standing_client c where c.client_id = @clientId)
                    else exists (select from standing_grant g where g.handle = @handle and g.client_id = @clientId) end
        """, new { hash = Secret.Hash(jti), handle = HandleIn(jti), clientId }, ct);

    /// <summary>Forgets tokens that have expired by themselves.</summary>
    public Task CleanUpAsync(CancellationToken ct) => db.ExecuteAsync("delete from revoked_token where expires_at < @now", new { now = Now }, ct);

    /// <summary>The grant an access token is of; null for one that a program got for itself.</summary>
    public static string? HandleIn(string jti) => jti.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? jti[..dot] : null;
}
