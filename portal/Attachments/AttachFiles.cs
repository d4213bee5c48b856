using System.Security.Cryptography;
using Npgsql;
using Platform.Audit;
using Platform.Database;
using Platform.Web;
using Portal.Deals;
using Portal.Disputes;
using Portal.Orders;
using Portal.Web;

namespace Portal.Attachments;

/// <summary>
/// Puts files on a deal, a dispute or an order, all that are sent or none; and removes one, by whoever added it, while the record's state allows it.
/// Who may comment on a deal may add to it; of a dispute each side sees its own files only, and those the deal desk adds for it. From a page, where some are refused the others are
/// kept for the person (<see cref="KeptFiles"/>) and go with what is sent next.
/// </summary>
public sealed class AttachFiles(
    Db db, AttachmentStore attachments, KeptFiles keptFiles, DealStore deals, DisputeStore disputes, OrderStore orders, ICurrentPerson me, DealNews dealNews, DisputeNews disputeNews, AuditTrail audit, IConfiguration configuration, TimeProvider clock)
{
    const string RecordIsOver = "a_record_that_is_over_keeps_its_files";

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>The limits of the settings.</summary>
    public AttachmentLimits Limits => AttachmentLimits.Of(configuration);

    /// <summary>Puts files on a deal.</summary>
    /// <param name="number">The deal.</param>
    /// <param name="stream"><c>shared</c>, or <c>brand</c> for what only the brand sees.</param>
    /// <param name="files">The files.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <param name="keeps">They come from a page: what was kept for it goes along, and what is in order is kept where others are refused.</param>
    public async Task<AttachmentOutcome> ToDealAsync(string number, string? stream, IReadOnlyList<SentFile> files, CancellationToken ct, bool keeps = false)
    {
        if (await deals.FindAsync(number, ct) is not { } deal)
        {
            return new AttachmentOutcome.Missing();
        }

        var inside = stream is "brand";
        return DealLifecycle.IsOver(deal.Status) ? new AttachmentOutcome.Refused("attachments.refused.over")
            : !deal.Allows("comment") || (inside && !deal.CallerIsBrand) ? new AttachmentOutcome.Forbidden()
            : await KeepAsync(new(IsDispute: false, deal.DealId, number, inside ? null : deal.PartnerId, deal.CallerIsBrand) { ReadBy = keeps ? stream ?? "shared" : null }, files, names =>
                inside ? Task.CompletedTask : deal.CallerIsBrand ? dealNews.TellClaimantAsync("attached", deal, names, ct) : dealNews.TellDealDeskAsync("attached", deal, names, ct), ct);
    }

    /// <summary>Puts files on a dispute: a side's evidence, what the deal desk adds for one of the sides, or what the brand keeps to itself.</summary>
    /// <param name="number">The dispute.</param>
    /// <param name="speaksFor">The deal of the side for which the deal desk adds them, and which then reads them; null or <c>brand</c> for the brand's own eyes. A side adds its own and says nothing here.</param>
    /// <param name="files">The files.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <param name="keeps">As with <see cref="ToDealAsync"/>.</param>
    public async Task<AttachmentOutcome> ToDisputeAsync(string number, string? speaksFor, IReadOnlyList<SentFile> files, CancellationToken ct, bool keeps = false)
    {
        if (await disputes.FindAsync(number, Now, ct) is not { } dispute)
        {
            return new AttachmentOutcome.Missing();
        }

        if (!DisputeLifecycle.IsRunning(dispute.Status))
        {
            return new AttachmentOutcome.Refused("attachments.refused.over");
        }

        var inside = string.IsNullOrEmpty(speaksFor) || speaksFor is "brand";
        if (!dispute.CallerIsBrand)
        {
            return !inside || !dispute.Allows("state") ? new AttachmentOutcome.Forbidden()
                : await KeepAsync(new(IsDispute: true, dispute.DisputeId, number, dispute.Sides[0].PartnerId, ByBrand: false) { ReadBy = keeps ? "brand" : null }, files,
                    names => disputeNews.TellAsync("attached", dispute.DisputeId, number, "deal_desk", names, ct), ct);
        }

        var side = dispute.Sides.FirstOrDefault(side => string.Equals(side.DealNumber, speaksFor, StringComparison.Ordinal));
        return !dispute.Allows(inside ? "note" : "add_evidence") ? new AttachmentOutcome.Forbidden()
            : !inside && side is null ? new AttachmentOutcome.Invalid([new("speaksFor", "disputes.invalid.side")])
            : await KeepAsync(new(IsDispute: true, dispute.DisputeId, number, side?.PartnerId, ByBrand: true) { ReadBy = keeps ? speaksFor ?? "brand" : null }, files,
                names => side is null ? Task.CompletedTask : disputeNews.TellAsync("evidence_added", dispute.DisputeId, number, side.Side, names, ct, side.DealNumber), ct);
    }

    /// <summary>Puts files on an order, for both its sides.</summary>
    /// <param name="number">The order.</param>
    /// <param name="files">The files.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<AttachmentOutcome> ToOrderAsync(string number, IReadOnlyList<SentFile> files, CancellationToken ct) => await orders.HeadAsync(number, ct) switch
    {
        null => new AttachmentOutcome.Missing(),
        var order when !MayAdd(order) => new AttachmentOutcome.Forbidden(),
        var order when IsOver(order) => new AttachmentOutcome.Refused("attachments.refused.over"),
        var order => await KeepAsync(new(IsDispute: false, order.PurchaseOrderId, number, me.IsBrand ? null : me.PartnerId, me.IsBrand) { IsOrder = true }, files, _ => Task.CompletedTask, ct),
    };

    /// <summary>True for those who act for one of the order's sides.</summary>
    public bool MayAdd(OrderHead order) => order.Side is { } side && me.Has([.. OrderLifecycle.RolesOf(side)]);

    /// <summary>True for an order that takes no more files.</summary>
    public static bool IsOver(OrderHead order) => order.Status is OrderStatus.Closed or OrderStatus.Cancelled or OrderStatus.Rejected;

    /// <summary>Removes a file.</summary>
    public async Task<AttachmentOutcome> RemoveAsync(string number, CancellationToken ct)
    {
        try
        {
            return await db.InTransactionAsync<AttachmentOutcome>(async () =>
            {
                if (await attachments.FindAsync(number, ct) is not { } attachment)
                {
                    return new AttachmentOutcome.Missing();
                }

                if (!attachment.Mine || !await attachments.DeleteAsync(attachment.AttachmentId, ct))
                {
                    return new AttachmentOutcome.Forbidden();
                }

                await audit.RecordAsync([Act("unattached", attachment.Order is not null ? "order" : attachment.Dispute is not null ? "dispute" : "deal", attachment.Order ?? attachment.Dispute ?? attachment.Deal!, attachment.PartnerId, new { attachment.Name, attachment.Sha256 })], ct);
                return new AttachmentOutcome.Done([number]);
            }, ct);
        }
        catch (PostgresException refused) when (refused.Violates(RecordIsOver))
        {
            return new AttachmentOutcome.Refused("attachments.refused.over");
        }
    }

    async Task<AttachmentOutcome> KeepAsync(AttachedTo record, IReadOnlyList<SentFile> files, Func<string, Task> tell, CancellationToken ct)
    {
        try
        {
            return await db.InTransactionAsync(async () =>
            {
                // Held before what is kept is read: of two sendings at the same moment one takes it along.
                var held = await attachments.HoldAsync(record, ct);
                var kept = record.ReadBy is null ? [] : await keptFiles.ForAsync(record.IsDispute, record.Id, ct);
                var (recognised, problems) = Look(files);
                if (files.Count + kept.Count == 0)
                {
                    problems.Add(new("files", "attachments.refused.none"));
                }

                if (problems.Count == 0)
                {
                    problems.AddRange(Room(held.Files + kept.Count + files.Count, held.Bytes + kept.Sum(file => (long)file.Bytes) + files.Sum(file => (long)file.Content.Length)));
                }

                return problems.Count > 0 ? await RefuseAsync(record, recognised, problems, ct) : await InsertAsync(record, recognised, kept, tell, ct);
            }, ct);
        }
        catch (PostgresException refused) when (refused.Violates(RecordIsOver))
        {
            return new AttachmentOutcome.Refused("attachments.refused.over");
        }
    }

    IReadOnlyList<FieldProblem> Room(int files, long length) =>
        files > Limits.MostFilesOfRecord ? [new("files", "attachments.refused.too_many", Limits.MostFilesOfRecord)]
        : length > Limits.MostBytesOfRecord ? [new("files", "attachments.refused.record_full", AttachmentStore.Length(Limits.MostBytesOfRecord))]
        : [];

    // What was in order need not be chosen again.
    async Task<AttachmentOutcome> RefuseAsync(AttachedTo record, List<RecognisedFile> files, IReadOnlyList<FieldProblem> problems, CancellationToken ct) =>
        new AttachmentOutcome.Invalid(problems) { Kept = record.ReadBy is not null && files.Count > 0 && await keptFiles.KeepAsync(record, files, Limits, ct) ? [.. files.Select(file => file.Name)] : [] };

    (List<RecognisedFile> Recognised, List<FieldProblem> Problems) Look(IReadOnlyList<SentFile> files)
    {
        var recognised = new List<RecognisedFile>();
        var problems = new List<FieldProblem>();
        foreach (var file in files)
        {
            var shown = FileKind.Shown(file.Name);
            if (file.Content.LongLength > Limits.MostBytes)
            {
                problems.Add(new("files", "attachments.refused.too_large", shown, AttachmentStore.Length(Limits.MostBytes)));
            }
            else
            {
                var (kind, why) = FileKind.Recognise(file.Content);
                if (kind is null)
                {
                    problems.Add(new("files", why!, shown));
                }
                else
                {
                    recognised.Add(new(kind.Clean(file.Name), kind, file.Content, SHA256.HashData(file.Content)));
                }
            }
        }

        return (recognised, problems);
    }

    // Few and each large: a statement a file keeps memory to one of them.
    async Task<AttachmentOutcome> InsertAsync(AttachedTo record, List<RecognisedFile> files, IReadOnlyList<KeptFile> kept, Func<string, Task> tell, CancellationToken ct)
    {
        var added = new List<(string Number, string Name, byte[] Sha256)>();
        foreach (var file in kept)
        {
            added.Add((PublicNumber.New("A"), file.Name, file.Sha256));
            await attachments.InsertKeptAsync(record, added[^1].Number, file, Now, ct);
        }

        foreach (var (name, kind, content, sha256) in files)
        {
            added.Add((PublicNumber.New("A"), name, sha256));
            await attachments.InsertAsync(record, added[^1].Number, name, kind.Name, content, sha256, Now, ct);
        }

        await audit.RecordAsync([.. added.Select(file => Act("attached", record.IsOrder ? "order" : record.IsDispute ? "dispute" : "deal", record.Number, record.PartnerId, new { file.Name, sha256 = Convert.ToHexStringLower(file.Sha256) }))], ct);
        await tell(string.Join('\n', added.Select(file => file.Name)));
        return new AttachmentOutcome.Done([.. added.Select(file => file.Number)]);
    }

    static AuditAct Act(string what, string subject, string number, long? partnerId, object details) =>
        new($"{subject}.{what}", subject, number, partnerId is { } partner ? [partner] : [], details);
}
