using Platform.Database;

namespace Identity.Domains;

/// <summary>A mail domain that a tenant calls its own.</summary>
sealed class TenantDomain
{
    public long TenantDomainId { get; init; }

    public long TenantId { get; init; }

    public string TenantName { get; init; } = "";

    public string Domain { get; init; } = "";

    /// <summary>What must stand in its DNS.</summary>
    public string Token { get; init; } = "";

    /// <summary>The provider its people sign in at; null: the tenant's only one.</summary>
    public string? Scheme { get; init; }

    public DateTime? ProvenAt { get; init; }

    public DateTime? LookedAt { get; init; }

    /// <summary>Where the text has to stand.</summary>
    public string RecordName => DomainProof.RecordPrefix + Domain;

    /// <summary>The text.</summary>
    public string RecordText => DomainProof.TextOf(Token);
}

/// <summary>Every statement about domains.</summary>
sealed class DomainStore(Db db, TimeProvider clock)
{
    /// <summary>The constraint that keeps a domain from being proven by two.</summary>
    public const string OneTenantPerDomain = "one_tenant_per_proven_domain";

    const string Columns = """
        d.tenant_domain_id, d.tenant_id, t.name as tenant_name, d.domain, d.token, d.proven_at, d.looked_at,
        (select p.scheme from identity_provider p where p.identity_provider_id = d.identity_provider_id) as scheme
        """;

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Those of a tenant, or all.</summary>
    public Task<List<TenantDomain>> ListAsync(long? tenantId, CancellationToken ct) => db.ListAsync<TenantDomain>($"""
        select {Columns} from tenant_domain d join tenant t using (tenant_id)
        where @tenantId::bigint is null or d.tenant_id = @tenantId
        order by not t.is_operator, t.name, d.domain
        limit 500
        """, new { tenantId }, ct);

    /// <summary>One by its number.</summary>
    public Task<TenantDomain?> FindAsync(long tenantDomainId, CancellationToken ct) =>
        db.FindAsync<TenantDomain>($"select {Columns} from tenant_domain d join tenant t using (tenant_id) where d.tenant_domain_id = @tenantDomainId", new { tenantDomainId }, ct);

    /// <summary>Enters a wish.</summary>
    /// <returns>Its number, or null when the tenant has it already.</returns>
    public Task<long?> InsertAsync(long tenantId, string domain, string token, CancellationToken ct) => db.FindAsync<long?>("""
        insert into tenant_domain (tenant_id, domain, token, created_at) values (@tenantId, @domain, @token, @now) on conflict (tenant_id, domain) do nothing returning tenant_domain_id
        """, new { tenantId, domain, token, now = Now }, ct);

    /// <summary>Notes that its DNS was looked at, and with which result; proof once given stays.</summary>
    public Task NoteLookAsync(long tenantDomainId, bool isProven, CancellationToken ct) => db.ExecuteAsync("""
        update tenant_domain set looked_at = @now, proven_at = case when @isProven then coalesce(proven_at, @now) else proven_at end where tenant_domain_id = @tenantDomainId
        """, new { tenantDomainId, isProven, now = Now }, ct);

    /// <summary>Says at which provider its people sign in.</summary>
    /// <returns>False when the tenant has no such provider.</returns>
    public async Task<bool> LeadToAsync(long tenantDomainId, string? scheme, CancellationToken ct) => await db.ExecuteAsync("""
        update tenant_domain d
        set identity_provider_id = (select p.identity_provider_id from identity_provider p where p.scheme = @scheme and p.tenant_id = d.tenant_id)
        where d.tenant_domain_id = @tenantDomainId
          and (@scheme::text is null or exists (select from identity_provider p where p.scheme = @scheme and p.tenant_id = d.tenant_id))
        """, new { tenantDomainId, scheme }, ct) == 1;

    /// <summary>Takes it away.</summary>
    public Task DeleteAsync(long tenantDomainId, CancellationToken ct) => db.ExecuteAsync("delete from tenant_domain where tenant_domain_id = @tenantDomainId", new { tenantDomainId }, ct);

    /// <summary>Whether that tenant has proven that domain.</summary>
    public Task<bool> IsProvenAsync(long tenantId, string domain, CancellationToken ct) => db.OneAsync<bool>("""
        select exists (select from tenant_domain where tenant_id = @tenantId and domain = @domain and proven_at is not null)
        """, new { tenantId, domain }, ct);

    /// <summary>
    /// The scheme of the provider where people of that domain sign in: the one that was chosen, else the only one of the tenant that proved the domain.
    /// Null when nobody proved it, or there is no provider in use, or nobody said which of several.
    /// </summary>
    public Task<string?> LeadsToAsync(string domain, CancellationToken ct) => db.FindAsync<string>("""
        select coalesce(min(p.scheme) filter (where p.identity_provider_id = d.identity_provider_id), case when d.identity_provider_id is null and count(*) = 1 then min(p.scheme) end)
        from tenant_domain d
        join standing_provider p on p.tenant_id = d.tenant_id
        where d.domain = @domain and d.proven_at is not null
        group by d.tenant_domain_id, d.identity_provider_id
        """, new { domain }, ct);
}
