using System.Text;
using DocumentFormat.OpenXml.Packaging;
using Portal.Documents.Excel;
using Portal.Documents.Tables;
using Sheet = DocumentFormat.OpenXml.Spreadsheet.Sheet;

namespace Portal.Tests.Documents;

[Collection(nameof(Measured))]
public sealed class ExportingAList
{
    static readonly ExcelBookInfo Info = new("Orders", "Northlight", new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero));

    static readonly TableColumn[] Columns =
    [
        new("Number 编号"), new("Customer"), new("Quantity", TableColumnKind.Number, Decimals: 0), new("Amount", TableColumnKind.Number),
        new("Discount", TableColumnKind.Percent), new("Ordered", TableColumnKind.Date), new("Confirmed", TableColumnKind.Time),
    ];

    [Fact]
    public async Task The_workbook_is_valid_and_reads_back_as_it_was()
    {
        using var file = new MemoryStream();
        await TableExport.WriteExcelAsync(file, Info, Columns, Rows(3), default);

        WritingAWorkbook.AssertValid(file.ToArray());
        var opened = Assert.IsType<TableOpening.Opened>(await new TableReader(new TableLimits()).OpenAsync(file, "orders.xlsx", default));
        Assert.Equal(["Number 编号", "Customer", "Quantity", "Amount", "Discount", "Ordered", "Confirmed"], opened.Table.Columns);
        var rows = await opened.Table.LinesAsync(default).ToListAsync();
        Assert.Equal(3, rows.Count);
        Assert.Equal(["PO-000002", "=cmd|'/c calc'!A1", "2", "24.68", "0.125", "2026-01-03", "2026-01-03 13:45:30"], Assert.IsType<TableLine.Row>(rows[2]).Cells);
    }

    [Fact]
    public async Task Csv_has_quotes_where_they_are_needed_and_an_apostrophe_before_what_would_run()
    {
        using var file = new MemoryStream();
        await TableExport.WriteCsvAsync(file, [new("Name"), new("Note")], Of(["=1+1", "said \"no\", twice"], ["-12.5", "two\nlines"], ["@here", null], ["'=already", " edge "]), default);

        Assert.Equal(
            "\uFEFFName,Note\r\n'=1+1,\"said \"\"no\"\", twice\"\r\n-12.5,\"two\nlines\"\r\n'@here,\r\n''=already,\" edge \"\r\n",
            Encoding.UTF8.GetString(file.ToArray()));
    }

    [Fact]
    public async Task What_a_csv_export_writes_is_read_back_as_it_was()
    {
        string?[][] rows = [["=1+1", "a,b;c\td"], ["'=x", "\"q\""], ["''@y", "line\r\nbreak"], ["+49 30 1234", "\tindented"], ["-5", "中文，全角"]];
        using var file = new MemoryStream();
        await TableExport.WriteCsvAsync(file, [new("A"), new("B")], Of(rows), default);

        var opened = Assert.IsType<TableOpening.Opened>(await new TableReader(new TableLimits()).OpenAsync(file, "x.csv", default));

        Assert.Equal(rows, (await opened.Table.LinesAsync(default).ToListAsync()).Select(line => Assert.IsType<TableLine.Row>(line).Cells.ToArray()));
    }

    [Fact]
    public async Task A_list_longer_than_a_sheet_goes_on_in_the_next()
    {
        using var file = new MemoryStream();
        await TableExport.WriteExcelAsync(file, Info, Columns, Rows(25), rowsPerSheet: 11, default);

        using var book = SpreadsheetDocument.Open(file, isEditable: false);

        Assert.Equal(["Orders", "Orders (2)", "Orders (3)"], book.WorkbookPart!.Workbook!.Sheets!.Elements<Sheet>().Select(sheet => sheet.Name!.Value));
        WritingAWorkbook.AssertValid(file.ToArray());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_hundred_thousand_rows_pass_through_without_being_kept(bool excel)
    {
        var response = new AsyncOnly();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var highest = 0L;

        await (excel
            ? TableExport.WriteExcelAsync(response, Info, Columns, Rows(100_000, Look), default)
            : TableExport.WriteCsvAsync(response, Columns, Rows(100_000, Look), default));

        Assert.True(response.Received > 1_000_000, "All of it has arrived.");
        Assert.True(highest - before < 8_000_000, $"{(highest - before) / 1_000_000} MB were held.");

        void Look() => highest = Math.Max(highest, GC.GetTotalMemory(forceFullCollection: true));
    }

    static async IAsyncEnumerable<IReadOnlyList<object?>> Rows(int count, Action? now = null)
    {
        for (var index = 0; index < count; index++)
        {
            if (index % 20_000 == 10_000)
            {
                now?.Invoke();
                await Task.Yield();
            }

            var day = new DateOnly(2026, 1, 1).AddDays(index % 365);
            yield return [$"PO-{index:D6}", index == 2 ? "=cmd|'/c calc'!A1" : $"Customer 客户 {index}", index, index * 12.34m, 0.125m, day, day.ToDateTime(new TimeOnly(13, 45, 30))];
        }
    }

    static IAsyncEnumerable<IReadOnlyList<object?>> Of(params string?[][] rows) => rows.Select(row => (IReadOnlyList<object?>)row).ToAsyncEnumerable();

    /// <summary>As the body of a response: counts, and refuses synchronous writes.</summary>
    sealed class AsyncOnly : Stream
    {
        public long Received { get; private set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Received += buffer.Length;
            return ValueTask.CompletedTask;
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override void Write(byte[] buffer, int offset, int count) => throw new InvalidOperationException("Synchronous operations are disallowed.");

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
