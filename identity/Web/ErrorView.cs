using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Platform.Web;

namespace Identity.Web;

/// <summary>Draws errors with <c>ErrorPage.cshtml</c>, which asks nothing of the database.</summary>
sealed class ErrorView(IActionResultExecutor<ViewResult> views, IModelMetadataProvider metadata) : IErrorPage
{
    public Task WriteAsync(HttpContext http, ErrorPage page) =>
        views.ExecuteAsync(
            new ActionContext(http, http.GetRouteData(), new ActionDescriptor()),
            new ViewResult
            {
                ViewName = "/Web/ErrorPage.cshtml",
                StatusCode = page.Status,
                ViewData = new ViewDataDictionary<ErrorPage>(metadata, new ModelStateDictionary()) { Model = page },
            });
}
