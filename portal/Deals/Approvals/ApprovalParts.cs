using Portal.Customers;
using Portal.Start;
using Portal.Web;

namespace Portal.Deals;

/// <summary>Who decides, on a deal's page: steps, clock, and for the brand who decided.</summary>
sealed class ApprovalPart(ApprovalStore approvals, ICurrentPerson me, TimeProvider clock) : IDealPart
{
    public bool IsAside => true;

    public int Order => 5;

    public async Task<ShownPart?> ShowAsync(Deal deal, CancellationToken ct)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var steps = deal.Status is "draft" ? await approvals.PreviewAsync(deal, now, ct) : await approvals.StepsAsync(deal.DealId, now, ct);
        return steps.Count == 0 ? null : new("/Deals/Approvals/_ApprovalPart.cshtml", new ApprovalShown(deal.Status is "draft", steps, me.IsBrand ? await approvals.DecisionsAsync(deal.DealId, ct) : []));
    }
}

/// <summary>What <c>_ApprovalPart.cshtml</c> shows.</summary>
/// <param name="IsPreview">The deal is a draft: this is who would decide.</param>
/// <param name="Steps">The steps.</param>
/// <param name="Decisions">Who decided; for the brand.</param>
public sealed record ApprovalShown(bool IsPreview, IReadOnlyList<ApprovalStep> Steps, IReadOnlyList<StepDecision> Decisions);

/// <summary>Approvals that wait for people who are not of the deal desk, which has its own queue.</summary>
sealed class ApprovalsWaiting(ApprovalStore approvals, ICurrentPerson me, TimeProvider clock) : IWaitingSource
{
    public async Task<IReadOnlyList<Waiting>> FindAsync(CancellationToken ct)
    {
        if (!me.IsBrand || me.Has("deal_desk"))
        {
            return [];
        }

        var (count, isOverdue) = await approvals.WaitingAsync(clock.GetUtcNow().UtcDateTime, ct);
        return [new Waiting("approvals.waiting", count, "/deals/approvals", "list-check") { IsUrgent = isOverdue }];
    }
}
