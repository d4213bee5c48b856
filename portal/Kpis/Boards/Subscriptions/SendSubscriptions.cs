using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Platform.Database;
using Platform.Jobs;
using Platform.Mail;
using Platform.Outbox;
using Platform.Texts;
using Portal.Documents.Tables;
using Portal.Documents.Typst;
using Portal.Web;

namespace Portal.Kpis.Boards.Subscriptions;

/// <summary>Puts the dashboards that are due into the outbox, each once for its day; days that were missed are not made up for one by one.</summary>
public sealed class SendSubscriptions(Db db, BrandCalendar calendar, Outbox outbox) : IScheduledJob
{
    const int AtOnce = 100;

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken ct)
    {
        var (today, _) = await calendar.TodayAsync(ct);
        await db.InPortionsAsync(AtOnce, () => SomeAsync(today, ct), ct);
    }

    async Task<int> SomeAsync(DateOnly today, CancellationToken ct)
    {
        var due = await db.ListAsync<(long Id, string Every)>("""
            select kpi_subscription_id, every from kpi_subscription where next_on <= @today order by kpi_subscription_id limit @AtOnce for update skip locked
            """, new { today, AtOnce }, ct);
        await db.ExecuteAsync("""
            update kpi_subscription s set next_on = due.next_on from unnest(@ids, @days) as due (id, next_on) where s.kpi_subscription_id = due.id
            """, new { ids = due.Select(one => one.Id).ToArray(), days = due.Select(one => SubscriptionStore.NextAfter(one.Every, today)).ToArray() }, ct);
        foreach (var (id, _) in due)
        {
            await outbox.PutAsync(SubscriptionMail.MessageKind, new SubscriptionMail.Wish(id, today), ct);
        }

        return due.Count;
    }
}

/// <summary>Sends a dashboard to its subscriber, with what this person may see now. Somebody who left, or whose company is suspended, gets none.</summary>
public sealed class SubscriptionMail(Db db, OnBehalf onBehalf, MailSender sender, IConfiguration settings, TimeProvider clock) : IOutboxReceiver
{
    /// <summary>The outbox's kind.</summary>
    public const string MessageKind = "kpi-subscription";

    /// <inheritdoc/>
    public string Kind => MessageKind;

    /// <inheritdoc/>
    public bool IsSlow => true;

    /// <inheritdoc/>
    public async Task ReceiveAsync(JsonElement payload, CancellationToken ct)
    {
        var wish = payload.Deserialize<Wish>(Outbox.Json)!;
        if (await db.FindAsync<Due>("""
            select s.name, s.query, s.formats, p.issuer, p.subject, p.email, coalesce(p.language, b.language) as language
            from kpi_subscription s join person p on p.person_id = s.person_id join partner b on b.partner_id = p.partner_id
            where s.kpi_subscription_id = @KpiSubscriptionId and p.email is not null
            """, new { wish.KpiSubscriptionId }, ct) is { } due
            && await onBehalf.RunAsync(due.Issuer, due.Subject, due.Language, (services, me) => SendAsync(services, me, due, wish.Day, ct), ct))
        {
            await db.ExecuteAsync("update kpi_subscription set sent_at = @now where kpi_subscription_id = @KpiSubscriptionId", new { wish.KpiSubscriptionId, now = clock.GetUtcNow().UtcDateTime }, ct);
        }
    }

    async Task SendAsync(IServiceProvider services, ICurrentPerson me, Due due, DateOnly day, CancellationToken ct)
    {
        var t = services.GetRequiredService<Texts>();
        var address = Address(due.Query, day);
        // A partner, territory or product line that is no more: the subscriber is told, for a mail that just stays away is missed too late.
        if (await services.GetRequiredService<BoardScopes>().ReadAsync(address, ct) is not { } asked)
        {
            await sender.SendAsync(new(due.Email, t["kpis.subscription.mail.gone_subject", due.Name], t["kpis.subscription.mail.gone_text", due.Name, PortalUrl.Of(settings) + "/kpis/subscriptions"]), ct);
            return;
        }

        var report = services.GetRequiredService<BoardReport>();
        var panels = await services.GetRequiredService<PanelReader>().ReadAllAsync(asked, ct);
        var title = report.Title(asked);
        List<MailAttachment> files = [];
        if (due.Formats.Contains("pdf"))
        {
            files.Add(await report.PdfAsync(asked, panels, ct) is Typesetting.Pdf pdf ? new($"{title}.pdf", "application/pdf", pdf.Content)
                // Tried again later, as every message that fails.
                : throw new InvalidOperationException("The dashboard cannot be printed just now."));
        }

        if (due.Formats.Contains("xlsx"))
        {
            files.Add(new($"{title}.xlsx", TableExport.ExcelType, await report.ExcelAsync(asked, panels, me.PartnerName, ct)));
        }

        var findings = panels.SelectMany(panel => panel.Findings).Take(5).Select(finding => "• " + finding);
        await sender.SendAsync(new(due.Email, t["kpis.subscription.mail.subject", due.Name, asked.Scope.Period.Said(t)],
            string.Join("\n\n", new[] { t["kpis.subscription.mail.text", due.Name, asked.Scope.Period.Said(t)].Value, string.Join("\n", findings), PortalUrl.Of(settings) + BoardScope.Path + asked.Scope.Query, t["kpis.subscription.mail.end", PortalUrl.Of(settings) + "/kpis/subscriptions"].Value }.Where(part => part.Length > 0)))
        {
            Attachments = files,
        }, ct);
    }

    // The period that was looked at says only of which kind the mail tells.
    static BoardAddress Address(string query, DateOnly day)
    {
        var fields = QueryHelpers.ParseQuery(query);
        string? Of(string name) => fields.TryGetValue(name, out var value) ? value.ToString() : null;
        var kind = Period.Parse(Of("period"))?.Kind ?? PeriodKind.Quarter;
        return new(Of("partner"), SubscriptionStore.PeriodOn(kind, day).ToString(), null, Of("against"), Of("line"), Of("territory"), Of("type"), Of("level"));
    }

    /// <summary>Which subscription, and for which day.</summary>
    public sealed record Wish(long KpiSubscriptionId, DateOnly Day);

    sealed record Due
    {
        public string Name { get; init; } = "";

        public string Query { get; init; } = "";

        public string[] Formats { get; init; } = [];

        public string Issuer { get; init; } = "";

        public string Subject { get; init; } = "";

        public string Email { get; init; } = "";

        public string Language { get; init; } = "";
    }
}
