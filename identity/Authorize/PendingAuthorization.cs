using System.Security.Cryptography;
using System.Text.Json;
using Identity.Web;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;

namespace Identity.Authorize;

/// <summary>
/// An authorization request that waits while its person signs in. It travels encrypted in the address of the sign-in page, so nothing
/// has to be kept, and nobody outside can say that a sign-in happened that did not: <paramref name="Since"/> is ours.
/// </summary>
/// <param name="Parameters">As they were sent.</param>
/// <param name="Since">When the request came.</param>
/// <param name="RequestUri">The name under which it was pushed.</param>
sealed record PendingAuthorization(IReadOnlyDictionary<string, string> Parameters, DateTime Since, string? RequestUri = null)
{
    /// <summary>The request, to be looked at again.</summary>
    public AuthorizationRequest ToRequest() => new(ProtocolParameters.Of(Parameters)) { Since = Since, RequestUri = RequestUri, IsPushed = RequestUri is not null };
}

/// <summary>Writes and reads the form in which a request waits.</summary>
sealed class PendingAuthorizations(IDataProtectionProvider protection, TimeProvider clock)
{
    // What fits into a request line together with the path before it.
    const int Longest = 7000;

    // What a name adds to a request that is pushed.
    const int RoomForName = 160;

    readonly IDataProtector protector = protection.CreateProtector("pending authorization");

    /// <summary>The request as text for an address, or null when it is too long to wait. One that has waited before goes on waiting, not longer.</summary>
    public string? Write(AuthorizationRequest request)
    {
        var text = Protect(request);
        return text.Length <= Longest ? text : null;
    }

    /// <summary>Whether a request will be able to wait once it has been pushed.</summary>
    public bool Fits(AuthorizationRequest request) => Protect(request).Length <= Longest - RoomForName;

    /// <summary>The request, or null when the text is not ours or has waited too long.</summary>
    public PendingAuthorization? Read(string? text)
    {
        if (text is not { Length: > 0 and <= Longest })
        {
            return null;
        }

        try
        {
            var pending = JsonSerializer.Deserialize<PendingAuthorization>(protector.Unprotect(WebEncoders.Base64UrlDecode(text)))!;
            return pending.Since + Profile.PendingAuthorization > clock.GetUtcNow().UtcDateTime ? pending : null;
        }
        catch (Exception notOurs) when (notOurs is CryptographicException or FormatException)
        {
            return null;
        }
    }

    string Protect(AuthorizationRequest request)
    {
        var pending = new PendingAuthorization(request.Parameters.All, request.Since ?? clock.GetUtcNow().UtcDateTime, request.RequestUri);
        return WebEncoders.Base64UrlEncode(protector.Protect(JsonSerializer.SerializeToUtf8Bytes(pending)));
    }
}
