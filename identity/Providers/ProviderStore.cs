using Platform.Database;

namespace Identity.Providers;

/// <summary>Every statement about providers.</summary>
sealed class ProviderStore(Db db, TimeProvider clock)
{
    /// <summary>The constraint that keeps two providers from having one name.</summary>
    public const string OneProviderPerScheme = "a_scheme_names_one_provider";

    const string Columns = """
        p.identity_provider_id, p.tenant_id, p.scheme, p.display_name, p.display_name_zh, p.issuer, p.client_id, p.token_endpoint_auth_method, p.protected_secret, p.scopes,
        p.provisions, p.default_role, p.role_claim, p.directory_claim, p.counts_as_two_factors, p.disabled_at, p.fault, p.fault_detail, p.fault_at
        """;

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>The provider of that scheme if it and its tenant are enabled; asked anew each time.</summary>
    public Task<Provider?> FindStandingAsync(string scheme, CancellationToken ct) =>
        db.FindAsync<Provider>($"select {Columns} from standing_provider p where p.scheme = @scheme", new { scheme }, ct);

    /// <summary>The provider of that scheme, disabled or not.</summary>
    public Task<Provider?> FindAsync(string scheme, CancellationToken ct) =>
        db.FindAsync<Provider>($"select {Columns}, t.name as tenant_name from identity_provider p join tenant t using (tenant_id) where p.scheme = @scheme", new { scheme }, ct);

    /// <summary>Those of a tenant, or all; by tenant and name, a page at a time.</summary>
    /// <param name="tenantId">Whose; null: everybody's.</param>
    /// <param name="search">Part of a name, scheme or tenant.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<List<Provider>> ListAsync(long? tenantId, string? search, CancellationToken ct) => db.ListAsync<Provider>($"""
        select {Columns}, t.name as tenant_name
        from identity_provider p
        join tenant t using (tenant_id)
        where (@tenantId::bigint is null or p.tenant_id = @tenantId)
          and (@search::text is null or strpos(lower(concat_ws(' ', p.scheme, p.display_name, p.display_name_zh, t.name)), lower(@search)) > 0)
        order by not t.is_operator, t.name, p.display_name, p.scheme
        limit 200
        """, new { tenantId, search }, ct);

    /// <summary>Those of a tenant that are in use.</summary>
    public Task<List<Provider>> StandingOfAsync(long tenantId, CancellationToken ct) =>
        db.ListAsync<Provider>($"select {Columns} from standing_provider p where p.tenant_id = @tenantId order by p.display_name, p.scheme", new { tenantId }, ct);

    /// <summary>Where its role claim leads.</summary>
    public Task<List<RoleMapping>> MappingsAsync(long identityProviderId, CancellationToken ct) => db.ListAsync<RoleMapping>("""
        select claim_value, role from identity_provider_role where identity_provider_id = @identityProviderId order by claim_value, role
        """, new { identityProviderId }, ct);

    /// <summary>The roles that can be given in a tenant at this moment, by its administrators, providers or directory, the least first.</summary>
    public Task<List<string>> GrantableRolesAsync(long tenantId, CancellationToken ct) =>
        db.ListAsync<string>("select role from grantable_role where tenant_id = @tenantId order by weight, role", new { tenantId }, ct);

    /// <summary>
    /// The roles to which these values of the role claim lead, and the default; none beyond the tenant's allow-list of this moment.
    /// </summary>
    public Task<List<string>> RolesOfAsync(Provider provider, IReadOnlyCollection<string> claimValues, CancellationToken ct) => db.ListAsync<string>("""
        select g.role
        from grantable_role g
        where g.tenant_id = @TenantId
          and (g.role = @DefaultRole
               or exists (select from identity_provider_role m where m.identity_provider_id = @IdentityProviderId and m.role = g.role and m.claim_value = any(@claimValues)))
        order by g.weight, g.role
        """, new { provider.TenantId, provider.DefaultRole, provider.IdentityProviderId, claimValues = claimValues.ToArray() }, ct);

    /// <summary>
    /// Keeps the provider from being disabled until the transaction ends. Who began a session before that is seen, and ended, by whoever disables it.
    /// </summary>
    /// <returns>False when it, or its tenant, is disabled already.</returns>
    public async Task<bool> HoldStandingAsync(long identityProviderId, CancellationToken ct) => await db.FindAsync<long?>("""
        select p.identity_provider_id
        from identity_provider p
        join tenant t using (tenant_id)
        where p.identity_provider_id = @identityProviderId and p.disabled_at is null and t.disabled_at is null
        for share of p, t
        """, new { identityProviderId }, ct) is not null;

    /// <summary>Enters one.</summary>
    public Task<long> InsertAsync(Provider provider, CancellationToken ct) => db.OneAsync<long>("""
        insert into identity_provider (tenant_id, scheme, display_name, display_name_zh, issuer, client_id, token_endpoint_auth_method, protected_secret, scopes,
            provisions, default_role, role_claim, directory_claim, counts_as_two_factors, created_at, updated_at)
        values (@TenantId, @Scheme, @DisplayName, @DisplayNameZh, @Issuer, @ClientId, @TokenEndpointAuthMethod, @ProtectedSecret, @Scopes,
            @Provisions, @DefaultRole, @RoleClaim, @DirectoryClaim, @CountsAsTwoFactors, @Now, @Now)
        returning identity_provider_id
        """, Values(provider), ct);

    /// <summary>Changes one, and what was found wrong with it is forgotten.</summary>
    public Task UpdateAsync(Provider provider, CancellationToken ct) => db.ExecuteAsync("""
        update identity_provider
        set display_name = @DisplayName, display_name_zh = @DisplayNameZh, issuer = @Issuer, client_id = @ClientId, token_endpoint_auth_method = @TokenEndpointAuthMethod,
            protected_secret = @ProtectedSecret, scopes = @Scopes, provisions = @Provisions, default_role = @DefaultRole, role_claim = @RoleClaim,
            directory_claim = @DirectoryClaim, counts_as_two_factors = @CountsAsTwoFactors, updated_at = @Now,
            fault = null, fault_detail = null, fault_at = null
        where identity_provider_id = @IdentityProviderId and tenant_id = @TenantId
        """, Values(provider), ct);

    /// <summary>Says where its role claim leads, in place of what was said before.</summary>
    public Task ReplaceMappingsAsync(long identityProviderId, IReadOnlyCollection<RoleMapping> mappings, CancellationToken ct) => db.ExecuteAsync("""
        delete from identity_provider_role where identity_provider_id = @identityProviderId;
        insert into identity_provider_role (identity_provider_id, claim_value, role)
        select distinct @identityProviderId, m.claim_value, m.role from unnest(@values, @roles) as m (claim_value, role)
        """, new { identityProviderId, values = mappings.Select(mapping => mapping.ClaimValue).ToArray(), roles = mappings.Select(mapping => mapping.Role).ToArray() }, ct);

    /// <summary>Disables one, or lets it be used again.</summary>
    /// <returns>False when nothing was changed by it.</returns>
    public async Task<bool> SetEnabledAsync(long identityProviderId, bool enabled, CancellationToken ct) => await db.ExecuteAsync("""
        update identity_provider set disabled_at = case when @enabled then null else @now end, updated_at = @now
        where identity_provider_id = @identityProviderId and (disabled_at is null) <> @enabled
        """, new { identityProviderId, enabled, now = Now }, ct) == 1;

    /// <summary>Notes why it could not be used; null: it could.</summary>
    /// <returns>Whether that is news.</returns>
    public async Task<bool> NoteFaultAsync(long identityProviderId, string? fault, string? detail, CancellationToken ct) => await db.ExecuteAsync("""
        update identity_provider set fault = @fault, fault_detail = @detail, fault_at = case when @fault::text is null then null else @now end
        where identity_provider_id = @identityProviderId and fault is distinct from @fault
        """, new { identityProviderId, fault, detail, now = Now }, ct) == 1;

    object Values(Provider provider) => new
    {
        provider.IdentityProviderId, provider.TenantId, provider.Scheme, provider.DisplayName, provider.DisplayNameZh, provider.Issuer, provider.ClientId,
        provider.TokenEndpointAuthMethod, provider.ProtectedSecret, provider.Scopes, provider.Provisions, provider.DefaultRole, provider.RoleClaim, provider.DirectoryClaim,
        provider.CountsAsTwoFactors, Now,
    };
}
