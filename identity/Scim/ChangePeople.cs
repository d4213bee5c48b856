using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Identity.Sessions;
using Microsoft.AspNetCore.Identity;
using Platform.Audit;
using Platform.Database;

namespace Identity.Scim;

/// <summary>What a tenant's directory does to the tenant's people. Each act is one transaction; who is no longer active has no session or token left when it ends.</summary>
sealed class ChangePeople(ScimPersonStore people, SessionStore sessions, ILookupNormalizer normalizer, Db db, AuditTrail audit)
{
    /// <summary>Enters somebody.</summary>
    /// <exception cref="ScimException">uniqueness: the tenant has somebody of that user name; invalidValue: a role is not for the directory to give.</exception>
    public Task<ScimPerson> AddAsync(ScimCaller caller, JsonObject resource, CancellationToken ct)
    {
        var user = ScimUserInput.Read(resource, isActive: true);
        return db.InTransactionAsync(async () =>
        {
            await people.HoldAsync(caller.TenantId, ct);
            await CheckAsync(caller, user, null, ct);
            var subject = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
            await people.InsertAsync(caller.TenantId, subject, user, normalizer.NormalizeEmail(user.Email)!, Guid.NewGuid().ToString("N"), ct);
            await RecordAsync("scim.person_added", caller, subject, user, ct);
            return (await people.FindAsync(caller.TenantId, subject, ct))!;
        }, ct);
    }

    /// <summary>Changes somebody: to what was sent, or by what a PATCH does to what is there.</summary>
    /// <param name="caller">Whose directory.</param>
    /// <param name="id">Whom.</param>
    /// <param name="ifMatch">The version it must have, or null.</param>
    /// <param name="change">Makes the new resource of the old one.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<ScimPerson> ChangeAsync(ScimCaller caller, string id, string? ifMatch, Func<ScimPerson, JsonObject> change, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var before = await HeldAsync(caller, id, ifMatch, ct);
        var user = ScimUserInput.Read(change(before), before.Active);
        await CheckAsync(caller, user, before, ct);
        await people.UpdateAsync(caller.TenantId, before.AccountId, user, normalizer.NormalizeEmail(user.Email)!, ct);
        // Sessions and grants of who was made inactive end with it: the database sees to that, whoever disables an account.
        await RecordAsync(before.Active == user.Active ? "scim.person_changed" : user.Active ? "scim.person_activated" : "scim.person_deactivated", caller, id, user, ct);
        return (await people.FindAsync(caller.TenantId, id, ct))!;
    }, ct);

    /// <summary>Removes somebody.</summary>
    public Task RemoveAsync(ScimCaller caller, string id, string? ifMatch, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var before = await HeldAsync(caller, id, ifMatch, ct);
        // Before the person is gone, so that the applications can still be told whose session it was.
        await sessions.DeleteAllAsync(before.AccountId, ct);
        await people.DeleteAsync(caller.TenantId, before.AccountId, ct);
        await audit.RecordAsync("scim.person_removed", "account", id, caller.TenantId, new { tenant = caller.TenantKey, token = caller.TokenNumber }, ct);
    }, ct);

    async Task<ScimPerson> HeldAsync(ScimCaller caller, string id, string? ifMatch, CancellationToken ct)
    {
        await people.HoldAsync(caller.TenantId, ct);
        var person = await people.FindAsync(caller.TenantId, id, ct) ?? throw ScimException.NotFound();
        return ScimAnswers.Matches(ifMatch, person.Version) ? person : throw ScimException.Stale();
    }

    async Task CheckAsync(ScimCaller caller, ScimUserInput user, ScimPerson? before, CancellationToken ct)
    {
        if (await people.IsTakenAsync(caller.TenantId, user.UserName, before?.AccountId, ct))
        {
            throw ScimException.Uniqueness("Somebody else has that userName.");
        }

        // What somebody has already may stay: the operator may have given it.
        var added = user.Roles.Except(before?.Roles ?? [], StringComparer.Ordinal).ToArray();
        if (added.Length > 0 && await people.ForbiddenRolesAsync(caller.TenantId, added, ct) is [var forbidden, ..])
        {
            throw ScimException.InvalidValue($"The role {forbidden} is not one that this directory may give.");
        }
    }

    Task RecordAsync(string action, ScimCaller caller, string id, ScimUserInput user, CancellationToken ct) =>
        audit.RecordAsync(action, "account", id, caller.TenantId, new { tenant = caller.TenantKey, token = caller.TokenNumber, user.UserName, user.Active, user.Roles }, ct);
}
