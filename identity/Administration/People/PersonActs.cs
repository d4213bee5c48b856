using Identity.Grants;
using Identity.Invitations;
using Identity.PasswordReset;
using Identity.Providers;
using Identity.SecondFactors;
using Identity.Sessions;
using Identity.Users;
using Platform.Audit;
using Platform.Database;

namespace Identity.Administration.People;

/// <summary>
/// What administrators do to people. Each act finds the person within the administrator's own tenant and holds the row, so that what it decides
/// by is still so when it writes. Who administers the installation is out of reach of a tenant's administrator, even in the own tenant.
/// </summary>
sealed class ChangePerson(Db db, PeopleStore people, AccountStore accounts, SignOutEverywhere signOut, GrantStore grants, RequestPasswordReset resets, InviteAccount invite, ResetSecondFactors factors, ProviderStore providers, AuditTrail audit)
{
    /// <summary>Disables a person, and ends sessions and grants with it.</summary>
    public Task<Outcome> DisableAsync(string subject, Administrator me, CancellationToken ct) => ActAsync(subject, me, async person =>
    {
        if (person.AccountId == me.AccountId)
        {
            return new Outcome.Refused("people.not_yourself");
        }

        if (await IsLastAdministratorAsync(person, ct))
        {
            return new Outcome.Refused("people.last_administrator");
        }

        // The table itself ends sessions and grants with it.
        if (await people.SetDisabledAsync(person.AccountId, true, ct))
        {
            await audit.RecordAsync("account.disabled", "account", person.Subject, null, null, ct);
        }

        return new Outcome.Done("people.disabled_now");
    }, ct);

    /// <summary>Lets a disabled person in again.</summary>
    public Task<Outcome> EnableAsync(string subject, Administrator me, CancellationToken ct) => ActAsync(subject, me, async person =>
    {
        if (await people.SetDisabledAsync(person.AccountId, false, ct))
        {
            await audit.RecordAsync("account.enabled", "account", person.Subject, null, null, ct);
        }

        return new Outcome.Done("people.enabled_now");
    }, ct);

    /// <summary>Forgets the wrong passwords that locked an account.</summary>
    public Task<Outcome> UnlockAsync(string subject, Administrator me, CancellationToken ct) => ActAsync(subject, me, async person =>
    {
        await accounts.ForgiveFailuresAsync(person.AccountId, ct);
        await audit.RecordAsync("account.unlocked", "account", person.Subject, null, null, ct);
        return new Outcome.Done("people.unlocked_now");
    }, ct);

    /// <summary>Mails the person a link to choose a password, or the invitation once more; nobody else ever sees it.</summary>
    public Task<Outcome> SendResetLinkAsync(string subject, Administrator me, CancellationToken ct) => ActAsync(subject, me, async person =>
    {
        if (person.DisabledAt is not null)
        {
            return new Outcome.Refused("people.enable_first");
        }

        if (person is { HasPassword: false, TenantId: { } tenantId })
        {
            await invite.RunAsync(tenantId, person.Email, person.Name, person.Language, person.Administers, ct);
        }
        else
        {
            await resets.RunAsync(person.Email, ct);
            await audit.RecordAsync("password_reset.asked_by_administrator", "account", person.Subject, null, null, ct);
        }

        return new Outcome.Done("people.link_sent");
    }, ct);

    /// <summary>Signs a person out everywhere.</summary>
    public Task<Outcome> EndSessionsAsync(string subject, Administrator me, CancellationToken ct) => ActAsync(subject, me, async person =>
    {
        var ended = await signOut.RunAsync(person.AccountId, "ended_by_administrator", ct);
        await audit.RecordAsync("sessions.ended", "account", person.Subject, null, new { endedSessions = ended }, ct);
        return new Outcome.Done("people.sessions_ended");
    }, ct);

    /// <summary>Ends one session of a person.</summary>
    public Task<Outcome> EndSessionAsync(string subject, string sid, Administrator me, CancellationToken ct) => ActAsync(subject, me, async person =>
    {
        if (!await people.DeleteSessionAsync(person.AccountId, sid, ct))
        {
            return new Outcome.Unknown();
        }

        await grants.RevokeSessionAsync(sid, "ended_by_administrator", ct);
        await audit.RecordAsync("session.ended", "account", person.Subject, null, new { sid }, ct);
        return new Outcome.Done("people.session_ended");
    }, ct);

    /// <summary>Removes every second factor of a person who lost them; sessions end, and the person is told by mail.</summary>
    public Task<Outcome> RemoveFactorsAsync(string subject, Administrator me, CancellationToken ct) => ActAsync(subject, me, async person =>
    {
        if (person.AccountId == me.AccountId)
        {
            return new Outcome.Refused("people.factors_on_own_page");
        }

        if (await accounts.FindEnabledAsync(person.Subject, ct) is not { } account)
        {
            return new Outcome.Refused("people.enable_first");
        }

        await factors.RunAsync(account, ct);
        return new Outcome.Done("people.factors_removed");
    }, ct);

    /// <summary>Gives a person another name or language.</summary>
    public Task<Outcome> RenameAsync(string subject, string name, string language, Administrator me, CancellationToken ct) => ActAsync(subject, me, async person =>
    {
        if (person.Name != name || person.Language != language)
        {
            await people.RenameAsync(person.AccountId, name, language, ct);
            await audit.RecordAsync("account.changed", "account", person.Subject, null, new { before = new { person.Name, person.Language }, after = new { name, language } }, ct);
        }

        return new Outcome.Done("people.saved");
    }, ct);

    /// <summary>Says what a person administers: nothing (null), the own tenant, or the installation.</summary>
    public Task<Outcome> SetAdministersAsync(string subject, string? administers, Administrator me, CancellationToken ct) => ActAsync(subject, me, async person =>
    {
        if (person.AccountId == me.AccountId)
        {
            return new Outcome.Refused("people.not_your_own_rights");
        }

        if (administers is "installation" && !me.IsOfInstallation)
        {
            return new Outcome.Unknown();
        }

        if (administers is not null && person.TenantKey is null)
        {
            return new Outcome.Refused("people.belongs_to_no_company");
        }

        if (administers is "installation" && !person.IsOfOperator)
        {
            return new Outcome.Refused("people.only_of_the_operator");
        }

        if (administers is not "installation" && await IsLastAdministratorAsync(person, ct))
        {
            return new Outcome.Refused("people.last_administrator");
        }

        if (person.Administers != administers)
        {
            await people.SetAdministersAsync(person.AccountId, administers, ct);
            await audit.RecordAsync("account.administers_changed", "account", person.Subject, null, new { before = person.Administers, after = administers }, ct);
        }

        return new Outcome.Done("people.saved");
    }, ct);

    /// <summary>
    /// Gives a person these roles of the portal and no others: of those that the company may give at this moment. Somebody whose provider or directory says
    /// the roles gets them there.
    /// </summary>
    public Task<Outcome> SetRolesAsync(string subject, IReadOnlyCollection<string> wanted, Administrator me, CancellationToken ct) => ActAsync(subject, me, async person =>
    {
        if (person.AccountId == me.AccountId)
        {
            return new Outcome.Refused("people.not_your_own_rights");
        }

        if (person.RolesComeFrom is not null || person.TenantId is not { } tenantId)
        {
            return new Outcome.Refused("people.roles_elsewhere");
        }

        string[] after = [.. (await providers.GrantableRolesAsync(tenantId, ct)).Where(role => wanted.Contains(role, StringComparer.Ordinal))];
        if (after.Length < wanted.Distinct(StringComparer.Ordinal).Count())
        {
            return new Outcome.Refused("people.roles_unknown");
        }

        if (!person.Roles.Order(StringComparer.Ordinal).SequenceEqual(after.Order(StringComparer.Ordinal)))
        {
            await people.SetRolesAsync(person.AccountId, after, ct);
            await audit.RecordAsync("account.roles_changed", "account", person.Subject, null, new { before = person.Roles, after }, ct);
        }

        return new Outcome.Done("people.roles_saved");
    }, ct);

    Task<Outcome> ActAsync(string subject, Administrator me, Func<Person, Task<Outcome>> act, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        await people.HoldAdministratorsAsync(ct);
        return await people.HoldAsync(subject, me.Only, ct) switch
        {
            null => new Outcome.Unknown(),
            { Administers: "installation" } when !me.IsOfInstallation => new Outcome.Refused("people.out_of_reach"),
            var person => await act(person),
        };
    }, ct);

    async Task<bool> IsLastAdministratorAsync(Person person, CancellationToken ct) =>
        person.Administers is "installation" && !await people.HasOtherAdministratorAsync(person.AccountId, ct);
}
