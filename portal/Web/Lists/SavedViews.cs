using Platform.Database;

namespace Portal.Web.Lists;

/// <summary>The views of lists that people keep for themselves: words, filters, order and page length under a name.</summary>
public sealed class SavedViews(Db db, TimeProvider clock)
{
    /// <summary>More would no longer be a help.</summary>
    public const int Most = 50;

    /// <summary>The views that the person at work saved of a list.</summary>
    public Task<List<SavedView>> OfAsync(string list, CancellationToken ct) => db.ListAsync<SavedView>("""
        select number, list, name, query
        from saved_view
        where list = @list and person_id = app_person_id()
        order by name
        """, new { list }, ct);

    /// <summary>Saves a view; a view of the same name is replaced.</summary>
    /// <returns>False when the person has as many as there may be.</returns>
    public async Task<bool> SaveAsync(string list, string name, string query, CancellationToken ct) => await db.ExecuteAsync("""
        insert into saved_view (number, person_id, list, name, query, saved_at)
        select @number, app_person_id(), @list, @name, @query, @now
        where (select count(*) from saved_view where person_id = app_person_id()) < @Most
           or exists (select from saved_view where person_id = app_person_id() and list = @list and name = @name)
        on conflict on constraint a_saved_view_has_its_own_name do update set query = excluded.query, saved_at = excluded.saved_at
        """, new { number = PublicNumber.New("V"), list, name, query, now = clock.GetUtcNow().UtcDateTime, Most }, ct) > 0;

    /// <summary>Forgets a view of one's own.</summary>
    /// <returns>The view that is gone, or null where there was none.</returns>
    public Task<SavedView?> DeleteAsync(string number, CancellationToken ct) => db.FindAsync<SavedView>("""
        delete from saved_view
        where number = @number and person_id = app_person_id()
        returning number, list, name, query
        """, new { number }, ct);
}

/// <summary>A saved view.</summary>
/// <param name="Number">Its public number.</param>
/// <param name="List">The list it is a view of.</param>
/// <param name="Name">What the person calls it.</param>
/// <param name="Query">The query part of its address.</param>
public sealed record SavedView(string Number, string List, string Name, string Query);
