using Platform.Web;

namespace Portal.Pipeline;

/// <summary>A stage of open deals, as the brand keeps it.</summary>
public sealed record PipelineStage
{
    /// <summary>What a stage can count as in the forecast, the surest last.</summary>
    public static IReadOnlyList<string> Forecasts { get; } = ["pipeline", "best_case", "commit"];

    /// <summary>The key; never leaves the server.</summary>
    public long PipelineStageId { get; init; }

    /// <summary>The code by which the API names it.</summary>
    public required string Code { get; init; }

    /// <summary>The name in English.</summary>
    public required string Name { get; init; }

    /// <summary>The name in Chinese.</summary>
    public required string NameZh { get; init; }

    /// <summary>Its place among the stages.</summary>
    public int Position { get; init; }

    /// <summary>How likely a deal in it is won, as a share.</summary>
    public decimal Probability { get; init; }

    /// <summary>One of <see cref="Forecasts"/>.</summary>
    public required string Forecast { get; init; }

    /// <summary>After so many days a deal in it is stuck.</summary>
    public int StuckDays { get; init; }

    /// <summary>No deal enters it any more.</summary>
    public bool IsRetired { get; init; }

    /// <summary>How often it was changed.</summary>
    public int Version { get; init; }

    /// <summary>How many open deals stand in it, where they were counted.</summary>
    public int Deals { get; init; }

    /// <summary>The name in the reader's language.</summary>
    public string Shown => Named(Name, NameZh);

    /// <summary>Of two names, the one in the reader's language.</summary>
    public static string Named(string name, string nameZh) => Languages.Current is "zh-CN" ? nameZh : name;
}

/// <summary>Why deals are won or lost.</summary>
public sealed record CloseReason
{
    /// <summary>The key; never leaves the server.</summary>
    public long CloseReasonId { get; init; }

    /// <summary><c>won</c> or <c>lost</c>.</summary>
    public required string Outcome { get; init; }

    /// <summary>The code by which the API names it.</summary>
    public required string Code { get; init; }

    /// <summary>The name in English.</summary>
    public required string Name { get; init; }

    /// <summary>The name in Chinese.</summary>
    public required string NameZh { get; init; }

    /// <summary>Its place among the reasons.</summary>
    public int Position { get; init; }

    /// <summary>It is not offered any more.</summary>
    public bool IsRetired { get; init; }

    /// <summary>How often it was changed.</summary>
    public int Version { get; init; }

    /// <summary>The name in the reader's language.</summary>
    public string Shown => PipelineStage.Named(Name, NameZh);
}

/// <summary>An open deal in the pipeline.</summary>
public sealed class PipelineDeal
{
    /// <summary>The key; never leaves the server.</summary>
    public long DealId { get; init; }

    /// <summary>The number.</summary>
    public string Number { get; init; } = "";

    /// <summary>The claimant; never leaves the server.</summary>
    public long PartnerId { get; init; }

    /// <summary>The claimant's name.</summary>
    public string PartnerName { get; init; } = "";

    /// <summary>The same in Latin letters.</summary>
    public string? PartnerNameLatin { get; init; }

    /// <summary>The customer's name.</summary>
    public string CustomerName { get; init; } = "";

    /// <summary>The registration's state.</summary>
    public string Status { get; init; } = "";

    /// <summary>The amount.</summary>
    public decimal Amount { get; init; }

    /// <summary>Its currency.</summary>
    public string Currency { get; init; } = "";

    /// <summary>The day it is expected to close.</summary>
    public DateOnly ExpectedClose { get; init; }

    /// <summary>The stage; never leaves the server.</summary>
    public long PipelineStageId { get; init; }

    /// <summary>The stage's code.</summary>
    public string Stage { get; init; } = "";

    /// <summary>Its name in English.</summary>
    public string StageName { get; init; } = "";

    /// <summary>Its name in Chinese.</summary>
    public string StageNameZh { get; init; } = "";

    /// <summary>How likely it is won, as a share.</summary>
    public decimal Probability { get; init; }

    /// <summary>What it counts as in the forecast.</summary>
    public string Forecast { get; init; } = "";

    /// <summary>How many days it has been in its stage.</summary>
    public int DaysInStage { get; init; }

    /// <summary>It has been there for longer than the stage allows.</summary>
    public bool IsStuck { get; init; }

    /// <summary>Since when it is in its stage.</summary>
    public DateTime StageSince { get; init; }

    /// <summary>How often stage and next step were changed; 0 for never.</summary>
    public int StageVersion { get; init; }

    /// <summary>What comes next: what was last said, here or with an activity.</summary>
    public string? NextStep { get; init; }

    /// <summary>By which day.</summary>
    public DateOnly? NextStepDue { get; init; }

    /// <summary>The stage in the reader's language.</summary>
    public string StageShown => PipelineStage.Named(StageName, StageNameZh);
}
