using System.Text.Json;
using Portal.Matching.Evaluation;
using Portal.Matching.Scoring;
using Portal.Web;
using Shouldly;

namespace Portal.Tests.Matching.Evaluation;

/// <summary><c>portal -- match</c> on files.</summary>
public sealed class MatchingFiles : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("matching-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Labelled_pairs_are_judged_and_the_errors_shown_with_their_evidence()
    {
        var told = await EvaluateAsync("""
            label,name_a,name_b
            1,杭州云栖科技有限公司,杭州云栖科技（有限公司）
            1,Northlight Office Supplies Ltd,NORTHLIGHT OFFICE SUPPLIES LIMITED
            1,腾讯,Tencent Holdings Ltd
            0,杭州云栖科技有限公司,杭州远见贸易有限公司
            0,北京云栖科技有限公司,上海云栖科技有限公司
            """);

        told[0].ShouldBe("5 pairs, 3 of them the same company; judged by learned-2");
        told[2].Split(' ', StringSplitOptions.RemoveEmptyEntries).ShouldBe(["Certain", "2", "1.000", "0.667", "0.800"]);
        told[4].Split(' ', StringSplitOptions.RemoveEmptyEntries).ShouldBe(["Possible", "and", "above", "3", "0.667", "0.667", "0.667"]);
        told[5].Split(' ', StringSplitOptions.RemoveEmptyEntries)[..2].ShouldBe(["Related", "1"]);
        told[6].ShouldStartWith("best, from ");
        told[7].ShouldStartWith("precision at recall 0.95: 0.");
        told.ShouldContain(line => line.StartsWith("  wrong", StringComparison.Ordinal) && line.Contains("北京云栖科技有限公司 | 上海云栖科技有限公司  (name same_but_place", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Other_columns_count_where_they_are_there()
    {
        var told = await EvaluateAsync("""
            name_a,name_b,domain_a,domain_b,id_a,id_b,phone_a,phone_b,city_a,city_b,label
            云栖科技,杭州云栖科技有限公司,https://www.yunqi.cn,yunqi.cn,,,,,,,1
            甲乙丙,Completely Different,,,91440300708461136T,91440300708461136T,,,,,1
            甲乙丙,丁戊己,qq.com,qq.com,000000000000000000,000000000000000000,,,,,0
            """);

        told[2].Split(' ', StringSplitOptions.RemoveEmptyEntries).ShouldBe(["Certain", "2", "1.000", "1.000", "1.000"]);
        told[^1].ShouldBe("No errors.");
    }

    [Fact]
    public async Task A_scorer_is_learned_from_pairs_and_from_records_with_their_truth()
    {
        var pairs = Enumerable.Range(0, 120).SelectMany(number => new[]
        {
            $"Harbour{number} Trading Works Ltd,Harbour{number} Trading Works Limited,1",
            $"Harbour{number} Trading Works Ltd,Mountain{number} Dairy Farms Ltd,0",
        });
        await File.WriteAllLinesAsync(Path.Combine(folder, "pairs.csv"), ["name_a,name_b,label", .. pairs]);
        await File.WriteAllLinesAsync(Path.Combine(folder, "records.csv"), ["name,cluster_id,address,phone", .. Enumerable.Range(0, 200).Select(number => $"Shop{number % 100},{number % 100},{number % 100} Main St,555{number % 100:0000}")]);

        var told = await RunAsync("learn", Path.Combine(folder, "tried-7.json"), Path.Combine(folder, "pairs.csv"), Path.Combine(folder, "records.csv"));

        told[^1].ShouldContain("tried-7.json: tried-7, learned from ");
        told[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[..6].ShouldBe(["pairs.csv,", "latin", "240", "1.000", "1.000", "1.000"]);
        var model = JsonSerializer.Deserialize<Model>(await File.ReadAllTextAsync(Path.Combine(folder, "tried-7.json")), Model.Json)!;
        new Scorer(model).Version.ShouldBe("tried-7");
    }

    [Fact]
    public async Task A_file_without_a_truth_teaches_nothing()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "names.csv"), "name\nAcme");

        (await Should.ThrowAsync<UsageException>(() => RunAsync("learn", Path.Combine(folder, "model.json"), Path.Combine(folder, "names.csv")))).Message.ShouldContain("holds neither pairs");
    }

    [Theory]
    [InlineData("name_a,label\nx,1", "has no column name_b.")]
    [InlineData("name_a,name_b,label\nx,y,maybe", "Row 2 has the label 'maybe'; it is 1 for the same company and 0 for another.")]
    [InlineData("", "has no column name_a, name_b, label.")]
    public async Task A_file_of_another_kind_is_refused_with_what_it_lacks(string content, string refusal) =>
        (await Should.ThrowAsync<UsageException>(() => EvaluateAsync(content))).Message.ShouldContain(refusal);

    [Theory]
    [InlineData("evaluate", "nowhere.csv")]
    [InlineData("evaluate")]
    [InlineData("compare", "a.csv")]
    public async Task So_is_a_file_that_is_not_there_and_a_word_that_is_none(params string[] arguments) =>
        await Should.ThrowAsync<UsageException>(() => new MatchVerb().RunAsync(arguments, TextWriter.Null, CancellationToken.None));

    [Fact]
    public async Task Records_of_one_company_get_one_cluster_and_keep_their_columns()
    {
        var records = Write("""
            cluster_id,name,note
            a,杭州云栖科技有限公司,"one, with a comma"
            b,Northlight Office Supplies Ltd,
            a,杭州市云栖科技有限责任公司,two
            b,Northlight Office Supplies Limited,
            c,杭州远见贸易有限公司,
            """);
        var clusters = Path.Combine(folder, "clusters.csv");

        var told = await RunAsync("cluster", records, clusters);

        File.ReadAllLines(clusters).ShouldBe(
        [
            "cluster,cluster_id,name,note",
            "0,a,杭州云栖科技有限公司,\"one, with a comma\"",
            "1,b,Northlight Office Supplies Ltd,",
            "0,a,杭州市云栖科技有限责任公司,two",
            "1,b,Northlight Office Supplies Limited,",
            "2,c,杭州远见贸易有限公司,",
        ]);
        told.ShouldBe(["5 records in 3 clusters; judged by learned-2", "by the column cluster_id: 2 pairs, precision 1.000, recall 1.000, F1 1.000"]);
    }

    [Fact]
    public async Task The_records_are_not_written_over_and_a_mistake_leaves_an_earlier_result()
    {
        var records = Write("name\n云栖科技");
        var earlier = Path.Combine(folder, "earlier.csv");
        await File.WriteAllTextAsync(earlier, "an earlier result");

        (await Should.ThrowAsync<UsageException>(() => RunAsync("cluster", records, records))).Message.ShouldBe("The clusters would be written over the records. Name another file for them.");
        await Should.ThrowAsync<UsageException>(() => RunAsync("cluster", Path.Combine(folder, "nowhere.csv"), earlier));
        (await Should.ThrowAsync<UsageException>(() => RunAsync("cluster", records, Path.Combine(folder, "no", "such", "folder.csv")))).Message.ShouldContain("cannot be written");

        (await File.ReadAllTextAsync(earlier)).ShouldBe("an earlier result");
        (await File.ReadAllTextAsync(records)).ShouldStartWith("name");
    }

    [Fact]
    public async Task A_file_that_is_not_utf_8_is_refused_with_the_remedy()
    {
        var path = Path.Combine(folder, "gb18030.csv");
        await File.WriteAllBytesAsync(path, [.. "name\n"u8, 0xD4, 0xC6, 0xC6, 0xDC]);

        (await Should.ThrowAsync<UsageException>(() => RunAsync("cluster", path))).Message.ShouldBe($"{path} is not UTF-8. Save it as \"CSV UTF-8\" and try again.");
    }

    [Fact]
    public async Task A_country_counts_where_both_tell_it_and_speaks_against_nobody_where_one_does_not()
    {
        var told = await EvaluateAsync("name_a,country_a,name_b,country_b,label\n北京云栖科技有限公司,,Beijing Yunqi,CN,0\nNorthlight Office Supplies,DE,Northlight Office Supplies,US,1\nNorthlight Office Supplies,,Northlight Office Supplies,US,1");

        told[2].Split(' ', StringSplitOptions.RemoveEmptyEntries).ShouldBe(["Certain", "1", "1.000", "0.500", "0.667"]);
    }

    [Fact]
    public async Task Pairs_none_of_which_is_the_same_have_no_best_threshold()
    {
        var told = await EvaluateAsync("name_a,name_b,label\n云栖,远见,0");

        told.ShouldNotContain(line => line.StartsWith("best", StringComparison.Ordinal));
        told[^1].ShouldBe("No errors.");
    }

    [Fact]
    public async Task Without_a_file_for_them_the_records_are_printed()
    {
        var told = await RunAsync("cluster", Write("name\n云栖科技\n云栖科技"));

        told.ShouldBe(["cluster,name", "0,云栖科技", "0,云栖科技"]);
    }

    [Fact]
    public async Task Names_of_any_kind_are_read_and_none_breaks_it()
    {
        var told = await RunAsync("cluster", Write("name\n\n\"\"\n\"'; drop table x; --\"\n<script>alert(1)</script>\n🙂🙂\n\u202Eabc\u202C\n" + new string('字', 10_000)));

        told.Count.ShouldBeGreaterThan(5);
    }

    Task<List<string>> EvaluateAsync(string content) => RunAsync("evaluate", Write(content));

    string Write(string content)
    {
        var path = Path.Combine(folder, "input.csv");
        File.WriteAllText(path, content);
        return path;
    }

    static async Task<List<string>> RunAsync(params string[] arguments)
    {
        await using var output = new StringWriter();
        (await new MatchVerb().RunAsync(arguments, output, CancellationToken.None)).ShouldBe(0);
        return [.. output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd('\r'))];
    }
}
