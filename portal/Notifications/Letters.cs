using System.Globalization;
using Platform.Mail;
using Platform.Outbox;
using Platform.Texts;
using Portal.Web;

namespace Portal.Notifications;

/// <summary>Writes to people what they are also told by the bell, each in their own language, in the transaction of the act.</summary>
public sealed class Letters(Outbox outbox, Texts texts, IConfiguration configuration)
{
    /// <summary>Writes to each of them who has an address and did not do it themselves: the sentence, what was said with it, and where to read on.</summary>
    /// <param name="to">Whom.</param>
    /// <param name="textKey">The sentence.</param>
    /// <param name="values">Its values; days are written as the reader writes them.</param>
    /// <param name="words">What was said with it: a reason, a remark.</param>
    /// <param name="link">The page, from the portal's root on.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task WriteAsync(IEnumerable<Listener> to, string textKey, IReadOnlyList<object> values, string? words, string link, CancellationToken ct)
    {
        foreach (var listener in to.Where(listener => listener is { Email: not null, IsActor: false }))
        {
            var sentence = texts.In(listener.Language, textKey, [.. values.Select(value => value is DateOnly day ? Day(day, listener.Language) : value)]);
            await outbox.PutMailAsync(new Mail(listener.Email!, sentence, string.Join("\n\n", new[] { sentence, words, PortalUrl.Of(configuration) + link }.OfType<string>())), ct);
        }
    }

    static string Day(DateOnly day, string language) => language is "zh-CN"
        ? day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
        : day.ToString("d MMM yyyy", CultureInfo.GetCultureInfo("en"));
}

/// <summary>Somebody who is told.</summary>
/// <param name="PersonId">The key.</param>
/// <param name="Email">The address; null where there is none.</param>
/// <param name="Language">The language: <c>en</c> or <c>zh-CN</c>.</param>
/// <param name="IsActor">It is whoever did it.</param>
public record Listener(long PersonId, string? Email, string Language, bool IsActor);
