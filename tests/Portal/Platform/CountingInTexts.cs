using System.Globalization;
using Platform.Texts;
using Portal.Documents;
using Shouldly;
using Xunit;

namespace Portal.Tests.PlatformRules;

public sealed class CountingInTexts
{
    readonly Texts texts = new(new TextBook([typeof(DocumentSettings).Assembly]));

    [Theory]
    [InlineData(0, "0 products")]
    [InlineData(1, "1 product")]
    [InlineData(2, "2 products")]
    [InlineData(1.5, "1.5 products")]
    public void One_thing_is_not_several(decimal count, string words) =>
        texts.In("en", "pricing.covers_products", count).ShouldBe(words);

    [Fact]
    public void A_number_already_written_for_the_reader_counts_too() =>
        texts.In("en", "deals.points", 1.ToString(CultureInfo.InvariantCulture)).ShouldBe("1 point");

    [Theory]
    [InlineData("en", "1 Feb 2026")]
    [InlineData("zh-CN", "2026-02-01")]
    public void A_day_is_not_mistaken_for_another(string language, string written) =>
        texts.In(language, "orders.problem.requested_day", new DateOnly(2026, 2, 1)).ShouldContain(written);

    [Fact]
    public void Chinese_counts_without_forms() => texts.In("zh-CN", "pricing.covers_products", 1).ShouldBe("1 个产品");
}
