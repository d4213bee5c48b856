using Platform.Audit;
using Platform.Database;
using Platform.Web;
using Portal.Web;

namespace Portal.Alerts;

/// <summary>Somebody deals with an alert for their company: takes it, puts it off until a day with a reason, closes it with a reason, or opens it again.</summary>
public sealed class HandleAlert(Db db, AlertStore alerts, AuditTrail audit, Kpis.BrandCalendar calendar, ICurrentPerson me)
{
    const int LongestSnooze = 365;

    /// <summary>What can be done.</summary>
    public static IReadOnlyList<string> Acts { get; } = ["take", "snooze", "close", "reopen"];

    /// <summary>Does it.</summary>
    /// <param name="number">The alert.</param>
    /// <param name="version">How it was when it was read.</param>
    /// <param name="asked">What is to be done.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<AlertHandled> RunAsync(string number, int version, AskedHandling asked, CancellationToken ct)
    {
        var reason = Typed.Text(asked.Reason);
        if (await ProblemsAsync(asked, reason, ct) is { Count: > 0 } problems)
        {
            return new AlertHandled.Invalid(problems);
        }

        return await db.InTransactionAsync<AlertHandled>(async () =>
        {
            if (await alerts.FindAsync(number, ct) is not { } alert)
            {
                return new AlertHandled.Missing();
            }

            var handling = asked.Act switch
            {
                "take" => new Handling("taken", null, reason),
                "snooze" => new Handling("snoozed", asked.Until, reason),
                "close" => new Handling("closed", null, reason),
                _ => new Handling("open", null, reason),
            };
            if (await alerts.HandleAsync(number, version, handling, ct) is null)
            {
                return new AlertHandled.Stale();
            }

            await audit.RecordAsync("alert." + asked.Act, "alert", number, me.IsBrand ? null : me.PartnerId, new { partner = alert.PartnerNumber, asked.Until, reason }, ct);
            return new AlertHandled.Done(handling.State);
        }, ct);
    }

    async Task<List<FieldProblem>> ProblemsAsync(AskedHandling asked, string? reason, CancellationToken ct)
    {
        List<FieldProblem> problems = [];
        if (!Acts.Contains(asked.Act, StringComparer.Ordinal))
        {
            problems.Add(new("act", "alerts.invalid.act", string.Join(", ", Acts)));
        }

        if (asked.Act is "snooze" && (await calendar.TodayAsync(ct)).Today is var today && (asked.Until is not { } until || until <= today || until > today.AddDays(LongestSnooze)))
        {
            problems.Add(new("until", "alerts.invalid.until", LongestSnooze));
        }

        if (reason is { Length: > 500 } || (reason is null && asked.Act is ("snooze" or "close")))
        {
            problems.Add(new("reason", "alerts.invalid.reason", 500));
        }

        return problems;
    }
}

/// <summary>What is to be done with an alert.</summary>
/// <param name="Act">take, snooze, close or reopen.</param>
/// <param name="Until">The day on which what is put off comes back.</param>
/// <param name="Reason">Why; of snooze and close it is asked for.</param>
public sealed record AskedHandling(string? Act, DateOnly? Until, string? Reason);

/// <summary>What came of it.</summary>
public abstract record AlertHandled
{
    AlertHandled()
    {
    }

    /// <summary>Done; this is the state now.</summary>
    public sealed record Done(string State) : AlertHandled;

    /// <summary>Fields are missing or wrong.</summary>
    public sealed record Invalid(IReadOnlyList<FieldProblem> Problems) : AlertHandled;

    /// <summary>There is no such alert.</summary>
    public sealed record Missing : AlertHandled;

    /// <summary>Somebody was faster, or the alert has ended.</summary>
    public sealed record Stale : AlertHandled;
}
