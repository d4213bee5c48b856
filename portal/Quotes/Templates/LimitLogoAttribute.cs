using Microsoft.AspNetCore.Http.Features;
using Portal.Web.Forms;

namespace Portal.Quotes.Templates;

/// <summary>Refuses a form with a logo that is far too large before it is read.</summary>
sealed class LimitLogoAttribute() : LimitFormAttribute("templates.logo.request_too_large")
{
    // The logo, twice terms and a source in characters of up to three bytes, written as a form does.
    const long Most = (2L * LogoFile.MostBytes) + (4 * 1024 * 1024);

    protected override FormOptions Limits(HttpContext http) => new() { MultipartBodyLengthLimit = Most, ValueLengthLimit = (int)Most };
}
