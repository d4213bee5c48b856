using System.Globalization;
using Portal.Web.Display;
using Shouldly;

namespace Portal.Tests.Web;

public sealed class NamingCountries
{
    [Theory]
    [InlineData("zh-CN", "DE", "德国")]
    [InlineData("en", "DE", "Germany")]
    [InlineData("zh-CN", "US", "美国")]
    [InlineData("en", "US", "United States")]
    [InlineData("zh-CN", "SG", "新加坡")]
    public void A_country_is_named_in_the_readers_language_whoever_asked_first(string language, string code, string name) =>
        In(language, () => Countries.Name(code)).ShouldBe(name);

    [Theory]
    [InlineData("ZZ")]
    [InlineData("..")]
    [InlineData("")]
    public void What_is_no_country_stays_as_it_is_written(string code) => In("en", () => Countries.Name(code)).ShouldBe(code);

    static string In(string language, Func<string> name)
    {
        var before = CultureInfo.CurrentUICulture;
        try
        {
            CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
            return name();
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }
}
