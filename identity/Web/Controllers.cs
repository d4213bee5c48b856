using System.Reflection;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Mvc.Razor;

namespace Identity.Web;

/// <summary>Finds controllers that are nobody's business outside this assembly.</summary>
sealed class InternalControllers : ControllerFeatureProvider
{
    protected override bool IsController(TypeInfo typeInfo) => typeof(ControllerBase).IsAssignableFrom(typeInfo) && !typeInfo.IsAbstract && typeInfo.Assembly == typeof(InternalControllers).Assembly;
}

/// <summary>Finds a view in the folder of its conversation, then among those that all share.</summary>
sealed class FolderViews : IViewLocationExpander
{
    const string Folder = "folder";

    public void PopulateValues(ViewLocationExpanderContext context)
    {
        if (context.ActionContext.ActionDescriptor is ControllerActionDescriptor action)
        {
            context.Values[Folder] = string.Join('/', action.ControllerTypeInfo.Namespace?.Split('.')[1..] ?? []);
        }
    }

    public IEnumerable<string> ExpandViewLocations(ViewLocationExpanderContext context, IEnumerable<string> viewLocations)
    {
        // Identity.Administration.People: its own folder, then the one around it.
        for (var folder = context.Values.TryGetValue(Folder, out var own) ? own : null; !string.IsNullOrEmpty(folder); folder = folder.Contains('/', StringComparison.Ordinal) ? folder[..folder.LastIndexOf('/')] : null)
        {
            yield return $"/{folder}/{{0}}.cshtml";
        }

        yield return "/Web/{0}.cshtml";
    }
}

/// <summary>Answers that controllers share.</summary>
static class Answers
{
    /// <summary>
    /// Sends the browser on with 303: the next request is a GET without the body of this one, whatever this one was (RFC 9700, 4.12).
    /// </summary>
    public static StatusCodeResult SeeOther(this ControllerBase controller, string location)
    {
        controller.Response.Headers.Location = location;
        return controller.StatusCode(StatusCodes.Status303SeeOther);
    }

    /// <summary>An error as the token endpoint and its like tell it (RFC 6749, 5.2).</summary>
    public static JsonResult OAuthError(this ControllerBase controller, OAuthError error, int status = StatusCodes.Status400BadRequest)
    {
        controller.Response.Headers.CacheControl = "no-store";
        return new(error.ToBody()) { StatusCode = status };
    }
}
