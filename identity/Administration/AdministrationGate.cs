using Identity.Sessions;
using Identity.SignIn;
using Identity.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.ViewFeatures;

namespace Identity.Administration;

/// <summary>Who an action under <c>/admin</c> is for.</summary>
enum Administrators
{
    /// <summary>Those who look after their own tenant, and those of the installation.</summary>
    Tenant,

    /// <summary>Only those who look after everything.</summary>
    Installation,
}

/// <summary>Says who an action under <c>/admin</c> is for. One without it is for nobody.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
sealed class AudienceAttribute(Administrators who) : Attribute
{
    public Administrators Who { get; } = who;

    /// <summary>Whether the act wants a sign-in that is not older than <see cref="Profile.FreshSignIn"/>.</summary>
    public bool Fresh { get; init; }
}

/// <summary>
/// The one door of the administration. Every action whose address begins with <c>admin</c> passes it, wherever its controller stands; who is
/// not meant learns no more than that there is no such page.
/// </summary>
sealed class AdministrationGate(AdministratorStore administrators, IModelMetadataProvider metadata, TimeProvider clock) : IAsyncAuthorizationFilter
{
    /// <summary>Before the check of the form's token, which would tell strangers apart.</summary>
    public const int First = int.MinValue;

    public async Task OnAuthorizationAsync(AuthorizationFilterContext context)
    {
        if (!IsAdministration(context.ActionDescriptor))
        {
            return;
        }

        var http = context.HttpContext;
        if (http.Session() is not { } session)
        {
            context.Result = HttpMethods.IsGet(http.Request.Method) ? GoTo(http.SessionEvenIncomplete() is null ? "/sign-in" : "/sign-in/step-up", http) : new NotFoundResult();
            return;
        }

        if (AudienceOf(context.ActionDescriptor) is not { } audience
            || await administrators.FindAsync(session.AccountId, http.RequestAborted) is not { } administrator
            || (audience.Who is Administrators.Installation && !administrator.IsOfInstallation))
        {
            context.Result = new NotFoundResult();
            return;
        }

        // A zero byte is in no name of ours, and PostgreSQL takes none.
        if (await HoldsZeroAsync(context))
        {
            context.Result = new BadRequestResult();
            return;
        }

        http.Features.Set(administrator);
        if (audience.Fresh && session.AuthenticatedAt < clock.GetUtcNow().UtcDateTime - Profile.FreshSignIn)
        {
            context.Result = new ViewResult { ViewName = "/Administration/SignInAgain.cshtml", StatusCode = StatusCodes.Status403Forbidden, ViewData = new ViewDataDictionary<string>(metadata, new()) { Model = PageOf(context) } };
        }
    }

    /// <summary>Whether the gate stands before that action.</summary>
    public static bool IsAdministration(ActionDescriptor action) =>
        action.AttributeRouteInfo?.Template is { } template && (template.Equals("admin", StringComparison.OrdinalIgnoreCase) || template.StartsWith("admin/", StringComparison.OrdinalIgnoreCase));

    /// <summary>Who that action is for; what stands at the method goes before what stands at the class.</summary>
    public static AudienceAttribute? AudienceOf(ActionDescriptor action) => action.EndpointMetadata.OfType<AudienceAttribute>().LastOrDefault();

    // The page on which the act was asked for: /admin/people/SUBJECT for all that is done to one person.
    static string PageOf(AuthorizationFilterContext context)
    {
        var (pattern, path) = (context.ActionDescriptor.AttributeRouteInfo!.Template!.Split('/'), context.HttpContext.Request.Path.ToUriComponent().Split('/')[1..]);
        return "/" + string.Join('/', path[..(pattern.Length > 2 && (pattern[2] is "new" || pattern[2][0] is '{') ? 3 : 2)]);
    }

    static async Task<bool> HoldsZeroAsync(AuthorizationFilterContext context)
    {
        var request = context.HttpContext.Request;
        var texts = context.RouteData.Values.Values.OfType<string>().Concat(request.Query.SelectMany(parameter => parameter.Value));
        if (request.HasFormContentType)
        {
            texts = texts.Concat((await request.ReadFormAsync(context.HttpContext.RequestAborted)).SelectMany(field => field.Value));
        }

        return texts.Any(text => text?.Contains('\0', StringComparison.Ordinal) == true);
    }

    static StatusCodeResult GoTo(string page, HttpContext http)
    {
        http.Response.Headers.Location = page + "?then=" + Uri.EscapeDataString(OwnPath.Of(http.Request));
        return new(StatusCodes.Status303SeeOther);
    }
}
