using Microsoft.AspNetCore.Http;

namespace Platform.Web;

/// <summary>
/// Metadata of an endpoint whose callers expect errors in a form of their own, that of the protocol they speak. What goes wrong there is told in it, whatever
/// the caller says it accepts.
/// </summary>
public interface IErrorForm
{
    /// <summary>Writes an error as the body of the answer, whose status and Retry-After are set.</summary>
    Task WriteErrorAsync(HttpContext http, int status);
}
