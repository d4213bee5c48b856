using Platform.Database;
using Portal.Web.Lists;

namespace Portal.Notifications;

/// <summary>The notifications of the person at work.</summary>
public sealed class NotificationStore(Db db, TimeProvider clock)
{
    /// <summary>The live topic: something was told or read.</summary>
    public const string Live = "notifications";

    /// <summary>A bell with more than so many shows a plus.</summary>
    public const int MostCounted = 99;

    /// <summary>How many are unread, <see cref="MostCounted"/> and one at most.</summary>
    public Task<int> CountUnreadAsync(CancellationToken ct) => db.OneAsync<int>("""
        select count(*)::int
        from (select from notification where person_id = app_person_id() and read_at is null limit @MostCounted + 1) as unread
        """, new { MostCounted }, ct);

    /// <summary>One page of them.</summary>
    public async Task<ListPage<Notification>> PageAsync(ListQuery query, CancellationToken ct)
    {
        var state = query["state"];
        var rows = await db.ListAsync<Notification>($"""
            select number, text_key, arguments::text as arguments, link, told_at, read_at
            from notification
            where person_id = app_person_id() and (@state::text is distinct from 'unread' or read_at is null)
            order by {query.OrderBy}
            offset @Offset limit @Limit
            """, new { state, query.Offset, query.Limit }, ct);
        var total = await db.OneAsync<long>("""
            select count(*)
            from notification
            where person_id = app_person_id() and (@state::text is distinct from 'unread' or read_at is null)
            """, new { state }, ct);
        return new(rows, total);
    }

    /// <summary>Marks one as read.</summary>
    /// <returns>Where it leads; null where it is not there.</returns>
    public Task<string?> ReadAsync(Guid number, CancellationToken ct) => db.FindAsync<string>("""
        update notification set read_at = coalesce(read_at, @now)
        where number = @number and person_id = app_person_id()
        returning link
        """, new { number, now = clock.GetUtcNow().UtcDateTime }, ct);

    /// <summary>Marks all as read.</summary>
    public Task<int> ReadAllAsync(CancellationToken ct) => db.ExecuteAsync("""
        update notification set read_at = @now
        where person_id = app_person_id() and read_at is null
        """, new { now = clock.GetUtcNow().UtcDateTime }, ct);

    /// <summary>Forgets, for everybody, what was read before that moment. For the product itself.</summary>
    public Task<int> ForgetReadAsync(DateTime before, CancellationToken ct) =>
        db.ExecuteAsync("delete from notification where read_at < @before", new { before }, ct);
}

/// <summary>A notification.</summary>
/// <param name="Number">Its public number.</param>
/// <param name="TextKey">The sentence.</param>
/// <param name="Arguments">The values of its placeholders, as kept.</param>
/// <param name="Link">Where it leads.</param>
/// <param name="ToldAt">When it was told.</param>
/// <param name="ReadAt">When it was read, if it was.</param>
public sealed record Notification(Guid Number, string TextKey, string Arguments, string Link, DateTime ToldAt, DateTime? ReadAt);
