using Platform.Web;

namespace Portal.Deals;

/// <summary>A step that a policy asks for.</summary>
public sealed record PolicyStep
{
    /// <summary><c>deal_desk</c>, <c>channel_manager</c>, <c>finance</c> or <c>brand_admin</c>.</summary>
    public string? Queue { get; init; }

    /// <summary>How many of it have to approve.</summary>
    public int Approvers { get; init; } = 1;

    /// <summary>In so many hours.</summary>
    public int Hours { get; init; } = 16;

    /// <summary>Hours of work: Monday to Friday, 9 to 17 in the brand's zone.</summary>
    public bool Working { get; init; } = true;

    /// <summary>To whom it goes besides when they do not.</summary>
    public string? EscalateTo { get; init; } = "brand_admin";
}

/// <summary>What a version of an approval policy says: the case it is for, and who decides there.</summary>
public record ApprovalFacts
{
    /// <summary>The queues there are.</summary>
    public static IReadOnlyList<string> Queues { get; } = ["deal_desk", "channel_manager", "finance", "brand_admin"];

    /// <summary>The bands of a screening.</summary>
    public static IReadOnlyList<string> Bands { get; } = ["none", "possible", "likely", "related", "certain"];

    /// <summary>The first day it holds.</summary>
    public DateOnly? EffectiveFrom { get; init; }

    /// <summary>The level.</summary>
    public string? PartnerLevel { get; init; }

    /// <summary>The code of the product line.</summary>
    public string? ProductLine { get; init; }

    /// <summary>The code of the territory.</summary>
    public string? Territory { get; init; }

    /// <summary>Deals of at least this amount, in the brand's currency.</summary>
    public decimal? AmountFrom { get; init; }

    /// <summary>Deals below this amount.</summary>
    public decimal? AmountUntil { get; init; }

    /// <summary>How sure the screening was.</summary>
    public string? Band { get; init; }

    /// <summary>From its day on nothing special holds for the case.</summary>
    public bool Lapses { get; init; }

    /// <summary>The policy approves by itself; for the band <c>none</c> only.</summary>
    public bool AutoApprove { get; init; }

    /// <summary>The steps, in their order.</summary>
    public IReadOnlyList<PolicyStep> Steps { get; init; } = [];

    /// <summary>Why this version.</summary>
    public string? Note { get; init; }

    /// <summary>It is for a part of the registrations only.</summary>
    public bool IsForAll => PartnerLevel is null && ProductLine is null && Territory is null && AmountFrom is null && AmountUntil is null && Band is null;

    /// <summary>What is wrong with it.</summary>
    public IReadOnlyList<FieldProblem> Check(DateOnly today, bool lineIsKnown, bool territoryIsKnown)
    {
        var problems = new List<FieldProblem>();
        void Wrong(bool isWrong, string field, string key, params IReadOnlyList<object> arguments)
        {
            if (isWrong)
            {
                problems.Add(new(field, key, arguments));
            }
        }

        Wrong(EffectiveFrom is not { } from || from < today || from > today.AddYears(5), "effectiveFrom", "policies.invalid.effective_from");
        Wrong(PartnerLevel is not null && !PolicyFacts.Levels.Contains(PartnerLevel, StringComparer.Ordinal), "partnerLevel", "policies.invalid.level", string.Join(", ", PolicyFacts.Levels));
        Wrong(!lineIsKnown, "productLine", "deals.invalid.unknown_line");
        Wrong(!territoryIsKnown, "territory", "deals.invalid.territory");
        Wrong(AmountFrom < 0 || AmountUntil <= (AmountFrom ?? 0) || AmountFrom >= 1_000_000_000_000m || AmountUntil >= 1_000_000_000_000m, "amountUntil", "policies.invalid.amounts");
        Wrong(Band is not null && !Bands.Contains(Band, StringComparer.Ordinal), "band", "policies.invalid.level", string.Join(", ", Bands));
        Wrong(AutoApprove && Band is not "none", "autoApprove", "approvals.invalid.auto");
        Wrong(Lapses && IsForAll, "lapses", "policies.invalid.lapses");
        Wrong(!Lapses && !AutoApprove && Steps.Count == 0, "steps", "approvals.invalid.no_steps");
        Wrong(Steps.Count > 6 || Steps.Any(step => !Queues.Contains(step.Queue, StringComparer.Ordinal) || !Queues.Contains(step.EscalateTo, StringComparer.Ordinal) || step.Approvers is < 1 or > 5 || step.Hours is < 1 or > 2000),
            "steps", "approvals.invalid.steps");
        Wrong(Note?.Length > 2000, "note", "customers.invalid.too_long", 2000);
        return problems;
    }
}

/// <summary>A version of an approval policy as it is stored.</summary>
public sealed record ApprovalVersion : ApprovalFacts
{
    /// <summary>The number.</summary>
    public string Number { get; init; } = "";

    /// <summary><c>draft</c>, <c>coming</c>, <c>in_force</c> or <c>superseded</c>.</summary>
    public string State { get; init; } = "";

    /// <summary>The line's name in English.</summary>
    public string? LineName { get; init; }

    /// <summary>The line's name in Chinese.</summary>
    public string? LineNameZh { get; init; }

    /// <summary>The territory's name in English.</summary>
    public string? TerritoryName { get; init; }

    /// <summary>The territory's name in Chinese.</summary>
    public string? TerritoryNameZh { get; init; }

    /// <summary>When it was published.</summary>
    public DateTime? PublishedAt { get; init; }

    /// <summary>How often the draft was changed.</summary>
    public int Version { get; init; }

    /// <summary>It can still be changed.</summary>
    public bool IsDraft => State is "draft";
}
