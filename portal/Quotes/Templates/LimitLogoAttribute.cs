using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Platform.Web;

namespace Portal.Quotes.Templates;

/// <summary>Refuses a form with a logo that is far too large before it is read, with a sentence that says how large one may be. Runs before the check against forged requests, which would read all of the form.</summary>
[AttributeUsage(AttributeTargets.Method)]
sealed class LimitLogoAttribute : Attribute, IAuthorizationFilter, IOrderedFilter
{
    // The logo, twice terms and a source in characters of up to three bytes, written as a form does.
    const long Most = (2L * LogoFile.MostBytes) + (4 * 1024 * 1024);

    // As the framework's own limits; its check against forgery stands at 1000.
    public int Order => 900;

    public void OnAuthorization(AuthorizationFilterContext context)
    {
        var http = context.HttpContext;
        if (http.Request.ContentLength > Most)
        {
            http.Response.Headers.Connection = "close";
            context.Result = new ApiProblem(StatusCodes.Status413PayloadTooLarge, "too-large", "templates.logo.request_too_large");
            return;
        }

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } body)
        {
            body.MaxRequestBodySize = Most;
        }

        http.Features.Set<IFormFeature>(new FormFeature(http.Request, new FormOptions { MultipartBodyLengthLimit = Most, ValueLengthLimit = (int)Most }));
    }
}
