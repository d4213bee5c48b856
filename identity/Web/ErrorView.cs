using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Platform.Web;

namespace Identity.Web;

/// <summary>Draws errors with <c>ErrorPage.cshtml</c>, which asks nothing of the database; programs are told theirs in the form of their specification.</summary>
sealed class ErrorView(IActionResultExecutor<ViewResult> views, IModelMetadataProvider metadata) : IErrorPage
{
    public Task WriteAsync(HttpContext http, ErrorPage page) => http.GetEndpoint()?.Metadata.GetMetadata<ForProgramsAttribute>() is { } programs
        ? programs.WriteAsync(http, page.Status)
        : views.ExecuteAsync(
            new ActionContext(http, http.GetRouteData(), new ActionDescriptor()),
            new ViewResult
            {
                ViewName = "/Web/ErrorPage.cshtml",
                StatusCode = page.Status,
                ViewData = new ViewDataDictionary<ErrorPage>(metadata, new ModelStateDictionary()) { Model = page },
            });
}
