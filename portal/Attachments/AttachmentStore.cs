using System.Globalization;
using Platform.Database;

namespace Portal.Attachments;

/// <summary>Every statement about attachments.</summary>
public sealed class AttachmentStore(Db db)
{
    internal const int PartBytes = 1024 * 1024;

    const string Select = """
        select a.attachment_id, a.number, d.number as deal, s.number as dispute, o.number as "order", a.partner_id,
               (select min(e.side) from dispute_side e where e.dispute_id = a.dispute_id and e.partner_id = a.partner_id) as side,
               a.name, a.kind, a.bytes, encode(a.sha256, 'hex') as sha256, a.by_brand, p.name as person, a.uploaded_at, a.uploaded_by is not distinct from app_person_id() as mine
        from attachment a left join deal d using (deal_id) left join dispute s using (dispute_id) left join purchase_order o on o.purchase_order_id = a.purchase_order_id left join person p on p.person_id = a.uploaded_by
        """;

    const string Insert = """
        insert into attachment (number, deal_id, dispute_id, purchase_order_id, partner_id, name, kind, bytes, sha256, by_brand, uploaded_by, uploaded_at)
        values (@number, case when not @IsDispute and not @IsOrder then @Id end, case when @IsDispute then @Id end, case when @IsOrder then @Id end, @PartnerId, @Name, @Kind, @Bytes, @Sha256, @ByBrand, app_person_id(), @now)
        """;

    /// <summary>The files of a deal that the caller may see, the oldest first.</summary>
    public Task<List<Attachment>> OfDealAsync(long dealId, CancellationToken ct) =>
        db.ListAsync<Attachment>($"{Select} where a.deal_id = @dealId order by a.attachment_id", new { dealId }, ct);

    /// <summary>The files of a dispute that the caller may see, the oldest first.</summary>
    public Task<List<Attachment>> OfDisputeAsync(long disputeId, CancellationToken ct) =>
        db.ListAsync<Attachment>($"{Select} where a.dispute_id = @disputeId order by a.attachment_id", new { disputeId }, ct);

    /// <summary>The files of an order, the oldest first.</summary>
    public Task<List<Attachment>> OfOrderAsync(long purchaseOrderId, CancellationToken ct) =>
        db.ListAsync<Attachment>($"{Select} where a.purchase_order_id = @purchaseOrderId order by a.attachment_id", new { purchaseOrderId }, ct);

    /// <summary>A file by its number.</summary>
    public Task<Attachment?> FindAsync(string number, CancellationToken ct) => db.FindAsync<Attachment>($"{Select} where a.number = @number", new { number }, ct);

    /// <summary>Files by their numbers, in the order in which they were added.</summary>
    public Task<List<Attachment>> FindAsync(IReadOnlyCollection<string> numbers, CancellationToken ct) =>
        db.ListAsync<Attachment>($"{Select} where a.number = any(@numbers) order by a.attachment_id", new { numbers = numbers.ToArray() }, ct);

    /// <summary>Its content, part by part.</summary>
    public IAsyncEnumerable<byte[]> PartsAsync(long attachmentId, CancellationToken ct) =>
        db.StreamAsync<byte[]>("select content from attachment_part where attachment_id = @attachmentId order by part", new { attachmentId }, ct);

    /// <summary>A file as an answer.</summary>
    internal FileDownload Download(Attachment attachment) => new(attachment.Name, attachment.Kind, attachment.Bytes, ct => PartsAsync(attachment.AttachmentId, ct));

    /// <summary>Makes whoever adds files to this record wait for each other, and answers how many it has and how long they are together. Of a partner's files only its own count.</summary>
    public async Task<(int Files, long Bytes)> HoldAsync(AttachedTo record, CancellationToken ct)
    {
        await db.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended(@kind, @id))", new { kind = record.IsOrder ? "attachments of orders" : "attachments", id = record.IsDispute ? -record.Id : record.Id }, ct);
        return await db.OneAsync<(int, long)>("""
            select count(*)::integer, coalesce(sum(bytes), 0)::bigint from attachment where case when @IsOrder then purchase_order_id = @Id when @IsDispute then dispute_id = @Id else deal_id = @Id end
            """, new { record.IsDispute, record.IsOrder, record.Id }, ct);
    }

    /// <summary>Keeps a file.</summary>
    public async Task InsertAsync(AttachedTo record, string number, string name, string kind, byte[] content, byte[] sha256, DateTime now, CancellationToken ct)
    {
        var id = await db.OneAsync<long>(Insert + " returning attachment_id", new { record.IsDispute, record.IsOrder, record.Id, record.PartnerId, record.ByBrand, number, name, kind, bytes = content.Length, sha256, now }, ct);
        var parts = content.Chunk(PartBytes).ToArray();
        await db.ExecuteAsync("""
            insert into attachment_part (attachment_id, part, content) select @id, p.part - 1, p.content from unnest(@parts) with ordinality as p (content, part)
            """, new { id, parts }, ct);
    }

    /// <summary>Puts a file that was kept for whoever is at work on the record; it is not kept any more.</summary>
    public Task InsertKeptAsync(AttachedTo record, string number, KeptFile kept, DateTime now, CancellationToken ct) => db.ExecuteAsync($"""
        {Insert};
        insert into attachment_part (attachment_id, part, content)
        select a.attachment_id, p.part, p.content from attachment a cross join kept_file_part p where a.number = @number and p.kept_file_id = @KeptFileId;
        delete from kept_file where kept_file_id = @KeptFileId
        """, new { record.IsDispute, record.IsOrder, record.Id, record.PartnerId, record.ByBrand, number, kept.Name, kept.Kind, kept.Bytes, kept.Sha256, kept.KeptFileId, now }, ct);

    /// <summary>Removes a file that whoever is at work added; false where it is not theirs.</summary>
    public async Task<bool> DeleteAsync(long attachmentId, CancellationToken ct) =>
        await db.ExecuteAsync("delete from attachment where attachment_id = @attachmentId and uploaded_by = app_person_id()", new { attachmentId }, ct) == 1;

    /// <summary>How long a file is, in a sentence.</summary>
    public static string Length(long bytes) => (bytes / 1024 / 1024).ToString(CultureInfo.InvariantCulture) + " MB";
}
