using System.Buffers.Text;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Texts;
using Platform.Web;
using Portal.Web;

namespace Portal.Receipts;

/// <summary>
/// For anybody, without an account: the public keys, and a page that says in words what a receipt proves. It tells nothing that does not stand in the
/// receipt, but for whether it still holds; a number alone opens nothing.
/// </summary>
[AllowAnonymous]
public sealed class CheckReceiptController(ReceiptStore receipts, ReceiptKeys keys, Texts t, TimeProvider clock) : Controller
{
    /// <summary>The public keys (RFC 7517), for checks elsewhere and later.</summary>
    [HttpGet("/.well-known/claim-receipts/jwks.json")]
    public async Task<IActionResult> Keys(CancellationToken ct)
    {
        Response.Headers.CacheControl = "public, max-age=3600";
        Response.Headers.AccessControlAllowOrigin = "*";
        return Content((await keys.PublishedAsync(ct)).Write(), "application/jwk-set+json");
    }

    /// <summary>The page to paste a receipt into.</summary>
    [HttpGet("claim-receipts")]
    public IActionResult New() => View("CheckReceipt", CheckedReceipt.None);

    /// <summary>Looks at what was pasted or handed in.</summary>
    [HttpPost("claim-receipts"), EnableRateLimiting(RateLimits.SignIn), RequestSizeLimit(ReceiptText.MostBytes + 1_000_000)]
    public async Task<IActionResult> Create(string? text, IFormFile? file, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(text) && file is not { Length: > 0 })
        {
            ModelState.AddModelError("text", t["receipts.nothing_to_check"]);
            return View("CheckReceipt", CheckedReceipt.None);
        }

        var known = await keys.PublishedAsync(ct);
        return await ShowAsync(file is { Length: > ReceiptText.MostBytes } ? new ReceiptReading.Refused(ReceiptFlaw.TooLong)
            : file is { Length: > 0 } ? ReceiptText.Read(await BytesAsync(file, ct), known)
            : ReceiptText.Read(System.Text.Encoding.UTF8.GetBytes(text!), known), ct);
    }

    /// <summary>Where the code on the PDF leads: the number and the hash of the text, which only who has the receipt knows.</summary>
    [HttpGet("claim-receipts/{number}/{hash}"), EnableRateLimiting(RateLimits.SignIn)]
    public async Task<IActionResult> Show(string number, string hash, CancellationToken ct)
    {
        if (!Base64Url.IsValid(hash, out var length) || length != 32
            || await receipts.StandingAsync(Base64Url.DecodeFromChars(hash), clock.GetUtcNow().UtcDateTime, ct) is not { } standing
            || ReceiptSignature.Read(standing.Jws, await keys.PublishedAsync(ct)) is not ReceiptReading.Genuine genuine || genuine.Content.Number != number)
        {
            Response.StatusCode = StatusCodes.Status404NotFound;
            return View("CheckReceipt", new CheckedReceipt(null, "unknown", null));
        }

        return View("CheckReceipt", await CheckedAsync(genuine, standing, ct));
    }

    async Task<IActionResult> ShowAsync(ReceiptReading reading, CancellationToken ct) => View("CheckReceipt", reading switch
    {
        ReceiptReading.Genuine genuine => await CheckedAsync(genuine, await receipts.StandingAsync(ReceiptSignature.HashOf(genuine.Jws), clock.GetUtcNow().UtcDateTime, ct), ct),
        ReceiptReading.Refused(var flaw) => new CheckedReceipt(null, ReceiptVerb.NameOf(flaw), null),
        _ => throw new InvalidOperationException("A text is a receipt or is not."),
    });

    async Task<CheckedReceipt> CheckedAsync(ReceiptReading.Genuine genuine, ReceiptStanding? standing, CancellationToken ct) =>
        new(genuine, null, standing) { LostLines = await receipts.LostLinesAsync(ReceiptSignature.HashOf(genuine.Jws), ct) };

    static async Task<byte[]> BytesAsync(IFormFile file, CancellationToken ct)
    {
        using var bytes = new MemoryStream();
        await file.CopyToAsync(bytes, ct);
        return bytes.ToArray();
    }
}

/// <summary>What <c>CheckReceipt.cshtml</c> shows.</summary>
/// <param name="Receipt">The receipt, where it is one.</param>
/// <param name="Flaw">Why it is none.</param>
/// <param name="Standing">Whether it still holds; null where it was signed by the portal and is not kept here.</param>
public sealed record CheckedReceipt(ReceiptReading.Genuine? Receipt, string? Flaw, ReceiptStanding? Standing)
{
    /// <summary>Its lines that a dispute gave to somebody else since.</summary>
    public IReadOnlyList<LineLostSince> LostLines { get; init; } = [];

    /// <summary>Nothing was handed in yet.</summary>
    public static CheckedReceipt None { get; } = new(null, null, null);
}
