using Platform.Audit;
using Platform.Database;
using Platform.Web;
using Portal.Deals;

namespace Portal.Disputes;

/// <summary>The brand's holidays, and the weekend days that are worked in their place. Where they change, the clocks of disputes and approvals that run are set anew.</summary>
public sealed class WorkingDays(Db db, DisputeStore disputes, ApprovalStore approvals, AuditTrail audit, TimeProvider clock)
{
    /// <summary>The exceptions from that day on.</summary>
    public Task<List<WorkingDayException>> FromAsync(DateOnly day, CancellationToken ct) => db.ListAsync<WorkingDayException>("""
        select day, works, name from working_day_exception where day >= @day order by day limit 1000
        """, new { day }, ct);

    /// <summary>The brand's day.</summary>
    public Task<DateOnly> TodayAsync(CancellationToken ct) => db.OneAsync<DateOnly>("select brand_day(@now)", new { now = clock.GetUtcNow().UtcDateTime }, ct);

    /// <summary>Enters one, or gives it another name. A holiday falls on Monday to Friday, a day that is worked on Saturday or Sunday.</summary>
    public async Task<DisputeOutcome> PutAsync(DateOnly? day, string? name, CancellationToken ct)
    {
        var problems = new List<FieldProblem>();
        if (day is not { Year: >= 2000 and <= 2200 })
        {
            problems.Add(new("day", "disputes.invalid.day"));
        }

        if (DisputeOutcome.Words(name, 100) is not { } called)
        {
            return new DisputeOutcome.Invalid([.. problems, new("name", "disputes.invalid.words", 100)]);
        }

        return problems.Count > 0 ? new DisputeOutcome.Invalid(problems) : await ChangeAsync("working_day.entered", day!.Value, called, """
            insert into working_day_exception (day, works, name) values (@day, extract(isodow from @day::date) >= 6, @called)
            on conflict (day) do update set name = excluded.name
            """, ct);
    }

    /// <summary>Takes one away: the day is as in any week.</summary>
    public Task<DisputeOutcome> RemoveAsync(DateOnly day, CancellationToken ct) =>
        ChangeAsync("working_day.removed", day, null, "delete from working_day_exception where day = @day", ct);

    Task<DisputeOutcome> ChangeAsync(string action, DateOnly day, string? called, string sql, CancellationToken ct) => db.InTransactionAsync<DisputeOutcome>(async () =>
    {
        if (await db.ExecuteAsync(sql, new { day, called }, ct) == 0)
        {
            return new DisputeOutcome.Missing();
        }

        await disputes.SetClocksAsync(clock.GetUtcNow().UtcDateTime, ct);
        await approvals.SetClocksAsync(clock.GetUtcNow().UtcDateTime, ct);
        var number = day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        await audit.RecordAsync(action, "working_day", number, null, new { name = called }, ct);
        return new DisputeOutcome.Done(number);
    }, ct);
}

/// <summary>A day that is not as its weekday says.</summary>
/// <param name="Day">The day.</param>
/// <param name="Works">It is worked although it is a weekend day; otherwise it is a holiday.</param>
/// <param name="Name">What it is called.</param>
public sealed record WorkingDayException(DateOnly Day, bool Works, string Name);
