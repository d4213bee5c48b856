using Identity.Web;
using Platform.Database;

namespace Identity.SecondFactors;

/// <summary>What an account can show after the password.</summary>
sealed class Factors
{
    /// <summary>An authenticator app.</summary>
    public bool HasApp { get; init; }

    /// <summary>How many passkeys.</summary>
    public int Passkeys { get; init; }

    /// <summary>How many recovery codes are left.</summary>
    public int RecoveryCodes { get; init; }

    /// <summary>Whether a sign-in with the password takes a second step.</summary>
    public bool Any => HasApp || Passkeys > 0;
}

/// <summary>A try that may be made.</summary>
/// <param name="PausedUntil">When it was the last before a pause: the end of that.</param>
sealed record CodeTry(DateTime? PausedUntil);

/// <summary>Every statement about second factors.</summary>
sealed class SecondFactorStore(Db db, TimeProvider clock)
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>What an account has.</summary>
    public Task<Factors> FactorsAsync(long accountId, CancellationToken ct) => db.OneAsync<Factors>("""
        select exists (select from authenticator_app p where p.account_id = @accountId) as has_app,
               (select count(*)::integer from passkey_credential k where k.account_id = @accountId) as passkeys,
               (select count(*)::integer from recovery_code r where r.account_id = @accountId and r.used_at is null) as recovery_codes
        """, new { accountId }, ct);

    /// <summary>The encrypted secret of an account's app.</summary>
    public Task<byte[]?> FindSecretAsync(long accountId, CancellationToken ct) =>
        db.FindAsync<byte[]>("select protected_secret from authenticator_app where account_id = @accountId", new { accountId }, ct);

    /// <summary>
    /// Takes one of the tries an account has, before the code is looked at: of many at the same moment no more get through than there are
    /// tries. The one that uses up the last begins a pause; <see cref="ForgiveAsync"/> takes it back.
    /// </summary>
    /// <returns>Null while the account pauses.</returns>
    public Task<CodeTry?> TakeTryAsync(long accountId, CancellationToken ct) => db.FindAsync<CodeTry>("""
        insert into second_factor_try as t (account_id, failed_count) values (@accountId, 1)
        on conflict (account_id) do update
        set failed_count = case when t.failed_count + 1 >= @most then 0 else t.failed_count + 1 end,
            paused_until = case when t.failed_count + 1 >= @most then @pausedUntil end
        where t.paused_until is null or t.paused_until <= @now
        returning paused_until
        """, new { accountId, most = Profile.WrongCodesThatPause, pausedUntil = Now + Profile.CodePause, now = Now }, ct);

    /// <summary>Until when an account pauses.</summary>
    public Task<DateTime?> PausedUntilAsync(long accountId, CancellationToken ct) =>
        db.FindAsync<DateTime?>("select paused_until from second_factor_try where account_id = @accountId and paused_until > @now", new { accountId, now = Now }, ct);

    /// <summary>After a right code nothing is held against the account.</summary>
    public Task ForgiveAsync(long accountId, CancellationToken ct) => db.ExecuteAsync("delete from second_factor_try where account_id = @accountId", new { accountId }, ct);

    /// <summary>Uses the code of a step up, and with it those of all steps before.</summary>
    /// <returns>False when it was used already, here or on another instance.</returns>
    public async Task<bool> UseStepAsync(long accountId, long step, CancellationToken ct) => await db.ExecuteAsync("""
        update authenticator_app set last_used_step = @step where account_id = @accountId and last_used_step < @step
        """, new { accountId, step }, ct) == 1;

    /// <summary>Uses a recovery code up.</summary>
    /// <returns>False when the account has no such code, or it was used already.</returns>
    public async Task<bool> UseRecoveryCodeAsync(long accountId, byte[] hash, CancellationToken ct) => await db.ExecuteAsync("""
        update recovery_code set used_at = @now where code_hash = @hash and account_id = @accountId and used_at is null
        """, new { accountId, hash, now = Now }, ct) == 1;

    /// <summary>Enters the app of an account in the place of one it may have had.</summary>
    public Task SaveAppAsync(long accountId, byte[] protectedSecret, long step, CancellationToken ct) => db.ExecuteAsync("""
        insert into authenticator_app (account_id, protected_secret, last_used_step, added_at) values (@accountId, @protectedSecret, @step, @now)
        on conflict (account_id) do update set protected_secret = excluded.protected_secret, last_used_step = excluded.last_used_step, added_at = excluded.added_at
        """, new { accountId, protectedSecret, step, now = Now }, ct);

    /// <summary>Removes the app of an account.</summary>
    /// <returns>False when there is none.</returns>
    public async Task<bool> DeleteAppAsync(long accountId, CancellationToken ct) =>
        await db.ExecuteAsync("delete from authenticator_app where account_id = @accountId", new { accountId }, ct) == 1;

    /// <summary>Puts new recovery codes in the place of all before.</summary>
    public Task ReplaceRecoveryCodesAsync(long accountId, IEnumerable<byte[]> hashes, CancellationToken ct) => db.ExecuteAsync("""
        with gone as (delete from recovery_code where account_id = @accountId)
        insert into recovery_code (code_hash, account_id, made_at) select hash, @accountId, @now from unnest(@hashes) as hash
        """, new { accountId, hashes = hashes.ToArray(), now = Now }, ct);

    /// <summary>Removes all recovery codes of an account that has no second factor left they could stand in for.</summary>
    public Task DeleteIdleRecoveryCodesAsync(long accountId, CancellationToken ct) => db.ExecuteAsync("""
        delete from recovery_code r
        where r.account_id = @accountId
          and not exists (select from authenticator_app p where p.account_id = r.account_id)
          and not exists (select from passkey_credential k where k.account_id = r.account_id)
        """, new { accountId }, ct);
}
