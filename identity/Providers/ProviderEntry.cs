using Identity.Administration;
using Identity.Tenants;
using Platform.GuardedHttp;

namespace Identity.Providers;

/// <summary>What an administrator writes about a provider.</summary>
sealed class ProviderEntry
{
    /// <summary>The key of the tenant; only the operator names one.</summary>
    public string? Tenant { get; set; }

    public string? Scheme { get; set; }

    public string? DisplayName { get; set; }

    public string? DisplayNameZh { get; set; }

    public string? Issuer { get; set; }

    public string? ClientId { get; set; }

    public string? TokenEndpointAuthMethod { get; set; }

    /// <summary>Never shown again; empty keeps the one there is.</summary>
    public string? ClientSecret { get; set; }

    /// <summary>Apart by spaces.</summary>
    public string? Scopes { get; set; }

    public bool Provisions { get; set; }

    public bool CountsAsTwoFactors { get; set; }

    public string? DefaultRole { get; set; }

    public string? RoleClaim { get; set; }

    public string? DirectoryClaim { get; set; }

    /// <summary>A line for each: <c>value = role</c>.</summary>
    public string? RoleMappings { get; set; }

    /// <summary>The scopes, <c>openid</c> first whether it was written or not.</summary>
    public string[] ScopeList => [.. (Scopes ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Prepend("openid").Distinct(StringComparer.Ordinal)];

    /// <summary>The lines as they were meant; null when one is no line of that form.</summary>
    public IReadOnlyList<RoleMapping>? MappingList()
    {
        var lines = (RoleMappings ?? "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(ReadLine).ToList();
        return lines.Contains(null) ? null : [.. lines.Select(line => line!)];
    }

    // A claim's value may have an equals sign in it (a distinguished name), a role has none.
    static RoleMapping? ReadLine(string line) =>
        line.LastIndexOf('=') is > 0 and var at && line[..at].Trim() is { Length: > 0 and <= 200 } value && line[(at + 1)..].Trim() is { Length: > 0 } role ? new(value, role) : null;
}

/// <summary>What is wrong with one field: a text key that says what to do.</summary>
sealed record EntryFault(string Field, string TextKey);

/// <summary>What became of an entry.</summary>
abstract record ProviderSaved
{
    ProviderSaved()
    {
    }

    /// <summary>It holds from now on, on every instance.</summary>
    public sealed record Saved(string Scheme) : ProviderSaved;

    /// <summary>It is not taken.</summary>
    public sealed record Refused(IReadOnlyList<EntryFault> Faults) : ProviderSaved;

    /// <summary>There is no such provider or tenant, or none that this administrator looks after.</summary>
    public sealed record NotTheirs : ProviderSaved;
}

/// <summary>What an entry must be. All faults are told at once.</summary>
sealed class ProviderEntryChecks(ProviderStore providers, GuardedFetchOptions outbound)
{
    const int LongestIssuer = 300;
    const int MostMappings = 100;

    /// <summary>What is wrong with it, if anything.</summary>
    /// <param name="entry">As it was written.</param>
    /// <param name="tenant">Whose it is to be.</param>
    /// <param name="hasSecret">Whether there is a secret already.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<List<EntryFault>> FaultsAsync(ProviderEntry entry, Tenant tenant, bool hasSecret, CancellationToken ct)
    {
        var roles = await providers.GrantableRolesAsync(tenant.TenantId, ct);
        var faults = new List<EntryFault>();
        Look(entry.DisplayName?.Trim() is { Length: > 0 and <= 80 }, nameof(entry.DisplayName), "providers.name_missing");
        Look(entry.DisplayNameZh is null || entry.DisplayNameZh.Trim() is { Length: > 0 and <= 80 }, nameof(entry.DisplayNameZh), "providers.name_missing");
        Look(IsIssuer(entry.Issuer), nameof(entry.Issuer), "providers.issuer_wrong");
        Look(entry.ClientId?.Trim() is { Length: > 0 and <= 200 }, nameof(entry.ClientId), "providers.client_id_missing");
        Look(ProviderWords.AuthMethods.Contains(entry.TokenEndpointAuthMethod ?? "", StringComparer.Ordinal), nameof(entry.TokenEndpointAuthMethod), "providers.auth_method_unknown");
        Look(hasSecret || entry.TokenEndpointAuthMethod is ProviderWords.SignedAssertion || !string.IsNullOrEmpty(entry.ClientSecret), nameof(entry.ClientSecret), "providers.secret_missing");
        Look(entry.ClientSecret is not { Length: > 500 }, nameof(entry.ClientSecret), "providers.secret_too_long");
        Look(entry.ScopeList is { Length: <= 20 } scopes && scopes.All(IsScope), nameof(entry.Scopes), "providers.scopes_wrong");
        Look(entry.DefaultRole is null || roles.Contains(entry.DefaultRole), nameof(entry.DefaultRole), "providers.role_not_grantable");
        Look(entry.RoleClaim is null or { Length: <= 100 }, nameof(entry.RoleClaim), "providers.role_claim_wrong");
        Look(entry.DirectoryClaim is null or { Length: <= 100 }, nameof(entry.DirectoryClaim), "providers.role_claim_wrong");
        Look(entry.MappingList() is { Count: <= MostMappings }, nameof(entry.RoleMappings), "providers.mappings_wrong");
        Look(entry.MappingList()?.All(mapping => roles.Contains(mapping.Role)) ?? true, nameof(entry.RoleMappings), "providers.role_not_grantable");
        Look(entry.RoleClaim is not null || entry.MappingList() is not { Count: > 0 }, nameof(entry.RoleClaim), "providers.role_claim_missing");
        foreach (var (field, text) in Texts(entry).Where(pair => pair.Text?.Contains('\0', StringComparison.Ordinal) is true))
        {
            Look(false, field, "providers.unreadable");
        }

        return faults;

        void Look(bool isRight, string field, string key)
        {
            if (!isRight)
            {
                faults.Add(new(field, key));
            }
        }
    }

    /// <summary>Whether a new provider may be called that: a tenant's own begin with its key, so that nobody takes another's name.</summary>
    public static bool IsScheme(string? scheme, Tenant tenant, Administrator by) =>
        scheme is { Length: >= 2 and <= 80 } and not "new" && scheme.All(letter => letter is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-') && scheme[0] is not '-'
        && (by.IsOfInstallation || scheme == tenant.Key || scheme.StartsWith(tenant.Key + "-", StringComparison.Ordinal));

    bool IsIssuer(string? issuer) =>
        issuer is { Length: > 0 and <= LongestIssuer } && issuer.All(letter => letter is > ' ' and <= '~' and not '*' and not '\\')
        && Uri.TryCreate(issuer, UriKind.Absolute, out var address) && address.UserInfo.Length == 0 && address.Query.Length == 0 && address.Fragment.Length == 0 && address.Host.Length > 0
        && (address.Scheme is "https" || (address.Scheme is "http" && address.IsLoopback && outbound.AllowThisMachine));

    // RFC 6749, 3.3
    static bool IsScope(string scope) => scope.Length <= 100 && scope.All(letter => letter is '!' or (>= '#' and <= '[') or (>= ']' and <= '~'));

    static IEnumerable<(string Field, string? Text)> Texts(ProviderEntry entry) =>
    [
        (nameof(entry.DisplayName), entry.DisplayName), (nameof(entry.DisplayNameZh), entry.DisplayNameZh), (nameof(entry.ClientId), entry.ClientId),
        (nameof(entry.RoleClaim), entry.RoleClaim), (nameof(entry.DirectoryClaim), entry.DirectoryClaim), (nameof(entry.RoleMappings), entry.RoleMappings), (nameof(entry.ClientSecret), entry.ClientSecret),
    ];
}
