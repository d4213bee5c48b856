using Portal.Customers;
using Portal.Deals;
using Portal.Disputes;

namespace Portal.Attachments;

/// <summary>The files on a deal's page.</summary>
sealed class AttachmentsOfDeal(AttachmentStore attachments, AttachFiles attachFiles) : IDealPart
{
    public bool IsAside => false;

    public int Order => 20;

    public async Task<ShownPart?> ShowAsync(Deal deal, CancellationToken ct) => new("/Attachments/_Attachments.cshtml", new AttachmentsShown(
        $"/deals/{deal.Number}/attachments", await attachments.OfDealAsync(deal.DealId, ct), deal.Allows("comment"), MayHide: deal.CallerIsBrand, IsDispute: false, attachFiles.Limits));
}

/// <summary>The files on a dispute's page.</summary>
sealed class AttachmentsOfDispute(AttachmentStore attachments, AttachFiles attachFiles) : IDisputePart
{
    public async Task<ShownPart?> ShowAsync(Dispute dispute, CancellationToken ct) => new("/Attachments/_Attachments.cshtml", new AttachmentsShown(
        $"/disputes/{dispute.Number}/attachments", await attachments.OfDisputeAsync(dispute.DisputeId, ct), dispute.Allows(dispute.CallerIsBrand ? "note" : "state"), MayHide: false, IsDispute: true, attachFiles.Limits));
}

/// <summary>What <c>_Attachments.cshtml</c> shows.</summary>
/// <param name="Address">Where files are sent.</param>
/// <param name="Attachments">The files.</param>
/// <param name="MayAdd">The person may add files, and remove their own.</param>
/// <param name="MayHide">The person may add files that only the brand sees.</param>
/// <param name="IsDispute">They are evidence in a dispute.</param>
/// <param name="Limits">How large and how many.</param>
public sealed record AttachmentsShown(string Address, IReadOnlyList<Attachment> Attachments, bool MayAdd, bool MayHide, bool IsDispute, AttachmentLimits Limits)
{
    /// <summary>What a browser offers to choose.</summary>
    public static string Accept => string.Join(',', FileKind.All.SelectMany(kind => kind.Endings));
}
