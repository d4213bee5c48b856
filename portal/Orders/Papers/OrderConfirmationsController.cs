using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Texts;
using Platform.Web;
using Portal.Documents;
using Portal.Web;

namespace Portal.Orders.Papers;

/// <summary>The order confirmation on the pages.</summary>
[Route("orders/{number}/confirmation/pdf")]
public sealed class OrderConfirmationsController(OrderConfirmations confirmations, Texts t) : Controller
{
    /// <summary>The PDF, in the reader's language or the one that is asked for; how the promise stands now, or one of the editions.</summary>
    [HttpGet(""), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> Show(string number, int? edition, string? language, CancellationToken ct) => await confirmations.AnswerAsync(t, number, edition, language, ct) ?? NotFound();
}

/// <summary>The same for programs.</summary>
[ApiController]
[Route("api/v1/orders/{number}/confirmation/pdf")]
public sealed class OrderConfirmationsApi(OrderConfirmations confirmations, Texts t) : ControllerBase
{
    /// <summary>The order confirmation as PDF: the same bytes at every download of an edition, with its SHA-256 as ETag.</summary>
    /// <param name="number">The order; it has been confirmed.</param>
    /// <param name="edition">An edition, from 1; how the promise stands now where nothing is said.</param>
    /// <param name="language"><c>en</c> or <c>zh-CN</c>; that of the request where nothing is said.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet(""), EnableRateLimiting(RateLimits.Costly), Produces("application/pdf")]
    public async Task<IActionResult> Show(string number, int? edition, string? language, CancellationToken ct) => await confirmations.AnswerAsync(t, number, edition, language, ct) ?? ApiProblem.NotFound;
}

static class ConfirmationDownload
{
    internal static async Task<IActionResult?> AnswerAsync(this OrderConfirmations confirmations, Texts t, string number, int? edition, string? language, CancellationToken ct)
    {
        var tongue = Languages.Of(language);
        return await confirmations.FindAsync(number, edition, tongue, ct) switch
        {
            ({ } file, _) => new FileContentResult(file.Content, "application/pdf")
            {
                FileDownloadName = string.Create(CultureInfo.InvariantCulture, $"{t.In(tongue, "orders.confirmation_paper")}-{number}-{file.Edition}.pdf"),
                EntityTag = new Microsoft.Net.Http.Headers.EntityTagHeaderValue($"\"{file.Sha256}\""),
            },
            (_, { } refusal) => DocumentsBusy.Answer(refusal),
            _ => null,
        };
    }
}
