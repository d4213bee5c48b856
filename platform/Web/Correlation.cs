using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace Platform.Web;

/// <summary>The number under which one request is found in the logs, the audit and the traces, and which error pages show.</summary>
public static class Correlation
{
    /// <summary>The trace's id (W3C), or the connection's own number where nobody traces.</summary>
    public static string Of(HttpContext http) => Activity.Current?.TraceId.ToHexString() ?? http.TraceIdentifier;
}
