using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Texts;
using Platform.Web;
using Portal.Documents;
using Portal.Web;

namespace Portal.Quotes;

/// <summary>The steps of a quote's life, each a noun one posts to, and the files of its sent revisions.</summary>
[Route("quotes/{number}")]
[AllowRoles("brand_admin", "channel_manager", "deal_desk", "finance", "partner_admin", "sales", "viewer")]
public sealed class QuoteStepsController(WorkOnQuote work, QuoteFiles files, DraftPaper drafts, Texts t) : Controller
{
    /// <summary>Sends it, or hands it to the deal desk.</summary>
    [HttpPost("sending")]
    public async Task<IActionResult> Send(string number, int version, CancellationToken ct) => Answer(number, await work.SendAsync(number, version, ct));

    /// <summary>The deal desk decides.</summary>
    [HttpPost("decision")]
    public async Task<IActionResult> Decide(string number, int version, bool approve, string? reason, CancellationToken ct) =>
        Answer(number, approve ? await work.ApproveAsync(number, version, ct) : await work.RejectAsync(number, version, reason, ct));

    /// <summary>The customer's answer.</summary>
    [HttpPost("answer")]
    public async Task<IActionResult> Close(string number, int version, bool accepted, string? reason, CancellationToken ct) =>
        Answer(number, accepted ? await work.AcceptAsync(number, version, ct) : await work.DeclineAsync(number, version, reason, ct));

    /// <summary>Takes it back.</summary>
    [HttpPost("withdrawal")]
    public async Task<IActionResult> Withdraw(string number, int version, string? reason, CancellationToken ct) => Answer(number, await work.WithdrawAsync(number, version, reason, ct));

    /// <summary>Begins the next revision.</summary>
    [HttpPost("revisions")]
    public async Task<IActionResult> Revise(string number, int version, CancellationToken ct) => Answer(number, await work.ReviseAsync(number, version, ct));

    /// <summary>The PDF or Excel file of a sent revision; the same bytes each time.</summary>
    [HttpGet("revisions/{revision:int}/{kind:regex(^(pdf|xlsx)$)}"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> Download(string number, int revision, string kind, string? language, CancellationToken ct) =>
        await QuoteDownload.AnswerAsync(this, files, t, number, revision, kind, language, ct);

    /// <summary>A draft as it would be printed, with a watermark.</summary>
    [HttpGet("draft-pdf"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> Draft(string number, string? language, CancellationToken ct) =>
        QuoteDownload.Answer(this, await drafts.MakeAsync(number, Languages.Of(language), ct), "application/pdf", $"{number}-draft.pdf");

    IActionResult Answer(string number, QuoteOutcome outcome) => QuoteDone.Answer(this, t, number, outcome);
}

/// <summary>Says on the page of a quote how an act on it ended.</summary>
static class QuoteDone
{
    public static IActionResult Answer(Controller controller, Texts t, string number, QuoteOutcome outcome)
    {
        switch (outcome)
        {
            case QuoteOutcome.NotFound:
                return controller.NotFound();
            case QuoteOutcome.Forbidden:
                return controller.Forbid();
            case QuoteOutcome.Done:
                controller.Flash(FlashKind.Done, t["quotes.done"]);
                break;
            case QuoteOutcome.NotNow or QuoteOutcome.Stale:
                controller.Flash(FlashKind.Problem, t["quotes.problem.changed_meanwhile"]);
                break;
            case QuoteOutcome.Wrong(var problems):
                controller.Flash(FlashKind.Problem, problems[0].Text(t));
                break;
        }

        return controller.RedirectToAction(nameof(QuotesController.Show), "Quotes", new { number });
    }
}

/// <summary>Answers with a quote's file, on pages and in the API alike.</summary>
static class QuoteDownload
{
    public static async Task<IActionResult> AnswerAsync(ControllerBase controller, QuoteFiles files, Texts t, string number, int revision, string kind, string? language, CancellationToken ct)
    {
        var type = kind == "pdf" ? "application/pdf" : "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        return Answer(controller, await files.FindAsync(number, revision, kind, Languages.Of(language), ct), type, $"{number}-{revision}.{kind}");
    }

    /// <summary>The signed copy of an accepted revision.</summary>
    public static async Task<IActionResult> SignedAsync(ControllerBase controller, SignedCopies copies, string number, int revision, string? language, CancellationToken ct)
    {
        return Answer(controller, await copies.FindAsync(number, revision, Languages.Of(language), ct), "application/pdf", $"{number}-{revision}-signed.pdf");
    }

    /// <summary>The name under which a working copy is kept.</summary>
    public static string CopyName(string number, int revision) => $"{number}-{revision}-work.xlsx";

    /// <summary>A file, or why there is none.</summary>
    public static IActionResult Answer(ControllerBase controller, QuoteFileOutcome outcome, string type, string name) => outcome switch
    {
        QuoteFileOutcome.Ready(var file) => controller.File(file.Content, type, name, lastModified: null, new Microsoft.Net.Http.Headers.EntityTagHeaderValue($"\"{file.Sha256}\"")),
        QuoteFileOutcome.Busy(var textKey) => DocumentsBusy.Answer(textKey),
        _ => controller is ControllerBase { ControllerContext.ActionDescriptor.EndpointMetadata: var metadata } && metadata.OfType<ApiControllerAttribute>().Any() ? ApiProblem.NotFound : controller.NotFound(),
    };

    /// <summary>A problem as a sentence.</summary>
    public static string Text(this QuoteProblem problem, Texts t) => problem.Arguments.Count == 0 ? t[problem.TextKey] : t[problem.TextKey, [.. problem.Arguments]];
}
