using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Audit;
using Platform.Database;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Portal.Documents;
using Portal.Web;
using Portal.Web.Lists;

namespace Portal.Quotes;

/// <summary>Files of many quotes in one zip, on pages: asking, watching, downloading.</summary>
[Route("quotes/bundles")]
[AllowRoles("brand_admin", "channel_manager", "deal_desk", "finance", "partner_admin", "sales", "viewer")]
public sealed class QuoteBundlesController(AskForBundle ask, QuoteBundleStore bundles, BundleDownload download, Texts t) : Controller
{
    /// <summary>Asks for them: the chosen quotes, or all that the list in the address finds.</summary>
    [HttpPost, Idempotent, EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> Create(List<string> numbers, string? scope, List<string> kinds, List<string> languages, CancellationToken ct)
    {
        var query = ListQuery.Read(Request, QuoteStore.Shape);
        switch (await ask.RunAsync(new(scope == "all" ? null : numbers, kinds, languages), query, ct))
        {
            case BundleAsking.Asked(var bundle):
                return RedirectToAction(nameof(Show), new { bundle });
            case BundleAsking.Wrong(var problem):
                this.Flash(FlashKind.Problem, problem.Text(t));
                return LocalRedirect("/quotes" + query.OnPage(query.Page));
            default:
                throw new InvalidOperationException("A wish is kept or refused.");
        }
    }

    /// <summary>How far it is.</summary>
    [HttpGet("{bundle}")]
    public async Task<IActionResult> Show(string bundle, CancellationToken ct) => await bundles.FindAsync(bundle, ct) is { } found ? View("QuoteBundle", found) : NotFound();

    /// <summary>The part of the page that changes.</summary>
    [HttpGet("{bundle}/progress")]
    public async Task<IActionResult> Progress(string bundle, CancellationToken ct) => await bundles.FindAsync(bundle, ct) is { } found ? PartialView("_QuoteBundleState", found) : NotFound();

    /// <summary>The zip.</summary>
    [HttpGet("{bundle}/content"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> Download(string bundle, CancellationToken ct)
    {
        if (await bundles.FindAsync(bundle, ct) is not { } found)
        {
            return NotFound();
        }

        if (found.Status != "done")
        {
            return RedirectToAction(nameof(Show), new { bundle });
        }

        await download.SendAsync(Response, found, ct);
        return new EmptyResult();
    }

    /// <summary>Stops it.</summary>
    [HttpPost("{bundle}/cancellation")]
    public async Task<IActionResult> Cancel(string bundle, CancellationToken ct)
    {
        await bundles.CancelAsync(bundle, ct);
        return RedirectToAction(nameof(Show), new { bundle });
    }
}

/// <summary>The same for programs.</summary>
[ApiController]
[Route("api/v1/quote-bundles")]
public sealed class QuoteBundlesApi(AskForBundle ask, QuoteBundleStore bundles, BundleDownload download) : ControllerBase
{
    /// <summary>Asks for the files of many quotes in one zip: those named, or all that <c>q</c> and <c>status</c> in the address find. They are made in the background.</summary>
    [HttpPost, Idempotent, EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> Create(BundleRequest request, CancellationToken ct) =>
        await ask.RunAsync(new(request.Quotes, request.Kinds ?? ["pdf"], request.Languages ?? ["zh-CN"]), ListQuery.Read(Request, QuoteStore.Shape), ct) switch
        {
            BundleAsking.Asked(var bundle) => AcceptedAtAction(nameof(Show), new { bundle }, BundleAnswer.Of((await bundles.FindAsync(bundle, ct))!)),
            BundleAsking.Wrong(var problem) => ApiProblem.Invalid(problem.ForApi),
            _ => throw new InvalidOperationException("A wish is kept or refused."),
        };

    /// <summary>How far it is.</summary>
    [HttpGet("{bundle}")]
    public async Task<IActionResult> Show(string bundle, CancellationToken ct) => await bundles.FindAsync(bundle, ct) is { } found ? Ok(BundleAnswer.Of(found)) : ApiProblem.NotFound;

    /// <summary>The zip, once it is done.</summary>
    [HttpGet("{bundle}/content"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> Download(string bundle, CancellationToken ct)
    {
        if (await bundles.FindAsync(bundle, ct) is not { } found)
        {
            return ApiProblem.NotFound;
        }

        if (found.Status != "done")
        {
            return ApiProblem.Conflict("quote-bundle-state", "quotes.bundle.problem.not_done", found.Made, found.Files);
        }

        await download.SendAsync(Response, found, ct);
        return new EmptyResult();
    }

    /// <summary>Stops it; one that has ended stays as it is.</summary>
    [HttpDelete("{bundle}")]
    public async Task<IActionResult> Cancel(string bundle, CancellationToken ct)
    {
        if (await bundles.FindAsync(bundle, ct) is null)
        {
            return ApiProblem.NotFound;
        }

        await bundles.CancelAsync(bundle, ct);
        return NoContent();
    }
}

/// <summary>Sends the zip of a bundle, and writes down who took it.</summary>
public sealed class BundleDownload(Db db, QuoteBundleStore bundles, AuditTrail audit)
{
    /// <summary>Sends it, file after file.</summary>
    public async Task SendAsync(HttpResponse response, QuoteBundle bundle, CancellationToken ct)
    {
        await db.InTransactionAsync(() => audit.RecordAsync("quote_bundle.downloaded", "quote_bundle", bundle.Number, bundle.PartnerId, new { bundle.Quotes, bundle.Files }, ct), ct);
        await response.SendZipAsync($"{bundle.Number}.zip", bundles.StreamAsync(bundle.QuoteBundleId, ct).Select(file => new ZippedFile(file.Name, new DateTimeOffset(file.MadeAt, TimeSpan.Zero), file.Content)), ct);
    }
}

/// <summary>What a program asks for.</summary>
/// <param name="Quotes">The numbers, at most 500; left out for all that the address finds.</param>
/// <param name="Kinds"><c>pdf</c>, <c>xlsx</c> or both; PDF where left out.</param>
/// <param name="Languages"><c>en</c>, <c>zh-CN</c> or both; Chinese where left out.</param>
public sealed record BundleRequest(IReadOnlyList<string>? Quotes, IReadOnlyList<string>? Kinds, IReadOnlyList<string>? Languages);

/// <summary>A bundle as the API tells it; <c>content</c> is there once it is done.</summary>
public sealed record BundleAnswer(string Number, string Status, int Quotes, int LeftOut, int Files, int Made, DateTime CreatedAt, DateTime? EndedAt, string? Content)
{
    internal static BundleAnswer Of(QuoteBundle bundle) => new(
        bundle.Number, bundle.Status, bundle.Quotes, bundle.LeftOut, bundle.Files, bundle.Made, bundle.CreatedAt, bundle.EndedAt, bundle.Status == "done" ? $"/api/v1/quote-bundles/{bundle.Number}/content" : null);
}
