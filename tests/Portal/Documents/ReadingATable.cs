using System.Text;
using Portal.Documents.Tables;

namespace Portal.Tests.Documents;

[Collection(nameof(Measured))]
public sealed class ReadingATable
{
    static ReadingATable() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    [Theory]
    [InlineData("utf-8", false, "CSV, UTF-8, ,")]
    [InlineData("utf-8", true, "CSV, UTF-8, ,")]
    [InlineData("utf-16", true, "CSV, UTF-16 LE, ,")]
    [InlineData("utf-16", false, "CSV, UTF-16 LE, ,")]
    [InlineData("utf-16BE", true, "CSV, UTF-16 BE, ,")]
    [InlineData("utf-16BE", false, "CSV, UTF-16 BE, ,")]
    [InlineData("GB18030", false, "CSV, GB18030, ,")]
    public async Task Every_encoding_that_is_about_is_recognised(string encoding, bool withMark, string format)
    {
        var bytes = Encode("名称,城市\r\n云栖科技,杭州\r\n一,𠮷\r\n江南办公,无锡\r\n", encoding, withMark);

        var table = await OpenAsync(bytes);

        Assert.Equal(format, table.Format);
        Assert.Equal(["名称", "城市"], table.Columns);
        Assert.Equal([["云栖科技", "杭州"], ["一", "𠮷"], ["江南办公", "无锡"]], await CellsAsync(table));
    }

    [Theory]
    [InlineData("a,b\n1,2\n", ",")]
    [InlineData("a;b\n1,5;2\n", ";")]
    [InlineData("a\tb\n1,5\t2\n", "TAB")]
    [InlineData("sep=;\na;b\n1;2\n", ";")]
    [InlineData("sep=|\na|b\n1|2\n", "|")]
    [InlineData("\"a,x\";b\n1;2\n", ";")]
    [InlineData("only\n1\n", ",")]
    public async Task The_separator_is_found_in_the_column_names(string text, string separator)
    {
        Assert.Equal($"CSV, UTF-8, {separator}", (await OpenAsync(text)).Format);
    }

    [Fact]
    public async Task Quotation_marks_are_read_as_RFC_4180_has_them()
    {
        var table = await OpenAsync("name,note\r\n\"Desk, 160\",\"said \"\"no\"\"\"\r\n\"two\r\nlines\",\"\"\r\n");

        Assert.Equal([["Desk, 160", "said \"no\""], ["two\r\nlines", null]], await CellsAsync(table));
    }

    [Fact]
    public async Task Rows_are_counted_as_a_spreadsheet_counts_them()
    {
        var table = await OpenAsync("a,b\n\n\"x\ny\",1\n,,\nz,2\n");

        Assert.Equal([(3L, "x\ny"), (5L, "z")], (await table.LinesAsync(default).ToListAsync()).Cast<TableLine.Row>().Select(row => (row.Number, row.Cells[0])));
    }

    [Theory]
    [InlineData("a,b\n1,2\n3,4\n", 2)]
    [InlineData("a,b\n1,2\n3,4", 2)]
    [InlineData("sep=;\na;b\n1;2\n", 1)]
    [InlineData("\n\na,b\r\n\"x\r\ny\",1\r\n", 1)]
    [InlineData("a,b\n1,2\n\n3,4\n", 3)]
    public async Task How_many_rows_there_are_is_known_before_they_are_read_but_for_empty_ones(string text, int rows)
    {
        Assert.Equal(rows, (await OpenAsync(text)).RowsExpected);
        Assert.Equal(rows, (await OpenAsync(Encode(text, "utf-16", withMark: true))).RowsExpected);
    }

    [Fact]
    public async Task Cells_that_are_missing_at_the_end_of_a_row_are_empty()
    {
        Assert.Equal([["1", null, null]], await CellsAsync(await OpenAsync("a,b,c\n1\n")));
    }

    [Fact]
    public async Task A_row_with_too_many_cells_is_told_and_the_others_are_read()
    {
        var lines = await (await OpenAsync("name,city\nDesk, large,Wuxi\nChair,Wuxi\n")).LinesAsync(default).ToListAsync();

        Assert.Equal(new TableLine.Broken(new TableRefusal(TableRefusalKind.TooManyCells, 2, "C", "Wuxi")), lines[0]);
        Assert.Equal(["Chair", "Wuxi"], Assert.IsType<TableLine.Row>(lines[1]).Cells);
    }

    [Fact]
    public async Task A_quotation_mark_in_the_middle_of_a_cell_is_told_and_the_other_rows_are_read()
    {
        var lines = await (await OpenAsync("name,city\n8\" panel,Wuxi\nChair,Wuxi\n")).LinesAsync(default).ToListAsync();

        Assert.Equal(new TableLine.Broken(new TableRefusal(TableRefusalKind.StrayQuote, 2)), lines[0]);
        Assert.IsType<TableLine.Row>(lines[1]);
    }

    [Theory]
    [InlineData("", TableRefusalKind.EmptyFile, null, null)]
    [InlineData("\n\n  \n", TableRefusalKind.NoRows, null, null)]
    [InlineData("a,,c\n1,2,3\n", TableRefusalKind.NoColumnName, 1L, "B")]
    [InlineData("\nName,city, name \n", TableRefusalKind.RepeatedColumn, 2L, "Name")]
    [InlineData("a,b\n1,2\n3,\"open\n4,5\n", TableRefusalKind.OpenQuote, 3L, null)]
    [InlineData("sep=\"\na,b\n1,2\n", TableRefusalKind.StrayQuote, 1L, null)]
    [InlineData("name,city\nHangzhou Yunqi,Hangzhou\nJiangnan\0Office,Wuxi\nShanghai Huaxin Technology,Shanghai\nNingbo Port Supply,Ningbo\n", TableRefusalKind.ZeroBytes, 3L, null)]
    public async Task What_is_wrong_with_a_file_is_told_before_the_first_row(string text, TableRefusalKind kind, long? row, string? column)
    {
        var refusal = await RefusalAsync(Encoding.UTF8.GetBytes(text));

        Assert.Equal((kind, row, column), (refusal.Kind, refusal.Row, refusal.Column));
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("a")]
    public async Task A_separator_that_separates_nothing_is_not_believed(string named)
    {
        Assert.Equal([$"sep={named}".Trim()], (await OpenAsync($"sep={named}\na,b\n1,2\n")).Columns);
    }

    [Fact]
    public async Task A_row_in_GB18030_in_a_file_in_UTF8_is_found()
    {
        byte[] mixed = [.. Encode("名称,城市\n云栖科技,杭州\n", "utf-8"), .. Encode("江南办公,无锡\n", "GB18030"), .. Encode("华信,上海\n", "utf-8")];

        Assert.Equal(new TableRefusal(TableRefusalKind.MixedEncodings, 3, Detail: "UTF-8"), await RefusalAsync(mixed));
    }

    [Fact]
    public async Task A_row_in_UTF8_in_a_file_in_GB18030_is_found()
    {
        byte[] mixed = [.. Encode("名称,城市\n云栖科技,杭州\n江南办公,无锡\n", "GB18030"), .. Encode("华信,上海\n", "utf-8"), .. Encode("酷窝,杭州\n", "GB18030")];

        Assert.Equal(new TableRefusal(TableRefusalKind.MixedEncodings, 4, Detail: "UTF-8"), await RefusalAsync(mixed));
    }

    [Fact]
    public async Task Short_Chinese_words_that_happen_to_be_UTF8_do_not_make_a_file_mixed()
    {
        var table = await OpenAsync(Encode("姓,名\n联通,毛\n云栖科技有限公司,杭州\n江南办公,无锡\n", "GB18030"));

        Assert.Equal(new List<string?> { "联通", "毛" }, (await CellsAsync(table))[0]);
    }

    [Fact]
    public async Task Western_letters_in_an_old_encoding_are_refused_and_not_taken_for_Chinese()
    {
        var refusal = await RefusalAsync(Encode("name;city\nMüller;München\nGrößer;Nürnberg\n", "windows-1252"));

        Assert.Equal(new TableRefusal(TableRefusalKind.UnknownEncoding, 2), refusal);
    }

    [Fact]
    public async Task A_broken_pair_in_UTF16_is_told_with_its_row()
    {
        byte[] broken = [.. Encode("a,b\n1,2\n", "utf-16", withMark: true), 0x3D, 0xD8, 0x0A, 0x00, 0x33, 0x00];

        Assert.Equal(TableRefusalKind.MixedEncodings, (await RefusalAsync(broken)).Kind);
    }

    [Fact]
    public async Task A_row_that_does_not_end_is_refused_before_it_fills_the_memory()
    {
        var refusal = await RefusalAsync(Encoding.ASCII.GetBytes("a,b\n1,2\n" + new string('x', 3_000_000)));

        Assert.Equal(new TableRefusal(TableRefusalKind.RowTooLong, 3, Detail: "1024 KB"), refusal);
    }

    [Theory]
    [InlineData("table.csv", "%PDF-1.7 a,b\n1,2", TableRefusalKind.ContentDiffers)]
    [InlineData("table.csv", "PK\u0003\u0004 zip", TableRefusalKind.ContentDiffers)]
    [InlineData("table.csv", "a,b\n1,\0\0\0", TableRefusalKind.ContentDiffers)]
    [InlineData("table.xlsx", "a,b\n1,2\n", TableRefusalKind.ContentDiffers)]
    [InlineData("table.docx", "a,b\n1,2\n", TableRefusalKind.UnknownType)]
    [InlineData("table", "a,b\n1,2\n", TableRefusalKind.UnknownType)]
    public async Task Name_and_content_have_to_agree(string name, string content, TableRefusalKind kind)
    {
        Assert.Equal(kind, (await RefusalAsync(Encoding.Latin1.GetBytes(content), name)).Kind);
    }

    [Fact]
    public async Task A_file_above_the_limit_is_not_even_looked_at()
    {
        var outcome = await new TableReader(new TableLimits { FileBytes = 5 * 1048576 }).OpenAsync(new GeneratedCsv(6 * 1048576), "big.csv", default);

        Assert.Equal(new TableOpening.Refused(new TableRefusal(TableRefusalKind.TooLarge, Detail: "5 MB")), outcome);
    }

    [Fact]
    public async Task Forty_megabytes_are_read_in_the_memory_of_one()
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var table = Assert.IsType<TableOpening.Opened>(await new TableReader(new TableLimits()).OpenAsync(new GeneratedCsv(40 * 1048576), "big.csv", default)).Table;

        var (count, highest) = (0, 0L);
        await foreach (var line in table.LinesAsync(default))
        {
            Assert.IsType<TableLine.Row>(line);
            if (++count % 300_000 == 0)
            {
                highest = Math.Max(highest, GC.GetTotalMemory(forceFullCollection: true));
            }
        }

        Assert.Equal((40 * 1048576 / GeneratedCsv.RowLength) - 1, count);
        Assert.True(highest - before < 8_000_000, $"{(highest - before) / 1_000_000} MB were held.");
    }

    internal static byte[] Encode(string text, string encoding, bool withMark = false)
    {
        var known = Encoding.GetEncoding(encoding);
        return [.. withMark ? known.GetPreamble() : [], .. known.GetBytes(text)];
    }

    static Task<Table> OpenAsync(string text) => OpenAsync(Encoding.UTF8.GetBytes(text));

    static async Task<Table> OpenAsync(byte[] content)
    {
        var outcome = await new TableReader(new TableLimits()).OpenAsync(new MemoryStream(content), "table.csv", default);
        return outcome is TableOpening.Opened opened ? opened.Table : throw new InvalidOperationException(outcome.ToString());
    }

    static async Task<TableRefusal> RefusalAsync(byte[] content, string name = "table.csv") =>
        Assert.IsType<TableOpening.Refused>(await new TableReader(new TableLimits()).OpenAsync(new MemoryStream(content), name, default)).Refusal;

    static async Task<List<string?[]>> CellsAsync(Table table) =>
        [.. (await table.LinesAsync(default).ToListAsync()).Select(line => Assert.IsType<TableLine.Row>(line).Cells.ToArray())];

    /// <summary>A CSV file of any size that exists nowhere.</summary>
    sealed class GeneratedCsv(long size) : Stream
    {
        static readonly byte[] Row = "PO-7K3M-9Q2X-V4TD,云栖科技,12,1234.50\n"u8.ToArray();

        public static int RowLength => Row.Length;

        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length { get; } = size / Row.Length * Row.Length;

        public override long Position { get; set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var length = (int)Math.Min(count, Length - Position);
            for (var done = 0; done < length;)
            {
                var part = Row.AsSpan((int)((Position + done) % Row.Length));
                part = part[..Math.Min(part.Length, length - done)];
                part.CopyTo(buffer.AsSpan(offset + done));
                done += part.Length;
            }

            Position += length;
            return length;
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
