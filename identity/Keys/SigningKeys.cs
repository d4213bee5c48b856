using System.Security.Cryptography;
using System.Text.Json;
using Identity.Web;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.IdentityModel.Tokens;
using Platform;
using Platform.Audit;
using Platform.Database;

namespace Identity.Keys;

/// <summary>The keys in use: one signs, all verify.</summary>
/// <param name="Signing">With its kid and algorithm.</param>
/// <param name="Verifying">Public parts only.</param>
/// <param name="Published">What the JWKS says of them.</param>
sealed record KeyRing(SigningCredentials Signing, IReadOnlyList<SecurityKey> Verifying, IReadOnlyList<Dictionary<string, string>> Published);

/// <summary>
/// Reads the signing keys, and makes the first one; of instances that start together only one does. Kept in memory for a minute, so
/// that a key made by another instance is known soon.
/// </summary>
sealed class SigningKeys(IServiceScopeFactory scopes, IDataProtectionProvider protection, TimeProvider clock) : IDisposable
{
    static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);

    readonly IDataProtector protector = protection.CreateProtector("signing keys");
    readonly SemaphoreSlim reading = new(1);
    (KeyRing Ring, DateTimeOffset Until)? known;

    /// <summary>The keys.</summary>
    /// <exception cref="CannotStartException">The stored key cannot be read with the data-protection keys at hand.</exception>
    public async Task<KeyRing> GetAsync(CancellationToken ct)
    {
        if (known is { } fresh && fresh.Until > clock.GetUtcNow())
        {
            return fresh.Ring;
        }

        // One asks anew; whoever has something to go on with meanwhile does not wait for it, nor for a second connection.
        if (!await reading.WaitAsync(known is null ? Timeout.InfiniteTimeSpan : TimeSpan.Zero, ct))
        {
            return known!.Value.Ring;
        }

        try
        {
            if (known is not { } ring || ring.Until <= clock.GetUtcNow())
            {
                known = (await ReadOrCreateAsync(ct), clock.GetUtcNow() + Kept);
            }

            return known.Value.Ring;
        }
        finally
        {
            reading.Release();
        }
    }

    public void Dispose() => reading.Dispose();

    async Task<KeyRing> ReadOrCreateAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallerAccessor>().Current = Caller.System("identity:keys");
        var store = scope.ServiceProvider.GetRequiredService<SigningKeyStore>();
        var keys = await store.ListAsync(ct);
        if (keys.Count == 0)
        {
            keys = await CreateAsync(scope.ServiceProvider, store, ct);
        }

        return Ring(keys);
    }

    async Task<List<SigningKey>> CreateAsync(IServiceProvider services, SigningKeyStore store, CancellationToken ct)
    {
        // Made before the lock is taken: a rival waits for a statement, not for prime numbers.
        var made = Make();
        return await services.GetRequiredService<Db>().InTransactionAsync(async () =>
        {
            await store.HoldAsync(ct);
            if (await store.ListAsync(ct) is { Count: > 0 } others)
            {
                return others;
            }

            await store.InsertAsync(made, ct);
            await services.GetRequiredService<AuditTrail>().RecordAsync("signing_key.created", "signing_key", made.Kid, null, new { made.Algorithm, bits = Profile.RsaBits }, ct);
            return await store.ListAsync(ct);
        }, ct);
    }

    SigningKey Make()
    {
        using var rsa = RSA.Create(Profile.RsaBits);
        var key = rsa.ExportParameters(includePrivateParameters: false);
        var thumbprint = Base64UrlEncoder.Encode(new RsaSecurityKey(key).ComputeJwkThumbprint());
        var jwk = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["kty"] = "RSA",
            ["use"] = "sig",
            ["alg"] = SecurityAlgorithms.RsaSha256,
            ["kid"] = thumbprint,
            ["n"] = Base64UrlEncoder.Encode(key.Modulus),
            ["e"] = Base64UrlEncoder.Encode(key.Exponent),
        };
        return new(thumbprint, SecurityAlgorithms.RsaSha256, JsonSerializer.Serialize(jwk), protector.Protect(Convert.ToBase64String(rsa.ExportPkcs8PrivateKey())));
    }

    KeyRing Ring(List<SigningKey> keys)
    {
        var published = keys.ConvertAll(key => JsonSerializer.Deserialize<Dictionary<string, string>>(key.PublicJwk)!);
        using var rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(Convert.FromBase64String(Unprotect(keys[0])), out _);
        var signing = new RsaSecurityKey(rsa.ExportParameters(includePrivateParameters: true)) { KeyId = keys[0].Kid };
        return new(
            new SigningCredentials(signing, keys[0].Algorithm),
            [.. published.Select(jwk => new JsonWebKey(JsonSerializer.Serialize(jwk)))],
            published);
    }

    string Unprotect(SigningKey key)
    {
        try
        {
            return protector.Unprotect(key.ProtectedKey);
        }
        catch (CryptographicException failure)
        {
            throw new CannotStartException("The signing key in the database was encrypted with another key file or certificate. Restore DataProtection__KeyFile (or secrets/data-protection-identity in the data folder) that belongs to this database.", failure);
        }
    }
}
