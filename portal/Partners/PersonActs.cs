using Npgsql;
using Platform.Audit;
using Platform.Database;
using Portal.Web;

namespace Portal.Partners;

/// <summary>What came of an act on a person.</summary>
public abstract record PersonOutcome
{
    PersonOutcome()
    {
    }

    /// <summary>It is done.</summary>
    /// <param name="Number">The person's number.</param>
    public sealed record Done(string Number) : PersonOutcome;

    /// <summary>The person is not there for this caller.</summary>
    public sealed record NotThere : PersonOutcome;

    /// <summary>Somebody else changed the person since it was read.</summary>
    public sealed record Stale : PersonOutcome;

    /// <summary>It is not allowed, and why.</summary>
    /// <param name="TextKey">The sentence's text key.</param>
    public sealed record Refused(string TextKey) : PersonOutcome;
}

/// <summary>
/// Links a sign-in, known by issuer and subject and by nothing else, to a company. The account itself lives with the identity provider.
/// </summary>
public sealed class LinkPerson(Db db, PersonStore people, PartnerStore partners, AuditTrail audit)
{
    /// <summary>Links it and gives it its roles.</summary>
    public async Task<PersonOutcome> RunAsync(NewPerson person, IReadOnlyCollection<string> roles, CancellationToken ct)
    {
        try
        {
            return await db.InTransactionAsync<PersonOutcome>(async () =>
            {
                if (await partners.FindAsync(person.PartnerNumber, ct) is not { } company)
                {
                    return new PersonOutcome.NotThere();
                }

                if (roles.Count == 0 || roles.Except(PartnerWords.RolesIn(company.PartnerType), StringComparer.Ordinal).Any())
                {
                    return new PersonOutcome.Refused(roles.Count == 0 ? "partners.people.refused.no_role" : "partners.people.refused.role");
                }

                if (await people.InsertAsync(person, ct) is not { } personId)
                {
                    return new PersonOutcome.Refused("partners.people.refused.linked_already");
                }

                await people.SetRolesAsync(personId, roles, ct);
                await audit.RecordAsync("person.linked", "person", person.Number, company.PartnerId, new { person.Kind, person.Name, person.Issuer, person.Subject, roles }, ct);
                return new PersonOutcome.Done(person.Number);
            }, ct);
        }
        catch (PostgresException refused) when (refused.Violates("a_role_fits_the_company"))
        {
            return new PersonOutcome.Refused("partners.people.refused.role");
        }
    }
}

/// <summary>Changes what a person may do; from then on the roles no longer follow the identity provider. A brand's role is out of a partner's reach: the database itself refuses it.</summary>
public sealed class ChangeRoles(Db db, PersonStore people, AuditTrail audit, ICurrentPerson me)
{
    /// <summary>Gives exactly these roles, if the person still is as it was read.</summary>
    public async Task<PersonOutcome> RunAsync(string number, int version, IReadOnlyCollection<string> roles, CancellationToken ct)
    {
        if (string.Equals(number, me.PersonNumber, StringComparison.Ordinal))
        {
            return new PersonOutcome.Refused("partners.people.refused.yourself");
        }

        try
        {
            return await db.InTransactionAsync<PersonOutcome>(async () =>
            {
                if (await people.FindAsync(number, ct) is not { } person)
                {
                    return new PersonOutcome.NotThere();
                }

                if (roles.Count == 0 || roles.Except(PartnerWords.RolesIn(person.PartnerType), StringComparer.Ordinal).Any())
                {
                    return new PersonOutcome.Refused(roles.Count == 0 ? "partners.people.refused.no_role" : "partners.people.refused.role");
                }

                await people.HoldCompanyAsync(person.PartnerId, ct);
                if (!await people.KeepRolesHereAsync(person.PersonId, version, ct))
                {
                    return new PersonOutcome.Stale();
                }

                await people.SetRolesAsync(person.PersonId, roles, ct);
                if (person.Roles.Contains(PartnerWords.AdminIn(person.PartnerType), StringComparer.Ordinal) && !await people.HasAdminAsync(person.PartnerId, ct))
                {
                    throw new LastAdminException();
                }

                await audit.RecordAsync("person.roles_changed", "person", number, person.PartnerId, new { before = person.Roles, after = roles }, ct);
                return new PersonOutcome.Done(number);
            }, ct);
        }
        catch (LastAdminException)
        {
            return new PersonOutcome.Refused("partners.people.refused.last_admin");
        }
        catch (PostgresException refused) when (refused.Violates("a_role_fits_the_company"))
        {
            return new PersonOutcome.Refused("partners.people.refused.role");
        }
    }
}

/// <summary>Shuts a person or an API client out of the portal, or lets it in again; at once, whatever session it has.</summary>
public sealed class DisablePerson(Db db, PersonStore people, AuditTrail audit, ICurrentPerson me)
{
    /// <summary>Disables or enables the person.</summary>
    public async Task<PersonOutcome> RunAsync(string number, bool disabled, CancellationToken ct)
    {
        if (string.Equals(number, me.PersonNumber, StringComparison.Ordinal))
        {
            return new PersonOutcome.Refused("partners.people.refused.yourself");
        }

        try
        {
            return await db.InTransactionAsync<PersonOutcome>(async () =>
            {
                if (await people.FindAsync(number, ct) is not { } person)
                {
                    return new PersonOutcome.NotThere();
                }

                await people.HoldCompanyAsync(person.PartnerId, ct);
                if (!await people.DisableAsync(person.PersonId, disabled, ct))
                {
                    return (person.DisabledAt is not null) == disabled ? new PersonOutcome.Done(number) : new PersonOutcome.NotThere();
                }

                if (disabled && person.Roles.Contains(PartnerWords.AdminIn(person.PartnerType), StringComparer.Ordinal) && !await people.HasAdminAsync(person.PartnerId, ct))
                {
                    throw new LastAdminException();
                }

                await audit.RecordAsync(disabled ? "person.disabled" : "person.enabled", "person", number, person.PartnerId, null, ct);
                return new PersonOutcome.Done(number);
            }, ct);
        }
        catch (LastAdminException)
        {
            return new PersonOutcome.Refused("partners.people.refused.last_admin");
        }
    }
}

/// <summary>Undoes the transaction in which a company would have lost its last administrator.</summary>
sealed class LastAdminException() : Exception("A company keeps at least one administrator.");
