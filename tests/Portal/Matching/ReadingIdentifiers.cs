using Portal.Matching;

namespace Portal.Tests.Matching;

public sealed class ReadingIdentifiers
{
    [Theory]
    [InlineData("91330106MA2CFG7P3L", null)]
    [InlineData("91440300708461136T", "91440300708461136T")]
    [InlineData(" 9144 0300 7084 6113 6t ", "91440300708461136T")]
    [InlineData("９１４４０３００７０８４６１１３６Ｔ", "91440300708461136T")]
    [InlineData("91440300708461136X", null)]
    [InlineData("91440300708461163T", null)]
    [InlineData("000000000000000000", null)]
    [InlineData("9144030070846113", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void A_credit_code_has_a_check_character(string? typed, string? stored) => Assert.Equal(stored, Identifiers.CreditCode(typed));

    [Theory]
    [InlineData("DE136695976", "DE136695976")]
    [InlineData("de 136 695 976", "DE136695976")]
    [InlineData("DE136695977", null)]
    [InlineData("IT00743110157", "IT00743110157")]
    [InlineData("IT00743110158", null)]
    [InlineData("PL8567346215", "PL8567346215")]
    [InlineData("PL8567346216", null)]
    [InlineData("ATU13585627", "ATU13585627")]
    [InlineData("NL004495445B01", "NL004495445B01")]
    [InlineData("GB123456789", null)]
    [InlineData("136695976", null)]
    public void A_VAT_number_names_its_country(string typed, string? stored) => Assert.Equal(stored, Identifiers.VatNumber(typed));

    [Theory]
    [InlineData("15-048-3782", "150483782")]
    [InlineData("123456789", null)]
    [InlineData("111111111", null)]
    [InlineData("1504837", null)]
    public void A_DUNS_number_has_nine_digits_and_is_no_placeholder(string typed, string? stored) => Assert.Equal(stored, Identifiers.Duns(typed));

    [Theory]
    [InlineData("https://www.Yunqi.com.cn/about?x=1", "yunqi.com.cn")]
    [InlineData("sales@mail.northlight.example", "northlight.example")]
    [InlineData("shop.acme.co.uk:8080", "acme.co.uk")]
    [InlineData("云栖.中国", "xn--9kqz53d.xn--fiqs8s")]
    [InlineData("127.0.0.1", null)]
    [InlineData("localhost", null)]
    [InlineData("a b.com", null)]
    [InlineData("javascript:alert(1)", null)]
    public void A_website_is_known_by_its_registered_domain(string typed, string? stored) => Assert.Equal(stored, Identifiers.Domain(typed));

    [Theory]
    [InlineData("+86 21 5555 0100", "CN", "+862155550100")]
    [InlineData("021-5555-0100", "CN", "+862155550100")]
    [InlineData("0049 (40) 3008 1234 ext. 12", "CN", "+494030081234")]
    [InlineData("(415) 555-2671", "US", "+14155552671")]
    [InlineData("02 5551 2345", "IT", "+390255512345")]
    [InlineData("12345678", "CN", null)]
    [InlineData("call me", "CN", null)]
    public void A_telephone_number_is_international(string typed, string country, string? stored) => Assert.Equal(stored, Identifiers.Phone(typed, country));
}
