using Platform.Database;

namespace Portal.Returns;

/// <summary>
/// Carries out what both sides agreed to. Goods of the one and books of the other are touched in one transaction, by whoever said the last yes: within it the person at work acts with the
/// product's rights, and stays who it is in audit, history and documents. Nothing else runs inside.
/// </summary>
public sealed class AgreedByBoth(Db db)
{
    /// <summary>Does it; a transaction is open and holds what both agreed to.</summary>
    public async Task<T> CarryOutAsync<T>(Func<Task<T>> work, CancellationToken ct)
    {
        var before = await db.OneAsync<string>("select coalesce(current_setting('app.is_system', true), '')", null, ct);
        await db.ExecuteAsync("select set_config('app.is_system', 'yes', true)", null, ct);
        var done = await work();
        await db.ExecuteAsync("select set_config('app.is_system', @before, true)", new { before }, ct);
        return done;
    }
}
