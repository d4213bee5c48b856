namespace Portal.Start;

/// <summary>
/// What of a feature waits for the person at work. Register it with <c>services.AddScoped&lt;IWaitingSource, DealsWaiting&gt;()</c>; it runs
/// each time a start page is opened, so one indexed statement has to be enough. Row-level security decides what it sees; the roles it
/// looks up itself.
/// </summary>
public interface IWaitingSource
{
    /// <summary>What waits, the most pressing first; nothing where nothing waits.</summary>
    Task<IReadOnlyList<Waiting>> FindAsync(CancellationToken ct);
}

/// <summary>Some things that wait for the same act.</summary>
/// <param name="TextKey">What waits, in the person's words: <c>deals.waiting.review</c>, "Deal registrations to review".</param>
/// <param name="Count">How many; with 0 it is left out.</param>
/// <param name="Link">The list that shows exactly these.</param>
/// <param name="Icon">An icon.</param>
public sealed record Waiting(string TextKey, int Count, string Link, string Icon)
{
    /// <summary>Overdue, or about to be lost: shown first.</summary>
    public bool IsUrgent { get; init; }

    /// <summary>More about them, in the reader's language: "the oldest since 3 days".</summary>
    public string? Detail { get; init; }

    /// <summary>Of one thing alone: what is the matter with it, in the reader's language. It stands in place of the count, and the text says what kind of thing it is.</summary>
    public string? Sentence { get; init; }

    /// <summary>Nobody waits for it, a figure is past its mark: it comes after what somebody waits for.</summary>
    public bool IsWatched { get; init; }
}

/// <summary>A few figures of a feature for the top of the start page. Registered and run like <see cref="IWaitingSource"/>.</summary>
public interface IFigureSource
{
    /// <summary>The figures that mean something to the roles of the person at work.</summary>
    Task<IReadOnlyList<Figure>> FindAsync(CancellationToken ct);
}

/// <summary>One figure.</summary>
/// <param name="TextKey">What it is.</param>
/// <param name="Value">The figure as it is shown, see <see cref="Web.Display.Formats"/>.</param>
/// <param name="Order">Its place among the figures; KPIs stand below 100, the rest above.</param>
public sealed record Figure(string TextKey, string Value, int Order)
{
    /// <summary>What to compare it with, in the reader's language.</summary>
    public string? Note { get; init; }

    /// <summary>Where there is more about it.</summary>
    public string? Link { get; init; }
}
