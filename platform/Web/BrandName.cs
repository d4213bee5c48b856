using System.Globalization;
using System.Text;
using Microsoft.Extensions.Configuration;

namespace Platform.Web;

/// <summary>The brand's name, as it stands on every page and in every mail.</summary>
public static class BrandName
{
    // Where the brand's name has no letter that an address could hold.
    const string PlainKey = "brand";
    const int LongestKey = 64;

    /// <summary>The setting <c>Brand:Name</c>; the product's own name where it is silent.</summary>
    public static string Of(IConfiguration configuration) => configuration["Brand:Name"] is { Length: > 0 } name ? name : "PartnerPortal";

    /// <summary>
    /// A brand's name as identity calls the operator's tenant, and the portal in capitals the brand: its Latin letters and digits, small; <c>brand</c> where there
    /// are none.
    /// </summary>
    public static string KeyOf(string brandName)
    {
        var key = new StringBuilder();
        foreach (var letter in brandName.Normalize(NormalizationForm.FormD).ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(letter))
            {
                key.Append(letter);
            }
            else if (key.Length > 0 && key[^1] is not '-' && char.GetUnicodeCategory(letter) is not UnicodeCategory.NonSpacingMark)
            {
                key.Append('-');
            }
        }

        var text = key.ToString();
        return text[..Math.Min(text.Length, LongestKey)].TrimEnd('-') is { Length: > 0 } some && some is not "new" ? some : PlainKey;
    }
}
