using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc.Filters;
using Platform.Web;

namespace Portal.Web.Forms;

/// <summary>
/// Lets forms in that are as long as their files may be, and refuses longer ones before they are read, with a sentence that says how much there may be. Runs before the check against forged requests, which would
/// read all of the form.
/// </summary>
/// <param name="textKey">The sentence.</param>
[AttributeUsage(AttributeTargets.Method)]
abstract class LimitFormAttribute(string textKey) : Attribute, IAuthorizationFilter, IOrderedFilter
{
    /// <summary>Before the framework's check against forgery, which stands at 1000; its own limits stand there, too.</summary>
    public const int BeforeItIsRead = 900;

    /// <inheritdoc/>
    public int Order => BeforeItIsRead;

    /// <summary>How long a form may be.</summary>
    protected abstract FormOptions Limits(HttpContext http);

    /// <inheritdoc/>
    public void OnAuthorization(AuthorizationFilterContext context)
    {
        var limits = Limits(context.HttpContext);
        if (IsTooLong(context.HttpContext, limits))
        {
            context.HttpContext.Response.Headers.Connection = "close";
            context.Result = new ApiProblem(StatusCodes.Status413PayloadTooLarge, "too-large", textKey);
            return;
        }

        LetIn(context.HttpContext, limits);
    }

    /// <summary>True for a request that says itself that it is longer.</summary>
    internal static bool IsTooLong(HttpContext http, FormOptions limits) => http.Request.ContentLength > limits.MultipartBodyLengthLimit;

    /// <summary>Lets the request be as long, whatever the server lets in otherwise.</summary>
    internal static void LetIn(HttpContext http, FormOptions limits)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } body)
        {
            body.MaxRequestBodySize = limits.MultipartBodyLengthLimit;
        }

        http.Features.Set<IFormFeature>(new FormFeature(http.Request, limits));
    }
}
