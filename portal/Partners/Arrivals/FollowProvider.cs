using Platform.Audit;
using Portal.Web.Arrivals;

namespace Portal.Partners.Arrivals;

/// <summary>
/// Keeps those up to date whose roles follow the identity provider: roles, and name and mail address as they are shown. What was set in the portal stays, and so
/// does the last administrator of a company.
/// </summary>
sealed class FollowProvider(PersonStore people, ArrivalStore arrivals, AuditTrail audit)
{
    /// <summary>Does so, where the person's roles follow the provider; what stands against it, when it names another company now than the one the
    /// person was entered for, or no role any more that would do there.</summary>
    public async Task<NoCompany?> RunAsync(ArrivedPerson person, ProviderClaims said, CancellationToken ct)
    {
        if (!person.FollowsProvider)
        {
            return null;
        }

        switch (said.Tenant is null ? [] : await arrivals.CompaniesAsync(said.Tenant, ct))
        {
            case [var company] when company.PartnerId == person.PartnerId:
                break;
            case [_]:
                return NoCompany.Other;
            default:
                // Nobody knows which company is meant: it may only be called differently by now. Its roles are none here, and everything stays.
                return null;
        }

        if (RolesIn(person.PartnerType, said.Roles).Count == 0)
        {
            return NoCompany.NoRole;
        }

        if (IsToChange(person, said))
        {
            await people.HoldCompanyAsync(person.PartnerId, ct);
            await ChangeAsync((await arrivals.FindAsync(said.Issuer, said.Subject, ct))!, said, ct);
        }

        return null;
    }

    /// <summary>Those of the claimed roles that exist in a company of that type; the least of them where none does, and none where there is no least.</summary>
    public static IReadOnlyCollection<string> RolesIn(string partnerType, IReadOnlyCollection<string> claimed) =>
        PartnerWords.RolesIn(partnerType).Intersect(claimed, StringComparer.Ordinal).ToList() is { Count: > 0 } known ? known
        : PartnerWords.LeastIn(partnerType) is { } least ? [least]
        : [];

    static bool IsToChange(ArrivedPerson person, ProviderClaims said) =>
        !HasExactly(person, RolesIn(person.PartnerType, said.Roles)) || person.Name != NameOf(person, said) || person.Email != (said.Email ?? person.Email);

    static bool HasExactly(ArrivedPerson person, IReadOnlyCollection<string> roles) => person.Roles.ToHashSet(StringComparer.Ordinal).SetEquals(roles);

    static string NameOf(ArrivedPerson person, ProviderClaims said) => said.Name is null ? person.Name : ReceiveArrivals.ShownName(said);

    // Read again behind the lock: an administrator, or the same person in another browser, may have been faster.
    async Task ChangeAsync(ArrivedPerson person, ProviderClaims said, CancellationToken ct)
    {
        if (!person.FollowsProvider || !IsToChange(person, said))
        {
            return;
        }

        var claimed = RolesIn(person.PartnerType, said.Roles);
        if (!HasExactly(person, claimed) && !await ChangeRolesAsync(person, claimed, ct))
        {
            await NoteKeptAsync(person, claimed, ct);
            claimed = person.Roles;
        }

        var after = person with { Name = NameOf(person, said), Email = said.Email ?? person.Email, Roles = [.. claimed] };
        var fields = new[] { person.Name == after.Name ? null : "name", person.Email == after.Email ? null : "email", HasExactly(person, claimed) ? null : "roles" }.OfType<string>().ToList();
        if (fields.Count > 0)
        {
            await arrivals.UpdateAsync(after, ct);
            await audit.RecordAsync("person.followed_provider", "person", person.Number, person.PartnerId, new { fields, before = person.Roles, after = claimed }, ct);
        }
    }

    async Task<bool> ChangeRolesAsync(ArrivedPerson person, IReadOnlyCollection<string> roles, CancellationToken ct)
    {
        await people.SetRolesAsync(person.PersonId, roles, ct);
        if (!person.Roles.Contains(PartnerWords.AdminIn(person.PartnerType), StringComparer.Ordinal) || await people.HasAdminAsync(person.PartnerId, ct))
        {
            return true;
        }

        await people.SetRolesAsync(person.PersonId, person.Roles, ct);
        return false;
    }

    // Once for each thing the provider says, not at each sign-in.
    async Task NoteKeptAsync(ArrivedPerson person, IReadOnlyCollection<string> claimed, CancellationToken ct)
    {
        if (!await arrivals.IsNotedAsync(person.Number, claimed, ct))
        {
            await audit.RecordAsync("person.roles_kept", "person", person.Number, person.PartnerId, new { because = "last_admin", kept = person.Roles, claimed }, ct);
        }
    }
}
