using Platform.Database;

namespace Identity.Administration.Report;

/// <summary>A client as the report judges it.</summary>
sealed class JudgedClient
{
    public string ClientId { get; init; } = "";

    public string ClientName { get; init; } = "";

    public bool SignsPeopleIn { get; init; }

    public bool IsPublic { get; init; }

    public bool HasKeys { get; init; }

    public bool IsOfTenant { get; init; }

    public bool TenantIsDisabled { get; init; }

    public bool RequirePkce { get; init; }

    public bool RequirePushedAuthorization { get; init; }

    public bool RequireConsent { get; init; }

    public string[] RedirectUris { get; init; } = [];

    public int AccessTokenLifetime { get; init; }

    /// <summary>Secrets that are good now.</summary>
    public long Secrets { get; init; }

    public long EndlessSecrets { get; init; }

    public long OldSecrets { get; init; }

    /// <summary>When the last of its secrets ends; null where one never does.</summary>
    public DateTime? LastSecretExpiresAt { get; init; }
}

/// <summary>Everything else the report looks at.</summary>
sealed class JudgedInstallation
{
    public long Administrators { get; init; }

    /// <summary>Administrators of whatever without a second factor.</summary>
    public string[] WeakAdministrators { get; init; } = [];

    /// <summary>Companies with people of which nobody looks after them.</summary>
    public string[] Orphans { get; init; } = [];

    /// <summary>Companies that let everybody in with a password alone.</summary>
    public string[] OptionalFactors { get; init; } = [];

    /// <summary>Providers that are disabled.</summary>
    public string[] DisabledProviders { get; init; } = [];

    /// <summary>Providers that could not be used when they were last needed.</summary>
    public string[] FaultyProviders { get; init; } = [];

    /// <summary>Providers of companies that have proven no mail domain, so that no address leads there.</summary>
    public string[] ProvidersWithoutDomain { get; init; } = [];

    /// <summary>Mail domains that have waited too long for their proof.</summary>
    public string[] UnprovenDomains { get; init; } = [];

    /// <summary>Companies whose directory is soon shut out, because its last token ends.</summary>
    public string[] EndingDirectories { get; init; } = [];

    public string[] DemoAccounts { get; init; } = [];

    public string[] DemoClients { get; init; } = [];
}

/// <summary>Reads what the report judges.</summary>
sealed class ReportStore(Db db, TimeProvider clock)
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>The enabled clients.</summary>
    public Task<List<JudgedClient>> ClientsAsync(CancellationToken ct) => db.ListAsync<JudgedClient>("""
        select c.client_id, c.client_name, 'authorization_code' = any (c.allowed_grant_types) as signs_people_in, not c.require_client_secret as is_public, c.jwks is not null as has_keys,
               c.tenant_id is not null as is_of_tenant, t.disabled_at is not null as tenant_is_disabled, c.require_pkce, c.require_pushed_authorization, c.require_consent, c.redirect_uris,
               c.access_token_lifetime, count(s.client_secret_id) as secrets, count(s.client_secret_id) filter (where s.expires_at is null) as endless_secrets,
               count(s.client_secret_id) filter (where s.created_at < @yearAgo) as old_secrets,
               case when count(s.client_secret_id) filter (where s.expires_at is null) = 0 then max(s.expires_at) end as last_secret_expires_at
        from registered_client c
        left join tenant t using (tenant_id)
        left join client_secret s on s.registered_client_id = c.registered_client_id and (s.expires_at is null or s.expires_at > @now)
        where c.enabled
        group by c.registered_client_id, t.tenant_id
        order by lower(c.client_name), c.registered_client_id
        """, new { now = Now, yearAgo = Now.AddYears(-1) }, ct);

    /// <summary>The rest.</summary>
    /// <param name="demoEmails">Normalized addresses of the demonstration.</param>
    /// <param name="demoSecret">The secret of its programs, hashed.</param>
    /// <param name="soon">What ends before is to be exchanged now.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<JudgedInstallation> InstallationAsync(string[] demoEmails, byte[] demoSecret, DateTime soon, CancellationToken ct) => db.OneAsync<JudgedInstallation>("""
        select (select count(*) from standing_account where administers = 'installation') as administrators,
               array(select a.email from standing_account a
                     where a.administers is not null
                       and not exists (select from authenticator_app p where p.account_id = a.account_id)
                       and not exists (select from passkey_credential k where k.account_id = a.account_id)
                     order by a.email limit 50) as weak_administrators,
               array(select t.key from tenant t
                     where t.disabled_at is null
                       and exists (select from standing_account a where a.tenant_id = t.tenant_id)
                       and not exists (select from standing_account a where a.tenant_id = t.tenant_id and a.administers is not null)
                     order by t.key limit 50) as orphans,
               array(select t.key from tenant t where t.disabled_at is null and t.second_factor = 'optional' order by t.key limit 50) as optional_factors,
               array(select p.scheme from identity_provider p where p.disabled_at is not null order by p.scheme limit 50) as disabled_providers,
               array(select p.scheme from standing_provider p where p.fault is not null order by p.scheme limit 50) as faulty_providers,
               array(select p.scheme from standing_provider p
                     where not exists (select from tenant_domain d where d.tenant_id = p.tenant_id and d.proven_at is not null)
                     order by p.scheme limit 50) as providers_without_domain,
               array(select d.domain from tenant_domain d where d.proven_at is null and d.created_at < @fortnightAgo order by d.domain limit 50) as unproven_domains,
               array(select t.key from tenant t
                     where t.disabled_at is null
                       and (select max(s.expires_at) from scim_token s where s.tenant_id = t.tenant_id and s.revoked_at is null and s.expires_at > @now) < @soon
                     order by t.key limit 50) as ending_directories,
               array(select a.email from standing_account a where a.normalized_email = any (@demoEmails) order by a.email) as demo_accounts,
               array(select c.client_id from standing_client c join client_secret s using (registered_client_id) where s.hash = @demoSecret order by c.client_id) as demo_clients
        """, new { demoEmails, demoSecret, soon, now = Now, fortnightAgo = Now.AddDays(-14) }, ct);
}
