using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Portal.Matching;

/// <summary>
/// Identifiers of companies as people type them, brought into the one form that is stored and compared. Each answers null for what cannot be one:
/// a wrong check digit, a placeholder such as 000000000, a word.
/// </summary>
public static partial class Identifiers
{
    const string CreditCodeAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";

    static readonly HashSet<string> FreeMail = new(StringComparer.Ordinal)
    {
        "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com", "yahoo.co.uk", "icloud.com", "me.com", "aol.com",
        "gmx.de", "gmx.net", "web.de", "t-online.de", "freenet.de", "orange.fr", "free.fr", "wanadoo.fr", "laposte.net", "libero.it", "mail.ru", "yandex.ru",
        "qq.com", "foxmail.com", "163.com", "126.com", "yeah.net", "188.com", "sina.com", "sina.cn", "sohu.com", "139.com", "189.cn", "wo.cn", "aliyun.com",
        "tom.com", "21cn.com", "naver.com", "daum.net", "hinet.net", "proton.me", "protonmail.com", "zoho.com", "mail.com",
    };

    // Below these a company registers the third label, not the second. (The public suffix list takes their place when names are looked at in earnest.)
    static readonly HashSet<string> SecondLevel = new(StringComparer.Ordinal) { "com", "co", "net", "org", "gov", "edu", "ac", "or", "ne", "gob", "ltd", "plc", "me" };

    /// <summary>统一社会信用代码 (GB 32100-2015): 18 characters, the last a check character; null when it is not one.</summary>
    public static string? CreditCode(string? typed)
    {
        var code = Compact(typed);
        if (code.Length != 18 || code.Any(character => !CreditCodeAlphabet.Contains(character, StringComparison.Ordinal)) || IsPlaceholder(code))
        {
            return null;
        }

        var sum = 0;
        for (int place = 0, weight = 1; place < 17; place++, weight = weight * 3 % 31)
        {
            sum += CreditCodeAlphabet.IndexOf(code[place], StringComparison.Ordinal) * weight;
        }

        return CreditCodeAlphabet[(31 - sum % 31) % 31] == code[17] ? code : null;
    }

    /// <summary>A VAT identification number: the country's two letters and its digits, with the check digit where the country has a public one that is simple.</summary>
    public static string? VatNumber(string? typed)
    {
        var number = Compact(typed);
        if (!VatForm().IsMatch(number) || IsPlaceholder(number[2..]))
        {
            return null;
        }

        return number[..2] switch
        {
            "DE" => number.Length == 11 && GermanCheck(number[2..]) ? number : null,
            "FR" => number.Length == 13 ? number : null,
            "IT" => number.Length == 13 && Luhn(number[2..]) ? number : null,
            "NL" => number.Length == 14 && number[11] == 'B' ? number : null,
            "PL" => number.Length == 12 && PolishCheck(number[2..]) ? number : null,
            "AT" => number.Length == 11 && number[2] == 'U' ? number : null,
            _ => number,
        };
    }

    /// <summary>A D-U-N-S number: nine digits.</summary>
    public static string? Duns(string? typed)
    {
        var number = Compact(typed);
        return number.Length == 9 && number.All(char.IsAsciiDigit) && !IsPlaceholder(number) ? number : null;
    }

    /// <summary>The registered domain behind a website or mail address, lower case and in ASCII: <c>https://www.Yunqi.com.cn/x</c> gives <c>yunqi.com.cn</c>.</summary>
    public static string? Domain(string? typed)
    {
        var host = (typed ?? "").Trim().Normalize(NormalizationForm.FormKC).ToLowerInvariant();
        host = host.Contains("://", StringComparison.Ordinal) ? host[(host.IndexOf("://", StringComparison.Ordinal) + 3)..] : host;
        host = host[(host.LastIndexOf('@') + 1)..].Split('/', '?', '#', ':')[0].TrimEnd('.');
        if (host.Length is 0 or > 253 || System.Net.IPAddress.TryParse(host, out _))
        {
            return null;
        }

        try
        {
            host = new IdnMapping { UseStd3AsciiRules = true }.GetAscii(host);
        }
        catch (ArgumentException)
        {
            return null;
        }

        var labels = host.Split('.');
        if (labels.Length < 2 || labels.Any(label => label.Length is 0 or > 63) || labels[^1].All(char.IsAsciiDigit) || labels[^1].Length < 2)
        {
            return null;
        }

        var kept = labels.Length > 2 && labels[^1].Length == 2 && SecondLevel.Contains(labels[^2]) ? 3 : 2;
        return string.Join('.', labels[^Math.Min(kept, labels.Length)..]);
    }

    /// <summary>True for domains that anybody gets a mailbox at: they say nothing about a company.</summary>
    public static bool IsFreeMail(string domain) => FreeMail.Contains(domain);

    /// <summary>A telephone number in E.164. One typed without a country code belongs to <paramref name="countryCode"/>.</summary>
    public static string? Phone(string? typed, string countryCode)
    {
        var text = (typed ?? "").Normalize(NormalizationForm.FormKC).Trim();
        text = Extension().Replace(text, "");
        if (text.Length == 0 || text.Any(character => !char.IsAsciiDigit(character) && !" +-()/.".Contains(character, StringComparison.Ordinal)))
        {
            return null;
        }

        var international = text.StartsWith('+') || text.StartsWith("00", StringComparison.Ordinal);
        var digits = string.Concat(text.Where(char.IsAsciiDigit));
        if (international)
        {
            digits = digits.TrimStart('0');
        }
        else if (CallingCode(countryCode) is { } code)
        {
            digits = code + (code is "39" ? digits : digits.TrimStart('0'));
        }
        else
        {
            return null;
        }

        return digits.Length is >= 7 and <= 15 && !IsPlaceholder(digits[2..]) ? "+" + digits : null;
    }

    static string Compact(string? typed) =>
        string.Concat((typed ?? "").Normalize(NormalizationForm.FormKC).Where(character => !char.IsWhiteSpace(character) && character is not ('-' or '.' or '/'))).ToUpperInvariant();

    // 000000000, 111111111, 123456789: what people type to get past a field.
    static bool IsPlaceholder(string digits) =>
        digits.Distinct().Count() == 1 || "01234567890123456789".Contains(digits, StringComparison.Ordinal);

    static bool GermanCheck(string digits)
    {
        if (!digits.All(char.IsAsciiDigit))
        {
            return false;
        }

        var product = 10;
        foreach (var digit in digits[..8])
        {
            var sum = (digit - '0' + product) % 10;
            product = (sum == 0 ? 10 : sum) * 2 % 11;
        }

        return (11 - product) % 10 == digits[8] - '0';
    }

    static bool Luhn(string digits)
    {
        var sum = 0;
        for (var place = 0; place < digits.Length; place++)
        {
            if (!char.IsAsciiDigit(digits[^(place + 1)]))
            {
                return false;
            }

            var value = (digits[^(place + 1)] - '0') * (1 + place % 2);
            sum += value > 9 ? value - 9 : value;
        }

        return sum % 10 == 0;
    }

    static bool PolishCheck(string digits)
    {
        int[] weights = [6, 5, 7, 2, 3, 4, 5, 6, 7];
        return digits.All(char.IsAsciiDigit) && weights.Select((weight, place) => weight * (digits[place] - '0')).Sum() % 11 == digits[9] - '0';
    }

    static string? CallingCode(string countryCode) => countryCode switch
    {
        "CN" => "86", "HK" => "852", "MO" => "853", "TW" => "886", "SG" => "65", "JP" => "81", "KR" => "82", "IN" => "91", "AU" => "61", "NZ" => "64",
        "US" or "CA" => "1", "GB" => "44", "IE" => "353", "DE" => "49", "AT" => "43", "CH" => "41", "FR" => "33", "BE" => "32", "NL" => "31", "LU" => "352",
        "ES" => "34", "PT" => "351", "IT" => "39", "PL" => "48", "CZ" => "420", "SE" => "46", "NO" => "47", "DK" => "45", "FI" => "358",
        "MY" => "60", "TH" => "66", "VN" => "84", "ID" => "62", "PH" => "63", "AE" => "971", "TR" => "90", "BR" => "55", "MX" => "52",
        _ => null,
    };

    [GeneratedRegex("^[A-Z]{2}[A-Z0-9]{2,13}$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex VatForm();

    [GeneratedRegex(@"\s*(?:ext\.?|x|转|分机)\s*\d{1,6}$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Extension();
}
