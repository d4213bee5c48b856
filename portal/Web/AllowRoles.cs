using Microsoft.AspNetCore.Authorization;

namespace Portal.Web;

/// <summary>
/// Lets only people through who have one of the roles in the portal's own tables: <c>[AllowRoles("deal_desk", "brand_admin")]</c>.
/// Without it an address is open to every known person, and to nobody else.
/// </summary>
/// <param name="roles">The roles, one of which is enough.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class AllowRolesAttribute(params string[] roles) : AuthorizeAttribute, IAuthorizationRequirementData
{
    /// <summary>The roles, one of which is enough.</summary>
    public new IReadOnlyList<string> Roles { get; } = roles;

    /// <inheritdoc/>
    public IEnumerable<IAuthorizationRequirement> GetRequirements() => [new OneOfTheRoles(Roles)];
}

/// <summary>Being one of a partner's people, or of the brand's; asked of every address that does not say <c>[AllowAnonymous]</c>.</summary>
sealed class KnownToThePortal : IAuthorizationRequirement;

sealed record OneOfTheRoles(IReadOnlyList<string> Roles) : IAuthorizationRequirement;

sealed class PersonIsKnown(ICurrentPerson me) : AuthorizationHandler<KnownToThePortal>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, KnownToThePortal requirement)
    {
        if (me.IsKnown)
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }
}

sealed class PersonHasARole(ICurrentPerson me) : AuthorizationHandler<OneOfTheRoles>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, OneOfTheRoles requirement)
    {
        if (requirement.Roles.Any(me.Roles.Contains))
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }
}
