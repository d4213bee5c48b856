using Platform.Database;
using Portal.Matching;
using Portal.Web;

namespace Portal.Customers;

/// <summary>
/// Makes the keys of customers anew that were made in an older way (<see cref="MatchKey.Version"/>): when the portal starts after an upgrade, before anybody is served. A
/// customer whose keys are old would not be found under its new ones, and a second claim on it could be approved. Run by the product itself.
/// </summary>
public sealed class RenewCustomerKeys(Db db, CustomerKeyStore keys, ILogger<RenewCustomerKeys> log) : IBeforeServing
{
    const int AtOnce = 500;

    /// <summary>Does it for all that are left.</summary>
    /// <returns>How many there were.</returns>
    public Task<int> RunAsync(CancellationToken ct) => db.InPortionsAsync(AtOnce, async () =>
    {
        var old = await keys.TakeAsync(AtOnce, ct);
        if (old.Count > 0)
        {
            await keys.ReplaceAsync(old, ct);
        }

        return old.Count;
    }, ct);

    async Task IBeforeServing.PrepareAsync(CancellationToken ct)
    {
        if (await RunAsync(ct) is var renewed and > 0)
        {
            log.LogInformation("The keys of {Customers} customers were made anew.", renewed);
        }
    }
}
