using Identity.Users;
using Identity.Web;
using Microsoft.AspNetCore.Identity;

namespace Identity.Passkeys;

/// <summary>Makes passkeys known to the service.</summary>
static class PasskeysSetup
{
    const int ChallengeBytes = 32;

    public static IServiceCollection AddPasskeys(this IServiceCollection services, IdentitySettings settings)
    {
        var issuer = new Uri(settings.Issuer);
        services.Configure<IdentityPasskeyOptions>(options =>
        {
            options.ServerDomain = issuer.Host;
            options.AuthenticatorTimeout = Profile.PasskeyChallenge;
            options.ChallengeSize = ChallengeBytes;
            // With PIN or finger it is two factors in one; kept on the device, it needs no address to be typed.
            options.UserVerificationRequirement = "required";
            options.ResidentKeyRequirement = "required";
            options.AttestationConveyancePreference = "none";
            // The address people know us by, whatever host name a request came with.
            options.ValidateOrigin = context => ValueTask.FromResult(!context.CrossOrigin && context.Origin == issuer.GetLeftPart(UriPartial.Authority));
        });
        services.AddScoped<IPasskeyHandler<Account>, PasskeyHandler<Account>>();
        services.AddScoped<PasskeyChallenges>();
        services.AddScoped<CheckPasskey>();
        services.AddScoped<ChangePasskeys>();
        return services;
    }
}
