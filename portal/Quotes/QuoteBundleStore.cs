using Platform.Database;
using Portal.Web.Lists;

namespace Portal.Quotes;

/// <summary>Every statement about files of many quotes in one zip.</summary>
public sealed class QuoteBundleStore(Db db, QuoteStore quotes, TimeProvider clock)
{
    /// <summary>How long one can be downloaded.</summary>
    public const int KeptDays = 7;

    /// <summary>How often one is begun before it is given up.</summary>
    internal const int MostAttempts = 4;

    const string Columns = "b.quote_bundle_id, b.number, b.partner_id, b.person_id, b.status, b.quotes, b.left_out, b.files, b.made, b.problem, b.created_at, b.ended_at";

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>The latest sent revision of each of these quotes that the person at work sees; of quotes by number, or of all that a list finds.</summary>
    /// <param name="numbers">The quotes; null for the list.</param>
    /// <param name="query">The list.</param>
    /// <param name="most">How many to look for.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<List<BundledQuote>> QuotesAsync(IReadOnlyCollection<string>? numbers, ListQuery query, int most, CancellationToken ct) => await db.ListAsync<BundledQuote>($"""
        select f.quote_revision_id, q.number, f.revision, coalesce(f.frozen -> 'customer' ->> 'name', c.name) as customer
        {QuoteStore.ListedFrom}
        left join lateral (
            select x.quote_revision_id, x.revision, x.frozen from quote_revision x where x.quote_id = q.quote_id and x.frozen_at is not null order by x.revision desc limit 1) f on true
        {QuoteStore.ListedWhere}
          and (@numbers::text[] is null or q.number = any(@numbers))
        order by {query.OrderBy} limit @most
        """,
        new
        {
            numbers = numbers?.ToArray(), most, words = numbers is null ? query.Words : null, beginning = LikePattern.Beginning(query.Words), within = LikePattern.Within(query.Words),
            status = numbers is null ? query["status"] : null, today = await quotes.TodayAsync(ct),
        }, ct);

    /// <summary>Keeps a wish with its files.</summary>
    public Task InsertAsync(string number, long partnerId, int quoteCount, int leftOut, IReadOnlyList<BundledFile> files, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var id = await db.OneAsync<long>("""
            insert into quote_bundle (number, partner_id, person_id, quotes, left_out, files, created_at)
            values (@number, @partnerId, app_person_id(), @quoteCount, @leftOut, @files, @Now) returning quote_bundle_id
            """, new { number, partnerId, quoteCount, leftOut, files = files.Count, Now }, ct);
        await db.ExecuteAsync("""
            insert into quote_bundle_file (quote_bundle_id, place, quote_revision_id, kind, language, name)
            select @id, f.place, f.revision, f.kind, f.language, f.name
            from unnest(@revisions, @kinds, @languages, @names) with ordinality as f (revision, kind, language, name, place)
            """, new
        {
            id, revisions = files.Select(file => file.QuoteRevisionId).ToArray(), kinds = files.Select(file => file.Kind).ToArray(), languages = files.Select(file => file.Language).ToArray(),
            names = files.Select(file => file.Name).ToArray(),
        }, ct);
    }, ct);

    /// <summary>The own one of that number, or null.</summary>
    public Task<QuoteBundle?> FindAsync(string number, CancellationToken ct) => db.FindAsync<QuoteBundle>($"select {Columns} from quote_bundle b where b.number = @number", new { number }, ct);

    /// <summary>The content of a bundle, file after file.</summary>
    public IAsyncEnumerable<StoredBundleFile> StreamAsync(long quoteBundleId, CancellationToken ct) => db.StreamAsync<StoredBundleFile>("""
        select b.name, f.made_at, f.content
        from quote_bundle_file b join quote_file f using (quote_revision_id, kind, language)
        where b.quote_bundle_id = @quoteBundleId order by b.place
        """, new { quoteBundleId }, ct);

    /// <summary>Ends one that is not done; false when it had ended.</summary>
    public async Task<bool> CancelAsync(string number, CancellationToken ct) => await db.ExecuteAsync("""
        update quote_bundle set status = 'cancelled', runner = null, lease_until = null, ended_at = @Now where number = @number and status in ('queued', 'running')
        """, new { number, Now }, ct) == 1;

    /// <summary>Takes the next that waits, or whose runner died.</summary>
    internal async Task<QuoteBundle?> ClaimAsync(string runner, TimeSpan lease, CancellationToken ct) => await db.FindAsync<QuoteBundle>($"""
        with given_up as (
            update quote_bundle set status = 'failed', problem = 'quotes.bundle.problem.failed', ended_at = @Now, runner = null, lease_until = null
            where status = 'running' and lease_until < @Now and attempts >= @MostAttempts returning quote_bundle_id),
        next as (
            select quote_bundle_id from quote_bundle
            where (status = 'queued' or (status = 'running' and lease_until < @Now)) and attempts < @MostAttempts
            order by quote_bundle_id limit 1 for update skip locked),
        b as (
            update quote_bundle x set status = 'running', runner = @runner, lease_until = @until, attempts = x.attempts + 1 from next where x.quote_bundle_id = next.quote_bundle_id returning x.*)
        select {Columns} from b
        """, new { runner, Now, until = Now + lease, MostAttempts }, ct);

    /// <summary>The files of a bundle that are still to be made.</summary>
    internal Task<List<FileToMake>> MissingAsync(long quoteBundleId, CancellationToken ct) => db.ListAsync<FileToMake>("""
        select q.number, r.revision, b.kind, b.language
        from quote_bundle_file b join quote_revision r using (quote_revision_id) join quote q using (quote_id)
        where b.quote_bundle_id = @quoteBundleId and not exists (select from quote_file f where f.quote_revision_id = b.quote_revision_id and f.kind = b.kind and f.language = b.language)
        order by b.place
        """, new { quoteBundleId }, ct);

    /// <summary>Writes how far it is and holds the lease; false when it was cancelled or somebody else has it.</summary>
    internal async Task<bool> BeatAsync(long quoteBundleId, string runner, int made, TimeSpan lease, CancellationToken ct) => await db.ExecuteAsync("""
        update quote_bundle set made = @made, lease_until = @until where quote_bundle_id = @quoteBundleId and status = 'running' and runner = @runner
        """, new { quoteBundleId, runner, made, until = Now + lease }, ct) == 1;

    /// <summary>Ends it, or puts it back; false when somebody else has it.</summary>
    internal async Task<bool> EndAsync(long quoteBundleId, string runner, string status, string? problem, CancellationToken ct) => await db.ExecuteAsync("""
        update quote_bundle
        set status = @status, problem = @problem, runner = null, lease_until = null, ended_at = case when @status = 'queued' then null else @Now end, made = case when @status = 'done' then files else made end
        where quote_bundle_id = @quoteBundleId and status = 'running' and runner = @runner
        """, new { quoteBundleId, runner, status, problem, Now }, ct) == 1;

    /// <summary>As whom the files are made: whoever asked for them, while they may come in.</summary>
    internal Task<BundleAsker?> AskerAsync(long personId, CancellationToken ct) => db.FindAsync<BundleAsker>("""
        select u.issuer, u.subject from person u join partner b on b.partner_id = u.partner_id where u.person_id = @personId and u.disabled_at is null and b.status = 'active'
        """, new { personId }, ct);

    /// <summary>Forgets what was asked for before that moment; the files themselves stay.</summary>
    internal Task<int> ForgetAsync(DateTime before, CancellationToken ct) => db.ExecuteAsync("delete from quote_bundle where created_at < @before and status not in ('queued', 'running')", new { before }, ct);
}

/// <summary>A quote that is asked for, with its latest sent revision; without one it has no files.</summary>
public sealed record BundledQuote(long? QuoteRevisionId, string Number, int? Revision, string Customer);

/// <summary>A file of a bundle.</summary>
public sealed record BundledFile(long QuoteRevisionId, string Kind, string Language, string Name);

/// <summary>Files of many quotes that somebody asked for.</summary>
/// <param name="QuoteBundleId">The key.</param>
/// <param name="Number">Its number.</param>
/// <param name="PartnerId">Whose person asked.</param>
/// <param name="PersonId">Who asked.</param>
/// <param name="Status"><c>queued</c>, <c>running</c>, <c>done</c>, <c>failed</c> or <c>cancelled</c>.</param>
/// <param name="Quotes">Of how many quotes.</param>
/// <param name="LeftOut">How many of those that were asked for have no sent revision.</param>
/// <param name="Files">How many files.</param>
/// <param name="Made">How many of them are made.</param>
/// <param name="Problem">The text key of why it failed.</param>
/// <param name="CreatedAt">When it was asked for, UTC.</param>
/// <param name="EndedAt">When it ended, UTC.</param>
public sealed record QuoteBundle(
    long QuoteBundleId, string Number, long PartnerId, long PersonId, string Status, int Quotes, int LeftOut, int Files, int Made, string? Problem, DateTime CreatedAt, DateTime? EndedAt)
{
    /// <summary>It is still being made.</summary>
    public bool IsUnderWay => Status is "queued" or "running";
}

/// <summary>A file of a bundle with its content.</summary>
public sealed record StoredBundleFile(string Name, DateTime MadeAt, byte[] Content);

/// <summary>A file that is still to be made.</summary>
sealed record FileToMake(string Number, int Revision, string Kind, string Language);

/// <summary>Who asked for a bundle.</summary>
sealed record BundleAsker(string Issuer, string Subject);
