namespace Portal.Stock;

/// <summary>Who keeps a partner's stock, and who says what buyers see of it.</summary>
public static class StockRoles
{
    /// <summary>Purchasing, sales and the administrators record movements.</summary>
    public static IReadOnlyList<string> Keepers { get; } = ["purchasing", "sales", "partner_admin", "brand_admin"];

    /// <summary>The administrators decide what buyers see.</summary>
    public static IReadOnlyList<string> Admins { get; } = ["partner_admin", "brand_admin"];
}
