using Platform.Database;
using Platform.Jobs;
using Portal.Matching;

namespace Portal.Customers;

/// <summary>
/// Makes the keys of customers anew that were made in an older way (<see cref="MatchKey.Version"/>), after an upgrade. Until it has come to a customer, that one is found
/// by its old keys. Run by the product itself; several instances share the work.
/// </summary>
public sealed class RenewCustomerKeys(Db db, CustomerStore customers) : IScheduledJob
{
    const int AtOnce = 500;

    /// <summary>Does it for all that are left.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        for (var done = 0; ;)
        {
            var some = await db.InTransactionAsync(async () =>
            {
                var old = await customers.TakeWithOldKeysAsync(AtOnce, ct);
                if (old.Count > 0)
                {
                    await customers.ReplaceKeysAsync(old, ct);
                }

                return old.Count;
            }, ct);
            done += some;
            if (some < AtOnce)
            {
                return done;
            }
        }
    }

    Task IScheduledJob.RunAsync(CancellationToken ct) => RunAsync(ct);
}
