using System.Security.Cryptography;
using System.Xml.Linq;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace Portal.Ubl;

/// <summary>A document as it is downloaded: with a tag of its content, so that whoever has it already is not sent it again.</summary>
static class UblDownload
{
    /// <summary>Answers it, or 404.</summary>
    /// <param name="controller">Who answers.</param>
    /// <param name="document">The document; null where there is none for the person at work.</param>
    /// <param name="name">The file's name, without its ending.</param>
    /// <param name="attached">True on pages: the browser keeps it as a file.</param>
    public static IActionResult Answer(ControllerBase controller, XElement? document, string name, bool attached)
    {
        if (document is null)
        {
            return attached ? controller.NotFound() : Platform.Web.ApiProblem.NotFound;
        }

        var bytes = UblWriter.Bytes(document);
        controller.Response.Headers.CacheControl = "private, no-cache";
        return new FileContentResult(bytes, "application/xml")
        {
            // MVC compares it with If-None-Match and answers 304.
            EntityTag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16))}\""),
            FileDownloadName = attached ? name + ".xml" : null,
        };
    }
}
