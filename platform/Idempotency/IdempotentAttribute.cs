using System.Buffers;
using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.Extensions.DependencyInjection;
using Platform.Database;
using Platform.Web;

namespace Platform.Idempotency;

/// <summary>
/// Does what is asked once, however often it is sent. On the API the caller names the request with the header
/// <c>Idempotency-Key</c>; on pages the form carries a hidden <c>form_key</c> (<see cref="FormKey"/>). The action runs inside one
/// transaction with the stored answer: the same key and content get the same answer, other content 422, and while a twin is at work a program
/// gets 409 and a person's second click waits for the first one's page. What is refused (4xx) is not remembered.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class IdempotentAttribute : Attribute, IFilterFactory, IOrderedFilter
{
    /// <inheritdoc/>
    public bool IsReusable => false;

    /// <inheritdoc/>
    public int Order => 0;

    /// <inheritdoc/>
    public IFilterMetadata CreateInstance(IServiceProvider serviceProvider) =>
        new OnceOnly(serviceProvider.GetRequiredService<Db>(), serviceProvider.GetRequiredService<IdempotentAnswers>());
}

/// <summary>Wraps all of an action, from the reading of the request to the writing of the answer, into one transaction.</summary>
sealed class OnceOnly(Db db, IdempotentAnswers answers) : IAsyncResourceFilter
{
    /// <summary>How long a second click waits for the first.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public async Task OnResourceExecutionAsync(ResourceExecutingContext context, ResourceExecutionDelegate next)
    {
        var http = context.HttpContext;
        var (request, problem) = await IdempotentRequest.OfAsync(context);
        if (request is null)
        {
            await ErrorAnswers.RefuseAsync(context, problem!);
            return;
        }

        var real = http.Response.Body;
        using var written = new MemoryStream();
        try
        {
            // Held back until the commit: nobody is told of a change that is not stored.
            http.Response.Body = written;
            problem = await db.InTransactionAsync(() => AnswerAsync(context, next, request, request.IsForm ? Patience : TimeSpan.Zero, written), http.RequestAborted);
        }
        finally
        {
            http.Response.Body = real;
        }

        if (problem is not null)
        {
            await ErrorAnswers.RefuseAsync(context, problem);
            return;
        }

        context.Result ??= new EmptyResult();
        if (written.Length > 0)
        {
            http.Response.ContentLength = written.Length;
            await real.WriteAsync(written.GetBuffer().AsMemory(0, (int)written.Length), http.RequestAborted);
        }
    }

    async Task<ApiProblem?> AnswerAsync(ResourceExecutingContext context, ResourceExecutionDelegate next, IdempotentRequest request, TimeSpan patience, MemoryStream written)
    {
        var http = context.HttpContext;
        var earlier = await answers.TakeAsync(request.Key, patience, http.RequestAborted);
        if (!earlier.IsTaken)
        {
            return ApiProblem.Known(StatusCodes.Status409Conflict, "twin-running") with { RetryAfter = TimeSpan.FromSeconds(1) };
        }

        if (earlier.RequestHash is { } hash)
        {
            return hash.AsSpan().SequenceEqual(request.Hash) ? await RepeatAsync(http, earlier) : request.Name.UsedBefore;
        }

        var executed = await next();
        if (executed is { Exception: { } failure, ExceptionHandled: false })
        {
            executed.ExceptionHandled = true;
            ExceptionDispatchInfo.Throw(failure);
        }

        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
        if (IsRemembered(http.Response.StatusCode, request.IsForm))
        {
            answers.Keep(request, http.Response, written.ToArray());
        }

        return null;
    }

    // A form that comes back with 200 shows what to correct; only the redirect says that it was done.
    static bool IsRemembered(int status, bool isForm) => isForm ? status is >= 300 and < 400 : status is >= 200 and < 400;

    static async Task<ApiProblem?> RepeatAsync(HttpContext http, IdempotentAnswer earlier)
    {
        http.Response.StatusCode = earlier.Status!.Value;
        foreach (var (name, value) in earlier.ReadHeaders())
        {
            http.Response.Headers[name] = value;
        }

        http.Response.Headers["Idempotent-Replayed"] = "true";
        http.Response.BodyWriter.Write(earlier.Body);
        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
        return null;
    }
}
