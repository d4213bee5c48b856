using Identity.Administration;
using Identity.Tenants;
using Identity.Web;
using Npgsql;
using Platform.Audit;
using Platform.Database;

namespace Identity.Domains;

/// <summary>What became of a domain.</summary>
abstract record DomainChange
{
    DomainChange()
    {
    }

    /// <summary>It is as it was asked for.</summary>
    public sealed record Done(long TenantDomainId) : DomainChange;

    /// <summary>It is not; the text says why and what to do.</summary>
    public sealed record Refused(string TextKey) : DomainChange;

    /// <summary>There is no such domain or tenant, or none that this administrator looks after.</summary>
    public sealed record NotTheirs : DomainChange;
}

/// <summary>Enters that a tenant calls a domain its own. It leads nowhere until it is proven; so two may wish for one, and the owner wins.</summary>
sealed class AddDomain(Db db, DomainStore domains, TenantStore tenants, AuditTrail audit)
{
    /// <summary>Does so.</summary>
    /// <param name="by">Who asks.</param>
    /// <param name="tenantKey">Whose it is to be; null: the administrator's own tenant.</param>
    /// <param name="typed">The domain.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<DomainChange> RunAsync(Administrator by, string? tenantKey, string? typed, CancellationToken ct)
    {
        var tenant = by.IsOfInstallation && tenantKey is not null ? await tenants.FindAsync(tenantKey, ct) : await tenants.FindAsync(by.TenantId, ct);
        if (tenant is null || !by.LooksAfter(tenant.TenantId))
        {
            return new DomainChange.NotTheirs();
        }

        if (MailDomain.Read(typed) is not { } domain)
        {
            return new DomainChange.Refused("domains.malformed");
        }

        if (MailDomain.IsPublic(domain))
        {
            return new DomainChange.Refused("domains.public");
        }

        return await db.InTransactionAsync<DomainChange>(async () =>
        {
            if (await domains.InsertAsync(tenant.TenantId, domain, Secret.New(), ct) is not { } id)
            {
                return new DomainChange.Refused("domains.there_already");
            }

            await audit.RecordAsync("domain.added", "domain", domain, tenant.TenantId, new { tenant = tenant.Key }, ct);
            return new DomainChange.Done(id);
        }, ct);
    }
}

/// <summary>Looks into DNS whether a domain is the tenant's.</summary>
sealed class ProveDomain(Db db, DomainStore domains, IDnsTexts dns, AuditTrail audit)
{
    /// <summary>Does so. A record that is not there (yet) takes nothing away from a domain that was proven before.</summary>
    public async Task<DomainChange> RunAsync(Administrator by, long tenantDomainId, CancellationToken ct)
    {
        if (await domains.FindAsync(tenantDomainId, ct) is not { } domain || !by.LooksAfter(domain.TenantId))
        {
            return new DomainChange.NotTheirs();
        }

        IReadOnlyList<string> texts;
        try
        {
            texts = await dns.FindAsync(domain.RecordName, ct);
        }
        catch (DnsUnavailableException)
        {
            return new DomainChange.Refused("domains.dns_away");
        }

        var isProven = texts.Any(text => text.Trim() == domain.RecordText);
        try
        {
            await db.InTransactionAsync(async () =>
            {
                await domains.NoteLookAsync(tenantDomainId, isProven, ct);
                if (isProven && domain.ProvenAt is null)
                {
                    await audit.RecordAsync("domain.proven", "domain", domain.Domain, domain.TenantId, null, ct);
                }
            }, ct);
        }
        catch (PostgresException refused) when (refused.Violates(DomainStore.OneTenantPerDomain))
        {
            return new DomainChange.Refused("domains.taken");
        }

        return isProven ? new DomainChange.Done(tenantDomainId) : new DomainChange.Refused(texts.Count == 0 ? "domains.no_record" : "domains.other_record");
    }
}

/// <summary>Says where a domain's people sign in, or gives the domain up.</summary>
sealed class ChangeDomain(Db db, DomainStore domains, AuditTrail audit)
{
    /// <summary>Leads its people to a provider of its tenant; null: to the only one there is.</summary>
    public async Task<DomainChange> LeadToAsync(Administrator by, long tenantDomainId, string? scheme, CancellationToken ct)
    {
        if (await domains.FindAsync(tenantDomainId, ct) is not { } domain || !by.LooksAfter(domain.TenantId))
        {
            return new DomainChange.NotTheirs();
        }

        return await db.InTransactionAsync<DomainChange>(async () =>
        {
            if (!await domains.LeadToAsync(tenantDomainId, scheme, ct))
            {
                return new DomainChange.Refused("domains.no_such_provider");
            }

            await audit.RecordAsync("domain.leads_to", "domain", domain.Domain, domain.TenantId, new { scheme }, ct);
            return new DomainChange.Done(tenantDomainId);
        }, ct);
    }

    /// <summary>Gives it up: it leads nowhere, and addresses in it are vouched for by nobody.</summary>
    public async Task<DomainChange> RemoveAsync(Administrator by, long tenantDomainId, CancellationToken ct)
    {
        if (await domains.FindAsync(tenantDomainId, ct) is not { } domain || !by.LooksAfter(domain.TenantId))
        {
            return new DomainChange.NotTheirs();
        }

        await db.InTransactionAsync(async () =>
        {
            await domains.DeleteAsync(tenantDomainId, ct);
            await audit.RecordAsync("domain.removed", "domain", domain.Domain, domain.TenantId, null, ct);
        }, ct);
        return new DomainChange.Done(tenantDomainId);
    }
}
