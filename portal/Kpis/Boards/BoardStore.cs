using Platform.Audit;
using Platform.Database;
using Portal.Kpis.Metrics;
using Portal.Web;

namespace Portal.Kpis.Boards;

/// <summary>How a person has arranged its dashboard; else how the brand has for people like it; else how it is at first.</summary>
public sealed class BoardStore(Db db, AuditTrail audit, ICurrentPerson me, TimeProvider clock)
{
    /// <summary>The audience that a person belongs to: its partner's type; of the brand, those who look after the channel have one of their own.</summary>
    public static string AudienceOf(ICurrentPerson person) => person.IsBrand ? person.Has("channel_manager") && !person.Has("brand_admin") ? "channel_manager" : "brand" : person.PartnerType;

    /// <summary>The arrangement that the person at work sees.</summary>
    public async Task<Arranged> OfAsync(CancellationToken ct)
    {
        var audience = AudienceOf(me);
        var row = await db.FindAsync<BoardRow>("""
            select panels, wide, tiles, person_id is not null as is_own from kpi_board where person_id = app_person_id() or audience = @audience order by person_id nulls last limit 1
            """, new { audience }, ct);
        return row is null ? new(Panels.AtFirst(audience), false) : new(Read(row), row.IsOwn);
    }

    /// <summary>The arrangement of an audience.</summary>
    public async Task<Board> OfAsync(string audience, CancellationToken ct) =>
        await db.FindAsync<BoardRow>("select panels, wide, tiles, false as is_own from kpi_board where audience = @audience", new { audience }, ct) is { } row ? Read(row) : Panels.AtFirst(audience);

    /// <summary>Keeps an arrangement: one's own, or an audience's.</summary>
    /// <param name="board">At least one panel, at most <see cref="Board.MostTiles"/> tiles.</param>
    /// <param name="audience">Null for one's own.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task KeepAsync(Board board, string? audience, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        await db.ExecuteAsync($"""
            insert into kpi_board (person_id, audience, panels, wide, tiles, arranged_at, arranged_by)
            values ({(audience is null ? "app_person_id(), null" : "null, @audience")}, @panels, @wide, @tiles, @now, app_actor())
            on conflict on constraint {(audience is null ? "one_board_a_person" : "one_board_an_audience")}
            do update set panels = excluded.panels, wide = excluded.wide, tiles = excluded.tiles, arranged_at = excluded.arranged_at, arranged_by = excluded.arranged_by
            """,
            new
            {
                audience, panels = board.Places.Select(place => place.Name).ToArray(), wide = board.Places.Where(place => place.IsWide).Select(place => place.Name).ToArray(), tiles = board.Tiles.ToArray(),
                now = clock.GetUtcNow().UtcDateTime,
            }, ct);
        if (audience is not null)
        {
            await audit.RecordAsync("kpi.board-arranged", "kpi_board", audience, null, new { panels = board.Places.Select(place => place.Name), board.Tiles }, ct);
        }
    }, ct);

    /// <summary>Forgets an arrangement of one's own, or an audience's.</summary>
    public Task ForgetAsync(string? audience, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var gone = await db.ExecuteAsync(audience is null ? "delete from kpi_board where person_id = app_person_id()" : "delete from kpi_board where audience = @audience", new { audience }, ct);
        if (audience is not null && gone > 0)
        {
            await audit.RecordAsync("kpi.board-reset", "kpi_board", audience, null, null, ct);
        }
    }, ct);

    // A panel or a metric that is no more is left out.
    static Board Read(BoardRow row) => new(
        [.. row.Panels.Where(name => Boards.Panels.Find(name) is not null).Select(name => new PanelPlace(name, row.Wide.Contains(name, StringComparer.Ordinal)))], [.. row.Tiles.Where(MetricCatalog.Lists)]);

    sealed record BoardRow
    {
        public string[] Panels { get; init; } = [];

        public string[] Wide { get; init; } = [];

        public string[] Tiles { get; init; } = [];

        public bool IsOwn { get; init; }
    }
}

/// <summary>An arrangement, and whose it is.</summary>
/// <param name="Board">The arrangement.</param>
/// <param name="IsOwn">True where the person made it itself.</param>
public sealed record Arranged(Board Board, bool IsOwn);
