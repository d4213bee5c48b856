using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using Platform.Secrets;

namespace Platform.DataProtection;

/// <summary>Data Protection as both services use it: the key ring in PostgreSQL, encrypted at rest.</summary>
public static class DataProtectionSetup
{
    /// <summary>
    /// Keeps the key ring in the service's schema. It is encrypted with the certificate <c>DataProtection:Certificate</c> (a PKCS#12 file,
    /// <c>DataProtection:CertificatePassword</c>) or the key file <c>DataProtection:KeyFile</c>; where neither is set, with a random key file
    /// <c>secrets/data-protection-SERVICE</c> in the data folder.
    /// </summary>
    /// <param name="services">The application's services; must hold an <see cref="NpgsqlDataSource"/> of the application's role.</param>
    /// <param name="configuration">The settings.</param>
    /// <param name="service"><c>portal</c> or <c>identity</c>: neither can read what the other protected.</param>
    /// <param name="dataFolder">Where the embedded default keeps its key file.</param>
    public static IServiceCollection AddPartnerPortalDataProtection(this IServiceCollection services, IConfiguration configuration, string service, string dataFolder)
    {
        var settings = configuration.GetSection("DataProtection");
        var builder = services.AddDataProtection().SetApplicationName("partner-portal-" + service);
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider => new ConfigureOptions<KeyManagementOptions>(options =>
            options.XmlRepository = new PostgresKeyRepository(provider.GetRequiredService<NpgsqlDataSource>())));
        if (settings["Certificate"] is { Length: > 0 } certificate)
        {
            builder.ProtectKeysWithCertificate(X509CertificateLoader.LoadPkcs12FromFile(certificate, settings["CertificatePassword"]));
            return services;
        }

        var path = settings["KeyFile"] is { Length: > 0 } file ? file : Path.Combine(dataFolder, "secrets", "data-protection-" + service);
        services.AddSingleton(_ => new KeyFile(SecretFile.ReadOrCreate(path)));
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider => new ConfigureOptions<KeyManagementOptions>(options =>
            options.XmlEncryptor = new KeyFileEncryptor(provider.GetRequiredService<KeyFile>())));
        return services;
    }
}
