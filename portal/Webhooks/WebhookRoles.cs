namespace Portal.Webhooks;

/// <summary>Who keeps a company's endpoints: they send all that the company sees, so its administrators alone.</summary>
public static class WebhookRoles
{
    /// <summary>The partner's own administrator.</summary>
    public const string Partner = "partner_admin";

    /// <summary>The brand's administrator.</summary>
    public const string Brand = "brand_admin";
}
