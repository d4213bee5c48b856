using Identity.Keys;
using Identity.Users;
using Identity.Web;
using Platform.Demo;
using Platform.OpenIdConnect;

namespace Identity.Administration.Report;

/// <summary>How much a deviation weighs.</summary>
enum Weight
{
    /// <summary>Somebody can get in through it, or something will stop working.</summary>
    High,

    /// <summary>Weaker than it could be.</summary>
    Medium,

    /// <summary>Worth knowing.</summary>
    Low,
}

/// <summary>One deviation from the profile.</summary>
/// <param name="Key">Its texts are <c>report.found.KEY</c> and <c>report.do.KEY</c>.</param>
/// <param name="Weight">How much it weighs.</param>
/// <param name="About">What it is about, by name.</param>
/// <param name="Page">Where it can be changed; null where only the settings of the installation do.</param>
sealed record Finding(string Key, Weight Weight, string About, string? Page);

/// <summary>Looks for deviations from the profile.</summary>
sealed class ConfigurationReport(ReportStore store, SigningKeyStore keys, Accounts accounts, IdentitySettings settings, TimeProvider clock)
{
    const int MostHosts = 2;

    // A last secret that ends sooner than this is to be exchanged now.
    static readonly TimeSpan Soon = TimeSpan.FromDays(14);

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Does so; the heaviest first.</summary>
    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken ct)
    {
        var demoEmails = DemoAccounts.People.Select(person => accounts.NormalizeEmail(person.Email)!).ToArray();
        var installation = await store.InstallationAsync(demoEmails, Secret.Hash(DemoAccounts.ApiClientSecret), Now + Soon, ct);
        var clients = await store.ClientsAsync(ct);
        var all = OfInstallation(installation).Concat(OfKeys(await keys.ListAsync(ct))).Concat(clients.SelectMany(OfClient));
        return [.. all.OrderBy(finding => finding.Weight)];
    }

    IEnumerable<Finding> OfInstallation(JudgedInstallation it)
    {
        if (settings.Issuer.StartsWith("http:", StringComparison.OrdinalIgnoreCase))
        {
            yield return new("plain_issuer", Weight.High, settings.Issuer, null);
        }

        if (it.Administrators < 2)
        {
            yield return new("one_administrator", Weight.Medium, settings.BrandName, "/admin/people?state=administrator");
        }

        foreach (var finding in it.DemoAccounts.Select(email => new Finding("demo_account", Weight.High, email, People(email)))
            .Concat(it.DemoClients.Select(client => new Finding("demo_client", Weight.High, client, "/admin/clients/" + Uri.EscapeDataString(client))))
            .Concat(it.WeakAdministrators.Select(email => new Finding("weak_administrator", Weight.High, email, People(email))))
            .Concat(it.EndingDirectories.Select(key => new Finding("directory_ends", Weight.High, key, "/admin/tenants/" + key)))
            .Concat(it.FaultyProviders.Select(scheme => new Finding("provider_fault", Weight.High, scheme, "/admin/providers/" + scheme)))
            .Concat(it.OptionalFactors.Select(key => new Finding("factor_optional", Weight.Medium, key, "/admin/tenants/" + key)))
            .Concat(it.ProvidersWithoutDomain.Select(scheme => new Finding("provider_no_domain", Weight.Low, scheme, "/admin/providers/" + scheme)))
            .Concat(it.DisabledProviders.Select(scheme => new Finding("provider_disabled", Weight.Low, scheme, "/admin/providers/" + scheme)))
            .Concat(it.UnprovenDomains.Select(domain => new Finding("domain_unproven", Weight.Low, domain, "/admin/domains")))
            .Concat(it.Orphans.Select(key => new Finding("orphan", Weight.Low, key, "/admin/tenants/" + key))))
        {
            yield return finding;
        }
    }

    IEnumerable<Finding> OfKeys(IReadOnlyList<SigningKey> all)
    {
        foreach (var algorithm in KeyPairs.Algorithms)
        {
            if (KeyLife.SigningAt(Now, algorithm, all) is not { } signing)
            {
                yield return new("no_key", Weight.High, algorithm, "/admin/keys");
            }
            else if (signing.SignsFrom + Profile.SigningKeyRotation < Now)
            {
                yield return new("old_key", Weight.High, algorithm, "/admin/keys");
            }
        }
    }

    IEnumerable<Finding> OfClient(JudgedClient client)
    {
        (bool Is, string Key, Weight Weight)[] deviations =
        [
            (client is { SignsPeopleIn: true, RequirePkce: false }, "no_pkce", Weight.High),
            (client.RedirectUris.Any(uri => uri.StartsWith("http:", StringComparison.OrdinalIgnoreCase)), "plain_redirect", Weight.High),
            (client.LastSecretExpiresAt < Now + Soon, "secret_ends", Weight.High),
            (client is { SignsPeopleIn: true, RequirePushedAuthorization: false }, "no_par", Weight.Medium),
            (client is { SignsPeopleIn: true, IsOfTenant: true, RequireConsent: false }, "no_consent", Weight.Medium),
            (client.RedirectUris.Select(uri => new Uri(uri).IdnHost).Distinct(StringComparer.OrdinalIgnoreCase).Count() > MostHosts, "many_hosts", Weight.Medium),
            (client.AccessTokenLifetime > Profile.AccessToken.TotalSeconds, "long_token", Weight.Medium),
            (client is { IsPublic: false, HasKeys: false, Secrets: 0 }, "no_secret", Weight.Medium),
            // The portal's secret comes from the settings of the installation, and is exchanged there.
            (client.EndlessSecrets > 0 && client.ClientId != PortalClient.ClientId, "secret_endless", Weight.Medium),
            (client.OldSecrets > 0, "secret_old", Weight.Medium),
            (client.IsPublic, "public", Weight.Low),
            (client.TenantIsDisabled, "tenant_disabled", Weight.Low),
        ];
        return deviations.Where(deviation => deviation.Is)
            .Select(deviation => new Finding(deviation.Key, deviation.Weight, client.ClientName, "/admin/clients/" + Uri.EscapeDataString(client.ClientId)));
    }

    static string People(string email) => "/admin/people?words=" + Uri.EscapeDataString(email);
}
