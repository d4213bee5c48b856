using System.Security.Cryptography;
using Npgsql;
using Platform.Audit;
using Platform.Database;
using Platform.Web;
using Portal.Attachments;

namespace Portal.Returns;

/// <summary>
/// Files that buyer and seller both see: the carrier's paper of a shipment (签收单), photos of what differed. What a file is, is told from its content; PDF and photos are taken, all that are
/// sent or none. Whoever added one removes it, unless the matter is over.
/// </summary>
public sealed class DeliveryFiles(Db db, AuditTrail audit, IConfiguration configuration, TimeProvider clock)
{
    const int PartBytes = 1024 * 1024;

    static readonly string[] Kinds = ["pdf", "png", "jpeg"];

    const string Select = """
        select f.delivery_file_id, f.number, f.name, f.kind, f.bytes, encode(f.sha256, 'hex') as sha256, f.uploaded_at, p.name as person, by.name as partner_name, by.name_latin as partner_name_latin,
               f.uploaded_by is not distinct from app_person_id() as mine, coalesce('/discrepancies/' || c.number, '/orders/' || o.number) as page, s.number as shipment_number, f.buyer_id, f.seller_id
        from delivery_file f
        left join shipment s on s.shipment_id = f.shipment_id
        left join purchase_order o on o.purchase_order_id = s.purchase_order_id
        left join discrepancy_case c on c.discrepancy_case_id = f.discrepancy_case_id
        left join person p on p.person_id = f.uploaded_by
        left join partner by on by.partner_id = f.partner_id
        """;

    /// <summary>The limits of the settings, the same as of attachments.</summary>
    public AttachmentLimits Limits => AttachmentLimits.Of(configuration);

    /// <summary>What a browser offers to choose.</summary>
    public static string Accept => string.Join(',', Kinds.SelectMany(kind => FileKind.Of(kind).Endings));

    /// <summary>The files of a record, the oldest first.</summary>
    public Task<List<DeliveryFile>> OfAsync(DeliveryRecord record, string number, CancellationToken ct) =>
        db.ListAsync<DeliveryFile>($"{Select} where {record.Numbered} = @number order by f.delivery_file_id", new { number }, ct);

    /// <summary>The files of all shipments of an order, the oldest first.</summary>
    public Task<List<DeliveryFile>> OfOrderAsync(long purchaseOrderId, CancellationToken ct) =>
        db.ListAsync<DeliveryFile>($"{Select} where s.purchase_order_id = @purchaseOrderId order by s.shipment_id, f.delivery_file_id", new { purchaseOrderId }, ct);

    /// <summary>A file by its number.</summary>
    public Task<DeliveryFile?> FindAsync(string number, CancellationToken ct) => db.FindAsync<DeliveryFile>($"{Select} where f.number = @number", new { number }, ct);

    /// <summary>Its content, part by part.</summary>
    public IAsyncEnumerable<byte[]> PartsAsync(long deliveryFileId, CancellationToken ct) =>
        db.StreamAsync<byte[]>("select content from delivery_file_part where delivery_file_id = @deliveryFileId order by part", new { deliveryFileId }, ct);

    /// <summary>A file as an answer.</summary>
    internal FileDownload Download(DeliveryFile file) => new(file.Name, file.Kind, file.Bytes, ct => PartsAsync(file.DeliveryFileId, ct));

    /// <summary>Adds files to a record.</summary>
    public Task<ReturnOutcome> AddAsync(DeliveryRecord record, string number, IReadOnlyList<SentFile> files, CancellationToken ct) => db.InTransactionAsync<ReturnOutcome>(async () =>
    {
        // Held, so that two sendings at once do not pass the limit together.
        await db.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended('delivery files ' || @number, 0))", new { number }, ct);
        if (await db.FindAsync<Held>(record.Query, new { number, buyers = Orders.BuyerRoles.All.ToArray(), sellers = Orders.SellerRoles.All.ToArray() }, ct) is not { } held)
        {
            return new ReturnOutcome.NotFound();
        }

        if (!held.May)
        {
            return new ReturnOutcome.Forbidden();
        }

        if (held.IsOver)
        {
            return ReturnOutcome.Because("files", "attachments.refused.over");
        }

        var problems = files.SelectMany(Problems).ToList();
        if (files.Count == 0)
        {
            problems.Add(new("files", "attachments.refused.none"));
        }
        else if (held.Files + files.Count > Limits.MostFilesOfRecord)
        {
            problems.Add(new("files", "attachments.refused.too_many", Limits.MostFilesOfRecord));
        }
        else if (held.Bytes + files.Sum(file => file.Content.LongLength) > Limits.MostBytesOfRecord)
        {
            problems.Add(new("files", "attachments.refused.record_full", AttachmentStore.Length(Limits.MostBytesOfRecord)));
        }

        if (problems.Count > 0)
        {
            return new ReturnOutcome.Wrong(problems);
        }

        // Few and each large: a statement a file keeps memory to one of them.
        foreach (var file in files)
        {
            await InsertAsync(record, held, number, file, ct);
        }

        return new ReturnOutcome.Done(number);
    }, ct);

    /// <summary>Removes a file that the person at work added.</summary>
    /// <returns>The page it was on; null where it is not theirs, or the matter is over.</returns>
    public Task<string?> RemoveAsync(string number, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        if (await FindAsync(number, ct) is not { Mine: true } file || await db.ExecuteAsync("delete from delivery_file where number = @number", new { number }, ct) == 0)
        {
            return null;
        }

        await audit.RecordAsync([new("delivery_file.removed", "delivery_file", number, [file.BuyerId, file.SellerId], new { file.Name, file.Sha256, file.Page })], ct);
        return file.Page;
    }, ct);

    IEnumerable<FieldProblem> Problems(SentFile file)
    {
        var shown = FileKind.Shown(file.Name);
        if (file.Content.LongLength > Limits.MostBytes)
        {
            yield return new("files", "attachments.refused.too_large", shown, AttachmentStore.Length(Limits.MostBytes));
        }
        else if (FileKind.Recognise(file.Content) is var (kind, why) && (kind is null || !Kinds.Contains(kind.Name)))
        {
            yield return kind is null ? new("files", why!, shown) : new("files", "returns.problem.file_kind", shown);
        }
    }

    async Task InsertAsync(DeliveryRecord record, Held held, string recordNumber, SentFile file, CancellationToken ct)
    {
        var kind = FileKind.Recognise(file.Content).Kind!;
        var (number, name, sha256) = (PublicNumber.New("DF"), kind.Clean(file.Name), SHA256.HashData(file.Content));
        var id = await db.OneAsync<long>("""
            insert into delivery_file (number, shipment_id, discrepancy_case_id, buyer_id, seller_id, partner_id, name, kind, bytes, sha256, uploaded_by, uploaded_at)
            values (@number, case @record when 'shipment' then @Id end, case @record when 'case' then @Id end, @BuyerId, @SellerId, app_partner_id(), @name, @kind, @bytes, @sha256, app_person_id(), @now)
            returning delivery_file_id
            """, new { number, record = record.Kind, held.Id, held.BuyerId, held.SellerId, name, kind = kind.Name, bytes = file.Content.Length, sha256, now = clock.GetUtcNow().UtcDateTime }, ct);
        await db.ExecuteAsync("""
            insert into delivery_file_part (delivery_file_id, part, content) select @id, p.part - 1, p.content from unnest(@parts) with ordinality as p (content, part)
            """, new { id, parts = file.Content.Chunk(PartBytes).ToArray() }, ct);
        await audit.RecordAsync([new("delivery_file.added", "delivery_file", number, [held.BuyerId, held.SellerId], new { of = recordNumber, name, sha256 = Convert.ToHexStringLower(sha256) })], ct);
    }

    sealed record Held(long Id, long BuyerId, long SellerId, bool May, bool IsOver, int Files, long Bytes);
}

/// <summary>What files of a delivery are put on.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Query">The statement that says whether the person at work may add to it.</param>
/// <param name="Numbered">The column with its number.</param>
public sealed record DeliveryRecord(string Kind, string Numbered, string Query)
{
    const string May = """
        (case when x.buyer_id = app_partner_id() then exists (select from unnest(@buyers) as role where app_has_role(role)) else false end)
        or (case when x.seller_id = app_partner_id() then exists (select from unnest(@sellers) as role where app_has_role(role)) else false end) as may
        """;

    /// <summary>A shipment: the paper that the carrier brought back.</summary>
    public static DeliveryRecord Shipment { get; } = new("shipment", "s.number", $"""
        select x.shipment_id as id, x.buyer_id, x.seller_id, {May}, false as is_over,
               (select count(*)::integer from delivery_file f where f.shipment_id = x.shipment_id) as files, (select coalesce(sum(f.bytes), 0)::bigint from delivery_file f where f.shipment_id = x.shipment_id) as bytes
        from shipment x where x.number = @number
        """);

    /// <summary>A discrepancy case: photos of what differed.</summary>
    public static DeliveryRecord Case { get; } = new("case", "c.number", $"""
        select x.discrepancy_case_id as id, x.buyer_id, x.seller_id, {May}, x.status in ('settled', 'withdrawn') as is_over,
               (select count(*)::integer from delivery_file f where f.discrepancy_case_id = x.discrepancy_case_id) as files, (select coalesce(sum(f.bytes), 0)::bigint from delivery_file f where f.discrepancy_case_id = x.discrepancy_case_id) as bytes
        from discrepancy_case x where x.number = @number
        """);
}

/// <summary>A file of a delivery.</summary>
public sealed record DeliveryFile(
    long DeliveryFileId, string Number, string Name, string Kind, int Bytes, string Sha256, DateTime UploadedAt, string? Person, string? PartnerName, string? PartnerNameLatin, bool Mine, string Page, string? ShipmentNumber,
    long BuyerId, long SellerId);

/// <summary>A file as the API tells it.</summary>
public sealed record DeliveryFileAnswer(string Number, string Name, string Kind, int Bytes, string Sha256, DateTime UploadedAt)
{
    internal static DeliveryFileAnswer Of(DeliveryFile file) => new(file.Number, file.Name, file.Kind, file.Bytes, file.Sha256, file.UploadedAt);
}

/// <summary>What <c>_DeliveryFiles.cshtml</c> shows.</summary>
/// <param name="Files">The files.</param>
/// <param name="Address">Where further ones are sent.</param>
/// <param name="MayAdd">True where the person may add some.</param>
/// <param name="Limits">How large and how many.</param>
public sealed record DeliveryFilesShown(IReadOnlyList<DeliveryFile> Files, string Address, bool MayAdd, AttachmentLimits Limits);
