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
    [InlineData("Daimler Aktiengesellschaft", "Daimler AG")]
    [InlineData("Müller Gesellschaft mit beschränkter Haftung", "Müller GmbH")]
    [InlineData("Müller Unternehmergesellschaft (haftungsbeschränkt)", "Müller UG")]
    [InlineData("Müller Kommanditgesellschaft auf Aktien", "Müller KGaA")]
    [InlineData("Alstom Société anonyme", "Alstom S.A.")]
    [InlineData("Alstom Société par actions simplifiée", "Alstom SAS")]
    [InlineData("Telefónica Sociedad Limitada", "Telefónica, S.L.")]
    [InlineData("Telefónica Sociedad Anónima de Capital Variable", "Telefónica, S.A. de C.V.")]
    [InlineData("Galp Sociedade Unipessoal, Lda", "Galp Lda")]
    [InlineData("Fiat Società a responsabilità limitata", "Fiat S.r.l.")]
    [InlineData("Orlen spółka z ograniczoną odpowiedzialnością", "Orlen Sp. z o.o.")]
    [InlineData("Philips Besloten Vennootschap met beperkte aansprakelijkheid", "Philips B.V.")]
    [InlineData("Škoda společnost s ručením omezeným", "Škoda s.r.o.")]
    [InlineData("Volvo Aktiebolag", "Volvo AB")]
    [InlineData("Arçelik Anonim Şirketi", "Arçelik A.Ş.")]
    [InlineData("ОБЩЕСТВО С ОГРАНИЧЕННОЙ ОТВЕТСТВЕННОСТЬЮ \"БАЙ\"", "ООО \"БАЙ\"")]
    [InlineData("Petronas Sendirian Berhad", "Petronas Sdn. Bhd.")]
    [InlineData("Toyota Kabushiki Kaisha", "Toyota K.K.")]
    [InlineData("株式会社ヤマト", "㈱ヤマト")]
    [InlineData("ヤマト株式会社", "ヤマト(株)")]
    [InlineData("주식회사 삼성전자", "삼성전자(주)")]
    public void A_legal_form_spelled_out_is_the_one_abbreviated(string spelledOut, string abbreviated)
    {
        var (one, other) = (CompanyName.Parse(spelledOut), CompanyName.Parse(abbreviated));

        Assert.Equal(other.Core, one.Core);
        Assert.Equal(other.LegalForm, one.LegalForm);
        Assert.NotNull(one.LegalForm);
    }

    [Theory]
    [InlineData("杭州云栖科技有限公司", "云栖")]
    [InlineData("杭州映月电子商务有限公司", "映月")]
    [InlineData("会宁县乐逍遥化妆品有限公司", "乐逍遥")]
    [InlineData("澳门大山苗圃", "大山苗圃")]
    [InlineData("广州番禺星亚服饰有限公司", "星亚")]
    [InlineData("昆山千灯镇南野科技有限公司", "南野")]
    [InlineData("云栖", "云栖")]
    [InlineData("Northlight Office Supplies Ltd", "northlight")]
    [InlineData("🙂", "")]
    public void A_trade_name_stands_before_what_a_company_does(string name, string tradeName) =>
        Assert.Equal(tradeName, CompanyName.Parse(name).TradeName);

    [Theory]
    [InlineData("长城汽车股份有限公司", "Changcheng Qiche")]
    [InlineData("重庆银行股份有限公司", "Chongqing Yinhang")]
    [InlineData("音乐家电器有限公司", "Yin Yue Jia Dian Qi")]
    [InlineData("厦门朝阳科技有限公司", "Zhaoyang Keji")]
    public void A_character_that_is_read_in_several_ways_is_found_by_each(string name, string pinyin) =>
        Assert.Contains(MatchKey.Of(new([name], "CN")).Intersect(MatchKey.Of(new([pinyin], "CN"))), key => key.Kind is "sound");

    [Fact]
    public void Many_ways_to_read_a_name_do_not_make_many_keys() =>
        Assert.InRange(MatchKey.Of(new(["重庆长乐重行长乐重行长乐重行长乐有限公司"], "CN")).Count(key => key.Kind is "sound" or "head"), 2, 12);

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

    [Fact]
    public void A_short_form_shares_how_it_begins_with_one_more_character_but_not_with_those_behind_any_name()
    {
        var whole = Leads("江苏恒瑞医药股份有限公司");
        Assert.Equal(["恒瑞医", "恒瑞药"], whole);
        Assert.Equal(["恒瑞医", "恒瑞药"], Leads("恒瑞医药"));
        Assert.Empty(Leads("恒瑞股份"));
        Assert.Empty(Leads("恒瑞"));

        static IEnumerable<string> Leads(string name) => MatchKey.Of(new([name], "CN")).Where(key => key.Kind is "lead").Select(key => key.Key);
    }
}
