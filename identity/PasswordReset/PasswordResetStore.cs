using Identity.Web;
using Platform.Database;

namespace Identity.PasswordReset;

/// <summary>Every statement about reset links.</summary>
sealed class PasswordResetStore(Db db, TimeProvider clock)
{
    // Made for the credentials of that moment: once they have changed, the link is worth nothing.
    const string IsGood = "r.used_at is null and r.expires_at > @now and a.account_id = r.account_id and a.security_stamp = r.security_stamp";

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    public Task InsertAsync(string token, long accountId, string securityStamp, bool invites, CancellationToken ct) => db.ExecuteAsync("""
        insert into password_reset (token_hash, account_id, security_stamp, invites, created_at, expires_at)
        values (@hash, @accountId, @securityStamp, @invites, @now, @expires)
        """, new { hash = Secret.Hash(token), accountId, securityStamp, invites, now = Now, expires = Now + (invites ? Profile.Invitation : Profile.PasswordReset) }, ct);

    /// <summary>Whose link it is, as long as it works.</summary>
    public Task<ResetLink?> FindAsync(string token, CancellationToken ct) => db.FindAsync<ResetLink>($"""
        select a.subject, r.invites from password_reset r, standing_account a where r.token_hash = @hash and {IsGood}
        """, new { hash = Secret.Hash(token), now = Now }, ct);

    /// <summary>Uses a link up.</summary>
    /// <returns>Whose it was, or null when it did not work (any more).</returns>
    public Task<string?> UseAsync(string token, CancellationToken ct) => db.FindAsync<string>($"""
        update password_reset r set used_at = @now
        from standing_account a
        where r.token_hash = @hash and {IsGood}
        returning a.subject
        """, new { hash = Secret.Hash(token), now = Now }, ct);

    /// <summary>Forgets links that expired.</summary>
    public Task CleanUpAsync(CancellationToken ct) =>
        db.ExecuteAsync("delete from password_reset where expires_at < @longAgo", new { longAgo = Now.AddDays(-1) }, ct);
}

/// <summary>A link that works.</summary>
/// <param name="Subject">Whose it is.</param>
/// <param name="Invites">Whether it is the first they were sent.</param>
sealed record ResetLink(string Subject, bool Invites);
