using Platform.Database;

namespace Portal.Notifications;

/// <summary>Tells people of a company by the bell and by mail, each in their own language: for the product itself, which sees who they are, in the transaction of what they are told of.</summary>
public sealed class Announcements(Db db, Notifier notifier, Letters letters)
{
    /// <summary>Tells those of a partner who have one of the roles.</summary>
    /// <param name="partnerId">The partner.</param>
    /// <param name="roles">The roles.</param>
    /// <param name="textKey">The sentence.</param>
    /// <param name="values">Its values.</param>
    /// <param name="link">The page it leads to.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task TellAsync(long partnerId, IReadOnlyList<string> roles, string textKey, IReadOnlyList<object> values, string link, CancellationToken ct)
    {
        await notifier.TellAsync(Recipients.Of(partnerId, roles), textKey, values, link, ct);
        await letters.WriteAsync(await db.ListAsync<Listener>("""
            select p.person_id, p.email, coalesce(p.language, b.language) as language, false as is_actor
            from person p join partner b on b.partner_id = p.partner_id
            where app_is_system() and p.partner_id = @partnerId and p.kind = 'person' and p.disabled_at is null and p.email is not null
              and exists (select from person_role r where r.person_id = p.person_id and r.role = any (@roles))
            """, new { partnerId, roles = roles.ToArray() }, ct), textKey, values, null, link, ct);
    }
}
