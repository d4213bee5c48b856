using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.Extensions.DependencyInjection;

namespace Platform.Web.Api;

/// <summary>How the API reads JSON, and how it refuses what it cannot read or accept.</summary>
public static class ApiAnswers
{
    /// <summary>Strict JSON, and problem details for every refusal that MVC makes by itself.</summary>
    public static IMvcBuilder AddApiAnswers(this IMvcBuilder mvc)
    {
        mvc.AddJsonOptions(options =>
        {
            options.JsonSerializerOptions.AllowDuplicateProperties = false;
            options.JsonSerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            options.JsonSerializerOptions.MaxDepth = 16;
        });
        mvc.Services.Configure<ApiBehaviorOptions>(options =>
        {
            // An empty answer with an error status gets its problem details from ErrorAnswers.
            options.SuppressMapClientErrors = true;
            options.InvalidModelStateResponseFactory = context => IfMatchAttribute.FindProblem(context.HttpContext) ?? ApiProblem.Invalid([.. Faults(context.ModelState)]);
        });
        return mvc;
    }

    static IEnumerable<FieldProblem> Faults(ModelStateDictionary state)
    {
        // When the JSON itself cannot be read, MVC also says that the whole body is missing; that would only mislead.
        var unreadable = state.Keys.Where(IsJsonPath).ToList();
        return unreadable.Count > 0
            ? unreadable.Select(path => new FieldProblem(path.TrimStart('$').TrimStart('.'), "problems.field_unreadable"))
            : from field in state
              from error in field.Value.Errors
              select new FieldProblem(AsJson(field.Key), error.ErrorMessage is { Length: > 0 } message ? message : "problems.field_unreadable");
    }

    static bool IsJsonPath(string key) => key.StartsWith('$');

    static string AsJson(string key) => string.Join('.', key.Split('.').Select(JsonNamingPolicy.CamelCase.ConvertName));
}
