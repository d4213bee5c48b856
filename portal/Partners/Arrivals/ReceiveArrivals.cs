using Platform.Audit;
using Platform.Database;
using Portal.Web.Arrivals;

namespace Portal.Partners.Arrivals;

/// <summary>
/// Gives whoever the identity provider sends a row in the company that the provider names: a person with the roles it names, a program with the least. Only issuer and
/// subject say who somebody is; a mail address is shown and nothing more.
/// </summary>
sealed class ReceiveArrivals(Db db, PersonStore people, ArrivalStore arrivals, FollowProvider follow, LinkCodes linkCodes, AuditTrail audit) : IArrivals
{
    const int LongestName = 200;

    /// <inheritdoc/>
    public Task<Arrival> SignInAsync(ProviderClaims said, CancellationToken ct) => db.InTransactionAsync<Arrival>(async () =>
    {
        if (await arrivals.FindAsync(said.Issuer, said.Subject, ct) is not { } person)
        {
            return await EnterAsync(said, isProgram: false, ct);
        }

        if (person.IsShutOut)
        {
            return new Arrival.ShutOut();
        }

        return await follow.RunAsync(person, said, ct) is { } against ? new Arrival.Stranger(against) : new Arrival.Known();
    }, ct);

    /// <inheritdoc/>
    public Task<Arrival> CallAsync(ProviderClaims said, CancellationToken ct) => db.InTransactionAsync(async () =>
        await arrivals.FindAsync(said.Issuer, said.Subject, ct) is { } program ? Seen(program) : await EnterAsync(said, isProgram: true, ct), ct);

    static Arrival Seen(ArrivedPerson person) => person.IsShutOut ? new Arrival.ShutOut() : new Arrival.Known();

    async Task<Arrival> EnterAsync(ProviderClaims said, bool isProgram, CancellationToken ct)
    {
        if (said.Tenant is null)
        {
            return new Arrival.Stranger(NoCompany.Unnamed) { LinkCode = isProgram ? linkCodes.For(said.Issuer, said.Subject) : null };
        }

        // All that go by this name, also the suspended: where two do, nobody knows which is meant.
        return await arrivals.CompaniesAsync(said.Tenant, ct) switch
        {
            [] => new Arrival.Stranger(NoCompany.Unknown),
            [{ IsActive: true } company] => await EnterAsync(company, said, isProgram, ct),
            [_] => new Arrival.Stranger(NoCompany.Suspended),
            _ => new Arrival.Stranger(NoCompany.Ambiguous),
        };
    }

    async Task<Arrival> EnterAsync(ArrivalCompany company, ProviderClaims said, bool isProgram, CancellationToken ct)
    {
        // A program's token says whose it is, not what for.
        var roles = FollowProvider.RolesIn(company.PartnerType, isProgram ? [] : said.Roles);
        if (roles.Count == 0)
        {
            return new Arrival.Stranger(NoCompany.NoRole) { LinkCode = isProgram ? linkCodes.For(said.Issuer, said.Subject) : null };
        }

        var number = PublicNumber.New("U");
        var kind = isProgram ? "api_client" : "person";
        var person = new NewPerson(number, company.Number, kind, said.Issuer, said.Subject, isProgram ? said.Subject : ShownName(said), isProgram ? null : said.Email, isProgram ? null : Language(said.Language));
        if (await people.InsertAsync(person, ct) is not { } personId)
        {
            // The same one arrived twice at once, and the other arrival was let in first.
            return await arrivals.FindAsync(said.Issuer, said.Subject, ct) is { } there ? Seen(there) : throw new InvalidOperationException("A person who cannot be entered is there.");
        }

        var follows = !isProgram && said.Roles.Count > 0;
        if (follows)
        {
            await arrivals.LetFollowAsync(personId, ct);
        }

        await people.SetRolesAsync(personId, roles, ct);
        await audit.RecordAsync("person.provisioned", "person", number, company.PartnerId, new { kind, person.Name, said.Issuer, said.Subject, said.Tenant, claimed = said.Roles, roles, follows }, ct);
        return new Arrival.Known();
    }

    /// <summary>The name to show; the provider need not give one, and might give a book.</summary>
    internal static string ShownName(ProviderClaims said)
    {
        var name = string.Concat((said.Name ?? "").Where(letter => !char.IsControl(letter))).Trim();
        return name.Length == 0 ? said.Email ?? said.Subject : name.Length <= LongestName ? name : name[..LongestName].Trim();
    }

    static string? Language(string? locale) =>
        locale is null ? null
        : locale.StartsWith("zh", StringComparison.OrdinalIgnoreCase) ? "zh-CN"
        : locale.StartsWith("en", StringComparison.OrdinalIgnoreCase) ? "en"
        : null;
}
