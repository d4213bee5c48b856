namespace Portal.Stock;

/// <summary>Who keeps a partner's stock, and who says what buyers see of it.</summary>
public static class StockRoles
{
    /// <summary>Purchasing, sales and the administrators record movements.</summary>
    public static IReadOnlyList<string> Keepers { get; } = ["purchasing", "sales", "partner_admin", "brand_admin"];

    /// <summary>The administrators decide what buyers see.</summary>
    public static IReadOnlyList<string> Admins { get; } = ["partner_admin", "brand_admin"];

    /// <summary>Those of the brand who call goods back; they see who dealt with a lot.</summary>
    public static IReadOnlyList<string> Recallers { get; } = ["brand_admin", "channel_manager", "finance", "deal_desk"];
}
