using Platform.Database;

namespace Portal.Partners.Arrivals;

/// <summary>The statements about whoever the identity provider sends.</summary>
sealed class ArrivalStore(Db db)
{
    /// <summary>Whom issuer and subject stand for, shut out or not; null for a stranger.</summary>
    public Task<ArrivedPerson?> FindAsync(string issuer, string subject, CancellationToken ct) => db.FindAsync<ArrivedPerson>("""
        select p.person_id, p.number, p.partner_id, b.partner_type, p.name, p.email, p.roles_from,
               p.disabled_at is not null or b.status <> 'active' as is_shut_out,
               array(select r.role from person_role r where r.person_id = p.person_id order by r.role) as roles
        from person p
        join partner b on b.partner_id = p.partner_id
        where p.issuer = @issuer and p.subject = @subject
        """, new { issuer, subject }, ct);

    /// <summary>The companies that the provider may mean: at most two, for two are one too many.</summary>
    public Task<List<ArrivalCompany>> CompaniesAsync(string tenant, CancellationToken ct) => db.ListAsync<ArrivalCompany>("""
        select partner_id, number, partner_type, status = 'active' as is_active
        from partner
        where lower(code) = @tenant or lower(number) = @tenant
        limit 2
        """, new { tenant }, ct);

    /// <summary>From now on the person's roles follow the provider.</summary>
    public Task<int> LetFollowAsync(long personId, CancellationToken ct) =>
        db.ExecuteAsync("update person set roles_from = 'provider' where person_id = @personId", new { personId }, ct);

    /// <summary>Writes name and mail address, and counts the change.</summary>
    public Task<int> UpdateAsync(ArrivedPerson person, CancellationToken ct) => db.ExecuteAsync("""
        update person
        set name = @Name, email = @Email, version = version + 1
        where person_id = @PersonId
        """, new { person.PersonId, person.Name, person.Email }, ct);

    /// <summary>True when the last that is known about a person is that these roles were claimed and not given.</summary>
    public Task<bool> IsNotedAsync(string number, IReadOnlyCollection<string> claimed, CancellationToken ct) => db.OneAsync<bool>("""
        select exists (
            select from (
                select e.action, e.details
                from audit_entry e
                where e.subject_kind = 'person' and e.subject_number = @number
                order by e.audit_entry_id desc
                limit 1
            ) last
            where last.action = 'person.roles_kept' and last.details -> 'claimed' = to_jsonb(@claimed))
        """, new { number, claimed = claimed.ToArray() }, ct);
}

/// <summary>Somebody who has a row already.</summary>
sealed record ArrivedPerson
{
    public long PersonId { get; init; }

    public string Number { get; init; } = "";

    public long PartnerId { get; init; }

    public string PartnerType { get; init; } = "";

    public string Name { get; init; } = "";

    public string? Email { get; init; }

    public string RolesFrom { get; init; } = "";

    public bool IsShutOut { get; init; }

    public string[] Roles { get; init; } = [];

    public bool FollowsProvider => string.Equals(RolesFrom, "provider", StringComparison.Ordinal);
}

/// <summary>A company that goes by the name the provider says.</summary>
sealed record ArrivalCompany
{
    public long PartnerId { get; init; }

    public string Number { get; init; } = "";

    public string PartnerType { get; init; } = "";

    public bool IsActive { get; init; }
}
