using System.IO.Compression;
using System.Text;
using Portal.Imports;
using Support;

namespace Portal.Tests.Imports;

/// <summary>A portal that takes uploads of one megabyte.</summary>
public sealed class SmallUploads : PortalApp
{
    protected override IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?> { ["Documents:UploadMegabytes"] = "1" };
}

public sealed class RefusingBadFiles(SmallUploads portal) : IClassFixture<SmallUploads>, IAsyncLifetime
{
    static readonly byte[] Pdf = "%PDF-1.7 not a table"u8.ToArray();

    ImportDesk desk = null!;

    public async Task InitializeAsync() => desk = new(portal, await portal.Given.SomebodyOfTheBrand("brand_admin"));

    // Whatever was wrong, nothing of it may be there.
    public async Task DisposeAsync()
    {
        Assert.Empty(await portal.Database.ListAsync<string>("select sku from product where sku like 'BAD-%'"));
        Assert.Equal(0, (await portal.Database.ListAsync<long>("select count(*) from import where status in ('done', 'running', 'failed')")).Single());
    }

    [Fact]
    public async Task What_is_no_table_is_refused_at_the_door_and_not_kept()
    {
        Assert.Equal("The file’s name and its content do not agree (.csv). Open it in the program that made it and save it as CSV (UTF-8) or .xlsx.", await desk.RefusalAsync("products", "none.csv", Pdf));
        Assert.Equal("A file of type .pdf is not read. Save the table as CSV (UTF-8) or as an Excel workbook (.xlsx).", await desk.RefusalAsync("products", "none.pdf", Pdf));
        Assert.Equal("The file is empty. Choose the file that contains your table.", await desk.RefusalAsync("products", "none.csv", []));
        Assert.Equal("The table has no rows. The first row must contain the column names, the data stand below.", await desk.RefusalAsync("products", "none.csv", "sku,name,line\r\n\r\n"u8.ToArray()));
        Assert.Empty(await portal.Database.ListAsync<string>("select file_name from import where file_name like 'none.%'"));
    }

    [Fact]
    public async Task What_is_too_large_is_refused_before_it_is_read_and_not_read_to_its_end()
    {
        var endless = new EndlessFile();

        Assert.Equal("The file is too large: at most 1 MB are read. Split it into several files.", desk.Say(((Upload.Refused)await desk.UploadAsync("products", "a.csv", endless, declaredLength: 1_073_741_824)).Problem));
        Assert.Equal(0, endless.Given);

        Assert.IsType<Upload.Refused>(await desk.UploadAsync("products", "a.csv", endless));
        Assert.InRange(endless.Given, 1_048_576, 1_048_576 + 131_072);
    }

    [Fact]
    public async Task A_zip_bomb_is_not_opened()
    {
        using var bomb = new MemoryStream();
        using (var zip = new ZipArchive(bomb, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var part in new[] { "[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml" })
            {
                await using var target = await zip.CreateEntry(part).OpenAsync();
                await target.WriteAsync(new byte[part.EndsWith("sheet1.xml", StringComparison.Ordinal) ? 90_000_000 : 100]);
            }
        }

        Assert.StartsWith("The workbook ", await desk.RefusalAsync("products", "a.xlsx", bomb.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_without_the_columns_it_needs_is_not_started()
    {
        var import = await desk.GivenAsync("products", "name,colour\nDesk,white\n");

        var problems = ((ImportOutcome.Refused)await desk.StartAsync(import)).Problems;

        Assert.Equal(["No column contains “Product line”. Choose the column, or name it one of: line, product_line, product_group, category.", "No column contains “SKU”. Choose the column, or name it one of: sku, product_code, item, item_number."],
            problems.Select(desk.Say).Order(StringComparer.Ordinal));
        Assert.Equal("ready", (await desk.FindAsync(import)).Status);
    }

    public static TheoryData<string, string, string> Encodings => new()
    {
        { "GB18030", "sku,名称,产品线\n{0},办公椅,椅子\n", "CSV, GB18030, ," },
        { "utf-16", "sku;名称;产品线\n{0};办公椅;椅子\n", "CSV, UTF-16 LE, ;" },
        { "utf-16BE", "sku\t名称\t产品线\n{0}\t办公椅\t椅子\n", "CSV, UTF-16 BE, TAB" },
        { "utf-8", "sku,名称,产品线\r\n{0},办公椅,椅子\r\n", "CSV, UTF-8, ," },
    };

    [Theory]
    [MemberData(nameof(Encodings))]
    public async Task A_file_is_read_in_the_encoding_it_is_in(string name, string text, string format)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var encoding = Encoding.GetEncoding(name);

        var import = (await desk.UploadAsync("products", "a.csv", [.. encoding.GetPreamble(), .. encoding.GetBytes(string.Format(System.Globalization.CultureInfo.InvariantCulture, text, "BAD-0"))])).ShouldBeTaken();

        Assert.Equal((format, "办公椅"), (import.Format, import.SampleRows[0].Cells[1]));
    }

    [Fact]
    public async Task Two_encodings_in_one_file_are_refused_with_the_row_where_the_second_begins()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        byte[] mixed = [.. "sku,name,line\nBAD-1,办公椅,Chairs\n"u8, .. Encoding.GetEncoding("GB18030").GetBytes("BAD-2,办公桌,Desks\n")];

        Assert.Equal("Row 3 is in another encoding than the rest of the file (UTF-8). Open the file in Excel or an editor, check the row and save all of it as CSV UTF-8.", await desk.RefusalAsync("products", "a.csv", mixed));
    }

    [Fact]
    public async Task Formulas_broken_rows_and_wrong_values_name_row_column_and_remedy()
    {
        var import = await desk.ImportAsync("products", """
            sku,name,line,weight
            BAD-1,Good,Line,1
            BAD-2,"=HYPERLINK(""http://evil.example"")",Line,1
            BAD-3,+cmd|' /C calc'!A0,Line,1
            BAD-4,@SUM(1+1),Line,1
            BAD-5,-2+3+cmd|' /C calc'!A0,Line,1
            BAD-6,Surplus,Line,1,more
            BAD-7,stray "quote,Line,1
            BAD-8,Negative,Line,-1
            """);

        Assert.Equal(("refused", 8L, 7L), (import.Status, import.RowsRead, import.RowsRefused));
        Assert.Equal(
            [
                "3 name: The cell begins like a formula (=HYPERLINK(\"http://evil.example\")). Enter the value itself.", "4 name: The cell begins like a formula (+cmd|' /C calc'!A0). Enter the value itself.",
                "5 name: The cell begins like a formula (@SUM(1+1)). Enter the value itself.", "6 name: The cell begins like a formula (-2+3+cmd|' /C calc'!A0). Enter the value itself.",
                "7 : Row 7 has more cells than there are columns; surplus is “more” in column E. If a text contains the separator, put the text in quotation marks.",
                "8 : In row 8 a quotation mark stands inside a cell that is not in quotation marks. Put the whole cell in quotation marks and double those inside.", "9 weight: This cannot be negative.",
            ], await desk.RefusalsAsync(import));

        var csv = Encoding.UTF8.GetString(await desk.RepairFileAsync(import)).Split("\r\n");
        Assert.Equal(9, csv.Length); // the names, seven rows, nothing after the last
        Assert.StartsWith("BAD-3,'+cmd|' /C calc'!A0,Line,1,", csv[2], StringComparison.Ordinal);
        Assert.StartsWith("BAD-6,Surplus,Line,1,", csv[5], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_all_of_which_are_wrong_are_refused_also_where_wrong_ones_may_be_left_out() =>
        Assert.Equal("refused", (await desk.ImportAsync("products", "sku,name,line\nBAD-1,,\n", leaveOutWrong: true)).Status);

    /// <summary>A file that never ends, and counts what was taken of it.</summary>
    sealed class EndlessFile : Stream
    {
        public long Given { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            buffer.AsSpan(offset, count).Fill((byte)'a');
            Given += count;
            return count;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
