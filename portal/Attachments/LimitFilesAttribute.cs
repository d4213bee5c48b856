using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Platform.Web;

namespace Portal.Attachments;

/// <summary>
/// Lets requests in that are as long as the files of a whole record may be, and refuses longer ones before they are read. Runs before the check
/// against forged requests, which would read all of the form.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
sealed class LimitFilesAttribute : Attribute, IAuthorizationFilter, IOrderedFilter
{
    const long AroundTheFiles = 256 * 1024;

    // As the framework's own limits; its check against forgery stands at 1000.
    public int Order => 900;

    public void OnAuthorization(AuthorizationFilterContext context)
    {
        var http = context.HttpContext;
        var most = AttachmentLimits.Of(http.RequestServices.GetRequiredService<IConfiguration>()).MostBytesOfRecord + AroundTheFiles;
        if (http.Request.ContentLength > most)
        {
            http.Response.Headers.Connection = "close";
            context.Result = new ApiProblem(StatusCodes.Status413PayloadTooLarge, "too-large", "attachments.refused.request_too_large");
            return;
        }

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } body)
        {
            body.MaxRequestBodySize = most;
        }

        http.Features.Set<IFormFeature>(new FormFeature(http.Request, new FormOptions { MultipartBodyLengthLimit = most }));
    }
}
