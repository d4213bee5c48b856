using Platform.Database;
using Platform.Mail;
using Platform.Outbox;
using Platform.Texts;
using Portal.Notifications;

namespace Portal.Disputes;

/// <summary>
/// Tells people what happens in a dispute, by bell and by mail, each in their own language and each with nothing but their own side's deal
/// and customer: in the transaction of the act.
/// </summary>
public sealed class DisputeNews(Db db, Notifier notifier, Outbox outbox, Texts texts, IConfiguration configuration)
{
    /// <summary>Tells it.</summary>
    /// <param name="what">The last part of the text's key.</param>
    /// <param name="disputeId">The dispute.</param>
    /// <param name="number">Its number.</param>
    /// <param name="of">Whom: <c>claimant</c>, <c>holder</c>, <c>deal_desk</c> or <c>brand_admin</c>.</param>
    /// <param name="words">What was said with it, for the mail; nothing the reader may not see.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task TellAsync(string what, long disputeId, string number, string of, string? words, CancellationToken ct)
    {
        var audience = await db.ListAsync<Listener>("select person_id, email, language, is_actor, deal, customer from dispute_audience(@disputeId, @of)", new { disputeId, of }, ct);
        foreach (var told in audience.GroupBy(listener => (listener.Deal, listener.Customer)))
        {
            await notifier.TellAsync(Recipients.Person([.. told.Select(listener => listener.PersonId)]), $"disputes.told.{what}", [number, told.Key.Deal, told.Key.Customer], $"/disputes/{number}", ct);
        }

        foreach (var listener in audience.Where(listener => listener is { Email: not null, IsActor: false }))
        {
            await outbox.PutMailAsync(Letter(listener, what, number, words), ct);
        }
    }

    /// <summary>Tells both sides.</summary>
    public async Task TellSidesAsync(string what, long disputeId, string number, string? words, CancellationToken ct)
    {
        await TellAsync(what, disputeId, number, "claimant", words, ct);
        await TellAsync(what, disputeId, number, "holder", words, ct);
    }

    Mail Letter(Listener listener, string what, string number, string? words)
    {
        var sentence = texts.In(listener.Language, $"disputes.told.{what}", [number, listener.Deal, listener.Customer]);
        var address = $"{(configuration["Portal:Url"] ?? "http://localhost:5080").TrimEnd('/')}/disputes/{number}";
        return new(listener.Email!, sentence, string.Join("\n\n", new[] { sentence, words, address }.OfType<string>()));
    }

    sealed record Listener(long PersonId, string? Email, string Language, bool IsActor, string Deal, string Customer);
}
