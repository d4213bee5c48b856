using Portal.Matching;

namespace Portal.Deals;

/// <summary>How claims stand on one company.</summary>
/// <param name="CustomerClusterId">The company.</param>
/// <param name="Conflict">The class of conflict.</param>
/// <param name="FreeFrom">The first free day, where a live claim stands in the way.</param>
/// <param name="OwnDeal">A deal of the claimant itself on the same company, line and territory.</param>
/// <param name="Kin">A customer of it, where it is of the same group as one that was asked about.</param>
/// <param name="KinIsDirect">That customer is the brand's direct account, and not the claimant's own.</param>
public sealed record Standing(long CustomerClusterId, string Conflict, DateOnly? FreeFrom, string? OwnDeal, long? Kin, bool KinIsDirect);

/// <summary>A customer that may be the same company, as the reviewer will see it.</summary>
public sealed record ScreenedCandidate(long EndCustomerId, Judgement Judgement, string Conflict);
