using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Platform.Database;
using Platform.Jobs;
using Platform.Secrets;

namespace Platform.Audit;

/// <summary>
/// The key of the seals, and the number and digest of the last one: both in files outside the database, so that whoever may write anything in the
/// database can neither make a seal nor take the last ones away unseen.
/// </summary>
/// <param name="keyFile">A secret of at least 32 characters; made when it is missing.</param>
/// <param name="headFolder">Where the last seal of each database is noted.</param>
/// <param name="service">Whose seals they are: two services may share database and folder.</param>
sealed class AuditSealKey(string keyFile, string headFolder, string service)
{
    readonly Lazy<byte[]> key = new(() => HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(SecretFile.ReadOrCreate(keyFile)), 32, info: "partner portal audit seal"u8.ToArray()));

    /// <summary>The signature over all that a seal says.</summary>
    public byte[] Sign(long id, DateTime sealedAt, string entries, byte[] digest) =>
        HMACSHA256.HashData(key.Value, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}|{sealedAt.Ticks}|{entries}|{Convert.ToHexStringLower(digest)}")));

    /// <summary>Notes the last seal of a database.</summary>
    public void Note(string database, long id, byte[] digest)
    {
        Directory.CreateDirectory(headFolder);
        var draft = Path.Combine(headFolder, Path.GetRandomFileName());
        File.WriteAllText(draft, string.Create(CultureInfo.InvariantCulture, $"{id} {Convert.ToHexStringLower(digest)}\n"));
        File.Move(draft, Head(database), overwrite: true);
    }

    /// <summary>The last seal that was noted for a database, or null where none was.</summary>
    public (long Id, byte[] Digest)? FindNoted(string database) =>
        File.Exists(Head(database)) && File.ReadAllText(Head(database)).Split(' ', StringSplitOptions.TrimEntries) is [var id, var digest]
            ? (long.Parse(id, CultureInfo.InvariantCulture), Convert.FromHexString(digest))
            : null;

    string Head(string database) => Path.Combine(headFolder, $"audit-head-{service}-{database}");
}

/// <summary>Brings the sealing of the audit into a service.</summary>
public static class AuditSetup
{
    /// <summary>
    /// Seals every minute with the key file <c>Audit:KeyFile</c> (default <c>secrets/audit-seal-SERVICE</c> in the data folder), and notes the last seal in
    /// <c>Audit:HeadFolder</c> (default: beside the key). Keep both where the database's administrators cannot write.
    /// </summary>
    public static IServiceCollection AddAuditSealing(this IServiceCollection services, IConfiguration configuration, string service, string dataFolder)
    {
        var keyFile = configuration["Audit:KeyFile"] is { Length: > 0 } file ? file : Path.Combine(dataFolder, "secrets", "audit-seal-" + service);
        var headFolder = configuration["Audit:HeadFolder"] is { Length: > 0 } folder ? folder : Path.GetDirectoryName(Path.GetFullPath(keyFile))!;
        services.AddSingleton(new AuditSealKey(keyFile, headFolder, service));
        services.AddScoped(provider => new AuditCheck(provider.GetRequiredService<Db>(), provider.GetRequiredService<AuditSealKey>()));
        return services.AddScheduledJob<SealAudit>("0 * * * * ?");
    }
}
