using Identity.Users;
using Identity.Web;
using Microsoft.AspNetCore.Identity;

namespace Identity.Tests.Users;

public sealed class ChoosingAPassword
{
    static readonly Account Owner = new() { Email = "sales.team@huaxin.example", Name = "Victor Xu" };

    readonly PasswordRules rules = new(new IdentitySettings("https://identity.test", "https://portal.test", "Northlight", "/tmp", IsProduction: true));

    [Theory]
    [InlineData("seven quiet otters")]
    [InlineData("七只安静的水獭在河边看书")]
    [InlineData("kxWq8#vT2pLm")]
    [InlineData("lower case letters are enough")]
    [InlineData("583920174652 and more")]
    [InlineData("                a few blanks around                    ")]
    public async Task Length_is_what_counts(string password) => Assert.Null(await RefusalAsync(password));

    [Theory]
    [InlineData("", "users.password_too_short")]
    [InlineData("elevenchars", "users.password_too_short")]
    [InlineData("aaaaaaaaaaaaa", "users.password_too_simple")]
    [InlineData("abababababab", "users.password_too_simple")]
    [InlineData("abcdefghijkl", "users.password_too_simple")]
    [InlineData("1234123412341234", "users.password_too_simple")]
    [InlineData("qwerty123456", "users.password_common")]
    [InlineData("QWERTY123456", "users.password_common")]
    [InlineData("1qaz2wsx3edc", "users.password_common")]
    [InlineData("Password2026!", "users.password_common")]
    [InlineData("passwordpassword", "users.password_common")]
    [InlineData("P@ssw0rd.P@ssw0rd", "users.password_common")]
    [InlineData("Northlight-demo-2026", "users.password_about_you")]
    [InlineData("my partnerportal login", "users.password_about_you")]
    [InlineData("huaxin forever and ever", "users.password_about_you")]
    [InlineData("this is Victor speaking", "users.password_about_you")]
    public async Task What_would_be_guessed_first_is_refused(string password, string reason) => Assert.Equal(reason, await RefusalAsync(password));

    [Fact]
    public async Task Up_to_256_characters_are_taken()
    {
        var sentence = string.Concat(Enumerable.Repeat("words and more words ", 13));
        Assert.Null(await RefusalAsync(sentence[..256]));
        Assert.Equal("users.password_too_long", await RefusalAsync(sentence[..257]));
    }

    [Fact]
    public void A_password_is_verified_exactly_as_typed_and_to_its_last_character()
    {
        var hasher = new AccountPasswordHasher();
        var password = new string('a', 100) + " B";
        var hash = hasher.HashPassword(Owner, password);

        Assert.Equal(PasswordVerificationResult.Success, hasher.VerifyHashedPassword(Owner, hash, password));
        foreach (var other in new[] { password[..^1], password + " ", password.ToUpperInvariant(), password.Trim() + "b" })
        {
            Assert.Equal(PasswordVerificationResult.Failed, hasher.VerifyHashedPassword(Owner, hash, other));
        }
    }

    [Fact]
    public void The_hash_says_how_it_was_made_and_two_of_one_password_differ()
    {
        var hasher = new AccountPasswordHasher();

        var hashes = new[] { hasher.HashPassword(Owner, "seven quiet otters"), hasher.HashPassword(Owner, "seven quiet otters") };

        Assert.NotEqual(hashes[0], hashes[1]);
        Assert.All(hashes, hash => Assert.Matches(@"^pbkdf2-sha512\$210000\$[A-Za-z0-9+/=]{24}\$[A-Za-z0-9+/=]{88}$", hash));
    }

    [Fact]
    public void An_accent_typed_on_another_keyboard_is_the_same_accent()
    {
        var hasher = new AccountPasswordHasher();

        Assert.Equal(PasswordVerificationResult.Success, hasher.VerifyHashedPassword(Owner, hasher.HashPassword(Owner, "caf\u00e9 au lait chaud"), "cafe\u0301 au lait chaud"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("md5$1$AAAA$AAAA")]
    [InlineData("pbkdf2-sha512$x$AAAA$AAAA")]
    public void A_hash_we_did_not_make_fits_nothing(string hash) =>
        Assert.Equal(PasswordVerificationResult.Failed, new AccountPasswordHasher().VerifyHashedPassword(Owner, hash, "plain"));

    async Task<string?> RefusalAsync(string password) =>
        (await rules.ValidateAsync(null!, Owner, password)) is { Succeeded: false } refused ? refused.Errors.Single().Code : null;
}
