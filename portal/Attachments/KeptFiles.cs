using Platform.Database;
using Platform.Jobs;

namespace Portal.Attachments;

/// <summary>Files that were in order but came with one that was refused: kept for whoever sent them, until the form is sent again. A browser would have forgotten them.</summary>
public sealed class KeptFiles(Db db, TimeProvider clock)
{
    /// <summary>How long they are kept.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    const string Meant = "person_id = app_person_id() and case when @IsDispute then dispute_id = @Id else deal_id = @Id end and kept_at > @since";

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>What is kept of whoever is at work for a record, the oldest first.</summary>
    public Task<List<KeptFile>> ForAsync(bool isDispute, long id, CancellationToken ct) => db.ListAsync<KeptFile>($"""
        select kept_file_id, number, read_by, name, kind, bytes, sha256, kept_at from kept_file where {Meant} order by kept_file_id
        """, new { isDispute, id, since = Now - Kept }, ct);

    /// <summary>Drops one of them; answers the page it belongs to, or null where there is none.</summary>
    public Task<string?> DropAsync(string number, CancellationToken ct) => db.FindAsync<string>("""
        with dropped as (delete from kept_file where number = @number and person_id = app_person_id() returning deal_id, dispute_id)
        select coalesce('/deals/' || d.number, '/disputes/' || s.number) from dropped x left join deal d on d.deal_id = x.deal_id left join dispute s on s.dispute_id = x.dispute_id
        """, new { number }, ct);

    /// <summary>Keeps files, all of them or none: nobody has more kept, over all records, than one record may hold.</summary>
    /// <returns>False where there is no room for them.</returns>
    public async Task<bool> KeepAsync(AttachedTo record, IReadOnlyList<RecognisedFile> files, AttachmentLimits limits, CancellationToken ct)
    {
        await db.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended('kept files', app_person_id()))", null, ct);
        var (count, bytes) = await db.OneAsync<(int, long)>("select count(*)::integer, coalesce(sum(bytes), 0)::bigint from kept_file where person_id = app_person_id() and kept_at > @since", new { since = Now - Kept }, ct);
        if (count + files.Count > limits.MostFilesOfRecord || bytes + files.Sum(file => (long)file.Content.Length) > limits.MostBytesOfRecord)
        {
            return false;
        }

        foreach (var (name, kind, content, sha256) in files)
        {
            var id = await db.OneAsync<long>("""
                insert into kept_file (number, person_id, deal_id, dispute_id, read_by, name, kind, bytes, sha256, kept_at)
                values (@number, app_person_id(), case when not @IsDispute then @Id end, case when @IsDispute then @Id end, @ReadBy, @name, @kind, @bytes, @sha256, @now)
                returning kept_file_id
                """, new { number = PublicNumber.New("KF"), record.IsDispute, record.Id, record.ReadBy, name, kind = kind.Name, bytes = content.Length, sha256, now = Now }, ct);
            await db.ExecuteAsync("""
                insert into kept_file_part (kept_file_id, part, content) select @id, p.part - 1, p.content from unnest(@parts) with ordinality as p (content, part)
                """, new { id, parts = content.Chunk(AttachmentStore.PartBytes).ToArray() }, ct);
        }

        return true;
    }

    /// <summary>Forgets what is older than <see cref="Kept"/>.</summary>
    /// <returns>How many.</returns>
    public Task<int> ForgetAsync(CancellationToken ct) => db.ExecuteAsync("delete from kept_file where kept_at <= @before", new { before = Now - Kept }, ct);
}

/// <summary>A file that is kept.</summary>
/// <param name="KeptFileId">The key; never leaves the server.</param>
/// <param name="Number">The public number.</param>
/// <param name="ReadBy">Who was to see it, as the form said.</param>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Bytes">How long it is.</param>
/// <param name="Sha256">The SHA-256 of its content.</param>
/// <param name="KeptAt">When it was sent.</param>
public sealed record KeptFile(long KeptFileId, string Number, string? ReadBy, string Name, string Kind, int Bytes, byte[] Sha256, DateTime KeptAt);

/// <summary>Deletes files that were kept for a form that nobody sent again.</summary>
sealed class ForgetKeptFiles(KeptFiles kept) : IScheduledJob
{
    public Task RunAsync(CancellationToken ct) => kept.ForgetAsync(ct);
}
