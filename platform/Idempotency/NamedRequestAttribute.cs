using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Filters;
using Platform.Web;

namespace Platform.Idempotency;

/// <summary>
/// For an action that does much in portions, each in a transaction of its own, where <see cref="IdempotentAttribute"/> would hold all of it in one: the request must carry its name
/// in the same way (the header <c>Idempotency-Key</c>, or the form's <c>form_key</c>), and the action keeps under it what was asked and how far it came, so that the same request sent
/// again is answered the same way, or goes on where the first one stopped. The action reads it with <see cref="RequestName.Of"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NamedRequestAttribute : Attribute, IAsyncResourceFilter
{
    /// <inheritdoc/>
    public async Task OnResourceExecutionAsync(ResourceExecutingContext context, ResourceExecutionDelegate next)
    {
        var (request, problem) = await IdempotentRequest.OfAsync(context);
        if (request is null)
        {
            await ErrorAnswers.RefuseAsync(context, problem!);
            return;
        }

        context.HttpContext.Features.Set(request.Name);
        await next();
    }
}

/// <summary>What a request is called, and what it asks for.</summary>
/// <param name="Key">The key it carries; equal for a request that is sent again.</param>
/// <param name="Hash">The hash of its content; different where the key was taken for something else.</param>
/// <param name="IsForm">It came from a page.</param>
public sealed record RequestName(string Key, IReadOnlyList<byte> Hash, bool IsForm)
{
    /// <summary>The name of a request to an action with <see cref="NamedRequestAttribute"/>.</summary>
    public static RequestName Of(HttpContext http) => http.Features.Get<RequestName>() ?? throw new InvalidOperationException("The action has no [NamedRequest].");

    /// <summary>422: the name was used before, for something else.</summary>
    public ApiProblem UsedBefore => ApiProblem.Known(StatusCodes.Status422UnprocessableEntity, IsForm ? "form-sent-before" : "key-used-before");
}
