using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Platform.Web;

/// <summary>Keeps programs from sending their tokens in the clear: a redirect would come too late (ASVS 4.1.2).</summary>
public static class HttpsOnly
{
    /// <summary>Refuses calls of the API that did not come over https; the scheme is what a known proxy says it was.</summary>
    public static IApplicationBuilder UseHttpsOnlyForTheApi(this IApplicationBuilder app) => app.Use((http, next) =>
        http.Request.IsHttps || !http.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)
            ? next(http)
            : ErrorAnswers.AnswerAsync(http, ApiProblem.Known(StatusCodes.Status400BadRequest, "https-required")));
}
