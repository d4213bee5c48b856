using Platform.Database;

namespace Portal.Partners;

/// <summary>The statements about people and their roles.</summary>
public sealed class PersonStore(Db db, TimeProvider clock)
{
    /// <summary>The people of a company, those at work first.</summary>
    public Task<List<Person>> OfPartnerAsync(long partnerId, CancellationToken ct) => db.ListAsync<Person>($"""
        {SelectPerson}
        where p.partner_id = @partnerId
        order by p.disabled_at is not null, p.kind desc, p.name, p.person_id
        """, new { partnerId }, ct);

    /// <summary>One person, or null.</summary>
    public Task<Person?> FindAsync(string number, CancellationToken ct) => db.FindAsync<Person>($"""
        {SelectPerson}
        where p.number = @number
        """, new { number }, ct);

    /// <summary>Links a sign-in to a company; null when the company is not there or the sign-in belongs to somebody already.</summary>
    public Task<long?> InsertAsync(NewPerson person, CancellationToken ct) => db.FindAsync<long?>("""
        insert into person (number, partner_id, kind, issuer, subject, name, email, language, created_at)
        select @Number, b.partner_id, @Kind, @Issuer, @Subject, @Name, @Email, @Language, @now
        from partner b
        where b.number = @PartnerNumber
        on conflict on constraint a_person_belongs_to_one_partner do nothing
        returning person_id
        """, new { person.Number, person.PartnerNumber, person.Kind, person.Issuer, person.Subject, person.Name, person.Email, person.Language, now = Now }, ct);

    /// <summary>Gives a person exactly these roles.</summary>
    public async Task SetRolesAsync(long personId, IReadOnlyCollection<string> roles, CancellationToken ct)
    {
        await db.ExecuteAsync("delete from person_role where person_id = @personId and not role = any (@roles)", new { personId, roles = roles.ToArray() }, ct);
        await db.ExecuteAsync("""
            insert into person_role (person_id, role)
            select @personId, role from unnest(@roles) as role
            on conflict do nothing
            """, new { personId, roles = roles.ToArray() }, ct);
    }

    /// <summary>From now on a person's roles are those set here, whatever the identity provider says; false when somebody else changed the person since.</summary>
    public async Task<bool> KeepRolesHereAsync(long personId, int version, CancellationToken ct) => await db.ExecuteAsync("""
        update person set roles_from = 'portal', version = version + 1
        where person_id = @personId and version = @version
        """, new { personId, version }, ct) > 0;

    /// <summary>Shuts a person out or lets it in; false when that was so already.</summary>
    public async Task<bool> DisableAsync(long personId, bool disabled, CancellationToken ct) => await db.ExecuteAsync("""
        update person
        set disabled_at = case when @disabled then @now end, version = version + 1
        where person_id = @personId and (disabled_at is null) = @disabled
        """, new { personId, disabled, now = Now }, ct) > 0;

    /// <summary>Waits until nobody else changes the people of a company.</summary>
    public Task HoldCompanyAsync(long partnerId, CancellationToken ct) =>
        db.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended('people of ' || @partnerId, 0))", new { partnerId }, ct);

    /// <summary>True while somebody of the company can keep its people.</summary>
    public Task<bool> HasAdminAsync(long partnerId, CancellationToken ct) => db.OneAsync<bool>("""
        select exists (
            select from person p
            join person_role r on r.person_id = p.person_id
            where p.partner_id = @partnerId and p.disabled_at is null and p.kind = 'person' and r.role in ('brand_admin', 'partner_admin'))
        """, new { partnerId }, ct);

    /// <summary>Keeps one's own language, theme and whether keys act; what is null stays as it is, and the theme auto is kept as none.</summary>
    public Task<int> KeepPreferencesAsync(string? language, string? theme, bool? keys, CancellationToken ct) => db.ExecuteAsync("""
        update person
        set language = coalesce(@language, language), theme = case when @theme::text is null then theme else nullif(@theme, 'auto') end, keys_off = coalesce(not @keys, keys_off)
        where person_id = app_person_id()
        """, new { language, theme, keys }, ct);

    /// <summary>Writes one's own preferences; null means none.</summary>
    public Task<int> SetPreferencesAsync(string? language, string? timeZone, string? theme, bool keys, CancellationToken ct) => db.ExecuteAsync("""
        update person
        set language = @language, time_zone = @timeZone, theme = @theme, keys_off = not @keys, version = version + 1
        where person_id = app_person_id()
        """, new { language, timeZone, theme, keys }, ct);

    const string SelectPerson = """
        select p.person_id, p.number, p.partner_id, b.number as partner_number, b.name as partner_name, b.partner_type, p.kind, p.name, p.email,
               case when p.kind = 'api_client' then p.subject end as client_id, p.roles_from, p.language, p.time_zone, p.theme, p.keys_off, p.disabled_at, p.version, array(select r.role from person_role r where r.person_id = p.person_id order by r.role) as roles
        from person p
        join partner b on b.partner_id = p.partner_id
        """;

    DateTime Now => clock.GetUtcNow().UtcDateTime;
}

/// <summary>Somebody, or an API client, of a company.</summary>
public sealed record Person
{
    /// <summary>The key; never leaves the server.</summary>
    public long PersonId { get; init; }

    /// <summary>The public number.</summary>
    public string Number { get; init; } = "";

    /// <summary>The company's key.</summary>
    public long PartnerId { get; init; }

    /// <summary>The company's number.</summary>
    public string PartnerNumber { get; init; } = "";

    /// <summary>The company's name.</summary>
    public string PartnerName { get; init; } = "";

    /// <summary>The company's type.</summary>
    public string PartnerType { get; init; } = "";

    /// <summary>person or api_client.</summary>
    public string Kind { get; init; } = "";

    /// <summary>The name.</summary>
    public string Name { get; init; } = "";

    /// <summary>The mail address, if known.</summary>
    public string? Email { get; init; }

    /// <summary>What the identity provider calls an API client; null for people.</summary>
    public string? ClientId { get; init; }

    /// <summary>provider or portal.</summary>
    public string RolesFrom { get; init; } = "";

    /// <summary>The preferred language.</summary>
    public string? Language { get; init; }

    /// <summary>The preferred time zone.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Single keys do not act.</summary>
    public bool KeysOff { get; init; }

    /// <summary>The preferred theme.</summary>
    public string? Theme { get; init; }

    /// <summary>Since when shut out, UTC.</summary>
    public DateTime? DisabledAt { get; init; }

    /// <summary>Counts its changes.</summary>
    public int Version { get; init; }

    /// <summary>The roles.</summary>
    public string[] Roles { get; init; } = [];

    /// <summary>An API client.</summary>
    public bool IsApiClient => string.Equals(Kind, "api_client", StringComparison.Ordinal);

    /// <summary>The roles follow what the identity provider says at each sign-in.</summary>
    public bool FollowsProvider => string.Equals(RolesFrom, "provider", StringComparison.Ordinal);
}

/// <summary>Somebody to be linked to a company.</summary>
/// <param name="Number">The new public number.</param>
/// <param name="PartnerNumber">The company.</param>
/// <param name="Kind">person or api_client.</param>
/// <param name="Issuer">The issuer of the tokens.</param>
/// <param name="Subject">The subject in the tokens.</param>
/// <param name="Name">The name.</param>
/// <param name="Email">The mail address.</param>
/// <param name="Language">The preferred language.</param>
public sealed record NewPerson(string Number, string PartnerNumber, string Kind, string Issuer, string Subject, string Name, string? Email, string? Language);
