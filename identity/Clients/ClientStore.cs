using Identity.Web;
using Platform.Database;

namespace Identity.Clients;

/// <summary>Every statement about clients, their secrets and the APIs they ask for.</summary>
sealed class ClientStore(Db db, TimeProvider clock)
{
    /// <summary>Every setting but the keys and secrets.</summary>
    public const string Columns = """
        client_id, client_name, enabled, tenant_id, description, require_pkce, require_client_secret, require_pushed_authorization, require_dpop, require_consent,
        allow_remember_consent, allow_offline_access, token_endpoint_auth_method, allowed_grant_types, redirect_uris, post_logout_redirect_uris, allowed_scopes,
        identity_provider_restrictions, back_channel_logout_uri, back_channel_logout_session_required, identity_token_signing_algorithm, authorization_code_lifetime,
        access_token_lifetime, identity_token_lifetime, sliding_refresh_token_lifetime, absolute_refresh_token_lifetime, pushed_authorization_lifetime, consent_lifetime,
        allowed_cors_origins
        """;

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>The client of that name if it and its tenant are enabled; asked anew each time, so that disabling it bites at once on every instance.</summary>
    public Task<Client?> FindEnabledAsync(string clientId, CancellationToken ct) => db.FindAsync<Client>($"""
        select registered_client_id, jwks::text as jwks, {Columns},
               (select t.key from tenant t where t.tenant_id = c.tenant_id) as tenant_key,
               (select jsonb_agg(jsonb_build_object('name', r.name, 'scopes', r.scopes, 'algorithms', r.allowed_access_token_signing_algorithms) order by r.name)
                from api_resource r where r.enabled and r.scopes && c.allowed_scopes)::text as known_apis,
               array(select s.hash from client_secret s
                     where s.registered_client_id = c.registered_client_id and (s.expires_at is null or s.expires_at > @now)) as client_secrets
        from standing_client c
        where client_id = @clientId
        """, new { clientId, now = Now }, ct);

    /// <summary>The scopes of all APIs.</summary>
    public Task<List<string>> ApiScopesAsync(CancellationToken ct) => db.ListAsync<string>("""
        select distinct scope from api_resource, unnest(scopes) as scope where enabled order by scope
        """, null, ct);

    /// <summary>Enters the client, or brings it up to date.</summary>
    /// <returns>Its key.</returns>
    public Task<long> SaveAsync(Client client, CancellationToken ct) => db.OneAsync<long>($"""
        insert into registered_client as c ({Columns}, jwks, created_at, updated_at)
        values (@ClientId, @ClientName, @Enabled, @TenantId, @Description, @RequirePkce, @RequireClientSecret, @RequirePushedAuthorization, @RequireDPoP,
            @RequireConsent, @AllowRememberConsent, @AllowOfflineAccess, @TokenEndpointAuthMethod, @AllowedGrantTypes, @RedirectUris, @PostLogoutRedirectUris,
            @AllowedScopes, @IdentityProviderRestrictions, @BackChannelLogoutUri, @BackChannelLogoutSessionRequired, @IdentityTokenSigningAlgorithm,
            @AuthorizationCodeLifetime, @AccessTokenLifetime, @IdentityTokenLifetime, @SlidingRefreshTokenLifetime, @AbsoluteRefreshTokenLifetime,
            @PushedAuthorizationLifetime, @ConsentLifetime, @AllowedCorsOrigins, @Jwks::jsonb,
            @Now, @Now)
        on conflict (client_id) do update
        set client_name = excluded.client_name, enabled = excluded.enabled, tenant_id = excluded.tenant_id, description = excluded.description,
            require_pkce = excluded.require_pkce, require_client_secret = excluded.require_client_secret,
            require_pushed_authorization = excluded.require_pushed_authorization, require_dpop = excluded.require_dpop,
            require_consent = excluded.require_consent, allow_remember_consent = excluded.allow_remember_consent,
            allow_offline_access = excluded.allow_offline_access, token_endpoint_auth_method = excluded.token_endpoint_auth_method,
            allowed_grant_types = excluded.allowed_grant_types, redirect_uris = excluded.redirect_uris,
            post_logout_redirect_uris = excluded.post_logout_redirect_uris, allowed_scopes = excluded.allowed_scopes,
            identity_provider_restrictions = excluded.identity_provider_restrictions, back_channel_logout_uri = excluded.back_channel_logout_uri,
            back_channel_logout_session_required = excluded.back_channel_logout_session_required,
            identity_token_signing_algorithm = excluded.identity_token_signing_algorithm, authorization_code_lifetime = excluded.authorization_code_lifetime,
            access_token_lifetime = excluded.access_token_lifetime, identity_token_lifetime = excluded.identity_token_lifetime,
            sliding_refresh_token_lifetime = excluded.sliding_refresh_token_lifetime, absolute_refresh_token_lifetime = excluded.absolute_refresh_token_lifetime,
            pushed_authorization_lifetime = excluded.pushed_authorization_lifetime, consent_lifetime = excluded.consent_lifetime,
            allowed_cors_origins = excluded.allowed_cors_origins, jwks = excluded.jwks,
            updated_at = excluded.updated_at
        returning registered_client_id
        """, new
    {
        client.ClientId, client.ClientName, client.Enabled, client.TenantId, client.Description, client.RequirePkce, client.RequireClientSecret,
        client.RequirePushedAuthorization, client.RequireDPoP, client.RequireConsent, client.AllowRememberConsent, client.AllowOfflineAccess,
        client.TokenEndpointAuthMethod, client.AllowedGrantTypes, client.RedirectUris, client.PostLogoutRedirectUris, client.AllowedScopes,
        client.IdentityProviderRestrictions, client.BackChannelLogoutUri, client.BackChannelLogoutSessionRequired, client.IdentityTokenSigningAlgorithm,
        client.AuthorizationCodeLifetime, client.AccessTokenLifetime, client.IdentityTokenLifetime, client.SlidingRefreshTokenLifetime,
        client.AbsoluteRefreshTokenLifetime, client.PushedAuthorizationLifetime, client.ConsentLifetime, client.AllowedCorsOrigins, client.Jwks,
        Now,
    }, ct);

    /// <summary>True when scripts of that origin may call for an enabled client.</summary>
    public Task<bool> IsCalledFromAsync(string origin, CancellationToken ct) => db.OneAsync<bool>("""
        select exists (select from standing_client where allowed_cors_origins @> array[@origin])
        """, new { origin }, ct);

    /// <summary>Makes a secret the only one of that description; others, being exchanged, stay.</summary>
    public Task ReplaceSecretAsync(long registeredClientId, string description, byte[] hash, CancellationToken ct) => db.ExecuteAsync("""
        delete from client_secret where registered_client_id = @registeredClientId and description = @description and hash <> @hash;
        insert into client_secret (registered_client_id, description, hash, created_at)
        select @registeredClientId, @description, @hash, @now
        where not exists (select from client_secret where registered_client_id = @registeredClientId and description = @description and hash = @hash)
        """, new { registeredClientId, description, hash, now = Now }, ct);

    /// <summary>Keeps those who save the same client at the same moment in line, until the transaction ends.</summary>
    public Task HoldAsync(string clientId, CancellationToken ct) =>
        db.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended('client:' || @clientId, 0))", new { clientId }, ct);

    /// <summary>Clients that have one of these secrets, or one of these names.</summary>
    public Task<List<string>> UsingAsync(byte[][] secretHashes, string[] clientIds, CancellationToken ct) => db.ListAsync<string>("""
        select client_id from registered_client c
        where client_id = any(@clientIds)
           or exists (select from client_secret s where s.registered_client_id = c.registered_client_id and s.hash = any(@secretHashes))
        order by client_id
        """, new { secretHashes, clientIds }, ct);

    /// <summary>Uses up the jti of a token that somebody else made and that counts once.</summary>
    /// <param name="usedFor">What for, with the name of whoever made it: the same jti of another is another.</param>
    /// <param name="id">The jti.</param>
    /// <param name="until">When the token would be refused anyway.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <returns>False when it was used before, on whichever instance.</returns>
    public async Task<bool> UseIdAsync(string usedFor, string id, DateTime until, CancellationToken ct) => await db.ExecuteAsync("""
        insert into used_token_id (used_for, id_hash, expires_at) values (@usedFor, @hash, @until) on conflict do nothing
        """, new { usedFor, hash = Secret.Hash(id), until }, ct) == 1;

    /// <summary>Forgets used ids whose tokens have expired.</summary>
    public Task CleanUpAsync(CancellationToken ct) => db.ExecuteAsync("delete from used_token_id where expires_at < @now", new { now = Now }, ct);
}
