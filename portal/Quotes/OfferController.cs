using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Texts;
using Platform.Web;
using Portal.Documents;
using Portal.Web;
using Portal.Web.Display;

namespace Portal.Quotes;

/// <summary>
/// An offer for somebody at the customer, who has no account: the secret in the address is the proof, and opens one frozen revision. Whoever is signed in works here as nobody, too;
/// the seller's own people see what the customer sees and answer nothing.
/// </summary>
[AllowAnonymous, ApiExplorerSettings(IgnoreApi = true), Route("offers/{secret}"), EnableRateLimiting(RateLimits.SignIn)]
public sealed class OfferController(IServiceScopeFactory scopes, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    const int MostFormBytes = 512 * 1024;

    /// <summary>The offer, or where it stands.</summary>
    [HttpGet("")]
    public Task<IActionResult> Show(string secret, string? asked, CancellationToken ct) => WithAsync(secret, async (services, hash, offer) =>
    {
        if (offer.Frozen is null)
        {
            return Closed(offer);
        }

        if (offer.State is "open" or "expired" && !IsSeller(offer))
        {
            await services.GetRequiredService<AnswerOffer>().OpenAsync(hash, isDownload: false, ct);
        }

        return View("Offer", await PageAsync(services, hash, secret, offer, ct) with { Asked = asked is "done" or "enough" ? asked : null });
    }, ct);

    /// <summary>The PDF of the offer; the same bytes that the portal serves.</summary>
    [HttpGet("pdf")]
    public Task<IActionResult> Download(string secret, string? language, CancellationToken ct) => WithAsync(secret, async (services, hash, offer) =>
    {
        var outcome = await services.GetRequiredService<OfferFiles>().PdfAsync(hash, offer, Languages.Of(language), ct);
        if (outcome is QuoteFileOutcome.Ready && !IsSeller(offer))
        {
            await services.GetRequiredService<AnswerOffer>().OpenAsync(hash, isDownload: true, ct);
        }

        return File(outcome, $"{offer.Quote}-{offer.Revision}.pdf", offer);
    }, ct);

    /// <summary>The signed copy, for the link that accepted.</summary>
    [HttpGet("signed")]
    public Task<IActionResult> Signed(string secret, string? language, CancellationToken ct) => WithAsync(secret, async (services, hash, offer) =>
        File(await services.GetRequiredService<OfferFiles>().SignedAsync(hash, offer, Languages.Of(language), ct), $"{offer.Quote}-{offer.Revision}-signed.pdf", offer), ct);

    /// <summary>Accepts what was shown.</summary>
    [HttpPost("acceptance"), RequestSizeLimit(MostFormBytes), RequestFormLimits(ValueLengthLimit = MostFormBytes)]
    public Task<IActionResult> Accept(string secret, [Bind(Prefix = "Accept")] AcceptForm form, CancellationToken ct) => WithAsync(secret, async (services, hash, offer) =>
    {
        var (signer, title, typed) = (Line(form.Signer), Line(form.Title), Line(form.Typed));
        var drawn = SignatureImage.Read(form.Drawn);
        Require(signer is { Length: <= 200 }, "Accept.Signer", "offers.problem.signer");
        Require(title is { Length: <= 200 }, "Accept.Title", "offers.problem.title");
        Require(drawn is not null, "Accept.Drawn", "offers.problem.drawn");
        Require(typed is null or { Length: <= 200 } && (typed is not null || drawn is not []), "Accept.Typed", "offers.problem.signature");
        Require(form.Agreed, "Accept.Agreed", "offers.problem.agreed");
        return await AnswerAsync(services, hash, secret, offer, form.Sha256, form.Zone, page => page with { Accept = form }, async (shown, evidence) =>
        {
            var pdf = await services.GetRequiredService<OfferFiles>().PdfAsync(hash, offer, Languages.Current, ct) is QuoteFileOutcome.Ready(var file) ? Convert.FromHexString(file.Sha256) : null;
            return evidence with { Shown = shown, Answer = "accepted", Signer = signer!, Title = title, Typed = typed, Drawn = drawn is { Length: > 0 } ? drawn : null, PdfSha256 = pdf };
        }, ct);
    }, ct);

    /// <summary>Declines what was shown, with the reason.</summary>
    [HttpPost("refusal"), RequestSizeLimit(MostFormBytes)]
    public Task<IActionResult> Decline(string secret, [Bind(Prefix = "Decline")] DeclineForm form, CancellationToken ct) => WithAsync(secret, (services, hash, offer) =>
    {
        var (signer, reason) = (Line(form.Signer), Typed.Text(form.Reason));
        Require(signer is { Length: <= 200 }, "Decline.Signer", "offers.problem.signer");
        Require(reason is { Length: <= 1000 }, "Decline.Reason", "offers.problem.reason");
        return AnswerAsync(services, hash, secret, offer, form.Sha256, form.Zone, page => page with { Decline = form },
            (shown, evidence) => Task.FromResult(evidence with { Shown = shown, Answer = "declined", Signer = signer!, Reason = reason }), ct);
    }, ct);

    /// <summary>Asks for changes; the offer stays open.</summary>
    [HttpPost("request"), RequestSizeLimit(MostFormBytes)]
    public Task<IActionResult> Ask(string secret, [Bind(Prefix = "Ask")] AskForm form, CancellationToken ct) => WithAsync(secret, async (services, hash, offer) =>
    {
        var (asker, words) = (Line(form.Asker), Asking(form, offer));
        Require(asker is { Length: <= 200 }, "Ask.Asker", "offers.problem.signer");
        Require(words is { Length: <= 2000 }, "Ask.Words", "offers.problem.words");
        if (IsSeller(offer) || offer.Frozen is null)
        {
            return Back(secret);
        }

        if (!ModelState.IsValid)
        {
            return Again(await PageAsync(services, hash, secret, offer, ct) with { Ask = form });
        }

        var end = await services.GetRequiredService<AnswerOffer>().AskAsync(hash, asker!, words!, From(), Agent(), ct);
        return Back(secret, end.Outcome switch { "done" or "again" => "done", "enough" => "enough", _ => null });
    }, ct);

    async Task<IActionResult> AnswerAsync(
        IServiceProvider services, byte[] hash, string secret, Offer offer, string? sha256, string? zone, Func<OfferPage, OfferPage> typedAgain, Func<byte[], GivenAnswer, Task<GivenAnswer>> evidence, CancellationToken ct)
    {
        // Where it stands is shown by the page, whatever was pressed: also to the second click, which finds its own answer there.
        if (IsSeller(offer) || offer.State != "open")
        {
            return Back(secret);
        }

        byte[]? shown = null;
        if (sha256 is { Length: 64 } && sha256.All(char.IsAsciiHexDigit))
        {
            shown = Convert.FromHexString(sha256);
        }

        Require(shown is not null, "", "offers.problem.shown");
        if (!ModelState.IsValid)
        {
            return Again(typedAgain(await PageAsync(services, hash, secret, offer, ct)));
        }

        var end = await services.GetRequiredService<AnswerOffer>().AnswerAsync(hash, await evidence(shown!, Evidence(offer, zone)), ct);
        if (end.Outcome != "changed")
        {
            return Back(secret);
        }

        ModelState.AddModelError("", t["offers.problem.shown"]);
        return Again(typedAgain(await PageAsync(services, hash, secret, offer, ct)));
    }

    GivenAnswer Evidence(Offer offer, string? zone)
    {
        var local = Formats.Zone(zone is { Length: <= 60 } && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _) ? zone : offer.TimeZone);
        var at = TimeZoneInfo.ConvertTime(clock.GetUtcNow(), local);
        return new([], "", "", null, null, null, null, Languages.Current, local.Id, at.ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture), From(), Agent(), null);
    }

    // As nobody, whoever is signed in: what the secret opens is all there is to see.
    async Task<IActionResult> WithAsync(string secret, Func<IServiceProvider, byte[], Offer, Task<IActionResult>> work, CancellationToken ct)
    {
        // The address is the secret: it stands in no trace, no search engine and no cache.
        Activity.Current?.SetTag("url.path", "/offers/(secret)");
        Response.Headers.CacheControl = "private, no-store";
        Response.Headers["X-Robots-Tag"] = "noindex, nofollow, noarchive";
        await using var scope = scopes.CreateAsyncScope();
        if (OfferSecret.HashOf(secret) is not { } hash || await scope.ServiceProvider.GetRequiredService<OfferStore>().FindAsync(hash, ct) is not { } offer)
        {
            Response.StatusCode = StatusCodes.Status404NotFound;
            return View("OfferClosed", OfferPage.Unknown);
        }

        Languages.Prefer(HttpContext, offer.Language);
        return new Spoken(await work(scope.ServiceProvider, hash, offer), offer.Language);
    }

    ViewResult Closed(Offer offer)
    {
        Response.StatusCode = offer.State == "answered" ? StatusCodes.Status200OK : StatusCodes.Status410Gone;
        return View("OfferClosed", new OfferPage("", offer, null, IsSeller: false));
    }

    IActionResult File(QuoteFileOutcome outcome, string name, Offer offer) => outcome switch
    {
        QuoteFileOutcome.Ready(var file) => File(file.Content, "application/pdf", name),
        QuoteFileOutcome.Busy(var textKey) => DocumentsBusy.Answer(textKey),
        _ => offer.Frozen is null ? Closed(offer) : NotFound(),
    };

    async Task<OfferPage> PageAsync(IServiceProvider services, byte[] hash, string secret, Offer offer, CancellationToken ct) =>
        new(secret, offer, FrozenQuotes.Read(offer.Frozen!), IsSeller(offer)) { Thread = await services.GetRequiredService<QuoteThreadStore>().OfOfferAsync(hash, ct) };

    // What was ticked, in words, before what was typed: the seller reads it in the thread.
    string? Asking(AskForm form, Offer offer)
    {
        if (offer.Frozen is null || form.Choices is not { Count: > 0 and <= PriceQuote.MostLines } ticked)
        {
            return Typed.Text(form.Words);
        }

        var chinese = Languages.Current == "zh-CN";
        var wishes = FrozenQuotes.Read(offer.Frozen).Choices.Where(line => ticked.Contains(line.Number)).Select(line =>
            t[line.AlternativeTo is null ? "offers.wish.optional" : "offers.wish.alternative", line.Number, chinese ? line.NameZh : line.Name, line.Sku, line.AlternativeTo ?? 0].Value);
        return Typed.Text(string.Join('\n', [.. wishes, form.Words ?? ""]));
    }

    ViewResult Again(OfferPage page)
    {
        Response.StatusCode = StatusCodes.Status400BadRequest;
        return View("Offer", page);
    }

    RedirectResult Back(string secret, string? asked = null) => Redirect($"/offers/{Uri.EscapeDataString(secret)}{(asked is null ? "" : "?asked=" + asked)}");

    bool IsSeller(Offer offer) => me.IsKnown && (me.PartnerId == offer.PartnerId || me.IsBrand);

    void Require(bool holds, string field, string textKey)
    {
        if (!holds)
        {
            ModelState.AddModelError(field, t[textKey]);
        }
    }

    string? From() => HttpContext.Connection.RemoteIpAddress is { } address ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString().Split('%')[0] : null;

    string? Agent() => Line(Request.Headers.UserAgent.ToString()) is { } agent ? agent[..Math.Min(agent.Length, 400)] : null;

    static string? Line(string? typed) => Typed.Text(typed)?.ReplaceLineEndings(" ");
}

/// <summary>An answer in the language of its link. The language belongs to the course of the action, which is over when the answer is written, so it is chosen once more.</summary>
sealed class Spoken(IActionResult answer, string language) : IActionResult
{
    public async Task ExecuteResultAsync(ActionContext context)
    {
        Languages.Prefer(context.HttpContext, language);
        await answer.ExecuteResultAsync(context);
    }
}

/// <summary>What the pages of an offer show.</summary>
/// <param name="Secret">What stands in the address.</param>
/// <param name="Offer">The link; null where there is none.</param>
/// <param name="Content">What was frozen.</param>
/// <param name="IsSeller">One of the seller's people looks at it.</param>
public sealed record OfferPage(string Secret, Offer? Offer, QuoteContent? Content, bool IsSeller)
{
    /// <summary>Nothing is known of what stood in the address.</summary>
    public static OfferPage Unknown { get; } = new("", null, null, IsSeller: false);

    /// <summary>What customer and seller said to each other.</summary>
    public IReadOnlyList<OfferRemark> Thread { get; init; } = [];

    /// <summary>How asking for changes ended: <c>done</c> or <c>enough</c>.</summary>
    public string? Asked { get; init; }

    /// <summary>What was typed to accept.</summary>
    public AcceptForm Accept { get; init; } = new();

    /// <summary>What was typed to decline.</summary>
    public DeclineForm Decline { get; init; } = new();

    /// <summary>What was typed to ask for changes.</summary>
    public AskForm Ask { get; init; } = new();
}

/// <summary>The form that accepts.</summary>
public sealed class AcceptForm
{
    /// <summary>The name.</summary>
    public string? Signer { get; set; }

    /// <summary>What they are at the customer.</summary>
    public string? Title { get; set; }

    /// <summary>The signature, typed.</summary>
    public string? Typed { get; set; }

    /// <summary>The signature, drawn: a data URL.</summary>
    public string? Drawn { get; set; }

    /// <summary>They may accept it, and do.</summary>
    public bool Agreed { get; set; }

    /// <summary>The revision that was shown.</summary>
    public string? Sha256 { get; set; }

    /// <summary>The browser's time zone.</summary>
    public string? Zone { get; set; }
}

/// <summary>The form that declines.</summary>
public sealed class DeclineForm
{
    /// <summary>The name.</summary>
    public string? Signer { get; set; }

    /// <summary>Why.</summary>
    public string? Reason { get; set; }

    /// <summary>The revision that was shown.</summary>
    public string? Sha256 { get; set; }

    /// <summary>The browser's time zone.</summary>
    public string? Zone { get; set; }
}

/// <summary>The form that asks for changes.</summary>
public sealed class AskForm
{
    /// <summary>The name.</summary>
    public string? Asker { get; set; }

    /// <summary>What should be different.</summary>
    public string? Words { get; set; }

    /// <summary>The numbers of lines that the customer wants on top or instead of others.</summary>
    public List<int> Choices { get; set; } = [];
}
