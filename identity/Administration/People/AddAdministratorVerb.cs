using System.Net.Mail;
using Identity.PasswordReset;
using Identity.SecondFactors;
using Identity.Tenants;
using Identity.Users;
using Identity.Web;
using Platform.Audit;
using Platform.Database;
using Platform.Texts;
using Platform.Web;

namespace Identity.Administration.People;

/// <summary>
/// <c>add-administrator EMAIL [NAME]</c>: the first person who looks after a fresh installation, with the operator's tenant they belong to.
/// Repeating it changes nothing; as long as no password was chosen it prints a new link.
/// </summary>
sealed class AddAdministratorVerb(Db db, TenantStore tenants, PeopleStore people, AddAccount addAccount, AccountStore accounts, PasswordResetMail links, AuditTrail audit, IdentitySettings settings)
{
    const int LongestTenantName = 200;

    /// <summary>Does so and prints what the portal and the person need.</summary>
    /// <returns>The exit code: 0, or 1 when nothing was changed because something has to be decided first.</returns>
    public async Task<int> RunAsync(string email, string? name, string? language, TextWriter output, CancellationToken ct)
    {
        if (!MailAddress.TryCreate(email, out var address) || address.Address != email)
        {
            await output.WriteLineAsync($"'{email}' is not an e-mail address.");
            return 1;
        }

        var wanted = new Account
        {
            Email = email,
            Name = name ?? address.User,
            Language = TextBook.Languages.FirstOrDefault(known => known == language) ?? TextBook.Languages[0],
        };
        var (account, said) = await db.InTransactionAsync(() => AppointAsync(wanted, ct), ct);
        await output.WriteLineAsync(said);
        if (account is null)
        {
            return 1;
        }

        if (account.PasswordHash is null)
        {
            await output.WriteLineAsync($"Within {Profile.Invitation.TotalDays:0} days, choose a password at {links.Address(await links.MakeAsync(account, invites: true, ct))}");
        }

        return 0;
    }

    async Task<(Account? Account, string Said)> AppointAsync(Account wanted, CancellationToken ct)
    {
        await people.HoldAdministratorsAsync(ct);
        if (await OperatorAsync(ct) is not { } company)
        {
            return (null, $"A company has the key '{BrandName.KeyOf(settings.BrandName)}' of the operator. Name the brand with Brand__Name as it is called.");
        }

        wanted.TenantId = company.TenantId;
        wanted.Administers = "installation";
        return await addAccount.RunAsync(wanted, password: null, ct) switch
        {
            AccountAdded.Added(var added) => (added, $"{added.Email} looks after the installation of {company.Name} now; their subject is {added.Subject}."),
            AccountAdded.Exists(var known) => await AppointKnownAsync(known, company, ct),
            AccountAdded.Refused refused => (null, $"{wanted.Email} was not added: {string.Join(" ", refused.Reasons)}"),
            _ => throw new InvalidOperationException("An account is added, exists or is refused."),
        };
    }

    async Task<(Account? Account, string Said)> AppointKnownAsync(Account known, Tenant company, CancellationToken ct)
    {
        if (known.DisabledAt is not null)
        {
            return (null, $"The account of {known.Email} is disabled.");
        }

        // Whoever belongs to another company would take what they may do there along.
        if (known.TenantId is not null && known.TenantId != company.TenantId)
        {
            return (null, $"{known.Email} belongs to another company than {company.Name}, and only people of the operator look after the installation.");
        }

        if (known is { Administers: "installation" })
        {
            return (known, $"{known.Email} looks after the installation of {company.Name} already; their subject is {known.Subject}.");
        }

        var before = known.Administers;
        (known.TenantId, known.Administers) = (company.TenantId, "installation");
        if (await accounts.UpdateAsync(known, ct) is { Succeeded: false } refused)
        {
            throw new InvalidOperationException($"The account could not be changed: {refused}");
        }

        await audit.RecordAsync("account.administers_changed", "account", known.Subject, null, new { before, after = known.Administers }, ct);
        return (known, $"{known.Email} looks after the installation of {company.Name} now; their subject is {known.Subject}.");
    }

    // The operator there is, or one made of the brand's name; null when a company has its key.
    async Task<Tenant?> OperatorAsync(CancellationToken ct)
    {
        if (await tenants.FindOperatorAsync(ct) is { } there)
        {
            return there;
        }

        var key = BrandName.KeyOf(settings.BrandName);
        if (await tenants.FindAsync(key, ct) is not null)
        {
            return null;
        }

        var name = settings.BrandName.Trim();
        var made = await tenants.SaveAsync(key, name[..Math.Min(name.Length, LongestTenantName)], isOperator: true, ct, SecondFactorRule.Everybody);
        await audit.RecordAsync("tenant.added", "tenant", key, null, new { made.Name }, ct);
        return made;
    }
}
