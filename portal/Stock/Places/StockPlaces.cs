using Npgsql;
using Platform.Audit;
using Platform.Database;

namespace Portal.Stock;

/// <summary>The places of a partner (仓库、门店): read by its people, opened, named and closed by its administrators.</summary>
public sealed class StockPlaces(Db db, AuditTrail audit, TimeProvider clock)
{
    /// <summary>What a place can be.</summary>
    public static IReadOnlyList<string> Types { get; } = ["warehouse", "store"];

    const string CodeUsedOnce = "a_place_code_is_used_once";

    const string Select = """
        select p.stock_place_id, p.code, p.name, p.place_type, p.is_default, p.is_offered, p.closed_at, p.version,
               held.products, held.on_hand, held.reserved, held.in_transit
        from stock_place p
        cross join lateral (
            select count(*) filter (where b.on_hand > 0) as products, coalesce(sum(b.on_hand), 0)::bigint as on_hand, coalesce(sum(b.reserved), 0)::bigint as reserved, coalesce(sum(b.in_transit), 0)::bigint as in_transit
            from stock_balance b where b.stock_place_id = p.stock_place_id) held
        where p.kind = 'own' and p.partner_id = app_partner_id()
        """;

    /// <summary>All of them, the default first, those that are closed last.</summary>
    public Task<List<PlaceRow>> AllAsync(CancellationToken ct) => db.ListAsync<PlaceRow>($"{Select} order by p.closed_at is not null, p.is_default desc, p.code", null, ct);

    /// <summary>Those after one, by their code, for programs.</summary>
    public Task<List<PlaceRow>> AfterAsync(string? code, int limit, CancellationToken ct) =>
        db.ListAsync<PlaceRow>($"{Select} and (@code::text is null or p.code > @code) order by p.code limit @limit", new { code, limit }, ct);

    /// <summary>One of them; null where there is none.</summary>
    public Task<PlaceRow?> FindAsync(string code, CancellationToken ct) => db.FindAsync<PlaceRow>($"{Select} and p.code = @code", new { code = Code(code) }, ct);

    /// <summary>The open places, for a choice of one: the default first.</summary>
    public Task<List<PlaceName>> OpenAsync(CancellationToken ct) => db.ListAsync<PlaceName>("""
        select p.stock_place_id, p.code, p.name, p.is_default
        from stock_place p
        where p.kind = 'own' and p.partner_id = app_partner_id() and p.closed_at is null
        order by p.is_default desc, p.code
        """, null, ct);

    /// <summary>The key of an open place of the partner at work, by its code; the default where none is named, null where there is no such place.</summary>
    public Task<long?> KeyAsync(string? code, CancellationToken ct) => db.FindAsync<long?>("""
        select p.stock_place_id
        from stock_place p
        where p.kind = 'own' and p.partner_id = app_partner_id() and p.closed_at is null and case when @code::text is null then p.is_default else p.code = @code end
        """, new { code = string.IsNullOrWhiteSpace(code) ? null : Code(code) }, ct);

    /// <summary>Opens a place.</summary>
    public Task<StockOutcome> AddAsync(PlaceFacts facts, CancellationToken ct) => KeptAsync(facts, async () =>
    {
        if (await AdministratorAsync(ct) is not { } me)
        {
            return new StockOutcome.Forbidden();
        }

        await db.ExecuteAsync("select stock_open_place(@me, @Code, @Name, @Type, @IsOffered)", new { me, facts.Code, facts.Name, facts.Type, facts.IsOffered }, ct);
        if (facts.IsDefault)
        {
            await ChooseDefaultAsync(me, facts.Code!, ct);
        }

        await audit.RecordAsync("stock.place_opened", "stock_place", facts.Code!, me, facts, ct);
        return new StockOutcome.Done(facts.Code!);
    }, ct);

    /// <summary>Changes what is said of a place; its code stays.</summary>
    /// <param name="code">The place.</param>
    /// <param name="version">The version the person saw; null where nobody looked.</param>
    /// <param name="entered">What is said now.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<StockOutcome> ChangeAsync(string code, int? version, PlaceFacts entered, CancellationToken ct) => KeptAsync(entered with { Code = Code(code) }, async () =>
    {
        if (await AdministratorAsync(ct) is not { } me)
        {
            return new StockOutcome.Forbidden();
        }

        if (await TakeAsync(code, ct) is not { } place)
        {
            return new StockOutcome.NotFound();
        }

        if (version is { } seen && seen != place.Version)
        {
            return new StockOutcome.Stale();
        }

        if (entered.IsDefault && place.ClosedAt is not null)
        {
            return StockOutcome.Because("isDefault", "stock.place.closed_default");
        }

        await db.ExecuteAsync("update stock_place set name = @Name, place_type = @Type, is_offered = @IsOffered, version = version + 1 where stock_place_id = @StockPlaceId",
            new { entered.Name, entered.Type, entered.IsOffered, place.StockPlaceId }, ct);
        if (entered.IsDefault && !place.IsDefault)
        {
            await ChooseDefaultAsync(me, place.Code, ct);
        }

        await audit.RecordAsync("stock.place_changed", "stock_place", place.Code, me, entered with { Code = place.Code }, ct);
        return new StockOutcome.Done(place.Code);
    }, ct);

    /// <summary>Closes a place that is empty, is not being counted and that nothing waits for, or opens it again.</summary>
    public async Task<StockOutcome> CloseAsync(string code, bool opens, CancellationToken ct)
    {
        try
        {
            return await db.InTransactionAsync<StockOutcome>(async () =>
            {
                if (await AdministratorAsync(ct) is not { } me)
                {
                    return new StockOutcome.Forbidden();
                }

                if (await TakeAsync(code, ct) is not { } place)
                {
                    return new StockOutcome.NotFound();
                }

                if (place.IsDefault && !opens)
                {
                    return StockOutcome.Because("", "stock.place.is_default", place.Code);
                }

                if (opens == place.ClosedAt is not null)
                {
                    await db.ExecuteAsync("update stock_place set closed_at = @closedAt, version = version + 1 where stock_place_id = @StockPlaceId",
                        new { closedAt = opens ? (DateTime?)null : clock.GetUtcNow().UtcDateTime, place.StockPlaceId }, ct);
                    await audit.RecordAsync(opens ? "stock.place_reopened" : "stock.place_closed", "stock_place", place.Code, me, null, ct);
                }

                return new StockOutcome.Done(place.Code);
            }, ct);
        }
        catch (PostgresException refused) when (refused.Violates("a_closed_place_is_empty"))
        {
            return StockOutcome.Because("", "stock.place.not_empty", Code(code));
        }
        catch (PostgresException refused) when (refused.Violates("no_order_waits_for_a_closed_place"))
        {
            return StockOutcome.Because("", "stock.place.orders_wait", Code(code));
        }
        catch (PostgresException refused) when (refused.Violates("a_closed_place_is_not_counted"))
        {
            return StockOutcome.Because("", "stock.place.is_counted", Code(code));
        }
    }

    async Task<StockOutcome> KeptAsync(PlaceFacts facts, Func<Task<StockOutcome>> keep, CancellationToken ct)
    {
        if (facts.Problems().ToList() is { Count: > 0 } problems)
        {
            return new StockOutcome.Wrong(problems);
        }

        try
        {
            return await db.InTransactionAsync(keep, ct);
        }
        catch (PostgresException refused) when (refused.Violates(CodeUsedOnce))
        {
            return StockOutcome.Because("code", "stock.place.code_used", facts.Code!);
        }
    }

    // The row of the place is held FOR UPDATE: an order that names it (a foreign key) waits, or is seen.
    Task<PlaceInHand?> TakeAsync(string code, CancellationToken ct) => db.FindAsync<PlaceInHand>(
        "select stock_place_id, code, is_default, closed_at, version from stock_place where kind = 'own' and partner_id = app_partner_id() and code = @code for update", new { code = Code(code) }, ct);

    // One after the other: at no moment there are two, which the index would refuse.
    Task ChooseDefaultAsync(long me, string code, CancellationToken ct) => db.ExecuteAsync("""
        update stock_place set is_default = false, version = version + 1 where partner_id = @me and is_default;
        update stock_place set is_default = true where partner_id = @me and kind = 'own' and code = @code
        """, new { me, code }, ct);

    Task<long?> AdministratorAsync(CancellationToken ct) => db.FindAsync<long?>("""
        select me.partner_id
        from (select app_partner_id() as partner_id, pg_advisory_xact_lock(hashtextextended('stock_place', coalesce(app_partner_id(), 0)))) me
        where me.partner_id is not null and exists (select from unnest(@roles) as role where app_has_role(role))
        """, new { roles = StockRoles.Admins.ToArray() }, ct);

    static string Code(string code) => code.Trim().ToUpperInvariant();

    sealed record PlaceInHand(long StockPlaceId, string Code, bool IsDefault, DateTime? ClosedAt, int Version);
}

/// <summary>What is said of a place.</summary>
/// <param name="Code">Capital letters, digits and hyphens; it stays.</param>
/// <param name="Name">Its name.</param>
/// <param name="Type"><c>warehouse</c> or <c>store</c>.</param>
/// <param name="IsOffered">True where buyers see its goods as stock.</param>
/// <param name="IsDefault">True where goods come and go if nothing else is said.</param>
public sealed record PlaceFacts(string? Code, string? Name, string? Type, bool IsOffered = true, bool IsDefault = false)
{
    internal PlaceFacts Tidied() => this with { Code = Web.Typed.Text(Code)?.ToUpperInvariant(), Name = Web.Typed.Text(Name), Type = Type ?? "warehouse" };

    internal IEnumerable<StockProblem> Problems()
    {
        if (Code is not { Length: > 0 and <= 20 } || !char.IsAsciiLetterOrDigit(Code[0]) || !Code.All(letter => char.IsAsciiLetterUpper(letter) || char.IsAsciiDigit(letter) || letter == '-'))
        {
            yield return new(null, "code", "stock.place.code_wrong", 20);
        }

        if (Name is null or { Length: > 100 })
        {
            yield return new(null, "name", "stock.place.name_wrong", 100);
        }

        if (!StockPlaces.Types.Contains(Type ?? ""))
        {
            yield return new(null, "type", "stock.place.type_wrong");
        }
    }
}

/// <summary>A place to choose.</summary>
public sealed record PlaceName(long StockPlaceId, string Code, string? Name, bool IsDefault)
{
    /// <summary>As it is shown in a choice.</summary>
    public string Label => Name is null ? Code : $"{Code} · {Name}";
}

/// <summary>A place with what it holds in all.</summary>
public sealed record PlaceRow(
    long StockPlaceId, string Code, string? Name, string PlaceType, bool IsDefault, bool IsOffered, DateTime? ClosedAt, int Version, long Products, long OnHand, long Reserved, long InTransit);
