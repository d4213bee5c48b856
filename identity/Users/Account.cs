using System.Security.Cryptography;

namespace Identity.Users;

/// <summary>One person who can sign in.</summary>
public sealed class Account
{
    /// <summary>The key inside the database.</summary>
    public long AccountId { get; set; }

    /// <summary>What others know the person by: opaque, never changed, never given to somebody else.</summary>
    public string Subject { get; set; } = NewSubject();

    /// <summary>The address as it was typed.</summary>
    public string Email { get; set; } = "";

    /// <summary>The address as it is compared.</summary>
    public string NormalizedEmail { get; set; } = "";

    /// <summary>Whether the person has shown to read that mailbox.</summary>
    public bool EmailConfirmed { get; set; }

    /// <summary>The person's name.</summary>
    public string Name { get; set; } = "";

    /// <summary>The language of mails: <c>en</c> or <c>zh-CN</c>.</summary>
    public string Language { get; set; } = "en";

    /// <summary>The company the person belongs to; null for the first people of an installation.</summary>
    public long? TenantId { get; set; }

    /// <summary><c>tenant</c>: looks after the own tenant. <c>installation</c>: after everything. Null: after themselves.</summary>
    public string? Administers { get; set; }

    /// <summary>See <see cref="AccountPasswordHasher"/>; absent until a password was chosen.</summary>
    public string? PasswordHash { get; set; }

    /// <summary>Changes with every credential.</summary>
    public string SecurityStamp { get; set; } = "";

    /// <summary>Changes with every update of the row.</summary>
    public string ConcurrencyStamp { get; set; } = "";

    /// <summary>Wrong passwords in a row.</summary>
    public int AccessFailedCount { get; set; }

    /// <summary>Until when no password is accepted.</summary>
    public DateTime? LockoutEnd { get; set; }

    /// <summary>Since when the account may not be used.</summary>
    public DateTime? DisabledAt { get; set; }

    /// <summary>When something the person's clients are told last changed.</summary>
    public DateTime UpdatedAt { get; set; }

    static string NewSubject() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}
