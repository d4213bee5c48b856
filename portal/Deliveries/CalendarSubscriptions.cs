using System.Buffers.Text;
using System.Security.Cryptography;
using Platform.Audit;
using Platform.Database;

namespace Portal.Deliveries;

/// <summary>
/// Secret addresses under which a person's calendar program reads the promised deliveries without signing in (日历订阅). The secret has 256 random bits, is shown once and kept as its hash; taking the subscription
/// away, or stopping the person or its company, ends it at once.
/// </summary>
public sealed class CalendarSubscriptions(Db db, AuditTrail audit, TimeProvider clock)
{
    /// <summary>So many a person may have.</summary>
    public const int Most = 10;

    const int SecretBytes = 32;

    // As it is written, without padding.
    const int SecretLength = 43;

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>The subscriptions of the person at work, the newest first.</summary>
    public Task<List<CalendarSubscription>> AllAsync(CancellationToken ct) => db.ListAsync<CalendarSubscription>("""
        select s.number, s.side, s.partner_number, p.name as partner_name, s.place, s.state, s.created_at, s.last_read_at
        from calendar_subscription s
        left join partner p on p.number = s.partner_number
        where s.person_id = app_person_id()
        order by s.calendar_subscription_id desc
        """, null, ct);

    /// <summary>Subscribes the calendar of a side, narrowed as the page was.</summary>
    /// <returns>The secret, which is not told again; null where the person has as many as it may have.</returns>
    public Task<string?> SubscribeAsync(string side, string? partner, string? place, string? state, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        // Two that are made at once count each other.
        if (await db.OneAsync<long>("select count(*) from calendar_subscription s, (select pg_advisory_xact_lock(hashtextextended('calendar_subscription', app_person_id()))) as held where s.person_id = app_person_id()", null, ct) >= Most)
        {
            return null;
        }

        var secret = RandomNumberGenerator.GetBytes(SecretBytes);
        var number = PublicNumber.New("CS");
        var partnerId = await db.OneAsync<long>("""
            insert into calendar_subscription (number, person_id, partner_id, secret_sha256, side, partner_number, place, state, created_at)
            values (@number, app_person_id(), app_partner_id(), @hash, @side, @partner, @place, @state, @Now)
            returning partner_id
            """, new { number, hash = SHA256.HashData(secret), side, partner, place, state, Now }, ct);
        await audit.RecordAsync("calendar.subscribed", "calendar", number, partnerId, new { side, partner, place, state }, ct);
        return Base64Url.EncodeToString(secret);
    }, ct);

    /// <summary>Ends one; one that is gone counts as ended.</summary>
    public Task EndAsync(string number, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        if (await db.FindAsync<long?>("delete from calendar_subscription where number = @number and person_id = app_person_id() returning partner_id", new { number }, ct) is { } partner)
        {
            await audit.RecordAsync("calendar.unsubscribed", "calendar", number, partner, null, ct);
        }
    }, ct);

    /// <summary>Whose calendar a secret shows, and which; null for one that is none, was taken away, or whose person is stopped.</summary>
    public async Task<ReadCalendar?> ReadAsync(string secret, CancellationToken ct) => secret.Length == SecretLength && Base64Url.IsValid(secret, out var length) && length == SecretBytes
        ? await db.FindAsync<ReadCalendar>("select * from calendar_subscription_read(@hash, @Now)", new { hash = SHA256.HashData(Base64Url.DecodeFromChars(secret)), Now }, ct)
        : null;

    /// <summary>Whether whoever asks may look from a side now: with one of the roles that see the page, and from a side that is the company's.</summary>
    public Task<bool> IsOpenAsync(string side, CancellationToken ct) => db.OneAsync<bool>("""
        select exists (select from unnest(@roles) as role where app_has_role(role)) and case when app_is_brand() then @side <> 'buyer' else @side <> 'channel' end
        """, new { roles = DeliverySide.Roles.ToArray(), side }, ct);
}

/// <summary>A subscription as its person sees it.</summary>
public sealed record CalendarSubscription(string Number, string Side, string? PartnerNumber, string? PartnerName, string? Place, string? State, DateTime CreatedAt, DateTime? LastReadAt);

/// <summary>A subscription as it is read, and for whom.</summary>
public sealed record ReadCalendar(string Issuer, string Subject, string Side, string? PartnerNumber, string? Place, string? State, string Language);
