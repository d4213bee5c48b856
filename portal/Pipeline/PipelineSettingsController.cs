using Microsoft.AspNetCore.Mvc;
using Platform.Texts;
using Platform.Web;
using Portal.Web;

namespace Portal.Pipeline;

/// <summary>The stages and reasons, as the brand's administrator keeps them.</summary>
[Route("pipeline/settings"), AllowRoles("brand_admin")]
public sealed class PipelineSettingsController(PipelineStore pipeline, KeepStages keepStages, Texts t) : Controller
{
    /// <summary>Both lists.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken ct) => View("PipelineSettings", new PipelineSettings(await pipeline.StagesWithDealsAsync(ct), await pipeline.ReasonsAsync(ct)));

    /// <summary>Adds a stage, or changes the one of that code.</summary>
    [HttpPost("stages")]
    public async Task<IActionResult> Stage([FromForm] StageForm form, CancellationToken ct) =>
        Back(form.Version is null ? await keepStages.AddAsync(form.Stage(), ct) : await keepStages.ChangeAsync(form.Stage(), form.Retire, ct));

    /// <summary>Adds a reason, or changes the one of that code.</summary>
    [HttpPost("reasons")]
    public async Task<IActionResult> Reason([FromForm] ReasonForm form, CancellationToken ct) =>
        Back(form.Version is null ? await keepStages.AddAsync(form.Reason(), ct) : await keepStages.ChangeAsync(form.Reason(), form.Retire, ct));

    RedirectResult Back(FieldProblem? problem)
    {
        this.Flash(problem is null ? FlashKind.Done : FlashKind.Problem, problem is null ? t["pipeline.saved"] : problem.Arguments.Count == 0 ? t[problem.TextKey] : t[problem.TextKey, [.. problem.Arguments]]);
        return Redirect("/pipeline/settings");
    }
}

/// <summary>What <c>PipelineSettings.cshtml</c> shows.</summary>
/// <param name="Stages">The stages.</param>
/// <param name="Reasons">The reasons.</param>
public sealed record PipelineSettings(IReadOnlyList<PipelineStage> Stages, IReadOnlyList<CloseReason> Reasons);

/// <summary>A stage as it is typed; without a version it is a new one.</summary>
public sealed class StageForm
{
    /// <summary>The code.</summary>
    public string? Code { get; set; }

    /// <summary>The name in English.</summary>
    public string? Name { get; set; }

    /// <summary>The name in Chinese.</summary>
    public string? NameZh { get; set; }

    /// <summary>The place.</summary>
    public int Position { get; set; }

    /// <summary>The probability in percent.</summary>
    public decimal Probability { get; set; }

    /// <summary>The category.</summary>
    public string? Forecast { get; set; }

    /// <summary>After so many days a deal is stuck.</summary>
    public int StuckDays { get; set; }

    /// <summary>No deal enters it any more.</summary>
    public bool Retire { get; set; }

    /// <summary>The version that was seen.</summary>
    public int? Version { get; set; }

    internal PipelineStage Stage() => new()
    {
        Code = Code?.Trim() ?? "", Name = Name?.Trim() ?? "", NameZh = NameZh?.Trim() ?? "", Position = Position, Probability = Probability / 100, Forecast = Forecast ?? "", StuckDays = StuckDays, Version = Version ?? 0,
    };
}

/// <summary>A reason as it is typed; without a version it is a new one.</summary>
public sealed class ReasonForm
{
    /// <summary><c>won</c> or <c>lost</c>.</summary>
    public string? Outcome { get; set; }

    /// <summary>The code.</summary>
    public string? Code { get; set; }

    /// <summary>The name in English.</summary>
    public string? Name { get; set; }

    /// <summary>The name in Chinese.</summary>
    public string? NameZh { get; set; }

    /// <summary>The place.</summary>
    public int Position { get; set; }

    /// <summary>It is not offered any more.</summary>
    public bool Retire { get; set; }

    /// <summary>The version that was seen.</summary>
    public int? Version { get; set; }

    internal CloseReason Reason() => new() { Outcome = Outcome ?? "", Code = Code?.Trim() ?? "", Name = Name?.Trim() ?? "", NameZh = NameZh?.Trim() ?? "", Position = Position, Version = Version ?? 0 };
}
