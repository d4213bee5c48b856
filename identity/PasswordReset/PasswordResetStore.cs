using Identity.Web;
using Platform.Database;

namespace Identity.PasswordReset;

/// <summary>Every statement about reset links.</summary>
sealed class PasswordResetStore(Db db, TimeProvider clock)
{
    // Made for the credentials of that moment: once they have changed, the link is worth nothing.
    const string IsGood = "r.used_at is null and r.expires_at > @now and a.account_id = r.account_id and a.security_stamp = r.security_stamp and a.disabled_at is null";

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    public Task InsertAsync(string token, long accountId, string securityStamp, CancellationToken ct) => db.ExecuteAsync("""
        insert into password_reset (token_hash, account_id, security_stamp, created_at, expires_at)
        values (@hash, @accountId, @securityStamp, @now, @expires)
        """, new { hash = Secret.Hash(token), accountId, securityStamp, now = Now, expires = Now + Profile.PasswordReset }, ct);

    /// <summary>Whose link it is, as long as it works.</summary>
    public Task<string?> FindSubjectAsync(string token, CancellationToken ct) => db.FindAsync<string>($"""
        select a.subject from password_reset r, account a where r.token_hash = @hash and {IsGood}
        """, new { hash = Secret.Hash(token), now = Now }, ct);

    /// <summary>Uses a link up.</summary>
    /// <returns>Whose it was, or null when it did not work (any more).</returns>
    public Task<string?> UseAsync(string token, CancellationToken ct) => db.FindAsync<string>($"""
        update password_reset r set used_at = @now
        from account a
        where r.token_hash = @hash and {IsGood}
        returning a.subject
        """, new { hash = Secret.Hash(token), now = Now }, ct);

    /// <summary>Forgets links that expired.</summary>
    public Task CleanUpAsync(CancellationToken ct) =>
        db.ExecuteAsync("delete from password_reset where expires_at < @longAgo", new { longAgo = Now.AddDays(-1) }, ct);
}
