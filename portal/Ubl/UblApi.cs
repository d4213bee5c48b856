using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Texts;
using Platform.Web;
using Platform.Web.Api;
using Portal.Orders;
using Portal.Receivables;
using Portal.Web;

namespace Portal.Ubl;

/// <summary>Documents in UBL 2.1 for programs: those that the portal writes.</summary>
[ApiController]
[Route("api/v1")]
public sealed class UblApi(UblStore documents, ReceivablesStore books, ICurrentPerson me) : ControllerBase
{
    /// <summary>An order as it was placed (UBL Order).</summary>
    [HttpGet("orders/{number}/ubl"), Produces("application/xml")]
    public async Task<IActionResult> Order(string number, CancellationToken ct) => Answer(await documents.OrderAsync(number, ct) is { } order ? UblWriter.Write(order) : null, number);

    /// <summary>The seller's answer as it stands (UBL OrderResponse); with <c>simple</c> yes or no to all of it (OrderResponseSimple). 404 until the seller has answered.</summary>
    [HttpGet("orders/{number}/ubl/response"), Produces("application/xml")]
    public async Task<IActionResult> OrderResponse(string number, bool simple = false, CancellationToken ct = default) => Answer(await documents.ResponseAsync(number, simple, ct) is { } response ? UblWriter.Write(response) : null, number);

    /// <summary>A shipment as it was sent (UBL DespatchAdvice).</summary>
    [HttpGet("shipments/{number}/ubl"), Produces("application/xml")]
    public async Task<IActionResult> Despatch(string number, CancellationToken ct) => Answer(await documents.DespatchAsync(number, ct) is { } advice ? UblWriter.Write(advice) : null, number);

    /// <summary>An invoice as it was issued (UBL Invoice).</summary>
    [HttpGet("receivables/invoices/{number}/ubl"), Produces("application/xml")]
    public async Task<IActionResult> Invoice(string number, CancellationToken ct) => Answer(await UblBooks.InvoiceAsync(documents, books, me, number, ct), number);

    /// <summary>A credit note as it was issued (UBL CreditNote).</summary>
    [HttpGet("receivables/credit-notes/{number}/ubl"), Produces("application/xml")]
    public async Task<IActionResult> CreditNote(string number, CancellationToken ct) => Answer(await UblBooks.CreditNoteAsync(documents, books, me, number, ct), number);

    IActionResult Answer(System.Xml.Linq.XElement? document, string number) => UblDownload.Answer(this, document, number, attached: false);
}

/// <summary>Documents in UBL 2.1 for programs: those that they hand in.</summary>
[ApiController]
[Route("api/v1/ubl")]
public sealed class UblMessagesApi(ReceiveUbl receive, UblMessages messages, Texts t) : ControllerBase
{
    /// <summary>The documents of the own company, the newest first.</summary>
    [HttpGet(""), AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin, SellerRoles.Sales, SellerRoles.BrandAdmin, SellerRoles.ChannelManager, ReceivablesRoles.Finance)]
    public async Task<IActionResult> Index([FromQuery] PageRequest page, CancellationToken ct) => page.TryReadCursor<UblCursor>(out var after)
        ? Ok(page.Cut(await messages.AfterAsync(after?.Number, page.Take(), ct), row => new UblCursor(row.Number)).Select(row => UblAnswer.Of(row, t)))
        : PageRequest.BadCursor;

    /// <summary>One of them.</summary>
    [HttpGet("{number}"), AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin, SellerRoles.Sales, SellerRoles.BrandAdmin, SellerRoles.ChannelManager, ReceivablesRoles.Finance)]
    [ProducesResponseType<UblAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Show(string number, CancellationToken ct) => await messages.FindAsync(number, ct) is { } message ? Ok(UblAnswer.Of(message, t)) : ApiProblem.NotFound;

    /// <summary>
    /// Takes a document in, as the body: Order (kept as a draft, or with <c>submit</c> handed in), OrderResponse and OrderResponseSimple (confirm or turn down), DespatchAdvice (ships), Invoice (is compared).
    /// It is known by its sender and its ID: the same one again is answered with 200 and does nothing, so no Idempotency-Key is needed.
    /// </summary>
    /// <param name="submit">Hand the order to the seller, where all of its lines can be ordered.</param>
    /// <param name="strict">Keep nothing where a line of the order is wrong; else the good ones are kept as a draft, and the others told.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpPost(""), Consumes("application/xml", "text/xml"), RequestSizeLimit(UblXml.MostBytes), EnableRateLimiting(RateLimits.Costly)]
    [AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin, SellerRoles.Sales, SellerRoles.BrandAdmin, SellerRoles.ChannelManager, ReceivablesRoles.Finance)]
    public async Task<IActionResult> Create(bool submit = false, bool strict = false, CancellationToken ct = default)
    {
        using var content = new MemoryStream();
        await Request.Body.CopyToAsync(content, ct);
        switch (await receive.RunAsync(content.ToArray(), new(submit, strict), ct))
        {
            case UblOutcome.Taken taken:
                var answer = UblAnswer.Of((await messages.FindAsync(taken.Number, ct))!, t);
                return taken.IsRepeated ? Ok(answer) : CreatedAtAction(nameof(Show), new { number = taken.Number }, answer);
            case UblOutcome.Refused(var problems):
                return ApiProblem.Invalid([.. problems.Select(problem => problem.ForApi)]);
            case UblOutcome.Used(var record):
                return ApiProblem.Conflict("document-used", "ubl.api.used", record);
            default:
                return ApiProblem.Forbidden;
        }
    }
}

/// <summary>What came of a document, as the API tells it.</summary>
/// <param name="Number">Its number here.</param>
/// <param name="Kind">Which document.</param>
/// <param name="Id">Its ID.</param>
/// <param name="ReceivedAt">When it came.</param>
/// <param name="Outcome"><c>draft</c>, <c>submitted</c>, <c>waits</c>, <c>confirmed</c>, <c>rejected</c>, <c>shipped</c>, <c>matched</c>, <c>differs</c>.</param>
/// <param name="Record">The record it became, answered or was compared with.</param>
/// <param name="Problems">What was left out, or what differs.</param>
public sealed record UblAnswer(string Number, string Kind, string Id, DateTime ReceivedAt, string Outcome, string? Record, IReadOnlyList<UblProblemAnswer> Problems)
{
    internal static UblAnswer Of(UblMessage row, Texts t) => new(row.Number, row.Kind, row.DocumentId, row.ReceivedAt, row.Outcome, row.RecordNumber,
        [.. row.Problems.Select(problem => new UblProblemAnswer(problem.Line, problem.Field, problem.ForApi.Text(t)))]);
}

/// <summary>Something about a line, or the whole, in the language of the request.</summary>
public sealed record UblProblemAnswer(string? Line, string Field, string Detail);

/// <summary>Where a page of documents ended.</summary>
sealed record UblCursor(string Number);

/// <summary>The documents of the books, for those who read them.</summary>
static class UblBooks
{
    public static async Task<System.Xml.Linq.XElement?> InvoiceAsync(UblStore documents, ReceivablesStore books, ICurrentPerson me, string number, CancellationToken ct) =>
        await books.InvoiceAsync(number, ct) is { } page && ReceivablesRoles.MayRead(me, page.Invoice) && await documents.InvoiceAsync(number, ct) is { } invoice ? UblWriter.Write(invoice) : null;

    public static async Task<System.Xml.Linq.XElement?> CreditNoteAsync(UblStore documents, ReceivablesStore books, ICurrentPerson me, string number, CancellationToken ct) =>
        await books.PaymentAsync(number, ct) is { } page && ReceivablesRoles.MayRead(me, page.Payment) && await documents.CreditNoteAsync(number, ct) is { } note ? UblWriter.Write(note) : null;
}
