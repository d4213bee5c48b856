using Platform.Database;

namespace Identity.Administration;

/// <summary>Who is at work in the administration, as the database says at this moment.</summary>
sealed class Administrator
{
    public long AccountId { get; init; }

    public string Subject { get; init; } = "";

    public string Name { get; init; } = "";

    /// <summary><c>tenant</c> or <c>installation</c>.</summary>
    public string Administers { get; init; } = "";

    public long TenantId { get; init; }

    public string TenantName { get; init; } = "";

    public bool IsOfInstallation => Administers is "installation";

    /// <summary>The tenant to which every statement is confined; null for who sees all of them. Never taken from the request.</summary>
    public long? Only => IsOfInstallation ? null : TenantId;

    /// <summary>Whether that tenant's affairs are theirs; acts ask it themselves, whoever calls them.</summary>
    public bool LooksAfter(long tenantId) => IsOfInstallation || TenantId == tenantId;
}

/// <summary>Finds out who administers what.</summary>
sealed class AdministratorStore(Db db)
{
    /// <summary>The administrator behind that account; null for everybody else.</summary>
    public Task<Administrator?> FindAsync(long accountId, CancellationToken ct) => db.FindAsync<Administrator>("""
        select a.account_id, a.subject, a.name, a.administers, t.tenant_id, t.name as tenant_name
        from standing_account a
        join tenant t on t.tenant_id = a.tenant_id
        where a.account_id = @accountId and a.administers is not null
        """, new { accountId }, ct);
}

/// <summary>The administrator of a request.</summary>
static class AdministratorOfRequest
{
    /// <summary>Whom <see cref="AdministrationGate"/> let in.</summary>
    /// <exception cref="InvalidOperationException">The action stands outside of <c>/admin</c>.</exception>
    public static Administrator Administrator(this HttpContext http) =>
        http.Features.Get<Administrator>() ?? throw new InvalidOperationException("Only actions under /admin have an administrator.");
}
