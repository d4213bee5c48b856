using Platform.Texts;
using Platform.Web;
using Portal.Web.Display;

namespace Portal.Deals;

/// <summary>How protection policies are called on the screen.</summary>
static class PolicyWords
{
    static bool Chinese => string.Equals(Languages.Current, "zh-CN", StringComparison.Ordinal);

    /// <summary>The case: "Gold · Displays · from 500,000".</summary>
    public static string Case(PolicyVersion policy, Texts t) => policy.IsForAll
        ? t["policies.for_all"].Value
        : string.Join(" · ", new[]
        {
            policy.PartnerLevel is null ? null : t[$"partners.level.{policy.PartnerLevel}"].Value,
            Chinese ? policy.LineNameZh : policy.LineName,
            Amounts(policy.AmountFrom, policy.AmountUntil, t),
        }.OfType<string>());

    /// <summary>A span of amounts.</summary>
    public static string? Amounts(decimal? from, decimal? until, Texts t) => (from, until) switch
    {
        (null, null) => null,
        ({ } least, null) => t["policies.amount_from_only", Formats.Number(least)].Value,
        (null, { } most) => t["policies.amount_until_only", Formats.Number(most)].Value,
        ({ } least, { } most) => t["policies.amount_between", Formats.Number(least), Formats.Number(most)].Value,
    };

    /// <summary>A rule's value.</summary>
    public static string Value(object? value, string rule, Texts t) => value switch
    {
        null => rule is "stale_days" ? t["policies.never"] : rule is "capacity_floor" or "capacity_steps" ? "–" : t["policies.any_number"],
        int number => Formats.Number(number),
        var other => other.ToString()!,
    };

    /// <summary>How a state feels.</summary>
    public static Tone Tone(string state) => state switch
    {
        "draft" => Web.Display.Tone.Waiting,
        "coming" => Web.Display.Tone.Active,
        "in_force" => Web.Display.Tone.Good,
        _ => Web.Display.Tone.Neutral,
    };
}
