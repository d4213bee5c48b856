using System.Globalization;

namespace Identity.Providers;

/// <summary>An OpenID Provider of a tenant, through which its people sign in.</summary>
sealed class Provider
{
    public long IdentityProviderId { get; init; }

    public long TenantId { get; init; }

    /// <summary>What it is called in addresses and in the claim <c>idp</c>; never changes.</summary>
    public string Scheme { get; init; } = "";

    public string DisplayName { get; init; } = "";

    public string? DisplayNameZh { get; init; }

    /// <summary>Must be in its metadata and its tokens, character by character.</summary>
    public string Issuer { get; init; } = "";

    /// <summary>What it calls us.</summary>
    public string ClientId { get; init; } = "";

    /// <summary><c>client_secret_basic</c>, <c>client_secret_post</c> or <c>private_key_jwt</c>.</summary>
    public string TokenEndpointAuthMethod { get; init; } = ProviderWords.Basic;

    /// <summary>Encrypted; <see cref="ProviderSecrets"/> reads it.</summary>
    public string? ProtectedSecret { get; init; }

    public string[] Scopes { get; init; } = [];

    /// <summary>Whether somebody who comes for the first time gets an account.</summary>
    public bool Provisions { get; init; }

    /// <summary>What whoever is given an account may do; null: nothing.</summary>
    public string? DefaultRole { get; init; }

    /// <summary>The claim whose values lead to roles.</summary>
    public string? RoleClaim { get; init; }

    /// <summary>The claim of its signed tokens whose value is the person's externalId in the tenant's directory; null: nobody is joined.</summary>
    public string? DirectoryClaim { get; init; }

    /// <summary>Whether every sign-in there counts as one with two factors, also where it does not say so.</summary>
    public bool CountsAsTwoFactors { get; init; }

    public DateTime? DisabledAt { get; init; }

    /// <summary>Why it could not be used when it was last needed: a code that <c>providers.fault.…</c> explains.</summary>
    public string? Fault { get; init; }

    public string? FaultDetail { get; init; }

    public DateTime? FaultAt { get; init; }

    /// <summary>The tenant's name.</summary>
    public string TenantName { get; init; } = "";

    /// <summary>Its name in the language of the page.</summary>
    public string Name => CultureInfo.CurrentUICulture.Name.StartsWith("zh", StringComparison.Ordinal) ? DisplayNameZh ?? DisplayName : DisplayName;
}

/// <summary>A value of the role claim and where it leads.</summary>
sealed record RoleMapping(string ClaimValue, string Role);

/// <summary>The words of providers.</summary>
static class ProviderWords
{
    public const string Basic = "client_secret_basic";

    public const string Post = "client_secret_post";

    public const string SignedAssertion = "private_key_jwt";

    /// <summary>How we may show a provider who we are.</summary>
    public static IReadOnlyList<string> AuthMethods { get; } = [Basic, Post, SignedAssertion];
}
