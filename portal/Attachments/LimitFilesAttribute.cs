using Microsoft.AspNetCore.Http.Features;
using Portal.Web.Forms;

namespace Portal.Attachments;

/// <summary>Lets requests in that are as long as the files of a whole record may be.</summary>
sealed class LimitFilesAttribute() : LimitFormAttribute("attachments.refused.request_too_large")
{
    const long AroundTheFiles = 256 * 1024;

    protected override FormOptions Limits(HttpContext http) =>
        new() { MultipartBodyLengthLimit = AttachmentLimits.Of(http.RequestServices.GetRequiredService<IConfiguration>()).MostBytesOfRecord + AroundTheFiles };
}
