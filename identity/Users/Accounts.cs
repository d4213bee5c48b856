using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Identity.Users;

/// <summary>ASP.NET Core Identity's user manager over <see cref="AccountStore"/>, with the one act it keeps to itself.</summary>
sealed class Accounts(
    IUserStore<Account> store,
    IOptions<IdentityOptions> options,
    IPasswordHasher<Account> hasher,
    IEnumerable<IUserValidator<Account>> userValidators,
    IEnumerable<IPasswordValidator<Account>> passwordValidators,
    ILookupNormalizer normalizer,
    IdentityErrorDescriber errors,
    IServiceProvider services,
    ILogger<UserManager<Account>> logger)
    : UserManager<Account>(store, options, hasher, userValidators, passwordValidators, normalizer, errors, services, logger)
{
    /// <summary>Gives an account another password; the rules are asked, the security stamp changes.</summary>
    public async Task<IdentityResult> SetPasswordAsync(Account account, string password)
    {
        var checkedPassword = await UpdatePasswordHash(account, password, validatePassword: true);
        return checkedPassword.Succeeded ? await UpdateAsync(account) : checkedPassword;
    }

    /// <summary>Sets a password without asking the rules: the demo's, which everybody may know.</summary>
    public Task<IdentityResult> SetKnownPasswordAsync(Account account, string password) => UpdatePasswordHash(account, password, validatePassword: false);

    /// <summary>Why a password is not taken (text keys), or nothing.</summary>
    public Task<IdentityResult> AskRulesAsync(Account account, string password) => ValidatePasswordAsync(account, password);
}

/// <summary>
/// The rules about names and addresses. Somebody who is known only through a provider has neither here: what a provider says of their address may
/// be anybody's, so it is compared with nothing.
/// </summary>
sealed class AddressRules : UserValidator<Account>
{
    public override Task<IdentityResult> ValidateAsync(UserManager<Account> manager, Account user) =>
        user is { AccountId: > 0, NormalizedEmail: null or "" } ? Task.FromResult(IdentityResult.Success) : base.ValidateAsync(manager, user);
}

/// <summary>Makes accounts known to the service.</summary>
static class AccountsSetup
{
    public static IServiceCollection AddAccounts(this IServiceCollection services)
    {
        // Before AddIdentityCore, whose own are then not added.
        services.AddScoped<IPasswordValidator<Account>, PasswordRules>();
        services.AddSingleton<IPasswordHasher<Account>, AccountPasswordHasher>();
        services.AddScoped<IUserValidator<Account>, AddressRules>();
        services.AddIdentityCore<Account>(options =>
        {
            options.User.RequireUniqueEmail = true;
            options.User.AllowedUserNameCharacters = "";
        });
        services.AddScoped<AccountStore>();
        services.AddScoped<IUserStore<Account>>(provider => provider.GetRequiredService<AccountStore>());
        services.AddScoped<Accounts>();
        services.AddScoped<UserManager<Account>>(provider => provider.GetRequiredService<Accounts>());
        services.AddScoped<AddAccount>();
        return services;
    }
}
