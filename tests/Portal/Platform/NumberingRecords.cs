using Platform.Database;
using Shouldly;

namespace Portal.Tests.PlatformRules;

public sealed class NumberingRecords
{
    [Theory]
    [InlineData("PO")]
    [InlineData("D")]
    public void A_number_is_its_prefix_and_twelve_characters_that_are_not_mistaken_for_each_other(string prefix) =>
        PublicNumber.New(prefix).ShouldMatch($"^{prefix}(-[0-9A-HJKMNP-TV-Z]{{4}}){{3}}$");

    [Fact]
    public void Two_numbers_differ() =>
        Enumerable.Range(0, 10_000).Select(_ => PublicNumber.New("PO")).Distinct().Count().ShouldBe(10_000);

    [Fact]
    public void Every_character_of_the_alphabet_is_used_about_equally()
    {
        var counts = Enumerable.Range(0, 10_000).SelectMany(_ => PublicNumber.New("").Where(letter => letter != '-')).GroupBy(letter => letter).Select(letters => letters.Count()).ToList();

        counts.Count.ShouldBe(32);
        counts.ShouldAllBe(count => count > 3_400 && count < 4_100);
    }

    [Fact]
    public void A_seed_gives_the_same_number_each_time()
    {
        PublicNumber.From("P", "huaxin").ShouldBe(PublicNumber.From("P", "huaxin"));
        PublicNumber.From("P", "huaxin").ShouldNotBe(PublicNumber.From("P", "eurodist"));
    }
}
