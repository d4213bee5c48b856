namespace Portal.Deals;

/// <summary>A step of a deal's approval.</summary>
public sealed record ApprovalStep
{
    /// <summary>Which submission it belongs to.</summary>
    public int Round { get; init; }

    /// <summary>Its place.</summary>
    public int Step { get; init; }

    /// <summary>Who decides: <c>deal_desk</c>, <c>channel_manager</c>, <c>finance</c>, <c>brand_admin</c>, or <c>policy</c> where the policy approves by itself.</summary>
    public string Queue { get; init; } = "";

    /// <summary>How many have to approve.</summary>
    public int Approvers { get; init; }

    /// <summary>How many have.</summary>
    public int Approved { get; init; }

    /// <summary>In so many hours.</summary>
    public int Hours { get; init; }

    /// <summary>Hours of work, not of the clock.</summary>
    public bool Working { get; init; }

    /// <summary>To whom it goes besides when they do not.</summary>
    public string EscalateTo { get; init; } = "";

    /// <summary>Since when it waits; null before its turn.</summary>
    public DateTime? OpenedAt { get; init; }

    /// <summary>When its time is up.</summary>
    public DateTime? DueAt { get; init; }

    /// <summary>How many minutes are left till then, of work where the step counts in those; below 0 it is overdue by so many. Null where it does not wait.</summary>
    public int? MinutesLeft { get; init; }

    /// <summary>When it went on to <see cref="EscalateTo"/>.</summary>
    public DateTime? EscalatedAt { get; init; }

    /// <summary>When it was over.</summary>
    public DateTime? ClosedAt { get; init; }

    /// <summary><c>approved</c> or <c>ended</c>.</summary>
    public string? Outcome { get; init; }

    /// <summary>It waits now.</summary>
    public bool IsOpen => OpenedAt is not null && ClosedAt is null;
}

/// <summary>The step that is open, as whoever is at work sees it.</summary>
public sealed record OpenStep
{
    /// <summary>The round.</summary>
    public int Round { get; init; }

    /// <summary>The step.</summary>
    public int Step { get; init; }

    /// <summary>Whose it is.</summary>
    public string Queue { get; init; } = "";

    /// <summary>How many have to approve.</summary>
    public int Approvers { get; init; }

    /// <summary>How many have.</summary>
    public int Approved { get; init; }

    /// <summary>The steps after it.</summary>
    public int After { get; init; }

    /// <summary>Whoever is at work sits in the queue.</summary>
    public bool HasSeat { get; init; }

    /// <summary>As whose deputy.</summary>
    public long? ForPersonId { get; init; }

    /// <summary>Whoever is at work decided a step of this round already.</summary>
    public bool HasDecided { get; init; }

    /// <summary>Whoever is at work entered the deal.</summary>
    public bool IsOwnDeal { get; init; }

    /// <summary>The days of protection that were decided on so far.</summary>
    public int? Days { get; init; }
}

/// <summary>A decision on a step.</summary>
/// <param name="Step">The step.</param>
/// <param name="Decision"><c>approve</c>, <c>reject</c> or <c>ask</c>.</param>
/// <param name="Person">Who.</param>
/// <param name="For">As whose deputy.</param>
/// <param name="Note">Why.</param>
/// <param name="DecidedAt">When.</param>
public sealed record StepDecision(int Step, string Decision, string Person, string? For, string? Note, DateTime DecidedAt);

/// <summary>A deal that waits in a queue.</summary>
public sealed record QueuedDeal
{
    /// <summary>The deal.</summary>
    public string Number { get; init; } = "";

    /// <summary>Its customer.</summary>
    public string CustomerName { get; init; } = "";

    /// <summary>Its partner.</summary>
    public string PartnerName { get; init; } = "";

    /// <summary>The same in Latin letters.</summary>
    public string? PartnerNameLatin { get; init; }

    /// <summary>Its amount.</summary>
    public decimal Amount { get; init; }

    /// <summary>In this currency.</summary>
    public string Currency { get; init; } = "";

    /// <summary>The step that waits.</summary>
    public int Step { get; init; }

    /// <summary>Of so many.</summary>
    public int Steps { get; init; }

    /// <summary>Whose queue it is.</summary>
    public string Queue { get; init; } = "";

    /// <summary>The queue it was escalated to.</summary>
    public string? EscalatedTo { get; init; }

    /// <summary>Since when it waits.</summary>
    public DateTime OpenedAt { get; init; }

    /// <summary>When its time is up.</summary>
    public DateTime DueAt { get; init; }

    /// <summary>Its time is counted in hours of work.</summary>
    public bool Working { get; init; }

    /// <summary>How many minutes are left, of work where its time is counted so; below 0 it is overdue by so many.</summary>
    public int MinutesLeft { get; init; }

    /// <summary>As whose deputy it is seen.</summary>
    public string? For { get; init; }
}

/// <summary>A step whose time is up.</summary>
public sealed record OverdueStep(long DealId, string Number, long PartnerId, string CustomerName, string PartnerName, string Queue, string EscalateTo);
