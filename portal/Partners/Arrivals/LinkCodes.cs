using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;

namespace Portal.Partners.Arrivals;

/// <summary>
/// What a program that nobody knows is told with its refusal. Whoever has read it holds the program's credentials, and so may say whose program it is: without it
/// an administrator could take a stranger's program for the own company, together with everything it sends.
/// </summary>
public sealed class LinkCodes(IDataProtectionProvider protection, TimeProvider clock)
{
    static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    readonly IDataProtector protector = protection.CreateProtector("link codes of programs");

    /// <summary>A code for that program, good for a day.</summary>
    public string For(string issuer, string clientId) => protector.Protect(JsonSerializer.Serialize(new Content(issuer, clientId, clock.GetUtcNow() + Lifetime)));

    /// <summary>Whose code it is; null for one that is none of ours, or too old.</summary>
    public LinkableProgram? Read(string code)
    {
        try
        {
            return JsonSerializer.Deserialize<Content>(protector.Unprotect(code.Trim())) is { } content && content.Until > clock.GetUtcNow() ? new(content.Issuer, content.ClientId) : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    sealed record Content(string Issuer, string ClientId, DateTimeOffset Until);
}

/// <summary>A program that may be linked.</summary>
/// <param name="Issuer">Who issues its tokens.</param>
/// <param name="ClientId">What it is called there.</param>
public sealed record LinkableProgram(string Issuer, string ClientId);
