using Platform.Database;
using Platform.Mail;
using Platform.Outbox;
using Platform.Texts;
using Portal.Notifications;
using Portal.Web;

namespace Portal.Alerts;

/// <summary>
/// Tells people of new alerts by bell and mail, each in their own language and once: of one alert by its sentence, of several by a list. What comes back within a week of being told is not mailed again.
/// </summary>
public sealed class TellOfAlerts(Db db, Notifier notifier, Outbox outbox, Texts t, IConfiguration configuration, TimeProvider clock)
{
    // A mail names so many; the list has the rest.
    const int MostNamed = 20;

    static readonly TimeSpan ToldLately = TimeSpan.FromDays(7);

    /// <summary>Tells of them, in the transaction in which they are raised.</summary>
    public async Task RunAsync(long[] alertIds, CancellationToken ct)
    {
        if (alertIds.Length == 0)
        {
            return;
        }

        var alerts = (await db.ListAsync<NewAlert>("""
            select a.alert_id, a.number, a.kind, p.name as partner_name, p.name_latin as partner_name_latin, a.figure, a.facts::text as facts,
                   exists (select from alert e where e.alert_rule_id = a.alert_rule_id and e.partner_id = a.partner_id and e.subject = a.subject and e.alert_id <> a.alert_id and e.raised_at > @since) as is_back
            from alert a join partner p using (partner_id)
            where a.alert_id = any (@alertIds)
            order by a.ratio desc, a.alert_id
            """, new { alertIds, since = clock.GetUtcNow().UtcDateTime - ToldLately }, ct)).ToDictionary(alert => alert.AlertId);
        var told = await AudienceAsync(alertIds, ct);
        // Those who hear the same are told together.
        foreach (var group in told.GroupBy(person => (person.Language, Of: string.Join(',', person.Alerts))))
        {
            List<NewAlert> heard = [.. alerts.Values.Where(alert => group.First().Alerts.Contains(alert.AlertId))];
            await RingAsync([.. group.Select(person => person.PersonId)], group.Key.Language, heard, ct);
            if (heard.Where(alert => !alert.IsBack).ToList() is { Count: > 0 } mailed)
            {
                var (subject, body) = Letter(group.Key.Language, mailed);
                foreach (var address in group.Select(person => person.Email).OfType<string>())
                {
                    await outbox.PutMailAsync(new Mail(address, subject, body), ct);
                }
            }
        }
    }

    Task RingAsync(long[] people, string language, IReadOnlyList<NewAlert> heard, CancellationToken ct)
    {
        if (heard is not [var one])
        {
            return notifier.TellAsync(Recipients.Person(people), "alerts.told.several", [heard.Count], "/alerts?mine=yes", ct);
        }

        var (key, values) = AlertWords.Sentence(one.Kind, one.Partner(language), one.Figure, AlertFacts.Read(one.Facts), language);
        return notifier.TellAsync(Recipients.Person(people), key, values, $"/alerts/{one.Number}", ct);
    }

    (string Subject, string Body) Letter(string language, IReadOnlyList<NewAlert> alerts)
    {
        string Said(NewAlert alert) => AlertWords.In(language, t, alert.Kind, alert.Partner(language), alert.Figure, AlertFacts.Read(alert.Facts));
        var root = PortalUrl.Of(configuration);
        if (alerts is [var one])
        {
            return (Said(one), Said(one) + "\n\n" + root + "/alerts/" + one.Number);
        }

        var lines = alerts.Take(MostNamed).Select(alert => "· " + Said(alert) + "\n  " + root + "/alerts/" + alert.Number);
        var more = alerts.Count > MostNamed ? [t.In(language, "alerts.told.more", alerts.Count - MostNamed)] : Array.Empty<string>();
        return (t.In(language, "alerts.told.several", alerts.Count), string.Join("\n\n", [.. lines, .. more, root + "/alerts?mine=yes"]));
    }

    // The brand's people in charge: who looks after the partner, all channel managers where nobody does, and those whose work the kind is besides. At partners those whose work it is.
    Task<List<Told>> AudienceAsync(long[] alertIds, CancellationToken ct) => db.ListAsync<Told>("""
        with fresh as (
            select a.alert_id, a.kind, a.partner_id, a.tells_partner, a.upstream_id, r.tells_brand, r.owner_person_id from alert a join alert_rule r using (alert_rule_id) where a.alert_id = any (@alertIds)
        ), work as (
            select * from unnest(@kinds, @roles, @sides) as w (kind, role, side)
        ), told as (
            select f.alert_id, m.person_id from fresh f join partner_channel_manager m on m.partner_id = f.partner_id where f.tells_brand
            union
            select f.alert_id, q.person_id
            from fresh f join work w on w.kind = f.kind and w.side = 'brand' and (w.role <> 'channel_manager' or not exists (select from partner_channel_manager m where m.partner_id = f.partner_id))
            join person_role q on q.role = w.role
            where f.tells_brand
            union
            select f.alert_id, f.owner_person_id from fresh f where f.owner_person_id is not null
            union
            select f.alert_id, q.person_id
            from fresh f join work w on w.kind = f.kind and w.side = 'partner'
            join person p on p.partner_id = f.upstream_id or (f.tells_partner and p.partner_id = f.partner_id)
            join person_role q on q.person_id = p.person_id and q.role = w.role
        )
        select p.person_id, p.email, coalesce(p.language, b.language) as language, array_agg(d.alert_id order by d.alert_id) as alerts
        from told d
        join person p on p.person_id = d.person_id and p.kind = 'person' and p.disabled_at is null
        join partner b on b.partner_id = p.partner_id and b.status = 'active'
        group by p.person_id, p.email, coalesce(p.language, b.language)
        order by p.person_id
        """, AlertWork.Arguments(alertIds), ct);

    sealed class Told
    {
        public long PersonId { get; init; }

        public string? Email { get; init; }

        public string Language { get; init; } = "en";

        public long[] Alerts { get; init; } = [];
    }

    sealed record NewAlert(long AlertId, string Number, string Kind, string PartnerName, string? PartnerNameLatin, decimal Figure, string Facts, bool IsBack)
    {
        public string Partner(string language) => language is "zh-CN" ? PartnerName : PartnerNameLatin ?? PartnerName;
    }
}

/// <summary>Whose work the kinds are.</summary>
static class AlertWork
{
    static readonly (string Kind, string Role, string Side)[] All =
    [
        .. AlertKinds.All.Select(kind => (kind.Name, "channel_manager", "brand")),
        .. AlertKinds.All.Where(kind => kind.BrandRole is not null).Select(kind => (kind.Name, kind.BrandRole!, "brand")),
        .. AlertKinds.All.SelectMany(kind => kind.PartnerRoles.Select(role => (kind.Name, role, "partner"))),
    ];

    public static object Arguments(long[] alertIds) => new
    {
        alertIds, kinds = All.Select(work => work.Kind).ToArray(), roles = All.Select(work => work.Role).ToArray(), sides = All.Select(work => work.Side).ToArray(),
    };

    /// <summary>The kinds that a person works on whoever looks after the partner: at the brand by the role they name, at a partner by its roles.</summary>
    public static string[] AtTheDesk(ICurrentPerson me) => [.. AlertKinds.All.Where(kind => me.IsBrand ? kind.BrandRole is { } role && me.Has(role) : me.Has(kind.PartnerRoles)).Select(kind => kind.Name)];
}
