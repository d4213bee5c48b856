namespace Portal.Partners;

/// <summary>What another feature shows on a partner's page, to those above it; found by the container, so that partners need not know it.</summary>
public interface IPartnerPart
{
    /// <summary>Reads it; null where there is nothing to show.</summary>
    Task<PartnerPart?> ShowAsync(Partner partner, CancellationToken ct);
}

/// <summary>A part of a partner's page.</summary>
/// <param name="View">The address of its partial view.</param>
/// <param name="Model">What the view shows.</param>
public sealed record PartnerPart(string View, object Model);
