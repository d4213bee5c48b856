using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Idempotency;
using Platform.Web;
using Platform.Web.Api;
using Portal.Web;

namespace Portal.Quotes;

/// <summary>Links to sent quotes, their mails and what came of them, for programs.</summary>
[ApiController]
[Route("api/v1/quotes/{number}")]
public sealed class QuoteLinksApi(QuoteStore quotes, QuoteLinkStore links, KeepQuoteLinks keep, MailQuote mailQuote, SignedCopies copies, IConfiguration settings) : ControllerBase
{
    /// <summary>The links of a quote: when each was opened, downloaded from and answered.</summary>
    [HttpGet("links")]
    public async Task<IActionResult> Links(string number, CancellationToken ct) => await quotes.HeadAsync(number, ct) is { } head
        ? Ok(new { items = (await links.LinksAsync(head.QuoteId, ct)).Select(Answer) })
        : ApiProblem.NotFound;

    /// <summary>Makes a link without mail; its address is asked for apart, because it is shown and not kept.</summary>
    [HttpPost("links"), Idempotent]
    public async Task<IActionResult> Make(string number, QuoteLinkRequest request, CancellationToken ct) =>
        await keep.MakeAsync(number, Typed.Text(request.Recipient), request.Language is "zh-CN" ? "zh-CN" : "en", request.ExpiresOn, ct) switch
        {
            QuoteOutcome.Done(var link) => CreatedAtAction(nameof(Links), new { number }, new { link }),
            var other => QuotesApi.Refused(other),
        };

    /// <summary>A new address of a link; answered this once and never again.</summary>
    [HttpPost("links/{link}/address")]
    public async Task<IActionResult> Address(string number, string link, CancellationToken ct)
    {
        var (outcome, secret) = await keep.ShowAsync(number, link, ct);
        return secret is null ? QuotesApi.Refused(outcome) : Ok(new { link, url = OfferSecret.Address(PortalUrl.Of(settings), secret) });
    }

    /// <summary>Ends a link with all its addresses.</summary>
    [HttpPost("links/{link}/revocation")]
    public async Task<IActionResult> Revoke(string number, string link, CancellationToken ct) => Done(await keep.RevokeAsync(number, link, ct));

    /// <summary>Makes a link good again; addresses given out before stay dead.</summary>
    [HttpPost("links/{link}/renewal")]
    public async Task<IActionResult> Renew(string number, string link, QuoteRenewalRequest request, CancellationToken ct) => Done(await keep.RenewAsync(number, link, request.ExpiresOn, ct));

    /// <summary>What the customer asked for by links, and the mails of the quote.</summary>
    [HttpGet("requests")]
    public async Task<IActionResult> Requests(string number, CancellationToken ct) => await quotes.HeadAsync(number, ct) is { } head
        ? Ok(new { items = await links.RequestsAsync(head.QuoteId, ct) })
        : ApiProblem.NotFound;

    /// <summary>The mails of a quote, the newest first.</summary>
    [HttpGet("mails")]
    public async Task<IActionResult> Mails(string number, CancellationToken ct) => await quotes.HeadAsync(number, ct) is { } head
        ? Ok(new { items = await links.MailsAsync(head.QuoteId, ct) })
        : ApiProblem.NotFound;

    /// <summary>Mails the quote: each recipient a mail with a link of their own, copies without.</summary>
    [HttpPost("mails"), Idempotent]
    public async Task<IActionResult> Mail(string number, QuoteMailBody body, CancellationToken ct) => await mailQuote.RunAsync(number, body.Request, ct) switch
    {
        QuoteOutcome.Done => Accepted(new { number }),
        var other => QuotesApi.Refused(other),
    };

    /// <summary>The signed copy of an accepted revision, with its SHA-256 as ETag.</summary>
    [HttpGet("revisions/{revision:int}/signed"), EnableRateLimiting(RateLimits.Costly)]
    public Task<IActionResult> Signed(string number, int revision, string? language, CancellationToken ct) => QuoteDownload.SignedAsync(this, copies, number, revision, language, ct);

    IActionResult Done(QuoteOutcome outcome) => outcome is QuoteOutcome.Done ? NoContent() : QuotesApi.Refused(outcome);

    static QuoteLinkAnswer Answer(QuoteLinkRow row) => new(
        row.Number, row.State, row.Revision, row.IsPrinted, row.Recipient, row.Email, row.Language, row.ExpiresOn, row.RemindDays, row.CreatedAt, row.FirstOpenedAt, row.LastOpenedAt, row.Opened, row.FirstDownloadedAt, row.Downloaded, row.RemindedAt, row.RevokedAt,
        row.Answer is null ? null : new(row.Answer, row.Signer!, row.Title, row.AnsweredAt!.Value, row.LocalTime!, row.TimeZone!, row.IsDrawn ? "drawn" : row.IsTyped ? "typed" : null, row.IpAddress, row.UserAgent, row.FrozenSha256!));
}

/// <summary>A link to be made.</summary>
/// <param name="Recipient">For whom.</param>
/// <param name="Language"><c>en</c> or <c>zh-CN</c>.</param>
/// <param name="ExpiresOn">Its last day; absent: 30 days after the offer's.</param>
public sealed record QuoteLinkRequest(string? Recipient, string? Language, DateOnly? ExpiresOn);

/// <summary>Until when a link is to be good again.</summary>
/// <param name="ExpiresOn">Its last day; absent: 30 days after the offer's.</param>
public sealed record QuoteRenewalRequest(DateOnly? ExpiresOn);

/// <summary>A mail to be sent.</summary>
/// <param name="To">Who may answer.</param>
/// <param name="Cc">Who gets a copy.</param>
/// <param name="Language"><c>en</c> or <c>zh-CN</c>.</param>
/// <param name="Subject">Absent: the usual one.</param>
/// <param name="Text">Absent: the usual one.</param>
/// <param name="WithExcel">The Excel file goes along.</param>
/// <param name="RemindDays">So many days before the end who has not answered is reminded.</param>
/// <param name="ExpiresOn">The links' last day; absent: 30 days after the offer's.</param>
public sealed record QuoteMailBody(IReadOnlyList<QuoteMailAddress>? To, IReadOnlyList<string>? Cc, string? Language, string? Subject, string? Text, bool WithExcel, int? RemindDays, DateOnly? ExpiresOn)
{
    internal QuoteMailRequest Request => new(
        [.. (To ?? []).Select(to => new QuoteMailAddress(Typed.Text(to.Name), to.Email ?? ""))], Cc ?? [], Language ?? "en", Typed.Text(Subject)?.ReplaceLineEndings(" "), Typed.Text(Text?.ReplaceLineEndings("\n")), WithExcel, RemindDays, ExpiresOn);
}

/// <summary>A link as the API tells it; the printed one is that of the code on the PDF.</summary>
public sealed record QuoteLinkAnswer(
    string Number, string State, int Revision, bool Printed, string Recipient, string? Email, string Language, DateOnly ExpiresOn, int? RemindDays, DateTime CreatedAt, DateTime? FirstOpenedAt, DateTime? LastOpenedAt, int Opened,
    DateTime? FirstDownloadedAt, int Downloaded, DateTime? RemindedAt, DateTime? RevokedAt, QuoteLinkReply? Answer);

/// <summary>What was answered by a link.</summary>
public sealed record QuoteLinkReply(
    string Answer, string Signer, string? Title, DateTime AnsweredAt, string LocalTime, string TimeZone, string? Signature, string? IpAddress, string? UserAgent, string FrozenSha256);
