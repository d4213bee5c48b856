using Platform.Database;

namespace Portal.Kpis.Boards.Subscriptions;

/// <summary>The dashboards that people have sent to themselves.</summary>
public sealed class SubscriptionStore(Db db, BrandCalendar calendar, TimeProvider clock)
{
    /// <summary>More would no longer be a help.</summary>
    public const int Most = 20;

    /// <summary>How often one can come: every day, on Mondays, on the first of a month or a quarter.</summary>
    public static IReadOnlyList<string> Paces { get; } = ["day", "week", "month", "quarter"];

    /// <summary>The files it can come as.</summary>
    public static IReadOnlyList<string> Formats { get; } = ["pdf", "xlsx"];

    /// <summary>Those of the person at work, by name.</summary>
    public Task<List<Subscription>> OfAsync(CancellationToken ct) => db.ListAsync<Subscription>("""
        select number, name, query, every, formats, next_on, sent_at from kpi_subscription where person_id = app_person_id() order by name
        """, null, ct);

    /// <summary>Subscribes; a subscription of the same name is replaced.</summary>
    /// <param name="name">1 to 60 characters.</param>
    /// <param name="query">What is looked at, as in the dashboard's address; the period moves on by itself.</param>
    /// <param name="every">One of <see cref="Paces"/>.</param>
    /// <param name="formats">One or both of <see cref="Formats"/>.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <returns>False when the person has as many as there may be.</returns>
    public async Task<bool> AddAsync(string name, string query, string every, IReadOnlyCollection<string> formats, CancellationToken ct)
    {
        var next = NextAfter(every, (await calendar.TodayAsync(ct)).Today);
        return await db.ExecuteAsync("""
            insert into kpi_subscription (number, person_id, name, query, every, formats, next_on, created_at)
            select @number, app_person_id(), @name, @query, @every, @formats, @next, @now
            where (select count(*) from kpi_subscription where person_id = app_person_id()) < @Most
               or exists (select from kpi_subscription where person_id = app_person_id() and name = @name)
            on conflict on constraint a_subscription_has_its_own_name do update set query = excluded.query, every = excluded.every, formats = excluded.formats, next_on = excluded.next_on
            """, new { number = PublicNumber.New("KS"), name, query, every, formats = formats.ToArray(), next, now = clock.GetUtcNow().UtcDateTime, Most }, ct) > 0;
    }

    /// <summary>Ends one of one's own.</summary>
    /// <returns>Its name, or null where there was none.</returns>
    public Task<string?> EndAsync(string number, CancellationToken ct) =>
        db.FindAsync<string>("delete from kpi_subscription where number = @number and person_id = app_person_id() returning name", new { number }, ct);

    /// <summary>The day on which it comes next.</summary>
    /// <param name="every">One of <see cref="Paces"/>.</param>
    /// <param name="today">After this day.</param>
    public static DateOnly NextAfter(string every, DateOnly today) => every switch
    {
        "day" => today.AddDays(1),
        "week" => today.AddDays(7 - (((int)today.DayOfWeek + 6) % 7)),
        "month" => new DateOnly(today.Year, today.Month, 1).AddMonths(1),
        "quarter" => Period.Of(PeriodKind.Quarter, today).End,
        _ => throw new ArgumentException($"Nothing is sent every {every}.", nameof(every)),
    };

    /// <summary>The period that is told on a day: the one that the day before was in, so that on the first of a month or a quarter it is the one that has just ended.</summary>
    /// <param name="kind">The kind of period that was looked at.</param>
    /// <param name="day">The day on which it is sent.</param>
    public static Period PeriodOn(PeriodKind kind, DateOnly day) => Period.Of(kind, day.AddDays(-1));
}

/// <summary>A subscription.</summary>
public sealed record Subscription
{
    /// <summary>Its public number.</summary>
    public string Number { get; init; } = "";

    /// <summary>What the person calls it.</summary>
    public string Name { get; init; } = "";

    /// <summary>What is looked at, as in the dashboard's address.</summary>
    public string Query { get; init; } = "?";

    /// <summary>How often, one of <see cref="SubscriptionStore.Paces"/>.</summary>
    public string Every { get; init; } = "";

    /// <summary>As which files.</summary>
    public string[] Formats { get; init; } = [];

    /// <summary>When it comes next.</summary>
    public DateOnly NextOn { get; init; }

    /// <summary>When it came last.</summary>
    public DateTime? SentAt { get; init; }
}
