using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Mvc.Razor;

namespace Portal.Web;

/// <summary>Finds a view in the folder of its feature, or of the part of it that the controller stands in, then among those that all features share.</summary>
sealed class FeatureViews : IViewLocationExpander
{
    const string Feature = "feature";

    static readonly ConcurrentDictionary<TypeInfo, string?> Folders = new();

    public void PopulateValues(ViewLocationExpanderContext context)
    {
        if (context.ActionContext.ActionDescriptor is ControllerActionDescriptor action)
        {
            context.Values[Feature] = Folders.GetOrAdd(action.ControllerTypeInfo, FolderOf);
        }
    }

    // Folders are named as namespaces are, below that of the assembly: Portal.Feature.Part stands in Feature/Part.
    static string? FolderOf(TypeInfo controller) =>
        controller.Assembly.GetName().Name is { } root && controller.Namespace is { } space && space.StartsWith(root + ".", StringComparison.Ordinal) ? space[(root.Length + 1)..].Replace('.', '/') : null;

    public IEnumerable<string> ExpandViewLocations(ViewLocationExpanderContext context, IEnumerable<string> viewLocations)
    {
        if (context.Values.TryGetValue(Feature, out var feature) && feature is not null)
        {
            yield return $"/{feature}/{{0}}.cshtml";
        }

        yield return "/Web/{0}.cshtml";
    }
}
