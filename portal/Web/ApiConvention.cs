using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApplicationModels;
using Microsoft.AspNetCore.Mvc.Authorization;

namespace Portal.Web;

/// <summary>
/// What every <c>[ApiController]</c> has without saying so: it takes bearer tokens with the API's scope and nothing else, and, as no
/// browser sends those by itself, needs no token against forged requests.
/// </summary>
sealed class ApiConvention : IControllerModelConvention
{
    public const string Policy = "api";

    public void Apply(ControllerModel controller)
    {
        if (!controller.Attributes.OfType<ApiControllerAttribute>().Any())
        {
            return;
        }

        controller.Filters.Add(new IgnoreAntiforgeryTokenAttribute());
        foreach (var selector in controller.Selectors)
        {
            selector.EndpointMetadata.Add(new AuthorizeAttribute(Policy));
        }
    }
}
