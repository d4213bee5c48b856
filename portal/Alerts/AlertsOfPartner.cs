using Portal.Partners;

namespace Portal.Alerts;

/// <summary>The alerts of a partner that stand, on its page.</summary>
sealed class AlertsOfPartner(AlertStore alerts) : IPartnerPart
{
    public async Task<PartnerPart?> ShowAsync(Partner partner, CancellationToken ct) =>
        await alerts.OfPartnerAsync(partner.PartnerId, ct) is { Count: > 0 } standing ? new("/Alerts/_AlertsOfPartner.cshtml", standing) : null;
}
