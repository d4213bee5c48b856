using Platform.Database;
using Platform.Web;

namespace Portal.Deals;

/// <summary>A call, meeting, visit or mail about a deal, as it counts now.</summary>
public sealed class DealActivity
{
    /// <summary>What can be recorded.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["call", "meeting", "visit", "mail"];

    /// <summary>The number.</summary>
    public string Number { get; init; } = "";

    /// <summary>One of <see cref="Kinds"/>.</summary>
    public string Kind { get; init; } = "";

    /// <summary>When it took place.</summary>
    public DateTime HappenedAt { get; init; }

    /// <summary>With whom, at the customer.</summary>
    public string? WithWhom { get; init; }

    /// <summary>What was said and found.</summary>
    public string Note { get; init; } = "";

    /// <summary>What comes next.</summary>
    public string? NextStep { get; init; }

    /// <summary>By which day.</summary>
    public DateOnly? NextStepDue { get; init; }

    /// <summary>Who recorded it, where the reader may know.</summary>
    public string? Person { get; init; }

    /// <summary>When it was written down.</summary>
    public DateTime RecordedAt { get; init; }

    /// <summary>It was corrected: this is what holds.</summary>
    public bool IsCorrected { get; init; }
}

/// <summary>An activity as somebody typed it.</summary>
public sealed record ActivityTyped
{
    /// <summary><c>call</c>, <c>meeting</c>, <c>visit</c> or <c>mail</c>.</summary>
    public string? Kind { get; init; }

    /// <summary>When it took place, in UTC; now where nothing is said.</summary>
    public DateTime? HappenedAt { get; init; }

    /// <summary>With whom.</summary>
    public string? WithWhom { get; init; }

    /// <summary>What was said and found.</summary>
    public string? Note { get; init; }

    /// <summary>What comes next.</summary>
    public string? NextStep { get; init; }

    /// <summary>By which day.</summary>
    public DateOnly? NextStepDue { get; init; }

    /// <summary>The number of the activity that this one corrects.</summary>
    public string? Corrects { get; init; }

    /// <summary>What is wrong with it.</summary>
    /// <param name="now">The moment; what is recorded has happened.</param>
    public IReadOnlyList<FieldProblem> Check(DateTime now)
    {
        var problems = new List<FieldProblem>();
        if (Kind is null || !DealActivity.Kinds.Contains(Kind, StringComparer.Ordinal))
        {
            problems.Add(new("kind", "activities.invalid.kind", string.Join(", ", DealActivity.Kinds)));
        }

        if (HappenedAt > now.AddMinutes(5) || HappenedAt < now.AddYears(-2))
        {
            problems.Add(new("happenedAt", "activities.invalid.happened_at"));
        }

        if (DealTyped.Text(Note) is null or { Length: > 4000 })
        {
            problems.Add(new("note", "activities.invalid.note"));
        }

        if (DealTyped.Text(WithWhom)?.Length > 200)
        {
            problems.Add(new("withWhom", "customers.invalid.too_long", 200));
        }

        if (DealTyped.Text(NextStep)?.Length > 500)
        {
            problems.Add(new("nextStep", "customers.invalid.too_long", 500));
        }

        if (NextStepDue is { } due && (DealTyped.Text(NextStep) is null || due.Year is < 2000 or > 2199))
        {
            problems.Add(new(DealTyped.Text(NextStep) is null ? "nextStep" : "nextStepDue", "activities.invalid.next_step"));
        }

        return problems;
    }
}

/// <summary>The statements about activities.</summary>
public sealed class ActivityStore(Db db)
{
    /// <summary>The constraint that lets an entry be corrected or taken back once.</summary>
    public const string ReplacedOnce = "an_activity_is_replaced_once";

    /// <summary>A deal's activities that count, the newest first.</summary>
    public Task<List<DealActivity>> ListAsync(long dealId, CancellationToken ct) => db.ListAsync<DealActivity>("""
        select a.number, a.kind, a.happened_at, a.with_whom, a.note, a.next_step, a.next_step_due, p.name as person, a.recorded_at, a.is_corrected
        from deal_activity_current a left join person p using (person_id)
        where a.deal_id = @dealId
        order by a.happened_at desc, a.deal_activity_id desc
        """, new { dealId }, ct);

    /// <summary>One of them; null where the deal has none of that number that still counts.</summary>
    public Task<DealActivity?> FindAsync(long dealId, string number, CancellationToken ct) => db.FindAsync<DealActivity>("""
        select a.number, a.kind, a.happened_at, a.with_whom, a.note, a.next_step, a.next_step_due, p.name as person, a.recorded_at, a.is_corrected
        from deal_activity_current a left join person p using (person_id)
        where a.deal_id = @dealId and a.number = @number
        """, new { dealId, number }, ct);

    /// <summary>Writes one down.</summary>
    public Task InsertAsync(Deal deal, string number, ActivityTyped typed, DateTime now, CancellationToken ct) => db.ExecuteAsync("""
        insert into deal_activity (number, deal_id, partner_id, replaces_id, kind, happened_at, with_whom, note, next_step, next_step_due, person_id, recorded_at)
        values (@number, @DealId, @PartnerId, (select a.deal_activity_id from deal_activity a where a.number = @Corrects), @Kind, @happenedAt, @with, @note, @next, @NextStepDue, app_person_id(), @now)
        """, new
    {
        number, deal.DealId, deal.PartnerId, typed.Corrects, typed.Kind, happenedAt = typed.HappenedAt ?? now,
        with = DealTyped.Text(typed.WithWhom), note = DealTyped.Text(typed.Note), next = DealTyped.Text(typed.NextStep), typed.NextStepDue, now,
    }, ct);

    /// <summary>Takes one back.</summary>
    public Task RetractAsync(Deal deal, string number, string retracted, string reason, DateTime now, CancellationToken ct) => db.ExecuteAsync("""
        insert into deal_activity (number, deal_id, partner_id, replaces_id, is_retraction, kind, happened_at, note, person_id, recorded_at)
        select @number, a.deal_id, a.partner_id, a.deal_activity_id, true, a.kind, a.happened_at, @reason, app_person_id(), @now
        from deal_activity a
        where a.number = @retracted and a.deal_id = @DealId
        """, new { number, retracted, deal.DealId, reason, now }, ct);

    /// <summary>The last meeting, visit, quote or order of a deal: what keeps its claim alive. Null where there was none.</summary>
    public Task<AliveBy?> LastAsync(long dealId, CancellationToken ct) =>
        db.FindAsync<AliveBy>("select kind, happened_at from last_deal_activity(array[@dealId::bigint])", new { dealId }, ct);
}

/// <summary>What last kept a claim alive.</summary>
/// <param name="Kind"><c>meeting</c>, <c>visit</c>, <c>quote</c> or <c>order</c>.</param>
/// <param name="HappenedAt">When.</param>
public sealed record AliveBy(string Kind, DateTime HappenedAt);
