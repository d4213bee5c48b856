using System.Text.RegularExpressions;
using Identity.Web;
using Microsoft.AspNetCore.Identity;

namespace Identity.Users;

/// <summary>
/// Which passwords are taken: long ones that are not what somebody would guess first. There is no rule about kinds of characters
/// (ASVS 6.2.1, 6.2.4, 6.2.5, 6.2.11). A refusal's code is the text key of the sentence that explains it.
/// </summary>
sealed partial class PasswordRules(IdentitySettings options) : IPasswordValidator<Account>
{
    const int FewestDifferentCharacters = 5;
    const int ShortestContextWord = 4;

    static readonly char[] Ornaments = [.. "0123456789!?.,-_#*+$&% "];

    public Task<IdentityResult> ValidateAsync(UserManager<Account> manager, Account user, string? password) =>
        Task.FromResult(Refusal(user, password ?? "") is { } key ? IdentityResult.Failed(new IdentityError { Code = key, Description = key }) : IdentityResult.Success);

    string? Refusal(Account account, string password) => password switch
    {
        { Length: < Profile.ShortestPassword } => "users.password_too_short",
        { Length: > Profile.LongestPassword } => "users.password_too_long",
        _ when IsMonotonous(password) => "users.password_too_simple",
        _ when IsCommon(password) => "users.password_common",
        _ when ContextWords(account).Any(word => password.Contains(word, StringComparison.OrdinalIgnoreCase)) => "users.password_about_you",
        _ => null,
    };

    static bool IsMonotonous(string password) =>
        password.Distinct().Count() < FewestDifferentCharacters || password.Zip(password.Skip(1), (one, next) => next - one).Distinct().Count() == 1;

    // Password2026!, p4ssw0rd.p4ssw0rd and the like are on no list and still the first ideas of a guesser.
    static bool IsCommon(string password)
    {
        var lower = password.ToLowerInvariant();
        return CommonPasswords.Contains(lower)
            || IsCommonWord(NoLetter().Replace(lower, ""), password.Length)
            || IsCommonWord(NoLetter().Replace(Plain(lower.TrimEnd(Ornaments)), ""), password.Length);
    }

    // A word of the list, or twice the same, that makes up most of the password.
    static bool IsCommonWord(string letters, int length) =>
        letters.Length >= length / 2
        && (CommonPasswords.Contains(letters) || (letters[..(letters.Length / 2)] == letters[(letters.Length / 2)..] && CommonPasswords.Contains(letters[..(letters.Length / 2)])));

    static string Plain(string lower) => string.Concat(lower.Select(letter => letter switch
    {
        '0' => 'o', '1' or '!' => 'i', '3' => 'e', '4' or '@' => 'a', '5' or '$' => 's', '7' => 't', _ => letter,
    }));

    IEnumerable<string> ContextWords(Account account) =>
        new[] { "partnerportal", "partner portal" }
            .Append(options.BrandName)
            .Concat(account.Email.Split('@', '.', '-', '_', '+'))
            .Concat(account.Name.Split(' '))
            .Where(word => word.Length >= ShortestContextWord);

    [GeneratedRegex("[^a-z]", RegexOptions.None, matchTimeoutMilliseconds: 200)]
    private static partial Regex NoLetter();
}
