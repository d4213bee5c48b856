using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace Platform.Web.Api;

/// <summary>
/// The version an update has seen, from the header <c>If-Match</c>: <c>public async Task&lt;IActionResult&gt; Update(string number, [IfMatch] int version, ...)</c>.
/// Without the header the answer is 428; a version that is not the record's is the act's to refuse with <see cref="ApiProblem.Stale"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class IfMatchAttribute() : ModelBinderAttribute(typeof(Binder))
{
    static readonly object ProblemKey = new();

    /// <inheritdoc/>
    public override BindingSource? BindingSource => BindingSource.Header;

    /// <summary>What is wrong with the request's If-Match, if binding it failed.</summary>
    internal static ApiProblem? FindProblem(HttpContext http) => http.Items[ProblemKey] as ApiProblem;

    /// <summary>Reads the header.</summary>
    sealed class Binder : IModelBinder
    {
        public Task BindModelAsync(ModelBindingContext bindingContext)
        {
            var http = bindingContext.HttpContext;
            var problem = http.Request.Headers.IfMatch switch
            {
                [] => ApiProblem.VersionRequired,
                [{ } tag] when Versions.TryRead(tag, out var version) => Take(bindingContext, version),
                _ => ApiProblem.Stale,
            };
            if (problem is not null)
            {
                http.Items[ProblemKey] = problem;
                bindingContext.ModelState.AddModelError("If-Match", problem.Name);
                bindingContext.Result = ModelBindingResult.Failed();
            }

            return Task.CompletedTask;
        }

        static ApiProblem? Take(ModelBindingContext context, int version)
        {
            context.Result = ModelBindingResult.Success(version);
            return null;
        }
    }
}

/// <summary>Entity tags that are a record's version: <c>"3"</c>.</summary>
public static class Versions
{
    /// <summary>The tag of a version.</summary>
    public static string Tag(int version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    /// <summary>Sends the version along as <c>ETag</c>.</summary>
    public static void SendVersion(this ControllerBase controller, int version) => controller.Response.Headers.ETag = Tag(version);

    internal static bool TryRead(string tag, out int version)
    {
        version = 0;
        return tag is ['"', .. var digits, '"'] && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out version);
    }
}
