using System.Text.Json;
using Npgsql;
using Platform.Audit;
using Platform.Database;
using Platform.Web;
using Portal.Web;

namespace Portal.Orders;

/// <summary>The ship-to addresses of a company (收货地址): read and kept by those who order for it.</summary>
public sealed class ShipToAddresses(Db db, AuditTrail audit, TimeProvider clock)
{
    const string NamedOnce = "a_ship_to_address_is_named_once";

    const string Select = """
        select number, name, contact, phone, country_code, state, city, postal_code, address, is_default, version,
               (select p.code from stock_place p where p.stock_place_id = ship_to_address.stock_place_id) as place
        from ship_to_address
        """;

    /// <summary>All addresses of the company at work, the default first.</summary>
    public Task<List<ShipToRow>> AllAsync(CancellationToken ct) => db.ListAsync<ShipToRow>($"{Select} where partner_id = app_partner_id() order by is_default desc, name", null, ct);

    /// <summary>The addresses after one, by number, for programs.</summary>
    public Task<List<ShipToRow>> AfterAsync(string? after, int take, CancellationToken ct) =>
        db.ListAsync<ShipToRow>($"{Select} where partner_id = app_partner_id() and (@after::text is null or number > @after) order by number limit @take", new { after, take }, ct);

    /// <summary>One of them, or null.</summary>
    public Task<ShipToRow?> FindAsync(string number, CancellationToken ct) => db.FindAsync<ShipToRow>($"{Select} where partner_id = app_partner_id() and number = @number", new { number }, ct);

    /// <summary>By which address goods come to each of some places, the places in the order of their keys. Goods without an address come to the default place, as long as the company has no address at all.</summary>
    public Task<List<PlaceReached>> OfPlacesAsync(IReadOnlyCollection<long> places, CancellationToken ct) => db.ListAsync<PlaceReached>("""
        select s.stock_place_id, s.code, way.address,
               way.address is not null or (s.is_default and not exists (select from ship_to_address a where a.partner_id = s.partner_id)) as is_reached
        from stock_place s
        left join lateral (
            select a.number as address
            from ship_to_address a
            left join stock_place named on named.stock_place_id = a.stock_place_id and named.closed_at is null
            where a.partner_id = s.partner_id and coalesce(named.stock_place_id = s.stock_place_id, s.is_default)
            order by a.is_default desc, named.stock_place_id nulls last, a.number
            limit 1) way on true
        where s.stock_place_id = any (@places)
        order by s.stock_place_id
        """, new { places = places.ToArray() }, ct);

    /// <summary>Adds an address, or changes the one that is named.</summary>
    /// <param name="number">The address; null for a new one.</param>
    /// <param name="version">The version the person saw; null where nobody looked.</param>
    /// <param name="entered">What is said about it.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<ShipToOutcome> KeepAsync(string? number, int? version, ShipToFacts entered, CancellationToken ct)
    {
        var facts = entered.Tidied();
        if (facts.Flaws().ToList() is { Count: > 0 } flaws)
        {
            return new ShipToOutcome.Refused(flaws);
        }

        try
        {
            return await db.InTransactionAsync(() => WriteAsync(number, version, facts, ct), ct);
        }
        catch (PostgresException refused) when (refused.Violates(NamedOnce))
        {
            return new ShipToOutcome.Refused([new(nameof(facts.Name), "orders.address.named_already", facts.Name!)]);
        }
    }

    /// <summary>Drops an address; orders keep it as it was. One that is not there counts as dropped.</summary>
    public Task DropAsync(string number, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        if (await db.FindAsync<(long PartnerId, string Name)?>("delete from ship_to_address where number = @number and partner_id = app_partner_id() returning partner_id, name", new { number }, ct) is { } gone)
        {
            await audit.RecordAsync("ship_to.dropped", "ship_to_address", number, gone.PartnerId, new { gone.Name }, ct);
        }
    }, ct);

    async Task<ShipToOutcome> WriteAsync(string? number, int? version, ShipToFacts facts, CancellationToken ct)
    {
        // Two who choose a default at once wait for each other here, instead of failing at the index.
        var partner = await db.FindAsync<long?>("""
            select me.partner_id
            from (select app_partner_id() as partner_id, pg_advisory_xact_lock(hashtextextended('ship_to_address', app_partner_id()))) me
            where exists (select from unnest(@roles) as role where app_has_role(role))
            """, new { roles = BuyerRoles.All.ToArray() }, ct);
        if (partner is not { } here)
        {
            return new ShipToOutcome.Forbidden();
        }

        var place = facts.Place is null ? null : await db.FindAsync<long?>("select stock_place_id from stock_place where partner_id = @here and kind = 'own' and code = @Place and closed_at is null", new { here, facts.Place }, ct);
        if (facts.Place is not null && place is null)
        {
            return new ShipToOutcome.Refused([new(nameof(facts.Place), "orders.problem.no_such_place", facts.Place)]);
        }

        var now = clock.GetUtcNow().UtcDateTime;
        if (facts.IsDefault)
        {
            await db.ExecuteAsync("update ship_to_address set is_default = false where partner_id = @here and is_default and number is distinct from @number", new { here, number }, ct);
        }

        var key = number ?? PublicNumber.New("AD");
        var arguments = new { key, here, version, now, facts.Name, facts.Contact, facts.Phone, facts.CountryCode, facts.State, facts.City, facts.PostalCode, facts.Address, facts.IsDefault, place };
        var written = number is null
            ? await db.ExecuteAsync("""
                insert into ship_to_address (number, partner_id, name, contact, phone, country_code, state, city, postal_code, address, stock_place_id, is_default, changed_by, changed_at)
                values (@key, @here, @Name, @Contact, @Phone, @CountryCode, @State, @City, @PostalCode, @Address, @place,
                        @IsDefault or not exists (select from ship_to_address where partner_id = @here), app_person_id(), @now)
                """, arguments, ct)
            : await db.ExecuteAsync("""
                update ship_to_address
                set name = @Name, contact = @Contact, phone = @Phone, country_code = @CountryCode, state = @State, city = @City, postal_code = @PostalCode, address = @Address, stock_place_id = @place, is_default = @IsDefault,
                    changed_by = app_person_id(), changed_at = @now, version = version + 1
                where number = @key and partner_id = @here and version = coalesce(@version, version)
                """, arguments, ct);
        if (written == 0)
        {
            return await FindAsync(key, ct) is null ? new ShipToOutcome.NotThere() : new ShipToOutcome.Stale();
        }

        await audit.RecordAsync(number is null ? "ship_to.added" : "ship_to.changed", "ship_to_address", key, here, facts, ct);
        return new ShipToOutcome.Done(key);
    }
}

/// <summary>How goods come to a place.</summary>
/// <param name="StockPlaceId">The place's key; it never leaves the server.</param>
/// <param name="Code">Its code.</param>
/// <param name="Address">The number of the address; null where there is none.</param>
/// <param name="IsReached">True where goods come there: by the address, or without any.</param>
public sealed record PlaceReached(long StockPlaceId, string Code, string? Address, bool IsReached);

/// <summary>How an act on an address ended.</summary>
public abstract record ShipToOutcome
{
    ShipToOutcome()
    {
    }

    /// <summary>It is done.</summary>
    /// <param name="Number">The address.</param>
    public sealed record Done(string Number) : ShipToOutcome;

    /// <summary>The company has no such address.</summary>
    public sealed record NotThere : ShipToOutcome;

    /// <summary>The person does not order for the company.</summary>
    public sealed record Forbidden : ShipToOutcome;

    /// <summary>Somebody else changed it since it was read.</summary>
    public sealed record Stale : ShipToOutcome;

    /// <summary>Something is wrong with what was entered.</summary>
    /// <param name="Problems">By field.</param>
    public sealed record Refused(IReadOnlyList<FieldProblem> Problems) : ShipToOutcome;
}

/// <summary>What people and programs say about an address.</summary>
public sealed record ShipToFacts
{
    /// <summary>What the company calls it.</summary>
    public string? Name { get; init; }

    /// <summary>Who takes the goods in.</summary>
    public string? Contact { get; init; }

    /// <summary>Where that person is reached.</summary>
    public string? Phone { get; init; }

    /// <summary>ISO 3166-1, two letters.</summary>
    public string? CountryCode { get; init; }

    /// <summary>State or province.</summary>
    public string? State { get; init; }

    /// <summary>City.</summary>
    public string? City { get; init; }

    /// <summary>Postal code.</summary>
    public string? PostalCode { get; init; }

    /// <summary>Street and house.</summary>
    public string? Address { get; init; }

    /// <summary>The code of the own place into whose stock the goods come; the default place where none is named.</summary>
    public string? Place { get; init; }

    /// <summary>Taken where an order says nothing; the first address is.</summary>
    public bool IsDefault { get; init; }

    internal ShipToFacts Tidied() => this with
    {
        Name = Typed.Trimmed(Name), Contact = Typed.Trimmed(Contact), Phone = Typed.Trimmed(Phone), CountryCode = Typed.Trimmed(CountryCode)?.ToUpperInvariant(), State = Typed.Trimmed(State), City = Typed.Trimmed(City), PostalCode = Typed.Trimmed(PostalCode), Address = Typed.Trimmed(Address), Place = Typed.Trimmed(Place)?.ToUpperInvariant(),
    };

    internal IEnumerable<FieldProblem> Flaws()
    {
        foreach (var (field, text, most, required) in new[]
        {
            (nameof(Name), Name, 100, true), (nameof(Contact), Contact, 100, false), (nameof(Phone), Phone, 40, false), (nameof(State), State, 100, false), (nameof(City), City, 100, true),
            (nameof(PostalCode), PostalCode, 20, false), (nameof(Address), Address, 300, true),
        })
        {
            if (text is null ? required : text.Length > most)
            {
                yield return text is null ? new(field, "orders.address.missing") : new(field, "orders.address.too_long", most);
            }
        }

        if (CountryCode is not { Length: 2 } || !CountryCode.All(char.IsAsciiLetterUpper))
        {
            yield return new(nameof(CountryCode), "orders.address.country");
        }
    }
}

/// <summary>An address of the book.</summary>
public sealed record ShipToRow
{
    /// <summary>Its public number.</summary>
    public string Number { get; init; } = "";

    /// <summary>What the company calls it.</summary>
    public string Name { get; init; } = "";

    /// <summary>Who takes the goods in.</summary>
    public string? Contact { get; init; }

    /// <summary>Where that person is reached.</summary>
    public string? Phone { get; init; }

    /// <summary>ISO 3166-1, two letters.</summary>
    public string CountryCode { get; init; } = "";

    /// <summary>State or province.</summary>
    public string? State { get; init; }

    /// <summary>City.</summary>
    public string City { get; init; } = "";

    /// <summary>Postal code.</summary>
    public string? PostalCode { get; init; }

    /// <summary>Street and house.</summary>
    public string Address { get; init; } = "";

    /// <summary>The code of the own place into whose stock the goods come; null for the default one.</summary>
    public string? Place { get; init; }

    /// <summary>Taken where an order says nothing.</summary>
    public bool IsDefault { get; init; }

    /// <summary>Counts its changes.</summary>
    public int Version { get; init; }

    /// <summary>On one line.</summary>
    public string OnOneLine => ShipTo.Line(Name, Contact, Phone, CountryCode, State, City, PostalCode, Address);

    internal ShipToFacts Facts => new() { Name = Name, Contact = Contact, Phone = Phone, CountryCode = CountryCode, State = State, City = City, PostalCode = PostalCode, Address = Address, Place = Place, IsDefault = IsDefault };
}

/// <summary>An address as an order keeps it.</summary>
/// <param name="Number">Its number in the book; the book may have changed since.</param>
/// <param name="Name">What the company called it.</param>
/// <param name="Contact">Who takes the goods in.</param>
/// <param name="Phone">Where that person is reached.</param>
/// <param name="CountryCode">ISO 3166-1, two letters.</param>
/// <param name="State">State or province.</param>
/// <param name="City">City.</param>
/// <param name="PostalCode">Postal code.</param>
/// <param name="Address">Street and house.</param>
public sealed record ShipTo(string Number, string Name, string? Contact, string? Phone, string CountryCode, string? State, string City, string? PostalCode, string Address)
{
    /// <summary>As it is stored; null for none.</summary>
    public static ShipTo? Of(string? json) => json is null ? null : JsonSerializer.Deserialize<ShipTo>(json, JsonSerializerOptions.Web);

    /// <summary>On one line.</summary>
    public string OnOneLine => Line(Name, Contact, Phone, CountryCode, State, City, PostalCode, Address);

    static bool IsLatin(string address) => address.All(letter => letter < 0x2E80);

    internal static string Line(string name, string? contact, string? phone, string country, string? state, string city, string? postalCode, string address)
    {
        // China writes from the large to the small, most others from the small to the large.
        string?[] place = country is "CN" or "TW" or "HK" or "MO" or "JP" ? [state, city, address] : [address, postalCode is null ? city : $"{postalCode} {city}", state, country];
        return string.Join(" · ", new[] { name, string.Join(IsLatin(address) ? ", " : "", place.OfType<string>().Where((part, index) => index == 0 || part != state)), country is "CN" or "TW" or "HK" or "MO" or "JP" ? postalCode : null, contact, phone }.Where(part => !string.IsNullOrEmpty(part)));
    }
}
