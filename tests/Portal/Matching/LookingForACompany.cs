using Portal.Matching;

namespace Portal.Tests.Matching;

/// <summary>What is typed leads to the company that is known, however it was written, by a key that few others have.</summary>
public sealed class LookingForACompany
{
    [Theory]
    [InlineData("亚康股份", "北京亚康万玮信息技术股份有限公司", "pair", "亚康")]
    [InlineData("宁德时代", "宁德时代新能源科技股份有限公司", "placed", "宁德时代")]
    [InlineData("上海雅仕", "上海雅仕投资发展股份有限公司", "placed", "上海雅仕")]
    [InlineData("永科技股份有限公司", "永臻科技股份有限公司", "lost", "永科技")]
    [InlineData("上海达新材料股份有限公司", "上海宏达新材料股份有限公司", "lost", "上海达新材料")]
    [InlineData("臺灣水泥份有限公司", "臺灣水泥股份有限公司", "pair", "水泥")]
    [InlineData("普新科技股份有限公司", "新普科技股份有限公司", "lead", "新普科")]
    [InlineData("北京键科凯技股份有限公司", "北京键凯科技股份有限公司", "lead", "键凯科")]
    [InlineData("xi yu lu you kai fa gu fen you xian gong si", "西域旅游开发股份有限公司", "sound", "xiyuluyoukaifa")]
    [InlineData("heng xuan ke ji shang hai gu fen you xian gong si", "恒玄科技(上海)股份有限公司", "sound", "hengxuankejishanghai")]
    [InlineData("qi bu gu fen gong si", "起步股份有限公司", "sound", "qibu")]
    [InlineData("湖北开特汽车电子电器系统股份有限公司", "开特", "core", "开特")]
    [InlineData("湖北开特汽车电子电器系统股份有限公司", "开特股份", "core", "开特股份")]
    [InlineData("Northlight Office Supplies Ltd", "Northlight", "core", "northlight")]
    public void A_company_is_found_by(string asked, string known, string kind, string key) =>
        Assert.Contains((kind, key), Asked(asked).Select(sought => (sought.Kind, sought.Key)).Intersect(MatchKey.Of(new([known], "CN")).Select(stored => (stored.Kind, stored.Key))));

    [Theory]
    [InlineData("光𬭎科技股份有限公司")]
    [InlineData("𬭎")]
    [InlineData("𬭎𬭎𬭎有限公司")]
    [InlineData("𬭎𬭎集团")]
    public void No_key_looked_for_holds_half_a_character(string name) =>
        Assert.All(Asked(name), sought => Assert.Equal(sought.Key, string.Concat(sought.Key.EnumerateRunes().Select(rune => rune.ToString()))));

    [Fact]
    public void All_who_begin_like_a_name_of_two_characters_may_be_meant_and_of_a_longer_one_who_shares_most()
    {
        Assert.Contains(Asked("开特"), sought => sought is { Kind: "pair", Key: "开特", Always: true });
        Assert.Contains(Asked("开特汽车"), sought => sought is { Kind: "pair", Key: "开特", Always: false });
    }

    [Fact]
    public void What_was_written_says_more_than_what_would_have_been_with_two_characters_swapped() =>
        Assert.Equal([1, 0.7], Asked("普新科技").Where(sought => sought is { Kind: "lead", Key: "普新科" or "新普科" }).Select(sought => sought.Weight));

    static IReadOnlyList<SoughtKey> Asked(string name) => new CompanyProfile([name], "CN").Sought;
}
