using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Portal.Web;

namespace Portal.Quotes;

/// <summary>Links to a sent quote, its mails, and the signed copy: for the seller's people; the files for whoever sees the quote.</summary>
[Route("quotes/{number}")]
[AllowRoles("brand_admin", "channel_manager", "deal_desk", "finance", "partner_admin", "sales", "viewer")]
public sealed class QuoteLinksController(
    QuoteStore quotes, QuoteLinkStore links, KeepQuoteLinks keep, MailQuote mailQuote, QuoteMailText words, SignedCopies copies, WorkOnQuote work, Texts t, IConfiguration settings) : Controller
{
    /// <summary>Where the page finds an address that is shown once: the protected cookie of messages.</summary>
    internal const string NewAddress = "quote_address";

    /// <summary>Makes a link that is handed over in another way than by mail, and shows its address.</summary>
    [HttpPost("links")]
    public async Task<IActionResult> Make(string number, string? recipient, string? language, CancellationToken ct) =>
        await keep.MakeAsync(number, Typed.Text(recipient), Languages.Of(language), null, ct) switch
        {
            QuoteOutcome.Done(var link) => await Address(number, link, ct),
            var other => Answer(number, other),
        };

    /// <summary>Shows a new address of a link, once.</summary>
    [HttpPost("links/{link}/address")]
    public async Task<IActionResult> Address(string number, string link, CancellationToken ct)
    {
        var (outcome, secret) = await keep.ShowAsync(number, link, ct);
        if (secret is null)
        {
            return Answer(number, outcome);
        }

        TempData[NewAddress] = OfferSecret.Address(PortalUrl.Of(settings), secret);
        return Back(number);
    }

    /// <summary>Ends a link.</summary>
    [HttpPost("links/{link}/revocation")]
    public async Task<IActionResult> Revoke(string number, string link, CancellationToken ct) => Answer(number, await keep.RevokeAsync(number, link, ct));

    /// <summary>Makes a link good again; its old addresses stay dead.</summary>
    [HttpPost("links/{link}/renewal")]
    public async Task<IActionResult> Renew(string number, string link, DateOnly? expiresOn, CancellationToken ct) => Answer(number, await keep.RenewAsync(number, link, expiresOn, ct));

    /// <summary>The signed copy of an accepted revision; the same bytes each time.</summary>
    [HttpGet("revisions/{revision:int}/signed"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> Signed(string number, int revision, string? language, CancellationToken ct) => await QuoteDownload.SignedAsync(this, copies, number, revision, language, ct);

    /// <summary>The form for a mail.</summary>
    [HttpGet("mails/new")]
    public async Task<IActionResult> New(string number, string? language, CancellationToken ct)
    {
        if (await quotes.HeadAsync(number, ct) is not { } head)
        {
            return NotFound();
        }

        if (QuoteLifecycle.Find(QuoteLifecycle.Mail, head.Status) is not { } step || !work.Allowed(step, head))
        {
            return Back(number);
        }

        var tongue = Languages.Of(language);
        return View("QuoteMailForm", await FilledAsync(head, new()
        {
            Language = tongue, Subject = words.Subject(tongue, "offer"), Text = words.Text(tongue, "offer"), RemindDays = await links.LastRemindDaysAsync(ct), ExpiresOn = head.ValidUntil.AddDays(KeepQuoteLinks.DaysAfter),
        }, ct));
    }

    /// <summary>Puts the mails into the outbox.</summary>
    [HttpPost("mails"), Idempotent]
    public async Task<IActionResult> Create(string number, QuoteMailForm form, CancellationToken ct)
    {
        if (await quotes.HeadAsync(number, ct) is not { } head)
        {
            return NotFound();
        }

        switch (ModelState.IsValid ? await mailQuote.RunAsync(number, form.Request, ct) : null)
        {
            case QuoteOutcome.Done:
                this.Flash(FlashKind.Done, t["quotes.mailed"]);
                return Back(number);
            case QuoteOutcome.Wrong(var problems):
                foreach (var problem in problems)
                {
                    ModelState.AddModelError(char.ToUpperInvariant(problem.Field[0]) + problem.Field[1..], problem.Text(t));
                }

                break;
            case { } other:
                return Answer(number, other);
            case null:
                break;
        }

        Response.StatusCode = StatusCodes.Status400BadRequest;
        return View("QuoteMailForm", await FilledAsync(head, form, ct));
    }

    async Task<QuoteMailForm> FilledAsync(QuoteHead head, QuoteMailForm form, CancellationToken ct)
    {
        form.Head = head;
        form.Contacts = await links.ContactsAsync(head.EndCustomerId, ct);
        return form;
    }

    IActionResult Answer(string number, QuoteOutcome outcome) => QuoteDone.Answer(this, t, number, outcome);

    RedirectToActionResult Back(string number) => RedirectToAction(nameof(QuotesController.Show), "Quotes", new { number });
}
