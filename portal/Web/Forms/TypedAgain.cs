using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.ViewFeatures;

namespace Portal.Web.Forms;

/// <summary>
/// What was typed into a small form that stands on another page, kept for that page when the form is refused: <c>this.KeepTyped("/catalog/A-1")</c> before the redirect. The fields of that page show it again, each
/// with what is wrong. Kept in MVC's protected TempData cookie, shown once.
/// </summary>
public static class TypedAgain
{
    internal const string Key = "typed";

    // What is larger than a cookie should be is not kept.
    const int Most = 2500;

    /// <summary>Keeps what this request brought, and what is wrong with it.</summary>
    /// <param name="controller">Whose form was refused.</param>
    /// <param name="page">The path of the page that comes next.</param>
    public static void KeepTyped(this Controller controller, string page)
    {
        var fields = controller.ModelState.Where(entry => entry.Value is { } state && (state.AttemptedValue is not null || state.Errors.Count > 0))
            .Select(entry => new TypedField(entry.Key, entry.Value!.AttemptedValue, [.. entry.Value.Errors.Select(error => error.ErrorMessage)])).ToList();
        if (JsonSerializer.Serialize(new TypedForm(page, fields)) is { Length: <= Most } kept)
        {
            controller.TempData[Key] = kept;
        }
    }
}

/// <summary>Gives a page what was typed into it.</summary>
sealed class ShowTypedAgain : IResultFilter
{
    public void OnResultExecuting(ResultExecutingContext context)
    {
        if (context.Result is not ViewResult view || !HttpMethods.IsGet(context.HttpContext.Request.Method) || view.TempData?.Peek(TypedAgain.Key) is not string kept
            || JsonSerializer.Deserialize<TypedForm>(kept) is not { } form || form.Page != context.HttpContext.Request.Path)
        {
            return;
        }

        view.TempData.Remove(TypedAgain.Key);
        foreach (var field in form.Fields)
        {
            if (field.Value is not null)
            {
                view.ViewData.ModelState.SetModelValue(field.Name, field.Value, field.Value);
            }

            foreach (var problem in field.Problems)
            {
                view.ViewData.ModelState.AddModelError(field.Name, problem);
            }
        }
    }

    public void OnResultExecuted(ResultExecutedContext context)
    {
    }
}

/// <summary>A form as it was typed.</summary>
sealed record TypedForm(string Page, IReadOnlyList<TypedField> Fields);

/// <summary>A field of it.</summary>
sealed record TypedField(string Name, string? Value, IReadOnlyList<string> Problems);
