using Portal.Matching;
using Portal.Matching.Evaluation;

namespace Portal.Tests.Matching;

public sealed class JudgingTwoCompanies
{
    const string CreditCode = "91440300708461136T";
    const string OtherCreditCode = "91310115324560147J";

    [Theory]
    [InlineData("杭州云栖科技有限公司", "杭州 云栖科技（有限公司）", Band.Certain)]
    [InlineData("杭州云栖科技有限公司", "杭州市云栖科技有限责任公司", Band.Certain)]
    [InlineData("杭州云栖科技有限公司", "云栖科技", Band.Likely)]
    [InlineData("浙江云栖科技有限公司", "杭州云栖科技有限公司", Band.Likely)]
    [InlineData("北京云栖科技有限公司", "上海云栖科技有限公司", Band.Related)]
    [InlineData("杭州云栖科技有限公司", "云栖", Band.Likely)]
    [InlineData("杭州云栖科技有限公司", "杭州远见贸易有限公司", Band.None)]
    [InlineData("杭州云栖科技有限公司", "杭州西湖科技有限公司", Band.None)]
    [InlineData("杭州云栖科技有限公司", "杭州雲棲科技有限公司", Band.Certain)]
    [InlineData("杭州云栖科技有限公司", "Hangzhou Yunqi Keji", Band.Likely)]
    [InlineData("杭州云栖科技有限公司", "Yunqi Keji Co., Ltd.", Band.Likely)]
    [InlineData("杭州云栖科技有限公司", "杭州运气科技有限公司", Band.None)]
    [InlineData("Northlight Office Supplies Ltd", "NORTHLIGHT OFFICE SUPPLIES LIMITED", Band.Certain)]
    [InlineData("Northlight Office Supplies Ltd", "Northlight Office Supplies AG", Band.Likely)]
    [InlineData("Northlight Office Supplies", "Office Supplies Northlight", Band.Likely)]
    [InlineData("Northlight Office Supplies Ltd", "Northlight Office", Band.Possible)]
    [InlineData("ABC Ltd", "ABC Limited", Band.Likely)]
    [InlineData("Northlight", "Southwind", Band.None)]
    public void Names_alone(string one, string other, Band band) =>
        Assert.Equal(band, SameCompany.Judge(new CompanyProfile([one], "CN"), new CompanyProfile([other], "CN")).Band);

    [Fact]
    public void One_registration_number_is_one_company_whatever_it_is_called()
    {
        var judgement = SameCompany.Judge(new(["甲乙丙"], "CN", CreditCode: CreditCode), new CompanyProfile(["Completely Different"], "CN", CreditCode: CreditCode));

        Assert.Equal(Band.Certain, judgement.Band);
        Assert.Equal(["credit_code"], judgement.MatchedFields);
    }

    [Fact]
    public void Two_registration_numbers_are_never_certainly_one_company()
    {
        var judgement = SameCompany.Judge(
            new(["杭州云栖科技有限公司"], "CN", Domain: "yunqi.cn", Phone: "+862155550100", CreditCode: CreditCode),
            new CompanyProfile(["杭州云栖科技有限公司"], "CN", Domain: "yunqi.cn", Phone: "+862155550100", CreditCode: OtherCreditCode));

        Assert.Equal(Band.Likely, judgement.Band);
        Assert.Contains(judgement.Evidence, reason => reason is { Field: "credit_code", Finding: "different", Points: < 0 });
    }

    [Fact]
    public void A_shared_website_makes_a_similar_name_certain_and_a_free_mailbox_says_nothing()
    {
        var company = new CompanyProfile(["云栖科技"], "CN", Domain: "yunqi.cn");

        Assert.Equal(Band.Certain, SameCompany.Judge(company, new CompanyProfile(["杭州云栖科技有限公司"], "CN", Domain: "yunqi.cn")).Band);
        Assert.Equal(Band.Likely, SameCompany.Judge(company with { Domain = "qq.com" }, new CompanyProfile(["杭州云栖科技有限公司"], "CN", Domain: "qq.com")).Band);
    }

    [Fact]
    public void The_same_name_in_another_country_goes_to_a_reviewer() =>
        Assert.Equal(Band.Likely, SameCompany.Judge(new(["Northlight Office Supplies"], "DE"), new CompanyProfile(["Northlight Office Supplies"], "US")).Band);

    [Fact]
    public void Another_script_counts_where_it_was_given()
    {
        var mine = new CompanyProfile(["Hangzhou Yunqi Technology Co., Ltd."], "CN");
        var theirs = new CompanyProfile(["杭州云栖科技有限公司", "Hangzhou Yunqi Technology"], "CN");

        Assert.Equal(Band.Certain, SameCompany.Judge(mine, theirs).Band);
    }

    [Theory]
    [InlineData("三一重能股份有限公司", "三一重工股份有限公司")]
    [InlineData("苏豪弘业股份有限公司", "苏豪弘业期货股份有限公司")]
    [InlineData("Bowne of Boston, Inc.", "Bowne of Atlanta, Inc.")]
    [InlineData("Bowne Global Solutions (France), S.A.R.L.", "Bowne Global Solutions (Germany), G.m.b.H.")]
    public void Companies_of_one_group_are_related_and_not_the_same(string one, string other) => Names_alone(one, other, Band.Related);

    [Theory]
    [InlineData("万华化学集团份有限公司", "万华化学集团股份有限公司")]
    [InlineData("嘉基科技鹄份有限公司", "嘉基科技股份有限公司")]
    [InlineData("正平路桥建设份股有限公司", "正平路桥建设股份有限公司")]
    [InlineData("荆州玖菱科技股份有限公司", "荆州九菱科技股份有限公司")]
    [InlineData("锡装股份", "无锡化工装备股份有限公司")]
    [InlineData("合富-KY", "合富醫療控股股份有限公司")]
    [InlineData("CARGILL B.V., BERGEN OP ZOOM, NL", "Cargill BV")]
    [InlineData("NAAMLOZE VENNOOTSCHAP NUTRICIA, ZOETERMEER", "N.V. Nutricia")]
    [InlineData("D S M N.V.", "DSM")]
    [InlineData("Hitachi Global Storage Technologies B.V.", "Hitachiglobal Storage Technologies BV")]
    [InlineData("Hunter Douglas Industries B.V.", "Hunter Douglas Ind. BV")]
    [InlineData("Daimler Aktiengesellschaft", "Daimler AG")]
    public void A_slip_a_short_form_or_another_way_to_write_it_is_at_least_likely(string one, string other) =>
        Assert.InRange(SameCompany.Judge(new CompanyProfile([one], "CN"), new CompanyProfile([other], "CN")).Band, Band.Likely, Band.Certain);

    [Theory]
    [InlineData("Schlumberger Technology B.V.", "SHLJUMBERGER TEKNOLODZHI BV")]
    [InlineData("Philips Electronics N.V.", "Filips Elektroniks N.V.")]
    [InlineData("Northlight Intl. Manufacturing Ltd", "Northlight International Mfg. Limited")]
    [InlineData("Northlight Technologies Ltd", "Northlight Tech. Limited")]
    [InlineData("Three Percenters", "3 Percenters")]
    [InlineData("重庆银行股份有限公司", "Chongqing Yinhang")]
    public void Another_spelling_of_one_sound_or_a_word_cut_short_is_worth_a_glance(string one, string other) =>
        Assert.InRange(SameCompany.Judge(new CompanyProfile([one], "CN"), new CompanyProfile([other], "CN")).Band, Band.Possible, Band.Likely);

    [Theory]
    [InlineData("云栖科技有限公司", "\u202e司公限有技科栖云")]
    [InlineData("Acme", "Аcme")]
    [InlineData("🙂🙂🙂 Ltd", "🙂🙂 Ltd")]
    [InlineData("Bank of China (Hong Kong) Limited", "Bank of China (Singapore) Limited")]
    [InlineData("Schlumberger Holdings Limited", "Schlumberger Limited")]
    [InlineData("深圳市金溢科技股份有限公司", "深圳市金证科技股份有限公司")]
    public void What_only_looks_alike_is_never_certain(string one, string other) =>
        Assert.NotEqual(Band.Certain, SameCompany.Judge(new CompanyProfile([one], "CN"), new CompanyProfile([other], "CN")).Band);

    [Theory]
    [InlineData("有限公司", "有限公司")]
    [InlineData("股份有限公司", "股份有限公司")]
    [InlineData("集团股份有限公司", "股份有限公司")]
    [InlineData("Public Limited Company", "PUBLIC LIMITED COMPANY")]
    [InlineData("Aktiengesellschaft", "Aktiengesellschaft")]
    [InlineData("주식회사", "주식회사")]
    [InlineData("1234567890", "1234567890")]
    [InlineData("12 345 678 Ltd", "12345678 Limited")]
    [InlineData("🙂🙂🙂🙂🙂🙂", "🙂🙂🙂🙂🙂🙂")]
    [InlineData("\u202e\u200f\u200f", "\u202e\u200f\u200f")]
    [InlineData("Northlight Оffice Supplies Ltd", "Northlight Office Supplies Ltd")]
    public void What_is_no_name_is_never_certain(string one, string other)
    {
        Assert.NotEqual(Band.Certain, SameCompany.Judge(new CompanyProfile([one], "CN"), new CompanyProfile([other], "CN")).Band);
        Assert.NotEqual(Band.Certain, SameCompany.Judge(new CompanyProfile([one], "CN", City: "杭州"), new CompanyProfile([other], "CN", City: "杭州")).Band);
    }

    [Theory]
    [InlineData("云", "云")]
    [InlineData("northlight ", "southwind ")]
    public void Ten_thousand_characters_that_begin_alike_are_never_certain(string many, string end)
    {
        var beginning = string.Concat(Enumerable.Repeat(many, 10_000 / many.Length));

        Assert.NotEqual(Band.Certain, SameCompany.Judge(new CompanyProfile([beginning + "甲" + end], "CN"), new CompanyProfile([beginning + "乙"], "CN")).Band);
    }

    [Fact]
    public void Another_telephone_number_at_the_same_address_goes_to_a_reviewer()
    {
        var company = new CompanyProfile(["Northlight Office Supplies"], "US", City: "Chicago", Address: "1001 W Roosevelt Rd", Phone: "+13129395115");

        Assert.Equal(Band.Certain, SameCompany.Judge(company, company).Band);
        Assert.Equal(Band.Likely, SameCompany.Judge(company, company with { Phone = "+13124927402" }).Band);
    }

    /// <summary>Real company names, where the data for development stands beside the repository: what blocks a claim must be right.</summary>
    [TheoryOnRealNames]
    [InlineData("zh_pairs.csv")]
    [InlineData("en_pairs_patstat.csv")]
    [InlineData("en_pairs_org_namebench.csv")]
    [InlineData("restaurant_pairs_fodors_zagats.csv")]
    public void On_real_names_certain_and_likely_are_right(string file)
    {
        var judged = Pairs(Path.Combine(TheoryOnRealNamesAttribute.Folder, file)).ToList();

        Assert.InRange(Precision(judged, Band.Certain), 0.99, 1);
        Assert.InRange(Precision(judged, Band.Likely), 0.85, 1);
    }

    [FactOnRealNames]
    public void Real_sister_companies_are_related()
    {
        var names = RecordsFile.Rows(Path.Combine(TheoryOnRealNamesAttribute.Folder, "zh_entities.csv"), "entity_id", "full_name").ToDictionary(row => row[0], row => row[1]);
        var pairs = RecordsFile.Rows(Path.Combine(TheoryOnRealNamesAttribute.Folder, "zh_related.csv"), "confidence", "entity_a", "entity_b").Where(row => row[0] == "high").ToList();

        var related = pairs.Count(row => SameCompany.Judge(new CompanyProfile([names[row[1]]], "CN"), new CompanyProfile([names[row[2]]], "CN")).Band == Band.Related);

        Assert.InRange((double)related / pairs.Count, 0.8, 1);
    }

    static double Precision(List<(bool Same, Band Band)> judged, Band from)
    {
        var found = judged.Where(pair => pair.Band >= from).ToList();
        return (double)found.Count(pair => pair.Same) / Math.Max(1, found.Count);
    }

    // Every third pair is enough of them.
    static IEnumerable<(bool Same, Band Band)> Pairs(string path)
    {
        using var file = new RecordsFile(path, "name_a", "name_b", "label");
        for (var row = 0; file.Read(); row++)
        {
            if (row % 3 == 0)
            {
                yield return (file.Label(row), RecordsFile.Judge(file.Company("_a"), file.Company("_b")).Band);
            }
        }
    }
}

sealed class TheoryOnRealNamesAttribute : TheoryAttribute
{
    public static string Folder { get; } = Path.Combine(House.SourceTree.Root.Parent!.FullName, "shared", "data", "matching");

    public TheoryOnRealNamesAttribute() => Skip = Directory.Exists(Folder) ? null! : "The labelled names are not beside the repository.";
}

sealed class FactOnRealNamesAttribute : FactAttribute
{
    public FactOnRealNamesAttribute() => Skip = new TheoryOnRealNamesAttribute().Skip;
}
