using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Platform.Texts;
using Platform.Web;

namespace Portal.Web.Layout;

/// <summary>Keeps a person's language, theme and whether keys act beyond this browser; the feature that owns people implements it.</summary>
public interface IPreferenceKeeper
{
    /// <summary>Keeps what is not null; the theme <c>auto</c> is kept as none.</summary>
    Task KeepAsync(string? language, string? theme, bool? keys, CancellationToken ct);
}

/// <summary>How a person likes the pages: kept in cookies, so that error pages and strangers have it too, and in the person's record.</summary>
public static class Preferences
{
    /// <summary>The cookie that keeps the theme.</summary>
    public const string ThemeCookie = "theme";

    static readonly string[] Themes = ["light", "dark", "auto"];

    /// <summary><c>light</c>, <c>dark</c>, or null for what the browser prefers.</summary>
    public static string? Theme(HttpContext http, ICurrentPerson me) =>
        (http.Request.Cookies[ThemeCookie] ?? me.Theme) is "light" or "dark" ? http.Request.Cookies[ThemeCookie] ?? me.Theme : null;

    /// <summary>True for a theme there is.</summary>
    public static bool IsTheme(string theme) => Themes.Contains(theme, StringComparer.Ordinal);
}

/// <summary>Changes language, theme or whether keys act, and returns to the page one was on.</summary>
[Route("preferences")]
[AllowAnonymous]
public sealed class PreferencesController(ICurrentPerson me, IServiceProvider services) : Controller
{
    /// <summary>Keeps a language, a theme, or whether keys act.</summary>
    [HttpPost("")]
    public async Task<IActionResult> Update(string? language, string? theme, bool? keys, string? returnUrl, CancellationToken ct)
    {
        if ((language is not null && !TextBook.Languages.Contains(language, StringComparer.Ordinal)) || (theme is not null && !Preferences.IsTheme(theme)))
        {
            return BadRequest();
        }

        if (language is not null)
        {
            Languages.Remember(HttpContext, language);
        }

        if (theme is not null)
        {
            Response.Cookies.Append(Preferences.ThemeCookie, theme, new CookieOptions { MaxAge = TimeSpan.FromDays(365), Secure = Request.IsHttps, HttpOnly = true, SameSite = SameSiteMode.Lax, Path = "/" });
        }

        if (me.IsKnown && services.GetService<IPreferenceKeeper>() is { } keeper)
        {
            await keeper.KeepAsync(language, theme, keys, ct);
        }

        return LocalRedirect(Url.IsLocalUrl(returnUrl) ? returnUrl : "/");
    }
}
