using Platform.Database;
using Portal.Notifications;

namespace Portal.Disputes;

/// <summary>
/// Tells people what happens in a dispute, by bell and by mail, each in their own language and each with nothing but their own side's deal
/// and customer: in the transaction of the act.
/// </summary>
public sealed class DisputeNews(Db db, Notifier notifier, Letters letters)
{
    /// <summary>Tells it.</summary>
    /// <param name="what">The last part of the text's key.</param>
    /// <param name="disputeId">The dispute.</param>
    /// <param name="number">Its number.</param>
    /// <param name="of">Whom: <c>claimant</c>, <c>holder</c>, <c>deal_desk</c> or <c>brand_admin</c>.</param>
    /// <param name="words">What was said with it, for the mail; nothing the reader may not see.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <param name="deal">Only the people of that deal, where a side has several.</param>
    public async Task TellAsync(string what, long disputeId, string number, string of, string? words, CancellationToken ct, string? deal = null)
    {
        var audience = await db.ListAsync<Party>("select person_id, email, language, is_actor, deal, customer from dispute_audience(@disputeId, @of)", new { disputeId, of }, ct);
        foreach (var told in audience.Where(listener => deal is null || listener.Deal == deal).GroupBy(listener => (listener.Deal, listener.Customer)))
        {
            IReadOnlyList<object> values = [number, told.Key.Deal, told.Key.Customer];
            await notifier.TellAsync(Recipients.Person([.. told.Select(listener => listener.PersonId)]), $"disputes.told.{what}", values, $"/disputes/{number}", ct);
            await letters.WriteAsync(told, $"disputes.told.{what}", values, words, $"/disputes/{number}", ct);
        }
    }

    /// <summary>Tells both sides.</summary>
    public async Task TellSidesAsync(string what, long disputeId, string number, string? words, CancellationToken ct)
    {
        await TellAsync(what, disputeId, number, "claimant", words, ct);
        await TellAsync(what, disputeId, number, "holder", words, ct);
    }

    sealed record Party(long PersonId, string? Email, string Language, bool IsActor, string Deal, string Customer) : Listener(PersonId, Email, Language, IsActor);
}
