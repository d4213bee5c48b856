using System.Net;
using System.Net.Sockets;
using Platform.Database;

namespace Identity.Throttling;

/// <summary>How many attempts of a kind one address has in a window.</summary>
/// <param name="Kind">The beginning of the key.</param>
/// <param name="Attempts">How many are let through.</param>
/// <param name="Window">In how long.</param>
sealed record Limit(string Kind, int Attempts, TimeSpan Window)
{
    /// <summary>Wrong sign-ins from one address. An office behind one address has many people, so only failures count.</summary>
    public static readonly Limit SignInFailures = new("sign_in", 30, TimeSpan.FromMinutes(5));

    /// <summary>
    /// Wrong sign-ins at one company, from all addresses together. The company is known by what stands behind the @, so that an address
    /// nobody has is counted like one that somebody has.
    /// </summary>
    public static readonly Limit TenantSignInFailures = new("sign_in_tenant", 300, TimeSpan.FromMinutes(5));

    /// <summary>Wrong second-factor codes from one address.</summary>
    public static readonly Limit CodeFailures = new("code", 30, TimeSpan.FromMinutes(5));

    /// <summary>Challenges for passkeys from one address, and signatures that are none.</summary>
    public static readonly Limit PasskeyChallenges = new("passkey", 120, TimeSpan.FromMinutes(5));

    /// <summary>Requests for a reset link from one address.</summary>
    public static readonly Limit ResetRequests = new("reset", 10, TimeSpan.FromMinutes(15));

    /// <summary>Mails with a reset link to one mailbox.</summary>
    public static readonly Limit ResetMails = new("reset_mail", 3, TimeSpan.FromHours(1));

    /// <summary>Tries to use a reset link from one address.</summary>
    public static readonly Limit ResetUses = new("reset_use", 20, TimeSpan.FromMinutes(15));

    /// <summary>
    /// Pushed requests of one client, in one of its sixteen counts: 200 a second in all. Far above what people do, who each begin one; it keeps a
    /// client gone wild from filling the table.
    /// </summary>
    public static readonly Limit PushedByClient = new("pushed", 750, TimeSpan.FromMinutes(1));

    /// <summary>Pushed requests of public clients from one address.</summary>
    public static readonly Limit PushedByAddress = new("pushed_from", 300, TimeSpan.FromMinutes(1));

    /// <summary>Wrong client secrets and codes from one address.</summary>
    public static readonly Limit TokenFailures = new("token", 60, TimeSpan.FromMinutes(1));

    /// <summary>Requests of one tenant's directory; a first synchronisation sends thousands.</summary>
    public static readonly Limit ScimRequests = new("scim", 3000, TimeSpan.FromMinutes(1));

    /// <summary>Wrong tokens of directories from one address.</summary>
    public static readonly Limit ScimFailures = new("scim_token", 30, TimeSpan.FromMinutes(1));
}

/// <summary>
/// Counts attempts over all instances. An attempt is counted before it is made, so that many at once do not slip through, and given
/// back when it turns out to be nothing bad.
/// </summary>
sealed class Throttle(Db db, TimeProvider clock)
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Counts one attempt.</summary>
    /// <returns>Null when it may be made, else how long to wait.</returns>
    public async Task<TimeSpan?> TakeAsync(Limit limit, string about, CancellationToken ct)
    {
        var counted = await db.OneAsync<Counted>("""
            insert into throttle as t (key, window_started_at, attempts) values (@key, @now, 1)
            on conflict (key) do update
            set attempts = case when t.window_started_at <= @expired then 1 else t.attempts + 1 end,
                window_started_at = case when t.window_started_at <= @expired then @now else t.window_started_at end
            returning attempts, window_started_at
            """, new { key = Key(limit, about), now = Now, expired = Now - limit.Window }, ct);
        return counted.Attempts <= limit.Attempts ? null : counted.WindowStartedAt + limit.Window - Now;
    }

    /// <summary>How long to wait before the next attempt, without counting one.</summary>
    public async Task<TimeSpan?> WaitAsync(Limit limit, string about, CancellationToken ct)
    {
        var since = await db.FindAsync<DateTime?>("select window_started_at from throttle where key = @key and attempts >= @Attempts and window_started_at > @expired",
            new { key = Key(limit, about), limit.Attempts, expired = Now - limit.Window }, ct);
        return since + limit.Window - Now;
    }

    /// <summary>Takes one attempt back.</summary>
    public Task GiveBackAsync(Limit limit, string about, CancellationToken ct) =>
        db.ExecuteAsync("update throttle set attempts = attempts - 1 where key = @key and attempts > 0", new { key = Key(limit, about) }, ct);

    /// <summary>Forgets what no window covers any more.</summary>
    public Task CleanUpAsync(CancellationToken ct) =>
        db.ExecuteAsync("delete from throttle where window_started_at < @longAgo", new { longAgo = Now.AddHours(-2) }, ct);

    /// <summary>An address as it is counted: who has an IPv6 address usually has its whole /64.</summary>
    public static string Address(HttpContext http)
    {
        var address = http.Connection.RemoteIpAddress ?? IPAddress.None;
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        return address.AddressFamily is AddressFamily.InterNetworkV6 && !IPAddress.IsLoopback(address)
            ? new IPAddress([.. address.GetAddressBytes()[..8], .. new byte[8]]) + "/64"
            : address.ToString();
    }

    static string Key(Limit limit, string about) => limit.Kind + ":" + about;

    sealed record Counted(int Attempts, DateTime WindowStartedAt);
}
