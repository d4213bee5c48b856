using Platform.Web;

namespace Portal.Deals;

/// <summary>What a version of a protection policy says: the case it is for, and the rules that hold there.</summary>
public record PolicyFacts
{
    /// <summary>The levels a policy can be for.</summary>
    public static IReadOnlyList<string> Levels { get; } = ["registered", "silver", "gold", "platinum"];

    /// <summary>The first day it holds.</summary>
    public DateOnly? EffectiveFrom { get; init; }

    /// <summary>The level it is for; all where nothing is said.</summary>
    public string? PartnerLevel { get; init; }

    /// <summary>The code of the product line it is for; all where nothing is said.</summary>
    public string? ProductLine { get; init; }

    /// <summary>Deals of at least this amount, in the brand's currency.</summary>
    public decimal? AmountFrom { get; init; }

    /// <summary>Deals below this amount, in the brand's currency.</summary>
    public decimal? AmountUntil { get; init; }

    /// <summary>From its day on nothing special holds for the case.</summary>
    public bool Lapses { get; init; }

    /// <summary>How long a claim is protected.</summary>
    public int ProtectionDays { get; init; } = 90;

    /// <summary>How much longer on request.</summary>
    public int ExtensionDays { get; init; } = 30;

    /// <summary>How often it may be extended; any number where nothing is said.</summary>
    public int? ExtensionsAtMost { get; init; }

    /// <summary>How many days before the end the partner is reminded.</summary>
    public int ReminderDays { get; init; } = 14;

    /// <summary>How long an ended claim is called recently expired.</summary>
    public int RecentlyExpiredDays { get; init; } = 30;

    /// <summary>How often a partner may have claims screened in a day.</summary>
    public int ScreeningsPerDay { get; init; } = 200;

    /// <summary>After so many days without a meeting, visit, quote or order a claim is warned of; never where nothing is said.</summary>
    public int? StaleDays { get; init; }

    /// <summary>So many days after the warning it is released.</summary>
    public int StaleWarningDays { get; init; } = 14;

    /// <summary>A deal won within so many hours of its registration is looked at first.</summary>
    public int BackdatingHours { get; init; } = 72;

    /// <summary>How many open claims a partner may have; any number where nothing is said.</summary>
    public int? Capacity { get; init; }

    /// <summary>The win rate is that of so many months.</summary>
    public int CapacityMonths { get; init; } = 12;

    /// <summary>It counts from so many decided deals on.</summary>
    public int CapacityDecided { get; init; } = 5;

    /// <summary>Win rates in rising order, as shares of one.</summary>
    public decimal[] CapacityRates { get; init; } = [];

    /// <summary>What the capacity is multiplied by from each of them on.</summary>
    public decimal[] CapacityFactors { get; init; } = [];

    /// <summary>The capacity is never below.</summary>
    public int? CapacityFloor { get; init; }

    /// <summary>Nor above, but for what was allowed besides.</summary>
    public int? CapacityCeiling { get; init; }

    /// <summary>Why this version.</summary>
    public string? Note { get; init; }

    /// <summary>It is for a part of the claims only.</summary>
    public bool IsForAll => PartnerLevel is null && ProductLine is null && AmountFrom is null && AmountUntil is null;

    /// <summary>What is wrong with it.</summary>
    /// <param name="today">The brand's day.</param>
    /// <param name="lineIsKnown">There is such a product line, or none was named.</param>
    public IReadOnlyList<FieldProblem> Check(DateOnly today, bool lineIsKnown)
    {
        var problems = new List<FieldProblem>();
        void Between(string field, int? number, int least, int most)
        {
            if (number < least || number > most)
            {
                problems.Add(new(field, "policies.invalid.number", least, most));
            }
        }

        CheckCase(today, lineIsKnown, problems);
        Between("protectionDays", ProtectionDays, 1, 1095);
        Between("extensionDays", ExtensionDays, 1, 365);
        Between("extensionsAtMost", ExtensionsAtMost, 0, 100);
        Between("reminderDays", ReminderDays, 0, 365);
        Between("recentlyExpiredDays", RecentlyExpiredDays, 0, 1095);
        Between("screeningsPerDay", ScreeningsPerDay, 1, 1_000_000);
        Between("staleDays", StaleDays, 1, 1095);
        Between("staleWarningDays", StaleWarningDays, 1, 365);
        Between("backdatingHours", BackdatingHours, 0, 8760);
        Between("capacity", Capacity, 1, 1_000_000);
        Between("capacityMonths", CapacityMonths, 1, 60);
        Between("capacityDecided", CapacityDecided, 1, 1000);
        Between("capacityFloor", CapacityFloor, 1, 1_000_000);
        Between("capacityCeiling", CapacityCeiling, CapacityFloor ?? 1, 1_000_000);
        CheckCapacity(problems);
        if (Note?.Length > 2000)
        {
            problems.Add(new("note", "customers.invalid.too_long", 2000));
        }

        return problems;
    }

    void CheckCase(DateOnly today, bool lineIsKnown, List<FieldProblem> problems)
    {
        if (EffectiveFrom is not { } from || from < today || from > today.AddYears(5))
        {
            problems.Add(new("effectiveFrom", "policies.invalid.effective_from"));
        }

        if (PartnerLevel is not null && !Levels.Contains(PartnerLevel, StringComparer.Ordinal))
        {
            problems.Add(new("partnerLevel", "policies.invalid.level", string.Join(", ", Levels)));
        }

        if (!lineIsKnown)
        {
            problems.Add(new("productLine", "deals.invalid.unknown_line"));
        }

        if (AmountFrom < 0 || AmountUntil <= (AmountFrom ?? 0) || Wrong(AmountFrom) || Wrong(AmountUntil))
        {
            problems.Add(new("amountUntil", "policies.invalid.amounts"));
        }

        if (Lapses && IsForAll)
        {
            problems.Add(new("lapses", "policies.invalid.lapses"));
        }

        static bool Wrong(decimal? amount) => amount is { } some && (some >= 1_000_000_000_000m || decimal.Round(some, 2) != some);
    }

    void CheckCapacity(List<FieldProblem> problems)
    {
        if (Capacity is not null && (ProductLine is not null || AmountFrom is not null || AmountUntil is not null))
        {
            problems.Add(new("capacity", "policies.invalid.capacity_by_level"));
        }

        var rising = CapacityRates.Zip(CapacityRates.Skip(1)).All(pair => pair.First < pair.Second);
        if (CapacityRates.Length != CapacityFactors.Length || CapacityRates.Length > 10 || !rising
            || CapacityRates.Any(rate => rate is < 0 or > 1 || decimal.Round(rate, 4) != rate) || CapacityFactors.Any(factor => factor is <= 0 or > 10 || decimal.Round(factor, 2) != factor))
        {
            problems.Add(new("capacityRates", "policies.invalid.capacity_rates"));
        }
    }
}

/// <summary>A version of a protection policy as it is stored.</summary>
public sealed record PolicyVersion : PolicyFacts
{
    /// <summary>The key; never leaves the server.</summary>
    public long ProtectionPolicyId { get; init; }

    /// <summary>The number.</summary>
    public string Number { get; init; } = "";

    /// <summary><c>draft</c>, <c>coming</c>, <c>in_force</c> or <c>superseded</c>.</summary>
    public string State { get; init; } = "";

    /// <summary>The product line's name in English.</summary>
    public string? LineName { get; init; }

    /// <summary>The product line's name in Chinese.</summary>
    public string? LineNameZh { get; init; }

    /// <summary>Who published it.</summary>
    public string? PublishedBy { get; init; }

    /// <summary>When.</summary>
    public DateTime? PublishedAt { get; init; }

    /// <summary>How many deals it protects or has protected.</summary>
    public long Deals { get; init; }

    /// <summary>How often the draft was changed.</summary>
    public int Version { get; init; }

    /// <summary>It can still be changed.</summary>
    public bool IsDraft => State is "draft";

    /// <summary>What differs from another version, rule by rule.</summary>
    public IEnumerable<(string Rule, object? Before, object? After)> Against(PolicyFacts? before)
    {
        foreach (var (rule, read) in Rules)
        {
            var (was, now) = (before is null ? null : read(before), read(this));
            if (before is null || !string.Equals(Said(was), Said(now), StringComparison.Ordinal))
            {
                yield return (rule, was, now);
            }
        }
    }

    /// <summary>All rules, in the order in which pages show them.</summary>
    public static IReadOnlyList<(string Rule, Func<PolicyFacts, object?> Read)> Rules { get; } =
    [
        ("protection_days", policy => policy.ProtectionDays), ("extension_days", policy => policy.ExtensionDays), ("extensions_at_most", policy => policy.ExtensionsAtMost),
        ("reminder_days", policy => policy.ReminderDays), ("stale_days", policy => policy.StaleDays), ("stale_warning_days", policy => policy.StaleWarningDays),
        ("recently_expired_days", policy => policy.RecentlyExpiredDays), ("screenings_per_day", policy => policy.ScreeningsPerDay), ("backdating_hours", policy => policy.BackdatingHours),
        ("capacity", policy => policy.Capacity), ("capacity_months", policy => policy.CapacityMonths), ("capacity_decided", policy => policy.CapacityDecided),
        ("capacity_steps", Steps), ("capacity_floor", policy => policy.CapacityFloor), ("capacity_ceiling", policy => policy.CapacityCeiling),
    ];

    static string? Steps(PolicyFacts policy) => policy.CapacityRates.Length == 0
        ? null
        : string.Join("; ", policy.CapacityRates.Zip(policy.CapacityFactors, (rate, factor) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{rate * 100:0.##}% × {factor:0.##}")));

    static string? Said(object? value) => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture);
}
