namespace Portal.Webhooks;

/// <summary>An endpoint, without its secret.</summary>
public sealed record WebhookEndpoint
{
    /// <summary>The key; it never leaves the server.</summary>
    public long WebhookEndpointId { get; init; }

    /// <summary>The public number.</summary>
    public string Number { get; init; } = "";

    /// <summary>Where events are sent.</summary>
    public string Url { get; init; } = "";

    /// <summary>What the company says about it.</summary>
    public string? Description { get; init; }

    /// <summary>Which events it wants.</summary>
    public string[] EventTypes { get; init; } = [];

    /// <summary><c>own</c>, or <c>channel</c> for the brand that listens to all of its channel.</summary>
    public string Scope { get; init; } = "own";

    /// <summary><c>active</c>, <c>paused</c>, or <c>off</c> after it failed for long.</summary>
    public string Status { get; init; } = "";

    /// <summary>Why it is off: <c>failing</c> or <c>gone</c>.</summary>
    public string? OffBecause { get; init; }

    /// <summary>Until when the secret before this one is good too.</summary>
    public DateTime? PreviousUntil { get; init; }

    /// <summary>How many attempts failed in a row.</summary>
    public int Failures { get; init; }

    /// <summary>Since when all of them failed.</summary>
    public DateTime? FailingSince { get; init; }

    /// <summary>When something arrived last.</summary>
    public DateTime? LastSuccessAt { get; init; }

    /// <summary>How many deliveries wait.</summary>
    public long Waiting { get; init; }

    /// <summary>Delivered in the last seven days.</summary>
    public long Delivered { get; init; }

    /// <summary>Given up in the last seven days.</summary>
    public long GivenUp { get; init; }

    /// <summary>How long half of the receiver's answers took at most, in those days.</summary>
    public int? MedianMilliseconds { get; init; }

    /// <summary>When it was written down.</summary>
    public DateTime CreatedAt { get; init; }

    /// <summary>Counts the changes.</summary>
    public int Version { get; init; }
}

/// <summary>One delivery in the log.</summary>
public sealed record WebhookDelivery
{
    /// <summary>The key; it never leaves the server.</summary>
    public long WebhookDeliveryId { get; init; }

    /// <summary>The public number.</summary>
    public string Number { get; init; } = "";

    /// <summary>The endpoint.</summary>
    public string Endpoint { get; init; } = "";

    /// <summary>Where it is sent.</summary>
    public string Url { get; init; } = "";

    /// <summary>The event, as receivers know it (webhook-id).</summary>
    public string Event { get; init; } = "";

    /// <summary>What happened.</summary>
    public string EventType { get; init; } = "";

    /// <summary>The record it is about.</summary>
    public string Subject { get; init; } = "";

    /// <summary>When it happened.</summary>
    public DateTime OccurredAt { get; init; }

    /// <summary>True where somebody asked for it again.</summary>
    public bool IsReplay { get; init; }

    /// <summary><c>pending</c>, <c>delivered</c> or <c>given_up</c>.</summary>
    public string Status { get; init; } = "";

    /// <summary>How many attempts were made.</summary>
    public int Attempts { get; init; }

    /// <summary>When it is tried again; null where it is over or was not tried yet.</summary>
    public DateTime? NextAt { get; init; }

    /// <summary>The receiver's last status.</summary>
    public int? LastStatus { get; init; }

    /// <summary>Why there was none.</summary>
    public string? LastError { get; init; }

    /// <summary>How long the last attempt took.</summary>
    public int? LastMilliseconds { get; init; }
}

/// <summary>One attempt.</summary>
public sealed record WebhookAttempt(DateTime AttemptedAt, int Milliseconds, int? Status, string? Error, string Request, string? Response);

/// <summary>A delivery with what was sent and each attempt.</summary>
public sealed record WebhookDeliveryPage(WebhookDelivery Delivery, string Body, IReadOnlyList<WebhookAttempt> Attempts);

/// <summary>What people and programs say about an endpoint.</summary>
public sealed record WebhookFacts
{
    /// <summary>Where events are sent.</summary>
    public string? Url { get; init; }

    /// <summary>What it is for, in one's own words.</summary>
    public string? Description { get; init; }

    /// <summary>Which events it wants.</summary>
    public IReadOnlyList<string> EventTypes { get; init; } = [];

    /// <summary><c>channel</c> for the brand that wants to hear of all its channel; <c>own</c> where left out.</summary>
    public string? Scope { get; init; }
}

/// <summary>How an act on an endpoint ended.</summary>
public abstract record WebhookOutcome
{
    WebhookOutcome()
    {
    }

    /// <summary>It is done.</summary>
    /// <param name="Number">The endpoint, or the delivery that was asked for.</param>
    public sealed record Done(string Number) : WebhookOutcome
    {
        /// <summary>The new secret, to be shown this once; null where there is none.</summary>
        public string? Secret { get; init; }

        /// <summary>How many deliveries were asked for.</summary>
        public int Deliveries { get; init; }
    }

    /// <summary>The company has no such thing.</summary>
    public sealed record NotFound : WebhookOutcome;

    /// <summary>The person does not administer the company.</summary>
    public sealed record Forbidden : WebhookOutcome;

    /// <summary>Somebody else changed it since it was read.</summary>
    public sealed record Stale : WebhookOutcome;

    /// <summary>Something is wrong with what was entered.</summary>
    /// <param name="Problems">By field.</param>
    public sealed record Wrong(IReadOnlyList<Platform.Web.FieldProblem> Problems) : WebhookOutcome;
}
