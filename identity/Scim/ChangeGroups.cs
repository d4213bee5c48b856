using System.Text.Json.Nodes;
using Npgsql;
using Platform.Audit;
using Platform.Database;

namespace Identity.Scim;

/// <summary>What a tenant's directory does to its groups; each act is one transaction.</summary>
sealed class ChangeGroups(ScimGroupStore groups, ScimPersonStore people, Db db, AuditTrail audit)
{
    const int LongestName = 200;

    /// <summary>Enters one.</summary>
    /// <exception cref="ScimException">uniqueness: the tenant has a group of that name; invalidValue: a member is not of the tenant.</exception>
    public Task<ScimGroup> AddAsync(ScimCaller caller, JsonObject resource, CancellationToken ct) => OnceAsync(async () =>
    {
        await people.HoldAsync(caller.TenantId, ct);
        var number = ScimGroupStore.NewNumber();
        var key = await groups.InsertAsync(caller.TenantId, number, NameOf(resource), ExternalId(resource), ct);
        await SetMembersAsync(caller, key, resource, ct);
        await RecordAsync("scim.group_added", caller, number, ct);
        return (await groups.FindAsync(caller.TenantId, number, ct))!;
    }, ct);

    /// <summary>Changes one: to what was sent, or by what a PATCH does to what is there.</summary>
    public Task<ScimGroup> ChangeAsync(ScimCaller caller, string number, string? ifMatch, Func<ScimGroup, JsonObject> change, CancellationToken ct) => OnceAsync(async () =>
    {
        var before = await HeldAsync(caller, number, ifMatch, ct);
        var resource = change(before);
        await groups.UpdateAsync(caller.TenantId, before.ScimGroupId, NameOf(resource), ExternalId(resource), ct);
        await SetMembersAsync(caller, before.ScimGroupId, resource, ct);
        await RecordAsync("scim.group_changed", caller, number, ct);
        return (await groups.FindAsync(caller.TenantId, number, ct))!;
    }, ct);

    /// <summary>Removes one.</summary>
    public Task RemoveAsync(ScimCaller caller, string number, string? ifMatch, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var before = await HeldAsync(caller, number, ifMatch, ct);
        await groups.DeleteAsync(caller.TenantId, before.ScimGroupId, ct);
        await RecordAsync("scim.group_removed", caller, number, ct);
    }, ct);

    async Task<ScimGroup> OnceAsync(Func<Task<ScimGroup>> act, CancellationToken ct)
    {
        try
        {
            return await db.InTransactionAsync(act, ct);
        }
        catch (PostgresException refused) when (refused.Violates(ScimGroupStore.OneNameOnce))
        {
            throw ScimException.Uniqueness("Another group has that displayName.");
        }
    }

    async Task<ScimGroup> HeldAsync(ScimCaller caller, string number, string? ifMatch, CancellationToken ct)
    {
        await people.HoldAsync(caller.TenantId, ct);
        var group = await groups.FindAsync(caller.TenantId, number, ct) ?? throw ScimException.NotFound();
        return ScimAnswers.Matches(ifMatch, group.Version) ? group : throw ScimException.Stale();
    }

    async Task SetMembersAsync(ScimCaller caller, long key, JsonObject resource, CancellationToken ct)
    {
        var members = ScimJson.At(resource, "members") switch
        {
            null => [],
            JsonArray list => list.Select(each => ScimJson.Text(ScimJson.At(each, "value")) ?? throw ScimException.InvalidValue("A member has a value.")).Distinct(StringComparer.Ordinal).ToArray(),
            _ => throw ScimException.InvalidValue("The attribute members is a list."),
        };
        if (await groups.SetMembersAsync(caller.TenantId, key, members, ct) is [var stranger, ..])
        {
            throw ScimException.InvalidValue($"There is no person {stranger} to be a member.");
        }
    }

    static string NameOf(JsonObject resource) => ScimJson.Text(ScimJson.At(resource, "displayName"))?.Trim() is { Length: > 0 and <= LongestName } name && !name.Any(char.IsControl)
        ? name
        : throw ScimException.InvalidValue($"The attribute displayName is required, a text of {LongestName} characters at most.");

    static string? ExternalId(JsonObject resource) => ScimJson.Text(ScimJson.At(resource, "externalId")) switch
    {
        null or "" => null,
        { Length: <= LongestName } id when !id.Any(char.IsControl) => id,
        _ => throw ScimException.InvalidValue($"The attribute externalId is a text of {LongestName} characters at most."),
    };

    Task RecordAsync(string action, ScimCaller caller, string number, CancellationToken ct) =>
        audit.RecordAsync(action, "scim_group", number, caller.TenantId, new { tenant = caller.TenantKey, token = caller.TokenNumber }, ct);
}
