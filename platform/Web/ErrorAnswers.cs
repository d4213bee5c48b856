using System.Globalization;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Localization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Platform.Database;
using Platform.OpenIdConnect;

namespace Platform.Web;

/// <summary>What an error page says; the service's <see cref="IErrorPage"/> draws it.</summary>
/// <param name="Status">The answer's status.</param>
/// <param name="Title">What is the matter, in the request's language.</param>
/// <param name="Detail">What to do about it.</param>
/// <param name="CorrelationId">What to tell the people who run the service.</param>
public sealed record ErrorPage(int Status, string Title, string Detail, string CorrelationId);

/// <summary>Draws error pages for people. Must not need the database: its absence is one of the errors.</summary>
public interface IErrorPage
{
    /// <summary>Writes the page as the body of the answer, whose status and headers are set.</summary>
    Task WriteAsync(HttpContext http, ErrorPage page);
}

/// <summary>
/// Turns whatever goes wrong into an answer somebody can use: a page for people, problem details for programs, never a stack trace.
/// A database or an identity provider that is away is a 503 that invites to try again; nothing has to be restarted when it comes back.
/// </summary>
public static class ErrorAnswers
{
    static readonly TimeSpan RetryWhenUnavailable = TimeSpan.FromSeconds(5);

    /// <summary>Answers for everything behind it; put it right after the security headers and the languages.</summary>
    public static IApplicationBuilder UseErrorAnswers(this IApplicationBuilder app)
    {
        var log = app.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger("Platform.Web.ErrorAnswers");
        return app.Use(async (http, next) =>
        {
            try
            {
                await next(http);
            }
            catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
            {
                http.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
                return;
            }
            catch (Exception failure) when (!http.Response.HasStarted)
            {
                var problem = Understand(failure);
                Log(log, failure, problem, http);
                Clear(http);
                await AnswerAsync(http, problem);
                return;
            }

            if (http.Response is { StatusCode: >= 400 and < 600, HasStarted: false, ContentType: null, ContentLength: null or 0 })
            {
                await AnswerAsync(http, ApiProblem.OfStatus(http.Response.StatusCode));
            }
        });
    }

    /// <summary>Answers in place of an action, which is not carried out.</summary>
    internal static Task RefuseAsync(ResourceExecutingContext context, ApiProblem problem)
    {
        context.Result = new EmptyResult();
        return AnswerAsync(context.HttpContext, problem);
    }

    /// <summary>
    /// Writes a problem in the form the caller reads: JSON for the API and for programs, a page for people.
    /// </summary>
    public static async Task AnswerAsync(HttpContext http, ApiProblem problem)
    {
        http.Response.StatusCode = problem.Status;
        UseLanguageOf(http);
        if (problem.RetryAfter is null && http.Response.Headers.RetryAfter.Count == 0 && problem.Status == StatusCodes.Status503ServiceUnavailable)
        {
            problem = problem with { RetryAfter = RetryWhenUnavailable };
        }

        if (HttpMethods.IsHead(http.Request.Method))
        {
            return;
        }

        if (http.GetEndpoint()?.Metadata.GetMetadata<IErrorForm>() is { } form)
        {
            SetRetryAfter(http, problem);
            await form.WriteErrorAsync(http, problem.Status);
            return;
        }

        if (WantsJson(http) || http.RequestServices.GetService<IErrorPage>() is not { } page)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        SetRetryAfter(http, problem);
        var texts = http.RequestServices.GetRequiredService<Texts.Texts>();
        await page.WriteAsync(http, new(problem.Status, texts[problem.TitleKey], problem.DetailKey is { } detail ? texts[detail, [.. problem.Arguments]] : "", Correlation.Of(http)));
    }

    static void SetRetryAfter(HttpContext http, ApiProblem problem)
    {
        if (problem.RetryAfter is { } wait)
        {
            http.Response.Headers.RetryAfter = ((int)wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }
    }

    /// <summary>True when the caller is a program: it calls the API, or accepts JSON and no HTML.</summary>
    public static bool WantsJson(HttpContext http)
    {
        if (http.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        var accept = http.Request.Headers.Accept.ToString();
        return accept.Contains("json", StringComparison.OrdinalIgnoreCase) && !accept.Contains("text/html", StringComparison.OrdinalIgnoreCase);
    }

    static ApiProblem Understand(Exception failure) => failure switch
    {
        ProviderAwayException => ApiProblem.OfStatus(StatusCodes.Status503ServiceUnavailable),
        _ when failure.IsUnavailable() => ApiProblem.OfStatus(StatusCodes.Status503ServiceUnavailable),
        BadHttpRequestException bad => ApiProblem.OfStatus(bad.StatusCode),
        AntiforgeryValidationException => ApiProblem.Known(StatusCodes.Status400BadRequest, "form-expired"),
        _ => ApiProblem.OfStatus(StatusCodes.Status500InternalServerError),
    };

    static void Log(ILogger log, Exception failure, ApiProblem problem, HttpContext http)
    {
        // The route's pattern, not the path a stranger typed: no line breaks, no customers' numbers.
        var route = (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "(no route)";
        switch (problem.Status)
        {
            case StatusCodes.Status503ServiceUnavailable:
                log.LogWarning("{What} is away: {Reason} ({Method} {Route})", failure is ProviderAwayException ? "The identity provider" : "The database", failure.Message, http.Request.Method, route);
                break;
            case >= 500:
                log.LogError(failure, "{Method} {Route} failed", http.Request.Method, route);
                break;
            default:
                log.LogInformation("{Method} {Route} was refused with {Status}: {Reason}", http.Request.Method, route, problem.Status, failure.Message);
                break;
        }
    }

    static void Clear(HttpContext http)
    {
        http.Response.Headers.Clear();
        if (http.Response.Body.CanSeek)
        {
            http.Response.Body.SetLength(0);
        }
    }

    // A culture set behind this middleware does not come back to it, so it is taken from where it was noted down.
    static void UseLanguageOf(HttpContext http)
    {
        if (http.Features.Get<IRequestCultureFeature>()?.RequestCulture is { } culture)
        {
            (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (culture.Culture, culture.UICulture);
            http.Response.Headers.ContentLanguage = culture.UICulture.Name;
        }
    }
}
