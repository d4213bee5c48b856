namespace Portal.Partners;

/// <summary>The fixed words about partners, as the tables have them. Their names are texts: <c>partners.type.distributor</c>, <c>partners.level.gold</c>.</summary>
public static class PartnerWords
{
    /// <summary>What a company can be, but for the brand itself.</summary>
    public static IReadOnlyList<string> Types { get; } = ["distributor", "reseller", "store", "agent", "coworking_operator"];

    /// <summary>Commercial ranks, the lowest first.</summary>
    public static IReadOnlyList<string> Levels { get; } = ["registered", "silver", "gold", "platinum"];

    /// <summary>Whether its people can work.</summary>
    public static IReadOnlyList<string> Statuses { get; } = ["active", "suspended"];

    /// <summary>Roles of the brand's people, the one that reaches furthest first.</summary>
    public static IReadOnlyList<string> BrandRoles { get; } = ["brand_admin", "channel_manager", "deal_desk", "finance"];

    /// <summary>Roles of partners' people, the one that reaches furthest first.</summary>
    public static IReadOnlyList<string> PartnerRoles { get; } = ["partner_admin", "sales", "purchasing", "viewer"];

    /// <summary>The roles that exist in a company of that type.</summary>
    public static IReadOnlyList<string> RolesIn(string partnerType) => string.Equals(partnerType, "brand", StringComparison.Ordinal) ? BrandRoles : PartnerRoles;

    /// <summary>The role that keeps a company's people.</summary>
    public static string AdminIn(string partnerType) => RolesIn(partnerType)[0];

    /// <summary>
    /// The role with which one may do least: what somebody of a partner has for whom nobody named another. Null for the brand: each of its roles reaches over the
    /// whole channel, so somebody has to name one.
    /// </summary>
    public static string? LeastIn(string partnerType) => string.Equals(partnerType, "brand", StringComparison.Ordinal) ? null : PartnerRoles[^1];

    /// <summary>
    /// A type as files write it: our word, its English or Chinese name, or what other systems call the second tier. Null where it is none.
    /// </summary>
    public static string? TypeFrom(string? text) => new string([.. (text ?? "").Where(char.IsLetter).Select(char.ToLowerInvariant)]) switch
    {
        "distributor" or "经销商" or "一级经销商" => "distributor",
        "reseller" or "subdistributor" or "二级经销商" or "分销商" => "reseller",
        "store" or "shop" or "门店" => "store",
        "agent" or "代理商" => "agent",
        "coworkingoperator" or "联合办公运营商" => "coworking_operator",
        _ => null,
    };
}
