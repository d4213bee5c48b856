using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Platform;
using Platform.Audit;
using Platform.Database;
using Platform.Notices;
using Portal.Web;

namespace Portal.Receipts;

/// <summary>
/// The keys of receipts as this instance knows them: one signs, all that were not revoked verify, for good. The first is made at the start, the next
/// one is announced long before it signs. The private parts lie in the database encrypted with the application's keys, as does a copy of the public
/// parts: a key that somebody put into the table has none and is not believed.
/// </summary>
public sealed class ReceiptKeys(IServiceScopeFactory scopes, IDataProtectionProvider protection, IConfiguration configuration, IHostEnvironment environment, TimeProvider clock)
    : INoticeReceiver, IHostedService, IDisposable
{
    /// <summary>What instances are told when a key comes or goes.</summary>
    public const string ChangeTopic = "receipt_keys";

    static readonly TimeSpan Kept = TimeSpan.FromMinutes(5);
    static readonly TimeSpan Announced = TimeSpan.FromDays(30);

    readonly IDataProtector privateParts = protection.CreateProtector("receipt keys");
    readonly IDataProtector publicParts = protection.CreateProtector("receipt keys", "public");
    readonly Remembered<Ring> known = new(clock);

    /// <inheritdoc/>
    public string Topic => ChangeTopic;

    /// <summary>The address by which receipts name the portal.</summary>
    public string Issuer => PortalUrl.Of(configuration);

    TimeSpan Rotation => TimeSpan.FromDays(configuration.GetValue<double?>("Receipts:KeyDays") ?? 365);

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>The public keys, as they are published.</summary>
    public async Task<ReceiptKeySet> PublishedAsync(CancellationToken ct) => (await RingAsync(ct)).Published;

    /// <summary>Signs what a receipt says with the key whose day it is.</summary>
    /// <returns>The receipt's text and the key's name.</returns>
    public async Task<(string Jws, string Kid)> SignAsync(ReceiptContent content, CancellationToken ct)
    {
        var ring = await RingAsync(ct);
        var (kid, pkcs8) = ring.Signing;
        using var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(pkcs8, out _);
        return (ReceiptSignature.Sign(content, kid, key), kid);
    }

    /// <summary>Something changed: the next use reads anew.</summary>
    public void Receive(string? about) => known.Forget();

    /// <summary>Before anybody is served, so that no act waits for the keys with a connection in its hand.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => RingAsync(cancellationToken);

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => known.Dispose();

    /// <summary>Announces the next key when the day comes near, destroys the private parts of those that were followed.</summary>
    public Task FollowPlanAsync(CancellationToken ct) => ChangeAsync(async (store, audit) =>
    {
        var keys = await store.ListAsync(ct);
        var signing = SigningAt(keys, Now);
        if (signing is null)
        {
            await AnnounceAsync(store, audit, Now, ct);
        }
        else if (keys[^1] == signing && Now >= signing.SignsFrom + Rotation - Announced)
        {
            await AnnounceAsync(store, audit, Later(signing.SignsFrom + Rotation, Now + Announced), ct);
        }

        await store.DestroyPrivatePartsAsync([.. keys.Where(key => key.SignsFrom < signing?.SignsFrom && key.ProtectedKey is not null).Select(key => key.Kid)], ct);
    }, ct);

    /// <summary>Lets a new key sign from now on; whoever keeps a copy of the key set wants the new one.</summary>
    /// <returns>The new key's name.</returns>
    public async Task<string> RotateNowAsync(CancellationToken ct)
    {
        var kid = "";
        await ChangeAsync(async (store, audit) => kid = await AnnounceAsync(store, audit, Now, ct), ct);
        return kid;
    }

    /// <summary>A key is compromised: what it signed counts no more, and the deals concerned get new receipts.</summary>
    /// <returns>False when there is no such key that counts.</returns>
    public async Task<bool> RevokeAsync(string kid, string reason, CancellationToken ct)
    {
        var revoked = false;
        await ChangeAsync(async (store, audit) =>
        {
            revoked = await store.RevokeAsync(kid, reason, Now, ct);
            if (revoked)
            {
                await audit.RecordAsync("receipt_key.revoked", "receipt_key", kid, null, new { reason }, ct);
                if (SigningAt(await store.ListAsync(ct), Now) is null)
                {
                    await AnnounceAsync(store, audit, Now, ct);
                }
            }
        }, ct);
        return revoked;
    }

    async Task<string> AnnounceAsync(ReceiptKeyStore store, AuditTrail audit, DateTime signsFrom, CancellationToken ct)
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = pair.ExportParameters(includePrivateParameters: false).Q;
        var key = ReceiptKey.Of(point.X!, point.Y!);
        await store.InsertAsync(key.Kid, key.Jwk(), publicParts.Protect(key.Jwk()), privateParts.Protect(Convert.ToBase64String(pair.ExportPkcs8PrivateKey())), Now, signsFrom, ct);
        await audit.RecordAsync("receipt_key.announced", "receipt_key", key.Kid, null, new { signsFrom }, ct);
        return key.Kid;
    }

    async Task ChangeAsync(Func<ReceiptKeyStore, AuditTrail, Task> work, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallerAccessor>().Current = Caller.System("receipts:keys");
        var (db, store, audit) = (scope.ServiceProvider.GetRequiredService<Db>(), scope.ServiceProvider.GetRequiredService<ReceiptKeyStore>(), scope.ServiceProvider.GetRequiredService<AuditTrail>());
        await db.InTransactionAsync(async () =>
        {
            await store.HoldAsync(ct);
            await work(store, audit);
            db.Tell(ChangeTopic, "");
        }, ct);
        Receive(null);
    }

    Task<Ring> RingAsync(CancellationToken ct) => known.GetAsync(ReadAsync, ct);

    async Task<(Ring Ring, DateTimeOffset Until)> ReadAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallerAccessor>().Current = Caller.System("receipts:keys");
        var store = scope.ServiceProvider.GetRequiredService<ReceiptKeyStore>();
        var keys = await store.ListAsync(ct);
        if (SigningAt(keys, Now) is null)
        {
            await FollowPlanAsync(ct);
            keys = await store.ListAsync(ct);
        }

        var signing = SigningAt(keys, Now) ?? keys.First(key => key is { RevokedAt: null, ProtectedKey: not null });
        var ours = keys.Where(key => key.RevokedAt is null && IsOurs(key)).ToList();
        var set = new ReceiptKeySet(Issuer, ours.ConvertAll(key => ReceiptKeySet.ReadKey(key.PublicJwk)));
        await NoteAsync(set, ct);
        // A key whose day comes before that signs from that moment.
        var until = Now + Kept;
        var next = keys.Where(key => key.SignsFrom > Now).Select(key => key.SignsFrom).Append(until).Min();
        return (new((signing.Kid, Convert.FromBase64String(Unprotect(privateParts, signing.ProtectedKey!))), set), new DateTimeOffset(next, TimeSpan.Zero));
    }

    /// <summary>Where the public keys are noted outside the database, for checks without it.</summary>
    internal static string NoteIn(string dataFolder) => Path.Combine(dataFolder, "receipt-keys.json");

    async Task NoteAsync(ReceiptKeySet set, CancellationToken ct)
    {
        var file = NoteIn(DataFolder.Of(configuration, environment.ContentRootPath));
        var text = set.Write();
        if (File.Exists(file) && await File.ReadAllTextAsync(file, ct) == text)
        {
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var draft = file + "." + Path.GetRandomFileName();
        await File.WriteAllTextAsync(draft, text, ct);
        File.Move(draft, file, overwrite: true);
    }

    bool IsOurs(StoredReceiptKey key)
    {
        try
        {
            return publicParts.Unprotect(key.Attested) is var attested && ReceiptKeySet.ReadKey(attested) is var known && ReceiptKeySet.ReadKey(key.PublicJwk) is var stored
                && known.Kid == key.Kid && stored.Kid == key.Kid && known.X.AsSpan().SequenceEqual(stored.X) && known.Y.AsSpan().SequenceEqual(stored.Y);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    static string Unprotect(IDataProtector protector, string text)
    {
        try
        {
            return protector.Unprotect(text);
        }
        catch (CryptographicException failure)
        {
            throw new CannotStartException("The key of the receipts in the database was encrypted with another key file or certificate. Restore DataProtection__KeyFile (or secrets/data-protection-portal in the data folder) that belongs to this database.", failure);
        }
    }

    StoredReceiptKey? SigningAt(IReadOnlyList<StoredReceiptKey> keys, DateTime at) =>
        keys.LastOrDefault(key => key is { RevokedAt: null, ProtectedKey: not null } && key.SignsFrom <= at && IsOurs(key));

    static DateTime Later(DateTime one, DateTime other) => one > other ? one : other;

    sealed record Ring((string Kid, byte[] Pkcs8) Signing, ReceiptKeySet Published);
}

/// <summary>The daily look at the keys of receipts.</summary>
sealed class RotateReceiptKeys(ReceiptKeys keys) : Platform.Jobs.IScheduledJob
{
    public Task RunAsync(CancellationToken ct) => keys.FollowPlanAsync(ct);
}

/// <summary>A key as it is stored.</summary>
public sealed record StoredReceiptKey(string Kid, string PublicJwk, string Attested, string? ProtectedKey, DateTime CreatedAt, DateTime SignsFrom, DateTime? RevokedAt);

/// <summary>Every statement about keys of receipts.</summary>
public sealed class ReceiptKeyStore(Db db)
{
    /// <summary>All of them, the oldest first.</summary>
    public Task<List<StoredReceiptKey>> ListAsync(CancellationToken ct) =>
        db.ListAsync<StoredReceiptKey>("select kid, public_jwk, attested, protected_key, created_at, signs_from, revoked_at from receipt_keys()", null, ct);

    /// <summary>Keeps others from changing keys until the transaction ends.</summary>
    public Task HoldAsync(CancellationToken ct) => db.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended('receipt key', 0))", null, ct);

    /// <summary>Announces a key.</summary>
    public Task InsertAsync(string kid, string publicJwk, string attested, string protectedKey, DateTime now, DateTime signsFrom, CancellationToken ct) => db.ExecuteAsync("""
        insert into receipt_key (kid, public_jwk, attested, protected_key, created_at, signs_from)
        values (@kid, @publicJwk::jsonb, @attested, @protectedKey, @now, greatest(@signsFrom, @now))
        """, new { kid, publicJwk, attested, protectedKey, now, signsFrom }, ct);

    /// <summary>What signs no more need not be kept, and what is not kept cannot be stolen.</summary>
    public Task DestroyPrivatePartsAsync(string[] kids, CancellationToken ct) =>
        db.ExecuteAsync("update receipt_key set protected_key = null where kid = any(@kids)", new { kids }, ct);

    /// <summary>Declares a key compromised; the deals whose newest receipt it signed want another.</summary>
    public async Task<bool> RevokeAsync(string kid, string reason, DateTime now, CancellationToken ct) => await db.OneAsync<int>("""
        with revoked as (
            update receipt_key set revoked_at = @now, revoked_because = @reason, protected_key = null
            where kid = @kid and revoked_at is null
            returning kid
        ), due as (
            insert into receipt_due (deal_id, partner_id)
            select distinct on (r.deal_id) r.deal_id, r.partner_id from claim_receipt r join revoked using (kid) order by r.deal_id, r.sequence desc
            on conflict do nothing
        )
        select count(*)::integer from revoked
        """, new { kid, reason, now }, ct) == 1;
}
