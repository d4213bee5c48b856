using System.Text;
using Portal.Documents.Typst;

namespace Portal.Tests.Documents;

public sealed class TypesettingADocument(OneWorker worker) : IClassFixture<OneWorker>
{
    [FactWithProgram("qpdf")]
    public async Task The_file_is_sound()
    {
        using var file = new PdfFile(await PdfAsync(SampleQuotation.Job()));

        var found = await Programs.RunAsync("qpdf", "--check", file.Path);

        Assert.Contains("No syntax or stream encoding errors found", found, StringComparison.Ordinal);
    }

    [FactWithProgram("pdftotext")]
    public async Task English_reads_from_top_to_bottom()
    {
        using var file = new PdfFile(await PdfAsync(SampleQuotation.Job(lines: 40)));

        var text = await Programs.RunAsync("pdftotext", "-layout", file.Path, "-");

        AssertInOrder(text, "Quotation", "Q-7K3M-9Q2X-V4TD", "Łódź Szczęśliwa Przestrzeń Sp. z o.o.", "Valid until", "What we offer", "Height-adjustable desk Aurora 160", "Page 1 of 3", "Total CNY", "Page 3 of 3");
    }

    [FactWithProgram("pdftotext")]
    public async Task Chinese_reads_from_top_to_bottom()
    {
        using var file = new PdfFile(await PdfAsync(SampleQuotation.Job("zh-CN", lines: 40)));

        var text = await Programs.RunAsync("pdftotext", "-layout", file.Path, "-");

        AssertInOrder(text, "报价单", "Q-7K3M-9Q2X-V4TD", "杭州云栖科技有限公司", "有效期至", "报价明细", "极光 160 电动升降桌", "第 1 页，共 3 页", "含税总价 CNY", "商务条款", "第 3 页，共 3 页");
    }

    [FactWithProgram("pdftotext")]
    public async Task The_heads_of_a_table_stand_on_each_of_its_pages()
    {
        using var file = new PdfFile(await PdfAsync(SampleQuotation.Job(lines: 40)));

        var second = await Programs.RunAsync("pdftotext", "-layout", "-f", "2", "-l", "2", file.Path, "-");

        Assert.Contains("Unit price", second, StringComparison.Ordinal);
    }

    [FactWithProgram("pdffonts")]
    public async Task Every_font_is_embedded()
    {
        using var file = new PdfFile(await PdfAsync(SampleQuotation.Job("zh-CN", watermark: "草稿")));

        var fonts = (await Programs.RunAsync("pdffonts", file.Path)).Split('\n', StringSplitOptions.RemoveEmptyEntries)[2..];

        Assert.NotEmpty(fonts);
        Assert.All(fonts, font => Assert.Equal(["yes", "yes", "yes"], font.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^5..^2]));
        Assert.All(fonts, font => Assert.Matches("NotoSansSC|SourceSans3", font));
    }

    [FactWithProgram("pdfinfo")]
    public async Task Title_day_and_tags_are_in_its_properties()
    {
        using var file = new PdfFile(await PdfAsync(SampleQuotation.Job("zh-CN")));

        var properties = await Programs.RunAsync("pdfinfo", "-isodates", file.Path);

        Assert.Matches("Title: +报价单 Q-7K3M-9Q2X-V4TD", properties);
        Assert.Matches("CreationDate: +2026-03-02T08:00:00", properties);
        Assert.Matches("Tagged: +yes", properties);
    }

    [Fact]
    public async Task The_file_says_that_it_conforms_to_both_standards()
    {
        var metadata = TagTree.Metadata(await PdfAsync(SampleQuotation.Job("zh-CN")));

        Assert.Contains("<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>", metadata, StringComparison.Ordinal);
        Assert.Contains("<pdfuaid:part>1</pdfuaid:part>", metadata, StringComparison.Ordinal);
        // PDF/A takes no mark that its schema does not describe.
        Assert.Contains("<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>", metadata, StringComparison.Ordinal);
        Assert.Contains("<rdf:li>zh-CN</rdf:li>", metadata, StringComparison.Ordinal);
    }

    [FactWithProgram("qpdf")]
    public async Task The_file_can_be_read_aloud()
    {
        using var file = new PdfFile(await PdfAsync(SampleQuotation.Job("zh-CN", lines: 40)));

        var tree = await TagTree.ReadAsync(file.Path);

        Assert.Equal("u:zh-CN", tree.Catalog.GetProperty("/Lang").GetString());
        Assert.True(tree.Catalog.GetProperty("/MarkInfo").GetProperty("/Marked").GetBoolean());
        Assert.True(tree.Catalog.GetProperty("/ViewerPreferences").GetProperty("/DisplayDocTitle").GetBoolean());
        Assert.Equal((1, 2, 1, 41, 5), (tree.Count("H1"), tree.Count("H2"), tree.Count("Table"), tree.Count("TR"), tree.Count("TH")));
        Assert.Contains(tree.Lines, line => line.Trim() == "Figure \"本报价单在门户中的地址\"");
    }

    [FactWithProgram("qpdf")]
    public async Task Its_headings_are_its_bookmarks()
    {
        using var file = new PdfFile(await PdfAsync(SampleQuotation.Job()));

        Assert.Equal(["Quotation", "What we offer", "Terms"], (await TagTree.ReadAsync(file.Path)).Bookmarks);
    }

    [Theory]
    [InlineData("#image(\"code.svg\")", "PDF/A-2a error: missing alt text")]
    [InlineData("= One\n=== Three", "PDF/UA-1 error: skipped from heading level 1 to 3")]
    public async Task What_cannot_be_read_aloud_is_refused(string template, string message)
    {
        var job = Job("#set document(title: [x])\n" + template, new { }) with { Standard = PdfStandard.Archive, Files = new Dictionary<string, byte[]> { ["code.svg"] = QrImage.Svg("x") } };

        var flaw = Assert.Single(Assert.IsType<Typesetting.Flawed>(await worker.Workers.RenderAsync(job, default)).Flaws);

        Assert.StartsWith(message, flaw.Message, StringComparison.Ordinal);
    }

    [FactWithProgram("pdftotext")]
    public async Task Chinese_lines_begin_with_no_closing_mark_and_end_with_no_opening_one()
    {
        var sentence = "本报价含运输、安装与调试（不含消防改造）；“上楼服务”须提前告知，付款方式：货到验收合格后三十日内付清全款。";
        using var file = new PdfFile(await PdfAsync(Job("#import \"/house.typ\": *\n#show: house\n#for text in json(\"/data.json\").texts { par(text) }",
            new { Texts = Enumerable.Range(1, 40).Select(length => sentence[..length] + sentence + sentence) }) with { Language = "zh-CN" }));

        var lines = (await Programs.RunAsync("pdftotext", "-layout", file.Path, "-")).Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0).ToList();

        Assert.True(lines.Count > 80);
        Assert.DoesNotContain(lines, line => "，。、；：）”".Contains(line[0], StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => "（“".Contains(line[^1], StringComparison.Ordinal));
    }

    [FactWithProgram("pdftotext")]
    public async Task A_watermark_stands_on_every_page_however_long_it_is()
    {
        using var file = new PdfFile(await PdfAsync(SampleQuotation.Job(lines: 40, watermark: "Preview, not an offer")));

        foreach (var page in new[] { "1", "2", "3" })
        {
            // Written across the page, its letters are read one a line.
            Assert.Contains("Preview,notanoffer", (await Programs.RunAsync("pdftotext", "-raw", "-f", page, "-l", page, file.Path, "-")).Replace("\n", "", StringComparison.Ordinal), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Equal_jobs_give_equal_bytes_whatever_was_typeset_in_between_and_whichever_worker_does_it()
    {
        await using var another = new OneWorker();

        var first = await PdfAsync(SampleQuotation.Job("zh-CN", watermark: "草稿"));
        await PdfAsync(SampleQuotation.Job(lines: 3));
        var second = await PdfAsync(SampleQuotation.Job("zh-CN", watermark: "草稿"));
        var elsewhere = Assert.IsType<Typesetting.Pdf>(await another.Workers.RenderAsync(SampleQuotation.Job("zh-CN", watermark: "草稿"), default));

        Assert.Equal(first, second);
        Assert.Equal(first, elsewhere.Content);
    }

    [Fact]
    public async Task What_people_typed_is_data_and_not_markup()
    {
        var job = Job("#json(\"/data.json\").name", new { Name = "#panic(1) *bold* = $x$ #include \"/etc/passwd\"" });

        Assert.Equal(1, Assert.IsType<Typesetting.Pdf>(await worker.Workers.RenderAsync(job, default)).Pages);
    }

    [Fact]
    public async Task A_character_without_a_glyph_is_drawn_as_a_box_and_reported()
    {
        var job = Job("#import \"/house.typ\": *\n#show: house\n#json(\"/data.json\").name", new { Name = "云栖 😀 Café \u0001\u200b\uE000" });

        var pdf = Assert.IsType<Typesetting.Pdf>(await worker.Workers.RenderAsync(job, default));

        Assert.Equal(["😀", "\uE000"], pdf.Undrawn);
    }

    [Fact]
    public async Task An_error_in_the_template_is_told_with_its_line_and_column()
    {
        var flaw = await FlawAsync("Hello\n\n#let total = 1 +\n");

        Assert.Equal(new TemplateFlaw("expected expression", "template.typ", 3, 17), flaw);
    }

    [Fact]
    public async Task A_template_does_not_read_the_clock()
    {
        var flaw = await FlawAsync("Made on\n  #datetime.today().display()");

        Assert.Equal(new TemplateFlaw("a document does not read the clock; print a day from the data", "template.typ", 2, 4), flaw);
    }

    [Fact]
    public async Task What_the_standard_forbids_is_told_too()
    {
        var flaw = await FlawAsync("#set document(title: [x])\nprivate \\u{e000}", PdfStandard.Archive);

        Assert.Equal("PDF/A-2a error: the PDF contains the codepoint `\"U+E000\"` (codepoints from the Unicode private area are forbidden in this export mode)", flaw.Message);
    }

    [Theory]
    [InlineData("#read(\"/etc/passwd\")", "file not found (searched at etc/passwd)")]
    [InlineData("#read(\"../../../../../../etc/passwd\")", "failed to load file (access denied), hints: cannot read file outside of project root, you can adjust the project root with the --root argument")]
    [InlineData("#image(\"/proc/self/environ\")", "file not found (searched at proc/self/environ)")]
    [InlineData("#include \"secret.typ\"", "file not found (searched at secret.typ)")]
    [InlineData("#let n = 0\n#while n >= 0 { n += 1 }", "loop seems to be infinite")]
    [InlineData("#let f(x) = f(x)\n#f(1)", "maximum function call depth exceeded")]
    public async Task A_template_reaches_nothing_but_its_own_files(string template, string message)
    {
        Assert.Equal(message, (await FlawAsync(template)).Message);
    }

    [Fact]
    public async Task A_template_reaches_no_network()
    {
        var flaw = await FlawAsync("#import \"@preview/cetz:0.4.2\": canvas");

        Assert.StartsWith("failed to download package", flaw.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_of_one_job_are_gone_in_the_next()
    {
        var withFile = Job("#read(\"note.txt\")", new { }) with { Files = new Dictionary<string, byte[]> { ["note.txt"] = "between us"u8.ToArray() } };
        Assert.IsType<Typesetting.Pdf>(await worker.Workers.RenderAsync(withFile, default));

        Assert.Equal("file not found (searched at note.txt)", (await FlawAsync("#read(\"note.txt\")")).Message);
    }

    [Theory]
    [InlineData("../worker.mjs")]
    [InlineData("/etc/passwd")]
    [InlineData("house.typ")]
    [InlineData(".hidden")]
    public async Task A_file_is_called_by_a_plain_name_of_its_own(string name)
    {
        var job = Job("x", new { }) with { Files = new Dictionary<string, byte[]> { [name] = [1] } };

        await Assert.ThrowsAsync<ArgumentException>(() => worker.Workers.RenderAsync(job, default));
    }

    static TypstJob Job(string template, object data) => new(template, data, "A title", DateTimeOffset.UnixEpoch) { Standard = PdfStandard.Plain };

    async Task<byte[]> PdfAsync(TypstJob job)
    {
        var outcome = await worker.Workers.RenderAsync(job, default);
        return outcome is Typesetting.Pdf pdf ? pdf.Content : throw new InvalidOperationException(outcome is Typesetting.Flawed flawed ? string.Join('\n', flawed.Flaws) : outcome.ToString());
    }

    async Task<TemplateFlaw> FlawAsync(string template, PdfStandard standard = PdfStandard.Plain) =>
        Assert.Single(Assert.IsType<Typesetting.Flawed>(await worker.Workers.RenderAsync(Job(template, new { }) with { Standard = standard }, default)).Flaws);

    static void AssertInOrder(string text, params string[] expected)
    {
        var at = 0;
        foreach (var each in expected)
        {
            var found = text.IndexOf(each, at, StringComparison.Ordinal);
            Assert.True(found >= 0, $"'{each}' does not follow in: {text[at..]}");
            at = found + each.Length;
        }
    }
}

sealed class PdfFile : IDisposable
{
    public PdfFile(byte[] content) => File.WriteAllBytes(Path, content);

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), System.IO.Path.GetRandomFileName() + ".pdf");

    public void Dispose() => File.Delete(Path);
}
