using Portal.Matching;

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
    [InlineData("北京云栖科技有限公司", "上海云栖科技有限公司", Band.Possible)]
    [InlineData("杭州云栖科技有限公司", "云栖", Band.Possible)]
    [InlineData("杭州云栖科技有限公司", "杭州远见贸易有限公司", Band.None)]
    [InlineData("杭州云栖科技有限公司", "杭州西湖科技有限公司", Band.None)]
    [InlineData("杭州云栖科技有限公司", "杭州雲棲科技有限公司", Band.Certain)]
    [InlineData("杭州云栖科技有限公司", "Hangzhou Yunqi Keji", Band.None)]
    [InlineData("杭州云栖科技有限公司", "Yunqi Keji Co., Ltd.", Band.Possible)]
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

    /// <summary>Real company names, where the data for development stands beside the repository: what blocks a claim must be right.</summary>
    [TheoryOnRealNames]
    [InlineData("zh_pairs.csv", 0.99, 0.98)]
    [InlineData("en_pairs_patstat.csv", 0.97, 0.95)]
    public void On_real_names_certain_and_likely_are_right(string file, double certain, double likely)
    {
        var judged = Pairs(Path.Combine(TheoryOnRealNamesAttribute.Folder, file)).Select(pair => (pair.Same, SameCompany.Judge(new CompanyProfile([pair.One], "CN"), new CompanyProfile([pair.Other], "CN")).Band)).ToList();

        Assert.InRange(Precision(judged, Band.Certain), certain, 1);
        Assert.InRange(Precision(judged, Band.Likely), likely, 1);
    }

    static double Precision(List<(bool Same, Band Band)> judged, Band from)
    {
        var found = judged.Where(pair => pair.Band >= from).ToList();
        return (double)found.Count(pair => pair.Same) / Math.Max(1, found.Count);
    }

    static IEnumerable<(string One, string Other, bool Same)> Pairs(string path)
    {
        using var reader = new CsvHelper.CsvReader(new StreamReader(path), System.Globalization.CultureInfo.InvariantCulture);
        reader.Read();
        reader.ReadHeader();
        while (reader.Read())
        {
            yield return (reader["name_a"]!, reader["name_b"]!, reader["label"] == "1");
        }
    }
}

sealed class TheoryOnRealNamesAttribute : TheoryAttribute
{
    public static string Folder { get; } = Path.Combine(House.SourceTree.Root.Parent!.FullName, "shared", "data", "matching");

    public TheoryOnRealNamesAttribute() => Skip = Directory.Exists(Folder) ? null! : "The labelled names are not beside the repository.";
}
