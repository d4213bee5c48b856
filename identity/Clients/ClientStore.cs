using Platform.Database;

namespace Identity.Clients;

/// <summary>Every statement about clients, their secrets and the APIs they ask for.</summary>
sealed class ClientStore(Db db, TimeProvider clock)
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>The client of that name if it is enabled; asked anew each time, so that disabling it bites at once on every instance.</summary>
    public Task<Client?> FindEnabledAsync(string clientId, CancellationToken ct) => db.FindAsync<Client>("""
        select registered_client_id, client_id, client_name, enabled, require_pkce, token_endpoint_auth_method, allowed_grant_types,
               redirect_uris, post_logout_redirect_uris, allowed_scopes, authorization_code_lifetime, access_token_lifetime, identity_token_lifetime,
               array(select s.hash from client_secret s
                     where s.registered_client_id = c.registered_client_id and (s.expires_at is null or s.expires_at > @now)) as client_secrets
        from registered_client c
        where client_id = @clientId and enabled
        """, new { clientId, now = Now }, ct);

    /// <summary>The audiences those scopes lead to, in the order of their names.</summary>
    public Task<List<string>> AudiencesAsync(IReadOnlyList<string> scopes, CancellationToken ct) => db.ListAsync<string>("""
        select name from api_resource where enabled and scopes && @scopes order by name
        """, new { scopes = scopes.ToArray() }, ct);

    /// <summary>The scopes of all APIs.</summary>
    public Task<List<string>> ApiScopesAsync(CancellationToken ct) => db.ListAsync<string>("""
        select distinct scope from api_resource, unnest(scopes) as scope where enabled order by scope
        """, null, ct);

    /// <summary>Enters the client, or brings it up to date.</summary>
    /// <returns>Its key.</returns>
    public Task<long> SaveAsync(Client client, CancellationToken ct) => db.OneAsync<long>("""
        insert into registered_client as c (client_id, client_name, enabled, require_pkce, token_endpoint_auth_method, allowed_grant_types, redirect_uris,
            post_logout_redirect_uris, allowed_scopes, authorization_code_lifetime, access_token_lifetime, identity_token_lifetime, created_at, updated_at)
        values (@ClientId, @ClientName, @Enabled, @RequirePkce, @TokenEndpointAuthMethod, @AllowedGrantTypes, @RedirectUris,
            @PostLogoutRedirectUris, @AllowedScopes, @AuthorizationCodeLifetime, @AccessTokenLifetime, @IdentityTokenLifetime, @Now, @Now)
        on conflict (client_id) do update
        set client_name = excluded.client_name, enabled = excluded.enabled, require_pkce = excluded.require_pkce,
            token_endpoint_auth_method = excluded.token_endpoint_auth_method, allowed_grant_types = excluded.allowed_grant_types,
            redirect_uris = excluded.redirect_uris, post_logout_redirect_uris = excluded.post_logout_redirect_uris, allowed_scopes = excluded.allowed_scopes,
            authorization_code_lifetime = excluded.authorization_code_lifetime, access_token_lifetime = excluded.access_token_lifetime,
            identity_token_lifetime = excluded.identity_token_lifetime, updated_at = excluded.updated_at
        returning registered_client_id
        """, new
    {
        client.ClientId, client.ClientName, client.Enabled, client.RequirePkce, client.TokenEndpointAuthMethod, client.AllowedGrantTypes, client.RedirectUris,
        client.PostLogoutRedirectUris, client.AllowedScopes, client.AuthorizationCodeLifetime, client.AccessTokenLifetime, client.IdentityTokenLifetime, Now,
    }, ct);

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
}
