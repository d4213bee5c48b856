using Portal.Customers;

namespace Portal.Deals;

/// <summary>What of amendments, reported wins, staleness and capacity stands on a deal's page.</summary>
sealed class ProtectionPart(AmendmentStore amendments, ReviewOutcome reviewOutcome, ActivityStore activities, DealStore deals, TimeProvider clock) : IDealPart
{
    public bool IsAside => false;

    public int Order => 10;

    public async Task<ShownPart?> ShowAsync(Deal deal, CancellationToken ct)
    {
        if (!DealLifecycle.IsProtected(deal.Status))
        {
            return null;
        }

        var policy = await deals.PolicyAsync(deal, clock.GetUtcNow().UtcDateTime, ct);
        return new("/Deals/Protection/_ProtectionPart.cshtml", new ProtectionShown(
            deal, policy, await amendments.WaitingAsync(deal.DealId, ct), await reviewOutcome.WaitingAsync(deal.DealId, ct), await activities.LastAsync(deal.DealId, ct)));
    }
}

/// <summary>What <c>_ProtectionPart.cshtml</c> shows.</summary>
/// <param name="Deal">The deal.</param>
/// <param name="Policy">The version that protects it.</param>
/// <param name="Amendment">The amendment that waits.</param>
/// <param name="Outcome">The win that waits.</param>
/// <param name="AliveBy">What last kept it alive.</param>
public sealed record ProtectionShown(Deal Deal, ProtectionPolicy Policy, DealAmendment? Amendment, OutcomeReview? Outcome, AliveBy? AliveBy);
