using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Localization;
using Microsoft.Net.Http.Headers;
using Platform.Texts;

namespace Platform.Web;

/// <summary>
/// In which language and culture a request is answered: what the person chose in this browser (a cookie), then what the person's
/// record says, then what the browser asks for, then English.
/// </summary>
public static class Languages
{
    /// <summary>The cookie that keeps the choice; shared by portal and identity where they have one host name.</summary>
    public const string CookieName = "language";

    /// <summary>The cultures in which numbers and dates are written; the first of a language is its default.</summary>
    static readonly string[] Cultures = ["en", "en-GB", "en-US", "zh-CN"];

    /// <summary>Sets the language from the cookie and the browser; needs no database, so that even the page about its absence is readable.</summary>
    public static IApplicationBuilder UseLanguages(this IApplicationBuilder app) => app.Use(async (http, next) =>
    {
        Speak(http, Chosen(http) ?? Asked(http) ?? Culture("en"));
        await next(http);
    });

    /// <summary>Goes over to the language of the person's record, unless this browser's choice says otherwise.</summary>
    public static void Prefer(HttpContext http, string? language)
    {
        if (language is not null && Chosen(http) is null)
        {
            Speak(http, Culture(language));
        }
    }

    /// <summary>
    /// Goes over to the first of these languages that we speak (best first, apart by spaces, as <c>ui_locales</c> of OpenID Connect is) and keeps it
    /// in this browser; does nothing when we speak none of them.
    /// </summary>
    public static void Choose(HttpContext http, string? languages)
    {
        if (languages?.Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(10).Select(Known).FirstOrDefault(culture => culture is not null) is { } culture)
        {
            Speak(http, culture);
            Remember(http, culture.Name);
        }
    }

    /// <summary>Keeps the choice in this browser for a year.</summary>
    public static void Remember(HttpContext http, string language) =>
        http.Response.Cookies.Append(CookieName, TextBook.LanguageOf(CultureInfo.GetCultureInfo(language)), new CookieOptions
        {
            MaxAge = TimeSpan.FromDays(365),
            Secure = http.Request.IsHttps,
            HttpOnly = true,
            SameSite = Microsoft.AspNetCore.Http.SameSiteMode.Lax,
            Path = "/",
        });

    /// <summary>The language of this request: <c>en</c> or <c>zh-CN</c>.</summary>
    public static string Current => TextBook.LanguageOf(CultureInfo.CurrentUICulture);

    /// <summary>The language that is asked for, where it is one of ours; else that of this request.</summary>
    public static string Of(string? asked) => asked is not null && TextBook.Languages.Contains(asked, StringComparer.Ordinal) ? asked : Current;

    static void Speak(HttpContext http, CultureInfo culture)
    {
        var language = CultureInfo.GetCultureInfo(TextBook.LanguageOf(culture));
        CultureInfo.CurrentCulture = culture;
        CultureInfo.CurrentUICulture = language;
        http.Features.Set<IRequestCultureFeature>(new RequestCultureFeature(new RequestCulture(culture, language), provider: null));
        http.Response.Headers.ContentLanguage = language.Name;
    }

    static CultureInfo? Chosen(HttpContext http) =>
        http.Request.Cookies[CookieName] is { } language && TextBook.Languages.Contains(language, StringComparer.Ordinal)
            ? Asked(http) is { } asked && string.Equals(TextBook.LanguageOf(asked), language, StringComparison.Ordinal) ? asked : Culture(language)
            : null;

    static CultureInfo? Asked(HttpContext http)
    {
        if (!StringWithQualityHeaderValue.TryParseList(http.Request.Headers.AcceptLanguage, out var wanted))
        {
            return null;
        }

        return wanted.Where(value => value.Quality is not 0)
            .OrderByDescending(value => value.Quality ?? 1)
            .Select(value => Known(value.Value.ToString()))
            .FirstOrDefault(culture => culture is not null);
    }

    static CultureInfo? Known(string tag)
    {
        if (Array.Find(Cultures, culture => string.Equals(culture, tag, StringComparison.OrdinalIgnoreCase)) is { } exact)
        {
            return Culture(exact);
        }

        return tag.Split('-')[0].ToUpperInvariant() switch
        {
            "ZH" => Culture("zh-CN"),
            "EN" => Culture("en"),
            _ => null,
        };
    }

    static CultureInfo Culture(string name) => CultureInfo.GetCultureInfo(name);
}
