using System.Security.Cryptography;
using Npgsql;
using Platform.Audit;
using Platform.Database;
using Platform.Web;
using Portal.Deals;
using Portal.Disputes;

namespace Portal.Attachments;

/// <summary>
/// Puts files on a deal or a dispute, all that are sent or none; and removes one, by whoever added it, while the record's state allows it.
/// Who may comment on a deal may add to it; of a dispute each side sees its own files only.
/// </summary>
public sealed class AttachFiles(
    Db db, AttachmentStore attachments, DealStore deals, DisputeStore disputes, DealNews dealNews, DisputeNews disputeNews, AuditTrail audit, IConfiguration configuration, TimeProvider clock)
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
    public async Task<AttachmentOutcome> ToDealAsync(string number, string? stream, IReadOnlyList<SentFile> files, CancellationToken ct)
    {
        if (await deals.FindAsync(number, ct) is not { } deal)
        {
            return new AttachmentOutcome.Missing();
        }

        var inside = stream is "brand";
        return DealLifecycle.IsOver(deal.Status) ? new AttachmentOutcome.Refused("attachments.refused.over")
            : !deal.Allows("comment") || (inside && !deal.CallerIsBrand) ? new AttachmentOutcome.Forbidden()
            : await KeepAsync(new(IsDispute: false, deal.DealId, number, inside ? null : deal.PartnerId, deal.CallerIsBrand), files, names =>
                inside ? Task.CompletedTask : deal.CallerIsBrand ? dealNews.TellClaimantAsync("attached", deal, names, ct) : dealNews.TellDealDeskAsync("attached", deal, names, ct), ct);
    }

    /// <summary>Puts files on a dispute: a side's evidence, or what the brand keeps to itself.</summary>
    public async Task<AttachmentOutcome> ToDisputeAsync(string number, IReadOnlyList<SentFile> files, CancellationToken ct)
    {
        if (await disputes.FindAsync(number, Now, ct) is not { } dispute)
        {
            return new AttachmentOutcome.Missing();
        }

        return !DisputeLifecycle.IsRunning(dispute.Status) ? new AttachmentOutcome.Refused("attachments.refused.over")
            : !dispute.Allows(dispute.CallerIsBrand ? "note" : "state") ? new AttachmentOutcome.Forbidden()
            : await KeepAsync(new(IsDispute: true, dispute.DisputeId, number, dispute.CallerIsBrand ? null : dispute.Sides[0].PartnerId, dispute.CallerIsBrand), files, names =>
                dispute.CallerIsBrand ? Task.CompletedTask : disputeNews.TellAsync("attached", dispute.DisputeId, number, "deal_desk", names, ct), ct);
    }

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

                await audit.RecordAsync([Act("unattached", attachment.Dispute is not null, attachment.Dispute ?? attachment.Deal!, attachment.PartnerId, new { attachment.Name, attachment.Sha256 })], ct);
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
        var (recognised, problems) = Look(files);
        if (problems.Count > 0)
        {
            return new AttachmentOutcome.Invalid(problems);
        }

        try
        {
            return await db.InTransactionAsync(async () =>
            {
                var (count, bytes) = await attachments.HoldAsync(record, ct);
                if (count + files.Count > Limits.MostFilesOfRecord)
                {
                    return new AttachmentOutcome.Invalid([new("files", "attachments.refused.too_many", Limits.MostFilesOfRecord)]);
                }

                return bytes + files.Sum(file => (long)file.Content.Length) > Limits.MostBytesOfRecord
                    ? new AttachmentOutcome.Invalid([new("files", "attachments.refused.record_full", AttachmentStore.Length(Limits.MostBytesOfRecord))])
                    : await InsertAsync(record, recognised, tell, ct);
            }, ct);
        }
        catch (PostgresException refused) when (refused.Violates(RecordIsOver))
        {
            return new AttachmentOutcome.Refused("attachments.refused.over");
        }
    }

    (List<(string Name, FileKind Kind, byte[] Content)> Recognised, List<FieldProblem> Problems) Look(IReadOnlyList<SentFile> files)
    {
        var recognised = new List<(string, FileKind, byte[])>();
        var problems = new List<FieldProblem>();
        if (files.Count == 0)
        {
            problems.Add(new("files", "attachments.refused.none"));
        }

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
                    recognised.Add((kind.Clean(file.Name), kind, file.Content));
                }
            }
        }

        return (recognised, problems);
    }

    // Few and each large: a statement a file keeps memory to one of them.
    async Task<AttachmentOutcome> InsertAsync(AttachedTo record, List<(string Name, FileKind Kind, byte[] Content)> files, Func<string, Task> tell, CancellationToken ct)
    {
        var numbers = new List<string>();
        var acts = new List<AuditAct>();
        foreach (var (name, kind, content) in files)
        {
            var number = PublicNumber.New("A");
            var sha256 = SHA256.HashData(content);
            await attachments.InsertAsync(record, number, name, kind.Name, content, sha256, Now, ct);
            numbers.Add(number);
            acts.Add(Act("attached", record.IsDispute, record.Number, record.PartnerId, new { name, sha256 = Convert.ToHexStringLower(sha256) }));
        }

        await audit.RecordAsync(acts, ct);
        await tell(string.Join('\n', files.Select(file => file.Name)));
        return new AttachmentOutcome.Done(numbers);
    }

    static AuditAct Act(string what, bool onDispute, string number, long? partnerId, object details) =>
        new(onDispute ? $"dispute.{what}" : $"deal.{what}", onDispute ? "dispute" : "deal", number, partnerId is { } partner ? [partner] : [], details);
}
