using Platform.Database;
using Portal.Web.Lists;
using Shouldly;

namespace Portal.Tests.Web;

public sealed class AskingForAList
{
    static readonly ListShape Shape = new("deals", "-submitted", new Dictionary<string, string> { ["amount"] = "d.amount", ["submitted"] = "d.submitted_at" }, "d.deal_id", ["status", "partner", "from"]);

    [Theory]
    [InlineData("", "d.submitted_at desc nulls last, d.deal_id")]
    [InlineData("?sort=amount", "d.amount asc nulls last, d.deal_id")]
    [InlineData("?sort=-amount", "d.amount desc nulls last, d.deal_id")]
    [InlineData("?sort=--amount", "d.submitted_at desc nulls last, d.deal_id")]
    [InlineData("?sort=d.amount;drop table deal", "d.submitted_at desc nulls last, d.deal_id")]
    [InlineData("?sort=password", "d.submitted_at desc nulls last, d.deal_id")]
    public void Only_the_declared_columns_reach_the_statement(string address, string orderBy) =>
        ListQuery.Read(address, Shape).OrderBy.ShouldBe(orderBy);

    [Theory]
    [InlineData("?page=3", 3, 25, 50)]
    [InlineData("?page=3&size=100", 3, 100, 200)]
    [InlineData("?page=0", 1, 25, 0)]
    [InlineData("?page=-1&size=7", 1, 25, 0)]
    [InlineData("?page=99999999999999999999", 1, 25, 0)]
    public void A_page_is_a_page_whatever_is_asked(string address, int page, int size, int offset)
    {
        var query = ListQuery.Read(address, Shape);

        (query.Page, query.Size, query.Offset).ShouldBe((page, size, offset));
    }

    [Fact]
    public void Words_and_filters_are_trimmed_and_unknown_ones_ignored()
    {
        var query = ListQuery.Read("?q=%20杭州%20&status=submitted&partner=&colour=red", Shape);

        query.Words.ShouldBe("杭州");
        query["status"].ShouldBe("submitted");
        query["partner"].ShouldBeNull();
        query["colour"].ShouldBeNull();
        query.IsNarrowed.ShouldBeTrue();
    }

    [Theory]
    [InlineData("?from=2026-03-05", "2026-03-05")]
    [InlineData("?from=2026-02-30", null)]
    [InlineData("?from=05.03.2026", null)]
    [InlineData("", null)]
    public void A_filter_that_is_no_day_does_not_narrow_by_one(string address, string? day) =>
        ListQuery.Read(address, Shape).Day("from").ShouldBe(day is null ? null : DateOnly.Parse(day));

    [Theory]
    [InlineData("100%_", @"100\%\_")]
    [InlineData(@"a\%", @"a\\\%")]
    [InlineData(null, "")]
    public void What_is_typed_means_itself_in_a_pattern(string? typed, string written) =>
        (LikePattern.Of(typed), LikePattern.Within(typed), LikePattern.Beginning(typed)).ShouldBe((written, $"%{written}%", $"{written}%"));

    [Fact]
    public void Links_keep_what_was_asked_and_sorting_again_turns_round()
    {
        var query = ListQuery.Read("?q=a%26b&status=submitted&sort=amount&page=4&size=50", Shape);

        query.OnPage(5).ShouldBe("?q=a%26b&status=submitted&sort=amount&size=50&page=5");
        query.SortedBy("amount").ShouldBe("?q=a%26b&status=submitted&sort=-amount&size=50");
        query.SortedBy("submitted").ShouldBe("?q=a%26b&status=submitted&sort=submitted&size=50");
        query.View.ShouldBe("?q=a%26b&status=submitted&sort=amount&size=50");
        query.Everything.ShouldBe("?sort=amount&size=50");
        ListQuery.Read("", Shape).OnPage(1).ShouldBe("?");
    }

    [Fact]
    public void The_pages_around_the_one_that_is_shown_are_near_and_so_are_the_ends()
    {
        new ListTable(ListQuery.Read("?page=6", Shape), 300, "").Pages.ShouldBe([1, 0, 5, 6, 7, 0, 12]);
        new ListTable(ListQuery.Read("", Shape), 30, "").Pages.ShouldBe([1, 2]);
        new ListTable(ListQuery.Read("", Shape), 0, "").Pages.ShouldBe([1]);
    }
}
