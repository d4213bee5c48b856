using Identity.Clients;
using Identity.SecondFactors;
using Identity.Tenants;
using Identity.Users;
using Identity.Web;
using Platform;
using Platform.Demo;
using Platform.OpenIdConnect;

namespace Identity.Demo;

/// <summary><c>seed</c>: the accounts and API clients of the demonstration. Running it again changes nothing.</summary>
sealed class SeedDemo(AddAccount addAccount, RegisterClient registerClient, PortalRegistration portal, TenantStore tenants, IdentitySettings settings)
{
    /// <summary>Makes them and tells which are new.</summary>
    /// <exception cref="CannotStartException">This is Production.</exception>
    public async Task<int> RunAsync(TextWriter output, CancellationToken ct)
    {
        if (settings.IsProduction)
        {
            throw new CannotStartException("The demonstration has passwords that everybody knows; it is not made in Production.");
        }

        await portal.RunAsync(ct);
        var companies = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var (key, name) in DemoAccounts.Companies)
        {
            // Whoever tries the demonstration signs in with the password alone.
            companies[key] = (await tenants.SaveAsync(key, name, isOperator: companies.Count == 0, ct, SecondFactorRule.Optional)).TenantId;
        }

        var added = 0;
        foreach (var person in DemoAccounts.People)
        {
            added += await AddAsync(person, companies[person.PartnerKey], ct) ? 1 : 0;
        }

        foreach (var client in DemoAccounts.ApiClients)
        {
            await registerClient.RunAsync(Api(client, companies[client.PartnerKey]), DemoAccounts.ApiClientSecret, "demo", ct);
        }

        await output.WriteLineAsync($"Demo: {DemoAccounts.People.Count} accounts ({added} new), {DemoAccounts.ApiClients.Count} API clients.");
        return 0;
    }

    async Task<bool> AddAsync(DemoAccount person, long tenantId, CancellationToken ct)
    {
        var account = new Account
        {
            Subject = person.Subject,
            Email = person.Email,
            EmailConfirmed = true,
            Name = person.Language is "zh-CN" ? person.ChineseName : person.Name,
            Language = person.Language,
            TenantId = tenantId,
            Administers = person.Roles.Contains("brand_admin", StringComparer.Ordinal) ? "installation" : person.Roles.Contains("partner_admin", StringComparer.Ordinal) ? "tenant" : null,
        };
        return await addAccount.RunForDemoAsync(account, DemoAccounts.Password, ct) switch
        {
            AccountAdded.Added => true,
            AccountAdded.Exists => false,
            var refused => throw new InvalidOperationException($"The demo account {person.Email} was refused: {refused}"),
        };
    }

    static Client Api(DemoApiClient client, long tenantId) => new()
    {
        TenantId = tenantId,
        ClientId = client.ClientId,
        ClientName = client.Name,
        AllowedGrantTypes = [GrantTypes.ClientCredentials],
        AllowedScopes = [PortalClient.ApiScope],
    };
}

/// <summary>Refuses to start in Production where anything of the demonstration is left, or the portal's secret is a known one.</summary>
sealed class NoDemoInProduction(AccountStore accounts, Accounts users, ClientStore clients, IdentitySettings settings, IConfiguration configuration)
{
    const int ShortestSecret = 32;

    /// <summary>Looks.</summary>
    /// <exception cref="CannotStartException">Something is there that must not be.</exception>
    public async Task CheckAsync(CancellationToken ct)
    {
        if (!settings.IsProduction)
        {
            return;
        }

        var people = await accounts.ExistingAsync([.. DemoAccounts.People.Select(person => users.NormalizeEmail(person.Email)!)], ct);
        if (people.Count > 0)
        {
            throw new CannotStartException($"Production does not start with demo accounts, and {people[0]} is one. Use a database without the demonstration.");
        }

        var known = await clients.UsingAsync([Secret.Hash(DemoAccounts.ApiClientSecret)], [.. DemoAccounts.ApiClients.Select(client => client.ClientId)], ct);
        if (known.Count > 0)
        {
            throw new CannotStartException($"Production does not start with demo secrets, and the client {known[0]} has one. Use a database without the demonstration.");
        }

        if (PortalClient.Secret(configuration, settings.DataFolder, isProduction: true) is { Length: < ShortestSecret } or DemoAccounts.ApiClientSecret)
        {
            throw new CannotStartException($"Portal__ClientSecret must be a random text of at least {ShortestSecret} characters.");
        }
    }
}
