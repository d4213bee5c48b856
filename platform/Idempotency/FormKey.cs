using System.Security.Cryptography;
using Microsoft.AspNetCore.WebUtilities;

namespace Platform.Idempotency;

/// <summary>Names one showing of a form, so that sending it twice does its work once.</summary>
public static class FormKey
{
    /// <summary>The hidden field.</summary>
    public const string Field = "form_key";

    /// <summary>A new name.</summary>
    public static string New() => WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(16));
}
