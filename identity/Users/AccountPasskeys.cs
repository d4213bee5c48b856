using Microsoft.AspNetCore.Identity;

namespace Identity.Users;

/// <summary>The passkeys of accounts; what ASP.NET Core Identity's passkey handler asks.</summary>
sealed partial class AccountStore : IUserPasskeyStore<Account>
{
    const string PasskeyColumns = """
        k.credential_id, k.public_key, k.name, k.sign_count, k.transports, k.is_user_verified, k.is_backup_eligible, k.is_backed_up, k.attestation_object, k.client_data_json,
        k.created_at, k.last_used_at
        """;

    /// <summary>The passkeys of an account, the oldest first.</summary>
    public Task<List<Passkey>> PasskeysAsync(long accountId, CancellationToken ct) =>
        db.ListAsync<Passkey>($"select {PasskeyColumns} from passkey_credential k where k.account_id = @accountId order by k.created_at, k.name, k.credential_id", new { accountId }, ct);

    /// <summary>Enters a passkey.</summary>
    /// <returns>False when somebody has it already.</returns>
    public async Task<bool> AddPasskeyAsync(long accountId, UserPasskeyInfo passkey, string name, CancellationToken ct) => await db.ExecuteAsync("""
        insert into passkey_credential (credential_id, account_id, public_key, name, sign_count, transports, is_user_verified, is_backup_eligible, is_backed_up,
            attestation_object, client_data_json, created_at)
        values (@CredentialId, @accountId, @PublicKey, @name, @count, @Transports, @IsUserVerified, @IsBackupEligible, @IsBackedUp, @AttestationObject, @ClientDataJson, @now)
        on conflict (credential_id) do nothing
        """, new
    {
        passkey.CredentialId, accountId, passkey.PublicKey, name, count = (long)passkey.SignCount, passkey.Transports, passkey.IsUserVerified, passkey.IsBackupEligible, passkey.IsBackedUp,
        passkey.AttestationObject, passkey.ClientDataJson, now = Now,
    }, ct) == 1;

    /// <summary>
    /// Notes that a passkey was used. The counter only grows: of two devices with the same key the one that is behind is refused, also when both
    /// come at the same moment. Devices that do not count say nought for ever.
    /// </summary>
    /// <returns>False when the counter has not grown, or the passkey is gone.</returns>
    public async Task<bool> UsePasskeyAsync(long accountId, UserPasskeyInfo passkey, CancellationToken ct) => await db.ExecuteAsync("""
        update passkey_credential set sign_count = @count, is_backed_up = @IsBackedUp, last_used_at = @now
        where credential_id = @CredentialId and account_id = @accountId and (sign_count < @count or (sign_count = 0 and @count = 0))
        """, new { passkey.CredentialId, accountId, count = (long)passkey.SignCount, passkey.IsBackedUp, now = Now }, ct) == 1;

    /// <summary>Removes a passkey.</summary>
    /// <returns>False when the account has no such passkey.</returns>
    public async Task<bool> RemovePasskeyAsync(long accountId, byte[] credentialId, CancellationToken ct) =>
        await db.ExecuteAsync("delete from passkey_credential where credential_id = @credentialId and account_id = @accountId", new { accountId, credentialId }, ct) == 1;

    /// <summary>Removes all passkeys of an account.</summary>
    public Task RemoveAllPasskeysAsync(long accountId, CancellationToken ct) => db.ExecuteAsync("delete from passkey_credential where account_id = @accountId", new { accountId }, ct);

    public async Task AddOrUpdatePasskeyAsync(Account user, UserPasskeyInfo passkey, CancellationToken cancellationToken)
    {
        if (!await UsePasskeyAsync(user.AccountId, passkey, cancellationToken))
        {
            await AddPasskeyAsync(user.AccountId, passkey, passkey.Name ?? "–", cancellationToken);
        }
    }

    public async Task<IList<UserPasskeyInfo>> GetPasskeysAsync(Account user, CancellationToken cancellationToken) =>
        (await PasskeysAsync(user.AccountId, cancellationToken)).ConvertAll(passkey => passkey.Info);

    public Task<Account?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken) => db.FindAsync<Account>($"""
        select {Columns} from account where account_id = (select k.account_id from passkey_credential k where k.credential_id = @credentialId)
        """, new { credentialId }, cancellationToken);

    public async Task<UserPasskeyInfo?> FindPasskeyAsync(Account user, byte[] credentialId, CancellationToken cancellationToken) => (await db.FindAsync<Passkey>($"""
        select {PasskeyColumns} from passkey_credential k where k.credential_id = @credentialId and k.account_id = @AccountId
        """, new { credentialId, user.AccountId }, cancellationToken))?.Info;

    public Task RemovePasskeyAsync(Account user, byte[] credentialId, CancellationToken cancellationToken) => RemovePasskeyAsync(user.AccountId, credentialId, cancellationToken);
}

/// <summary>A passkey as it is kept.</summary>
sealed class Passkey
{
    public byte[] CredentialId { get; init; } = [];

    public byte[] PublicKey { get; init; } = [];

    /// <summary>What its owner calls it.</summary>
    public string Name { get; init; } = "";

    public long SignCount { get; init; }

    public string[]? Transports { get; init; }

    public bool IsUserVerified { get; init; }

    /// <summary>Whether it may be copied to other devices of its owner, by the maker of the first.</summary>
    public bool IsBackupEligible { get; init; }

    public bool IsBackedUp { get; init; }

    public byte[] AttestationObject { get; init; } = [];

    public byte[] ClientDataJson { get; init; } = [];

    public DateTime CreatedAt { get; init; }

    public DateTime? LastUsedAt { get; init; }

    /// <summary>As the passkey handler knows it.</summary>
    public UserPasskeyInfo Info => new(CredentialId, PublicKey, new DateTimeOffset(CreatedAt), (uint)SignCount, Transports, IsUserVerified, IsBackupEligible, IsBackedUp, AttestationObject, ClientDataJson) { Name = Name };
}
