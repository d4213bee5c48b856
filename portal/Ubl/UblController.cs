using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Portal.Documents.Tables;
using Portal.Orders;
using Portal.Receivables;
using Portal.Web;
using Portal.Web.Display;
using Portal.Web.Lists;

namespace Portal.Ubl;

/// <summary>UBL documents on the pages: handed in as a file, and downloaded.</summary>
[Route("ubl")]
public sealed class UblController(ReceiveUbl receive, UblMessages messages, UblStore documents, ReceivablesStore books, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    /// <summary>What was handed in, and the form for more.</summary>
    [HttpGet(""), AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin, SellerRoles.Sales, SellerRoles.BrandAdmin, SellerRoles.ChannelManager, ReceivablesRoles.Finance)]
    public async Task<IActionResult> Index(CancellationToken ct) => View("MessageList", await PageAsync([], ct));

    /// <summary>The same as a file.</summary>
    [HttpGet("export"), EnableRateLimiting(RateLimits.Costly)]
    [AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin, SellerRoles.Sales, SellerRoles.BrandAdmin, SellerRoles.ChannelManager, ReceivablesRoles.Finance)]
    public Task Export(CancellationToken ct) => HttpContext.Response.SendListAsync(t["ubl.ubl"], me.PartnerName, clock.GetUtcNow(),
        [
            new(t["ubl.received"], TableColumnKind.Time, 18), new(t["ubl.kind"], Width: 22), new(t["ubl.document_id"], Width: 24), new(t["ubl.outcome"], Width: 22), new(t["ubl.record"], Width: 22), new(t["ubl.problems"], Width: 60),
        ],
        messages.StreamAsync(ListQuery.Read(Request, UblMessages.Shape), ct).Select(IReadOnlyList<object?> (row) =>
        [
            Formats.In(row.ReceivedAt, Formats.Zone(me.TimeZone)), t[$"ubl.kind.{row.Kind}"].Value, row.DocumentId, t[$"ubl.outcome.{row.Outcome}"].Value, row.RecordNumber, string.Join(" ", row.Problems.Select(problem => problem.ForApi.Text(t))),
        ]), ct);

    /// <summary>Takes a file in.</summary>
    [HttpPost(""), Idempotent, RequestSizeLimit(UblXml.MostBytes + 65536), EnableRateLimiting(RateLimits.Costly)]
    [AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin, SellerRoles.Sales, SellerRoles.BrandAdmin, SellerRoles.ChannelManager, ReceivablesRoles.Finance)]
    public async Task<IActionResult> Create(IFormFile? file, bool submit, CancellationToken ct)
    {
        if (file is null or { Length: 0 } or { Length: > UblXml.MostBytes })
        {
            return await RefuseAsync([UblProblemSaid.Of(null, "file", "ubl.problem.file", UblXml.MostBytes / 1024 / 1024)], ct);
        }

        using var content = new MemoryStream();
        await file.CopyToAsync(content, ct);
        switch (await receive.RunAsync(content.ToArray(), new(submit, Strict: false), ct))
        {
            case UblOutcome.Taken taken:
                this.Flash(taken.Problems.Count > 0 ? FlashKind.Note : FlashKind.Done, t[taken.IsRepeated ? "ubl.done_before" : "ubl.done"]);
                return RedirectToAction(nameof(Show), new { number = taken.Number });
            case UblOutcome.Refused(var problems):
                return await RefuseAsync(problems, ct);
            case UblOutcome.Used(var record):
                return await RefuseAsync([UblProblemSaid.Of(null, "id", "ubl.api.used", record)], ct);
            default:
                return Forbid();
        }
    }

    /// <summary>What came of one document.</summary>
    [HttpGet("{number}"), AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin, SellerRoles.Sales, SellerRoles.BrandAdmin, SellerRoles.ChannelManager, ReceivablesRoles.Finance)]
    public async Task<IActionResult> Show(string number, CancellationToken ct) => await messages.FindAsync(number, ct) is { } message ? View("MessagePage", message) : NotFound();

    /// <summary>An order as a file.</summary>
    [HttpGet("orders/{number}")]
    public async Task<IActionResult> Order(string number, CancellationToken ct) => Answer(await documents.OrderAsync(number, ct) is { } order ? UblWriter.Write(order) : null, number);

    /// <summary>The seller's answer as a file.</summary>
    [HttpGet("orders/{number}/response")]
    public async Task<IActionResult> OrderResponse(string number, CancellationToken ct) => Answer(await documents.ResponseAsync(number, simple: false, ct) is { } response ? UblWriter.Write(response) : null, number + "-response");

    /// <summary>A shipment as a file.</summary>
    [HttpGet("shipments/{number}")]
    public async Task<IActionResult> Despatch(string number, CancellationToken ct) => Answer(await documents.DespatchAsync(number, ct) is { } advice ? UblWriter.Write(advice) : null, number);

    /// <summary>An invoice as a file.</summary>
    [HttpGet("invoices/{number}")]
    public async Task<IActionResult> Invoice(string number, CancellationToken ct) => Answer(await UblBooks.InvoiceAsync(documents, books, me, number, ct), number);

    /// <summary>A credit note as a file.</summary>
    [HttpGet("credit-notes/{number}")]
    public async Task<IActionResult> CreditNote(string number, CancellationToken ct) => Answer(await UblBooks.CreditNoteAsync(documents, books, me, number, ct), number);

    async Task<IActionResult> RefuseAsync(IReadOnlyList<UblProblemSaid> problems, CancellationToken ct)
    {
        HttpContext.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return View("MessageList", await PageAsync(problems, ct));
    }

    async Task<MessageListPage> PageAsync(IReadOnlyList<UblProblemSaid> problems, CancellationToken ct)
    {
        var query = ListQuery.Read(Request, UblMessages.Shape);
        return new(query, await messages.PageAsync(query, ct), problems);
    }

    IActionResult Answer(System.Xml.Linq.XElement? document, string name) => UblDownload.Answer(this, document, name, attached: true);
}

/// <summary>The page of documents.</summary>
/// <param name="Query">What was asked.</param>
/// <param name="Page">The documents.</param>
/// <param name="Problems">Why the last one was refused.</param>
public sealed record MessageListPage(ListQuery Query, ListPage<UblMessage> Page, IReadOnlyList<UblProblemSaid> Problems)
{
    /// <summary>The largest file.</summary>
    public static long MostBytes => UblXml.MostBytes;
}
