using Portal.Pricing;

namespace Portal.Subscriptions;

/// <summary>A subscription in a list.</summary>
public sealed record SubscriptionRow
{
    /// <summary>The key; for paging only.</summary>
    public long SubscriptionId { get; init; }

    /// <summary>Its number.</summary>
    public string Number { get; init; } = "";

    /// <summary>Who has it: the customer, or the partner that bought it.</summary>
    public string Holder { get; init; } = "";

    /// <summary>The same in Latin letters.</summary>
    public string? HolderLatin { get; init; }

    /// <summary>The number of the customer; null where a partner has it.</summary>
    public string? CustomerNumber { get; init; }

    /// <summary>Who sold it.</summary>
    public string Seller { get; init; } = "";

    /// <summary>The same in Latin letters.</summary>
    public string? SellerLatin { get; init; }

    /// <summary>The product.</summary>
    public string Sku { get; init; } = "";

    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its name in Chinese.</summary>
    public string? NameZh { get; init; }

    /// <summary>How many run today; before its first day and after its last those of that day.</summary>
    public int Quantity { get; init; }

    /// <summary>Its very first day.</summary>
    public DateOnly StartsOn { get; init; }

    /// <summary>The last day that was bought.</summary>
    public DateOnly EndsOn { get; init; }

    /// <summary>What the last term comes to, with what was added to it.</summary>
    public decimal TermAmount { get; init; }

    /// <summary>ISO 4217.</summary>
    public string Currency { get; init; } = "";

    /// <summary><c>auto</c>, <c>offer</c> or <c>ends</c>.</summary>
    public string Renews { get; init; } = "";

    /// <summary><c>coming</c>, <c>running</c>, <c>offered</c> (its next term), <c>cancelled</c> (and running to its end), <c>ended</c>, or <c>called_off</c> with its order.</summary>
    public string State { get; init; } = "";
}

/// <summary>One subscription with all that may be done to it.</summary>
public sealed record Subscription
{
    internal long SubscriptionId { get; init; }
    internal long SellerId { get; init; }
    internal long? BuyerId { get; init; }
    internal long? EndCustomerId { get; init; }
    internal long? OwnerId { get; init; }

    /// <summary>Its number.</summary>
    public string Number { get; init; } = "";

    /// <summary>Who has it.</summary>
    public string Holder { get; init; } = "";

    /// <summary>The same in Latin letters.</summary>
    public string? HolderLatin { get; init; }

    /// <summary>The number of the customer; null where a partner has it.</summary>
    public string? CustomerNumber { get; init; }

    /// <summary>Who sold it.</summary>
    public string Seller { get; init; } = "";

    /// <summary>The same in Latin letters.</summary>
    public string? SellerLatin { get; init; }

    /// <summary>The product.</summary>
    public string Sku { get; init; } = "";

    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its name in Chinese.</summary>
    public string? NameZh { get; init; }

    /// <summary>ISO 4217.</summary>
    public string Currency { get; init; } = "";

    /// <summary>Its very first day.</summary>
    public DateOnly StartsOn { get; init; }

    /// <summary>The first day of the last term that was bought.</summary>
    public DateOnly TermStartsOn { get; init; }

    /// <summary>The last day of it.</summary>
    public DateOnly EndsOn { get; init; }

    /// <summary>How many months it has.</summary>
    public int TermMonths { get; init; }

    /// <summary><c>auto</c>, <c>offer</c> or <c>ends</c>.</summary>
    public string Renews { get; init; } = "";

    /// <summary>How many days before the end the next term is offered.</summary>
    public int NoticeDays { get; init; }

    /// <summary>How many the next term begins with; null for as many as run at the end.</summary>
    public int? NextQuantity { get; init; }

    /// <summary>When it was cancelled, to the end of its term.</summary>
    public DateTime? CancelledAt { get; init; }

    /// <summary>How many run today.</summary>
    public int Quantity { get; init; }

    /// <summary>How many run on its last day.</summary>
    public int QuantityAtEnd { get; init; }

    /// <summary>Where it stands.</summary>
    public string State { get; init; } = "";

    /// <summary>More of it ends with it.</summary>
    public bool CoTerminates { get; init; }

    /// <summary>The draft or quote that offers the next term.</summary>
    public string? RenewalQuote { get; init; }

    /// <summary>The order that the next term is ordered with.</summary>
    public string? RenewalOrder { get; init; }

    /// <summary>Why the next term could not be offered; a text key.</summary>
    public string? RenewalProblem { get; init; }

    /// <summary>For the next change.</summary>
    public int Version { get; init; }

    /// <summary>The company at work sold it.</summary>
    public bool IsSeller { get; init; }

    /// <summary>The company at work has it.</summary>
    public bool IsBuyer { get; init; }

    /// <summary>The day it is.</summary>
    public DateOnly Today { get; init; }

    /// <summary>A term of it is still to come or runs.</summary>
    public bool IsAlive => EndsOn >= Today && State is not "called_off";

    /// <summary>The last day on which the partner that has it can cancel it, where it would go on by itself.</summary>
    public DateOnly NoticeBy => EndsOn.AddDays(-NoticeDays);

    /// <summary>How many the next term begins with.</summary>
    public int Next => NextQuantity ?? QuantityAtEnd;

    /// <summary>The next term, of the same length.</summary>
    public Term NextTerm => Term.Of(EndsOn.AddDays(1), TermMonths);
}

/// <summary>What was bought of a subscription at once.</summary>
public sealed record SubscriptionPart(string Kind, int Quantity, DateOnly StartsOn, DateOnly EndsOn, decimal UnitPrice, decimal Amount, string? Source, bool IsOrder);

/// <summary>What became of a subscription.</summary>
public sealed record SubscriptionEvent(string Kind, DateOnly EffectiveOn, int? Quantity, string? Source, string? Reason, string? Person, DateTime HappenedAt);
