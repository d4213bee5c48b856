using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Mvc.Razor;

namespace Portal.Web;

/// <summary>Finds a view in the folder of its feature, or of the part of it that the controller stands in, then among those that all features share.</summary>
sealed class FeatureViews : IViewLocationExpander
{
    const string Feature = "feature";

    public void PopulateValues(ViewLocationExpanderContext context)
    {
        if (context.ActionContext.ActionDescriptor is ControllerActionDescriptor action)
        {
            context.Values[Feature] = action.ControllerTypeInfo.Namespace?.Split('.', 2)[^1].Replace('.', '/');
        }
    }

    public IEnumerable<string> ExpandViewLocations(ViewLocationExpanderContext context, IEnumerable<string> viewLocations)
    {
        if (context.Values.TryGetValue(Feature, out var feature) && feature is not null)
        {
            yield return $"/{feature}/{{0}}.cshtml";
        }

        yield return "/Web/{0}.cshtml";
    }
}
