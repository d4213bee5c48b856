using Microsoft.AspNetCore.Mvc.Rendering;
using Platform.Texts;
using Portal.Customers;
using Portal.Deals;
using Portal.Disputes;
using Portal.Orders;

namespace Portal.Attachments;

/// <summary>The files on a deal's page.</summary>
sealed class AttachmentsOfDeal(AttachmentStore attachments, KeptFiles keptFiles, AttachFiles attachFiles, Texts t) : IDealPart
{
    public bool IsAside => false;

    public int Order => 20;

    public async Task<ShownPart?> ShowAsync(Deal deal, CancellationToken ct) => new("/Attachments/_Attachments.cshtml", new AttachmentsShown(
        $"/deals/{deal.Number}/attachments", await attachments.OfDealAsync(deal.DealId, ct), deal.Allows("comment"), IsDispute: false, attachFiles.Limits)
    {
        Kept = await keptFiles.ForAsync(isDispute: false, deal.DealId, ct),
        Readers = deal.CallerIsBrand ? [new(t["attachments.both"], "shared"), new(t["attachments.brand_only"], "brand")] : [],
    });
}

/// <summary>The files on a dispute's page.</summary>
sealed class AttachmentsOfDispute(AttachmentStore attachments, KeptFiles keptFiles, AttachFiles attachFiles, Texts t) : IDisputePart
{
    public async Task<ShownPart?> ShowAsync(Dispute dispute, CancellationToken ct) => new("/Attachments/_Attachments.cshtml", new AttachmentsShown(
        $"/disputes/{dispute.Number}/attachments", await attachments.OfDisputeAsync(dispute.DisputeId, ct), dispute.Allows(dispute.CallerIsBrand ? "note" : "state"), IsDispute: true, attachFiles.Limits)
    {
        Kept = await keptFiles.ForAsync(isDispute: true, dispute.DisputeId, ct),
        Readers = dispute.Allows("add_evidence")
            ? [new(t["attachments.brand_only"], "brand"), .. dispute.Sides.Select(side => new SelectListItem(t["attachments.for_side", t[$"disputes.side.{side.Side}"], side.PartnerName], side.DealNumber))]
            : [],
    });
}

/// <summary>The files on an order's page.</summary>
sealed class AttachmentsOfOrder(AttachmentStore attachments, AttachFiles attachFiles) : IOrderPart
{
    public int Order => 90;

    public async Task<OrderPart?> ShowAsync(OrderPage page, CancellationToken ct)
    {
        var order = page.Order;
        var files = await attachments.OfOrderAsync(order.PurchaseOrderId, ct);
        var mayAdd = attachFiles.MayAdd(order) && !AttachFiles.IsOver(order);
        return files.Count == 0 && !mayAdd ? null : new("/Attachments/_Attachments.cshtml", new AttachmentsShown($"/orders/{order.Number}/attachments", files, mayAdd, IsDispute: false, attachFiles.Limits));
    }
}

/// <summary>What <c>_Attachments.cshtml</c> shows.</summary>
/// <param name="Address">Where files are sent.</param>
/// <param name="Attachments">The files.</param>
/// <param name="MayAdd">The person may add files, and remove their own.</param>
/// <param name="IsDispute">They are evidence in a dispute.</param>
/// <param name="Limits">How large and how many.</param>
public sealed record AttachmentsShown(string Address, IReadOnlyList<Attachment> Attachments, bool MayAdd, bool IsDispute, AttachmentLimits Limits)
{
    /// <summary>Where on the page they stand.</summary>
    public const string Anchor = "#attachments";

    /// <summary>Under which name the choice of a refused form goes to the page that comes next.</summary>
    public const string TypedReadBy = "attachments.read_by";

    /// <summary>What is kept of the last form, which was refused.</summary>
    public IReadOnlyList<KeptFile> Kept { get; init; } = [];

    /// <summary>Who may be chosen to see the files; nothing where there is no choice.</summary>
    public IReadOnlyList<SelectListItem> Readers { get; init; } = [];

    /// <summary>The field of that choice.</summary>
    public string ReaderField => IsDispute ? "speaksFor" : "stream";

    /// <summary>What was chosen in the form that was refused.</summary>
    public string? Chosen(string? typed) => typed ?? (Kept.Count > 0 ? Kept[^1].ReadBy : null);

    /// <summary>What a browser offers to choose.</summary>
    public static string Accept => string.Join(',', FileKind.All.SelectMany(kind => kind.Endings));
}
