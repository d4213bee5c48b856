using System.Globalization;
using Platform.Database;
using Platform.Mail;
using Platform.Outbox;
using Platform.Texts;
using Portal.Notifications;

namespace Portal.Leads;

/// <summary>Tells people what became of a lead, by notification and by mail, each in their own language, in the transaction of the act.</summary>
public sealed class LeadNews(Db db, Notifier notifier, Outbox outbox, Texts texts, IConfiguration configuration)
{
    /// <summary>Tells a partner's sales people.</summary>
    /// <param name="what">The last part of the text's key: <c>offered</c>.</param>
    /// <param name="number">The lead.</param>
    /// <param name="company">The company.</param>
    /// <param name="partnerId">The partner.</param>
    /// <param name="words">What was said with it.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <param name="day">The last day to answer.</param>
    public async Task TellPartnerAsync(string what, string number, string company, long partnerId, string? words, CancellationToken ct, DateOnly? day = null)
    {
        IReadOnlyList<object> values = day is { } until ? [number, company, until] : [number, company];
        // What was taken back or returned is not the partner's any more: its page would not open.
        var link = what is "offered" or "warned" ? $"/leads/{number}" : "/leads";
        await notifier.TellAsync(Recipients.Of(partnerId, "sales", "partner_admin"), $"leads.told.{what}", values, link, ct);
        await WriteAsync(partnerId, $"leads.told.{what}", values, words, link, ct);
    }

    /// <summary>Tells those of the brand who hand leads out.</summary>
    public Task TellBrandAsync(string what, Lead lead, string? words, CancellationToken ct) => TellBrandAsync(what, lead.Number, $"{lead.Company} ({lead.PartnerName})", words, ct);

    /// <summary>Tells those of the brand who hand leads out.</summary>
    public async Task TellBrandAsync(string what, string number, string company, string? words, CancellationToken ct)
    {
        await notifier.TellAsync(Recipients.Brand("channel_manager"), $"leads.told_brand.{what}", [number, company], $"/leads/{number}", ct);
        await WriteAsync(null, $"leads.told_brand.{what}", [number, company], words, $"/leads/{number}", ct);
    }

    /// <summary>Rings at the partners that may take a lead from the pool; no mail, for it concerns many.</summary>
    public async Task TellPoolAsync(Lead lead, IReadOnlyList<long> partners, CancellationToken ct)
    {
        var all = partners.Select(partner => Recipients.Of(partner, "sales", "partner_admin")).Aggregate((some, others) => some + others);
        await notifier.TellAsync(all, "leads.told.opened", [lead.Territory], "/leads/pool", ct);
    }

    async Task WriteAsync(long? partnerId, string textKey, IReadOnlyList<object> values, string? words, string link, CancellationToken ct)
    {
        foreach (var listener in await db.ListAsync<Listener>("select person_id, email, language, is_actor from lead_audience(@partnerId)", new { partnerId }, ct))
        {
            if (!listener.IsActor)
            {
                await outbox.PutMailAsync(Letter(listener, textKey, values, words, link), ct);
            }
        }
    }

    Mail Letter(Listener listener, string textKey, IReadOnlyList<object> values, string? words, string link)
    {
        var sentence = texts.In(listener.Language, textKey, [.. values.Select(value => value is DateOnly day ? Day(day, listener.Language) : value)]);
        return new(listener.Email!, sentence, string.Join("\n\n", new[] { sentence, words, (configuration["Portal:Url"] ?? "http://localhost:5080").TrimEnd('/') + link }.OfType<string>()));
    }

    static string Day(DateOnly day, string language) => language is "zh-CN" ? day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : day.ToString("d MMM yyyy", CultureInfo.GetCultureInfo("en"));

    sealed record Listener(long PersonId, string? Email, string Language, bool IsActor);
}
