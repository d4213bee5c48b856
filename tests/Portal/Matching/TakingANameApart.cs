using Portal.Matching;

namespace Portal.Tests.Matching;

public sealed class TakingANameApart
{
    [Theory]
    [InlineData("杭州云栖科技有限公司", "云栖科技")]
    [InlineData("杭州 云栖科技（有限公司）", "云栖科技")]
    [InlineData("杭州市云栖科技有限责任公司", "云栖科技")]
    [InlineData("浙江省杭州市云栖科技股份有限公司", "云栖科技")]
    [InlineData("云栖科技（杭州）有限公司", "云栖科技")]
    [InlineData("云栖科技(中国)有限公司", "云栖科技")]
    [InlineData("臺灣水泥股份有限公司", "台湾水泥")]
    [InlineData("杭州雲棲科技有限公司", "云栖科技")]
    [InlineData("雲棲科技（中國）責任有限公司", "云栖科技")]
    [InlineData("北京银行", "北京银行")]
    [InlineData("株式会社カタカナ", "カタカナ")]
    public void A_Chinese_name_keeps_what_tells_it_apart(string name, string core) =>
        Assert.Equal(core, CompanyName.Parse(name).Core);

    [Theory]
    [InlineData("杭州云栖科技有限公司", "yunqikeji")]
    [InlineData("杭州雲棲科技有限公司", "yunqikeji")]
    [InlineData("Yunqi Keji Co., Ltd.", "yunqikeji")]
    [InlineData("云栖3D科技", "yunqi3dkeji")]
    [InlineData("绿城", "lvcheng")]
    [InlineData("株式会社カタカナ", "")]
    [InlineData("🙂", "")]
    public void A_name_has_a_sound_where_it_can_be_read(string name, string sound) =>
        Assert.Equal(sound, CompanyName.Parse(name).Sound);

    [Theory]
    [InlineData("Northlight Office GmbH", "northlightoffice")]
    [InlineData("NORTHLIGHT  Office, G.m.b.H.", "northlightoffice")]
    [InlineData("Ｎｏｒｔｈｌｉｇｈｔ Office", "northlightoffice")]
    [InlineData("The Northlight Office Co., Ltd.", "northlightoffice")]
    [InlineData("Northlight Office (China) Co. Ltd", "northlightoffice")]
    [InlineData("Müller & Söhne GmbH & Co. KG", "mullerandsohne")]
    [InlineData("Société Générale S.A.", "societegenerale")]
    [InlineData("I.B.M. Corp.", "ibm")]
    [InlineData("L'Oréal S.A.", "loreal")]
    public void A_name_in_Latin_letters_loses_case_accents_and_legal_form(string name, string core) =>
        Assert.Equal(core, CompanyName.Parse(name).Core);

    [Theory]
    [InlineData("")]
    [InlineData("— —")]
    [InlineData("🙂🚀")]
    [InlineData("\u202E\u200B")]
    public void What_holds_no_letter_is_no_name(string name) =>
        Assert.Equal("", CompanyName.Parse(name).Core);

    [Fact]
    public void Invisible_characters_do_not_make_another_company() =>
        Assert.Equal(CompanyName.Parse("Acme Trading").Core, CompanyName.Parse("Ac\u200Bme\u202E Trading").Core);

    [Fact]
    public void A_letter_of_another_alphabet_that_looks_the_same_is_another_name() =>
        Assert.NotEqual(CompanyName.Parse("Acme").Core, CompanyName.Parse("Аcme").Core);

    [Fact]
    public void Ten_thousand_characters_and_half_a_surrogate_are_taken_apart_without_harm()
    {
        Assert.Equal(200, CompanyName.Parse(new string('云', 10_000)).Core.Length);
        Assert.Equal("acme", CompanyName.Parse("Acme \ud83d").Core);
        Assert.All(MatchKey.Of(new(["\ufdfa" + new string('\ufdfa', 300)], "SA")), key => Assert.InRange(key.Key.Length, 1, 200));
    }

    [Theory]
    [InlineData("光𬭎科技股份有限公司")]
    [InlineData("𬭎")]
    [InlineData("𬭎𬭎𬭎有限公司")]
    [InlineData("𐌰𐌱𐌲𐌳𐌴𐌵 𐌰𐌱𐌲𐌳 Ltd")]
    public void No_key_holds_half_a_character(string name) =>
        Assert.All(MatchKey.Of(new([name, string.Concat(Enumerable.Repeat(name, 60))], "CN")), key => Assert.Equal(key.Key, new System.Text.UTF8Encoding(false, throwOnInvalidBytes: true).GetString(new System.Text.UTF8Encoding(false, true).GetBytes(key.Key))));
}
