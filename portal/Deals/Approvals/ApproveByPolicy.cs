using Platform.Database;

namespace Portal.Deals;

/// <summary>
/// Approves a registration that the policy lets pass by itself: as the product, in the transaction of the submission. Where it cannot be (the customer was taken
/// meanwhile), the submission stands and the deal desk gets it.
/// </summary>
public sealed class ApproveByPolicy(Db db, ReviewDeal reviewDeal, ApprovalStore approvals, DealStore deals, DealNews news, TimeProvider clock)
{
    /// <summary>Approves it, or hands it to the desk.</summary>
    public Task RunAsync(string number, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var caller = await db.OneAsync<Caller>("""
            select coalesce(current_setting('app.is_system', true), '') as is_system, coalesce(current_setting('app.actor', true), '') as actor, coalesce(current_setting('app.person_id', true), '') as person_id
            """, null, ct);
        await EnterAsync(new("yes", "approval policy", ""), ct);
        if (await reviewDeal.ApproveByPolicyAsync(number, ct) is not DealOutcome.Done)
        {
            await HandToDeskAsync(number, ct);
        }

        await EnterAsync(caller, ct);
    }, ct);

    async Task HandToDeskAsync(string number, CancellationToken ct)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        if (await deals.FindAsync(number, ct) is { } deal && (await approvals.HandToDeskAsync(deal.DealId, now, ct)).Count > 0)
        {
            await news.TellQueueAsync("submitted", deal, "deal_desk", null, now, ct);
        }
    }

    // No person approves: the product does, and whoever submitted goes on as themselves afterwards.
    Task EnterAsync(Caller caller, CancellationToken ct) => db.ExecuteAsync(
        "select set_config('app.is_system', @IsSystem, true), set_config('app.actor', @Actor, true), set_config('app.person_id', @PersonId, true)", caller, ct);

    sealed record Caller(string IsSystem, string Actor, string PersonId);
}
