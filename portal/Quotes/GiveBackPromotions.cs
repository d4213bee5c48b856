using Platform.Database;
using Platform.Jobs;

namespace Portal.Quotes;

/// <summary>Gives back what offers have reserved of promotions with a limit once their last day is over; what is declined, withdrawn or revised gives it back at once.</summary>
public sealed class GiveBackPromotions(Db db, TimeProvider clock) : IScheduledJob
{
    /// <inheritdoc/>
    public Task RunAsync(CancellationToken ct) => db.InTransactionAsync(() => db.OneAsync<int>("select expired_quotes_give_back_promotions(brand_day(@now))", new { now = clock.GetUtcNow().UtcDateTime }, ct), ct);
}
