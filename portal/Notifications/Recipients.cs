namespace Portal.Notifications;

/// <summary>
/// Who is told. Groups may be added up: <c>Recipients.Of(deal.PartnerId, "sales", "partner_admin") + Recipients.Brand("deal_desk")</c>.
/// Everybody is told once, and whoever acts is left out.
/// </summary>
public sealed record Recipients
{
    Recipients()
    {
    }

    internal IReadOnlyList<long> People { get; init; } = [];

    internal IReadOnlyList<long> Partners { get; init; } = [];

    internal IReadOnlyList<string> Roles { get; init; } = [];

    internal IReadOnlyList<string> BrandRoles { get; init; } = [];

    internal IReadOnlyList<long> Managed { get; init; } = [];

    /// <summary>These people.</summary>
    public static Recipients Person(params IReadOnlyList<long> personIds) => new() { People = personIds };

    /// <summary>The people of a partner who have one of the roles.</summary>
    public static Recipients Of(long partnerId, params IReadOnlyList<string> roles) => new() { Partners = [partnerId], Roles = roles };

    /// <summary>The brand's people who have one of the roles.</summary>
    public static Recipients Brand(params IReadOnlyList<string> roles) => new() { BrandRoles = roles };

    /// <summary>The channel managers who look after a partner.</summary>
    public static Recipients ManagersOf(long partnerId) => new() { Managed = [partnerId] };

    /// <summary>These and those. Two partners' roles add up for both of them.</summary>
    public static Recipients operator +(Recipients some, Recipients others) => Add(some, others);

    /// <inheritdoc cref="op_Addition"/>
    public static Recipients Add(Recipients some, Recipients others) => new()
    {
        People = [.. some.People, .. others.People],
        Partners = [.. some.Partners, .. others.Partners],
        Roles = [.. some.Roles.Union(others.Roles, StringComparer.Ordinal)],
        BrandRoles = [.. some.BrandRoles, .. others.BrandRoles],
        Managed = [.. some.Managed, .. others.Managed],
    };
}
