using Identity.Providers;
using Platform.Database;

namespace Identity.Federation;

/// <summary>The account that is a provider's person's.</summary>
sealed class ExternalAccount
{
    public long AccountId { get; init; }

    public string Subject { get; init; } = "";

    /// <summary>Whether it can be found by an address too: then the provider's word changes nothing about it.</summary>
    public bool IsLocal { get; init; }

    /// <summary>Whether it may be signed in to at this moment.</summary>
    public bool Stands { get; init; }
}

/// <summary>The account that a directory made for somebody, who comes through a provider of the same tenant for the first time.</summary>
sealed class DirectoryAccount
{
    public long AccountId { get; init; }

    public string Subject { get; init; } = "";

    /// <summary>Whether it looks after a company or the installation: then nobody is joined with it but by themselves.</summary>
    public bool Administers { get; init; }

    /// <summary>Whether somebody else at that provider is it already.</summary>
    public bool IsTaken { get; init; }

    /// <summary>Whether it may be signed in to at this moment.</summary>
    public bool Stands { get; init; }
}

/// <summary>A provider's person as one's account page shows them.</summary>
sealed record LinkedIdentity(long ExternalIdentityId, string Scheme, string ShownName, string CameBy, DateTime? LastSeenAt);

/// <summary>Every statement about the people of providers.</summary>
sealed class ExternalIdentityStore(Db db, TimeProvider clock)
{
    /// <summary>The constraint that keeps one person of a provider from being two accounts.</summary>
    public const string OneAccountPerPerson = "an_external_person_is_one_account";

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>The account of a provider's person, found by tenant, scheme, issuer and subject and by nothing else; notes that they were seen.</summary>
    public Task<ExternalAccount?> FindAsync(Provider provider, ExternalPerson person, CancellationToken ct) => db.FindAsync<ExternalAccount>("""
        with seen as (
            update external_identity set last_seen_at = @Now, shown_name = @ShownName
            where tenant_id = @TenantId and scheme = @Scheme and issuer = @Issuer and subject = @Subject
            returning account_id
        )
        select a.account_id, a.subject, a.normalized_email is not null as is_local, exists (select from standing_account s where s.account_id = a.account_id) as stands
        from seen join account a using (account_id)
        """, new { provider.TenantId, provider.Scheme, person.Issuer, person.Subject, person.ShownName, Now }, ct);

    /// <summary>Keeps those in line who come for the first time as the same person, until the transaction ends.</summary>
    public Task HoldAsync(Provider provider, ExternalPerson person, CancellationToken ct) => db.ExecuteAsync("""
        select pg_advisory_xact_lock(hashtextextended(concat_ws('|', 'external', @Scheme, @Issuer, @Subject), 0))
        """, new { provider.Scheme, person.Issuer, person.Subject }, ct);

    /// <summary>Enters that a provider's person is that account.</summary>
    public Task InsertAsync(long tenantId, string scheme, string issuer, string subject, long accountId, string shownName, string cameBy, CancellationToken ct) => db.ExecuteAsync("""
        insert into external_identity (tenant_id, scheme, issuer, subject, account_id, shown_name, came_by, created_at, last_seen_at)
        values (@tenantId, @scheme, @issuer, @subject, @accountId, @shownName, @cameBy, @now, @now)
        """, new { tenantId, scheme, issuer, subject, accountId, shownName, cameBy, now = Now }, ct);

    /// <summary>
    /// The account of the directory's person of that id, in the provider's own tenant; it stays as it is until the transaction ends. Null where the directory knows no such
    /// person, or several.
    /// </summary>
    public async Task<DirectoryAccount?> OfDirectoryAsync(Provider provider, string directoryId, CancellationToken ct) => await db.ListAsync<DirectoryAccount>("""
        select a.account_id, a.subject, a.administers is not null as administers,
               exists (select from external_identity e where e.account_id = a.account_id and e.scheme = @Scheme) as is_taken,
               exists (select from standing_account s where s.account_id = a.account_id) as stands
        from scim_user u join account a using (account_id)
        where u.tenant_id = @TenantId and a.tenant_id = @TenantId and u.external_id = @directoryId
        limit 2
        for no key update of u
        """, new { provider.TenantId, provider.Scheme, directoryId }, ct) is [var one] ? one : null;

    /// <summary>Those that are an account's.</summary>
    public Task<List<LinkedIdentity>> OfAccountAsync(long accountId, CancellationToken ct) => db.ListAsync<LinkedIdentity>("""
        select external_identity_id, scheme, shown_name, came_by, last_seen_at from external_identity where account_id = @accountId order by scheme, external_identity_id
        """, new { accountId }, ct);

    /// <summary>Takes away a link of an account that can be signed in to with a password as well.</summary>
    /// <returns>Its scheme, or null when there is no such link, or it is the only way in.</returns>
    public Task<string?> DeleteLinkAsync(long accountId, long externalIdentityId, CancellationToken ct) => db.FindAsync<string>("""
        delete from external_identity e using account a
        where e.external_identity_id = @externalIdentityId and e.account_id = @accountId and a.account_id = e.account_id and a.password_hash is not null
        returning e.scheme
        """, new { accountId, externalIdentityId }, ct);
}
