using Support;

namespace Identity.Tests.Administration;

/// <summary>Tenants and their administrators, for tests of the screens under /admin.</summary>
static class Administration
{
    /// <summary>A tenant of that key, made when it is first named; <c>operator</c> is the one that runs the installation.</summary>
    public static async Task<long> TenantAsync(this IdentityApp identity, string key)
    {
        await identity.Database.ExecuteAsync("""
            insert into tenant (key, name, is_operator, created_at, updated_at) values (@key, 'Company ' || @key, @key = 'operator', @now, @now) on conflict do nothing
            """, new { key, now = identity.Clock.Now.UtcDateTime });
        return (await identity.Database.ListAsync<long>("select tenant_id from tenant where key = @key", new { key }))[0];
    }

    /// <summary>A person of a tenant.</summary>
    public static async Task<TestAccount> APersonOfAsync(this IdentityApp identity, string tenant, string? administers = null, string name = "Ann Example", string? email = null)
    {
        var account = await identity.AnAccountAsync(email, name);
        var tenantId = await identity.TenantAsync(tenant);
        await identity.Database.ExecuteAsync("update account set tenant_id = @tenantId, administers = @administers where subject = @Subject", new { account.Subject, tenantId, administers });
        return account;
    }

    /// <summary>A browser in which somebody is signed in who looks after that tenant.</summary>
    public static async Task<Visitor> AdministratorOfAsync(this IdentityApp identity, string tenant) => await identity.SignedInAsync(await identity.APersonOfAsync(tenant, "tenant"));

    /// <summary>A browser in which somebody is signed in who looks after everything.</summary>
    public static async Task<Visitor> AdministratorOfEverythingAsync(this IdentityApp identity) => await identity.SignedInAsync(await identity.APersonOfAsync("operator", "installation"));
}
