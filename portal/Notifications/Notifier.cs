using System.Text.Json;
using Platform.Database;
using Portal.Web.Live;

namespace Portal.Notifications;

/// <summary>
/// Tells people what they should know, in the transaction of the change:
/// <code>
/// await notifier.TellAsync(Recipients.Brand("deal_desk") + Recipients.ManagersOf(deal.PartnerId),
///     "deals.told.submitted", [partner.Name, deal.CustomerName], $"/deals/{deal.Number}", ct);
/// </code>
/// The text's key and its values are kept, so that everybody reads it in their own language; values may be text, numbers,
/// <see cref="DateOnly"/>, <see cref="DateTime"/> (UTC), <see cref="Web.Display.Money"/>, <see cref="TextKey"/> and <see cref="TwoNames"/>.
/// </summary>
public sealed class Notifier(Db db, LiveUpdates live, TimeProvider clock)
{
    /// <summary>Tells it; the bells of open pages follow at once.</summary>
    /// <param name="to">Who is told.</param>
    /// <param name="textKey">The sentence.</param>
    /// <param name="arguments">The values of its placeholders; never a secret, and nothing the reader may not see.</param>
    /// <param name="link">The page it leads to, an address of the portal.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <exception cref="InvalidOperationException">No transaction is open.</exception>
    public async Task TellAsync(Recipients to, string textKey, IReadOnlyList<object> arguments, string link, CancellationToken ct)
    {
        if (!db.IsInTransaction)
        {
            throw new InvalidOperationException("People are told in the transaction of the change they are told of.");
        }

        var told = await db.ListAsync<long>("""
            select tell_people(@people, @partners, @roles, @brandRoles, @managed, @textKey, @arguments::jsonb, @link, @now)
            """, new
        {
            people = to.People.ToArray(),
            partners = to.Partners.ToArray(),
            roles = to.Roles.ToArray(),
            brandRoles = to.BrandRoles.ToArray(),
            managed = to.Managed.ToArray(),
            textKey,
            arguments = JsonSerializer.Serialize(arguments.Select(NotificationArguments.Keep)),
            link,
            now = clock.GetUtcNow().UtcDateTime,
        }, ct);
        await live.TellAsync(told, NotificationStore.Live, ct);
    }
}

/// <summary>A value of a notification that is itself a text, such as a status.</summary>
/// <param name="Key">Its key.</param>
public sealed record TextKey(string Key);

/// <summary>A value of a notification that is a thing with two names: each reader reads its own.</summary>
/// <param name="Name">In English.</param>
/// <param name="NameZh">In Chinese.</param>
public sealed record TwoNames(string Name, string NameZh);
