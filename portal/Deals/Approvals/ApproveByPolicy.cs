using Platform.Database;

namespace Portal.Deals;

/// <summary>
/// Approves a registration that the policy lets pass by itself: in a transaction of its own, as the product, right after the submission stands. Where it cannot be (the
/// customer was taken meanwhile), the deal desk gets it.
/// </summary>
public sealed class ApproveByPolicy(IServiceScopeFactory scopes)
{
    /// <summary>Approves it, or hands it to the desk.</summary>
    public async Task<bool> RunAsync(string number, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallerAccessor>().Current = Caller.System("approval policy");
        var services = scope.ServiceProvider;
        if (await services.GetRequiredService<ReviewDeal>().ApproveByPolicyAsync(number, ct) is DealOutcome.Done)
        {
            return true;
        }

        var (db, deals, approvals, clock) = (services.GetRequiredService<Db>(), services.GetRequiredService<DealStore>(), services.GetRequiredService<ApprovalStore>(), services.GetRequiredService<TimeProvider>());
        await db.InTransactionAsync(async () =>
        {
            var now = clock.GetUtcNow().UtcDateTime;
            if (await deals.FindAsync(number, ct) is { } deal && (await approvals.HandToDeskAsync(deal.DealId, now, ct)).Count > 0)
            {
                await services.GetRequiredService<DealNews>().TellQueueAsync("submitted", deal, "deal_desk", null, now, ct);
            }
        }, ct);
        return false;
    }
}
