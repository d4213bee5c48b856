using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Portal.Documents.Tables;

namespace Portal.Tests.Documents;

[Collection(nameof(Measured))]
public sealed class ReadingAWorkbook
{
    const string Row1 = "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>sku</t></is></c><c r=\"B1\" t=\"inlineStr\"><is><t>price</t></is></c></row>";

    [Fact]
    public async Task Texts_numbers_days_and_truths_are_read_as_plain_texts()
    {
        var table = await OpenAsync(Workbook(Row1 + """
            <row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2"><v>0.30000000000000004</v></c></row>
            <row r="4"><c r="A4" s="1"><v>46053</v></c><c r="B4" t="b"><v>1</v></c></row>
            <row r="5"><c r="A5" t="inlineStr"><is><t>0012</t></is></c><c r="B5" t="str"><f>A5&amp;"x"</f><v>0012x</v></c></row>
            <row r="6"><c r="A6"><f>1+1</f><v>2</v></c></row>
            """));

        var rows = (await table.LinesAsync(default).ToListAsync()).Cast<TableLine.Row>().ToList();

        Assert.Equal([(2L, "shared text"), (4L, "2026-01-31"), (5L, "0012"), (6L, "2")], rows.Select(row => (row.Number, row.Cells[0])));
        Assert.Equal(["0.3", "true", "0012x", null], rows.Select(row => row.Cells[1]));
        Assert.Equal("Excel, Products 产品", table.Format);
    }

    [Fact]
    public async Task How_many_rows_there_are_is_known_before_they_are_read_whatever_is_coloured_below()
    {
        var table = await OpenAsync(Workbook(Row1 + "<row r=\"2\"><c r=\"A2\"><v>1</v></c></row><row r=\"4\"><c r=\"A4\"><v>2</v></c></row><row r=\"900\"><c r=\"A900\" s=\"1\"/></row>"));

        Assert.Equal(3, table.RowsExpected);
    }

    [Fact]
    public async Task Merged_cells_hidden_rows_and_columns_formulas_and_other_sheets_are_noted()
    {
        var table = await OpenAsync(Workbook(
            Row1 + "<row r=\"2\" hidden=\"1\"><c r=\"A2\"><v>1</v></c><c r=\"B2\"><f>1+1</f><v>2</v></c></row>",
            before: "<cols><col min=\"2\" max=\"3\" width=\"9\" hidden=\"1\"/></cols>", after: "<mergeCells count=\"1\"><mergeCell ref=\"A5:B7\"/></mergeCells>"));

        Assert.Equal(
        [
            new TableNote("documents.table.note.merged", 1, "A5:B7"),
            new TableNote("documents.table.note.hidden-rows", 1, "2"),
            new TableNote("documents.table.note.hidden-columns", 1, "B"),
            new TableNote("documents.table.note.formulas", 1, "B2"),
            new TableNote("documents.table.note.other-sheets", 1, "Remarks"),
        ], table.Notes);
        Assert.Single(await table.LinesAsync(default).ToListAsync());
    }

    [Fact]
    public async Task A_formula_that_nobody_has_calculated_is_refused_with_its_place()
    {
        var refusal = await RefusalAsync(Workbook(Row1 + "<row r=\"7\"><c r=\"B7\"><f>1+1</f></c></row>"));

        Assert.Equal(new TableRefusal(TableRefusalKind.FormulaWithoutValue, 7, "B"), refusal);
    }

    [Fact]
    public async Task A_cell_that_shows_an_error_breaks_its_row_only()
    {
        var table = await OpenAsync(Workbook(Row1 + "<row r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"B2\" t=\"e\"><f>1/0</f><v>#DIV/0!</v></c></row><row r=\"3\"><c r=\"A3\"><v>2</v></c></row>"));

        var lines = await table.LinesAsync(default).ToListAsync();

        Assert.Equal(new TableLine.Broken(new TableRefusal(TableRefusalKind.CellError, 2, "price", "#DIV/0!")), lines[0]);
        Assert.IsType<TableLine.Row>(lines[1]);
    }

    [Fact]
    public async Task A_number_of_which_Excel_has_dropped_digits_is_not_taken()
    {
        var table = await OpenAsync(Workbook(Row1 + "<row r=\"2\"><c r=\"A2\"><v>6901234567890123000</v></c></row>"));

        Assert.Equal(new TableLine.Broken(new TableRefusal(TableRefusalKind.NumberLostDigits, 2, "sku", "6901234567890120000")), await table.LinesAsync(default).SingleAsync());
    }

    [Theory]
    [InlineData("<row r=\"1048577\"><c r=\"A1048577\"><v>1</v></c></row>", TableRefusalKind.TooManyRows)]
    [InlineData("<row r=\"2\"><c r=\"XFD2\"><v>1</v></c></row>", TableRefusalKind.TooManyColumns)]
    [InlineData("<row r=\"2\"><c r=\"ZZZZZZZZZ2\"><v>1</v></c></row>", TableRefusalKind.TooManyColumns)]
    [InlineData("<row r=\"2\"><c r=\"A2\"><v>1</v></row>", TableRefusalKind.Damaged)]
    public async Task A_sheet_out_of_all_proportion_is_refused(string rows, TableRefusalKind kind)
    {
        Assert.Equal(kind, (await RefusalAsync(Workbook(Row1 + rows))).Kind);
    }

    [Fact]
    public async Task A_row_longer_than_any_row_should_be_is_refused_before_it_is_held_in_memory()
    {
        var refusal = await RefusalAsync(Workbook(Row1 + $"<row r=\"2\"><c r=\"A2\"><v>1</v></c></row><row r=\"3\"><c r=\"A3\" t=\"inlineStr\"><is><t>{Letters(600_000)}</t></is></c><c r=\"B3\" t=\"inlineStr\"><is><t>{Letters(600_000)}</t></is></c></row>"));

        Assert.Equal(new TableRefusal(TableRefusalKind.RowTooLong, 3, Detail: "1024 KB"), refusal);
    }

    [Theory]
    [InlineData("<c r=\"A2\" t=\"s\"><v>99</v></c>")]
    [InlineData("<c r=\"A2\" t=\"s\"><v>-1</v></c>")]
    [InlineData("<c r=\"A2\" s=\"77\"><v>1</v></c>")]
    [InlineData("<c r=\"A2\" s=\"1\"><v>1e300</v></c>")]
    [InlineData("<c r=\"A2\" t=\"b\"><v>maybe</v></c>")]
    [InlineData("<c r=\"A2\" t=\"d\"><v>yesterday</v></c>")]
    [InlineData("<c r=\"A2\"><v>one</v></c>")]
    [InlineData("<c r=\"A2\" t=\"s\"><v/></c>")]
    public async Task Nonsense_in_a_cell_never_throws(string cell)
    {
        var table = await OpenAsync(Workbook(Row1 + $"<row r=\"2\">{cell}<c r=\"B2\"><v>1</v></c></row>"));

        Assert.Single(await table.LinesAsync(default).ToListAsync());
    }

    [Fact]
    public async Task An_empty_sheet_has_no_rows()
    {
        Assert.Equal(TableRefusalKind.NoRows, (await RefusalAsync(Workbook(""))).Kind);
    }

    [Fact]
    public async Task Old_locked_and_macro_workbooks_are_told_apart()
    {
        byte[] compound = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, .. new byte[600]];

        Assert.Equal(TableRefusalKind.OldOrLocked, (await RefusalAsync(compound)).Kind);
        Assert.Equal(TableRefusalKind.OldOrLocked, (await RefusalAsync(compound, "old.xls")).Kind);
        Assert.Equal(TableRefusalKind.WithMacros, (await RefusalAsync(Workbook(Row1), "macros.xlsm")).Kind);
        Assert.Equal(TableRefusalKind.WithMacros, (await RefusalAsync(Workbook(Row1, parts: ("xl/vbaProject.bin", "x")))).Kind);
    }

    [Fact]
    public async Task A_zip_that_is_no_workbook_is_refused()
    {
        Assert.Equal(TableRefusalKind.ContentDiffers, (await RefusalAsync(Zip(("readme.txt", "hello")))).Kind);
        Assert.Equal(TableRefusalKind.Damaged, (await RefusalAsync([0x50, 0x4B, 0x03, 0x04, .. new byte[100]])).Kind);
    }

    [Fact]
    public async Task A_zip_bomb_is_refused_in_no_time_and_without_unpacking_it()
    {
        var bomb = Workbook(Row1, parts: ("xl/worksheets/sheet9.xml", new string(' ', 60_000_000)));

        await AssertRefusedCheaplyAsync(bomb, TableRefusalKind.Bomb);
    }

    [Theory]
    [InlineData("xl/sharedStrings.xml")]
    [InlineData("xl/worksheets/sheet1.xml")]
    public async Task A_zip_bomb_that_lies_about_its_size_is_unpacked_no_further_than_it_said(string part)
    {
        var bomb = Workbook(Row1, parts: (part, "<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">" + new string(' ', 60_000_000) + "</sst>"));
        Claim(bomb, part, uncompressed: 900);

        await AssertRefusedCheaplyAsync(bomb, TableRefusalKind.Damaged);
    }

    [Fact]
    public async Task A_directory_of_thousands_of_parts_is_refused_before_it_is_read()
    {
        await AssertRefusedCheaplyAsync(Workbook(Row1, parts: [.. Enumerable.Range(0, 3000).Select(index => ($"xl/media/{index}", ""))]), TableRefusalKind.Bomb);
    }

    [Theory]
    [InlineData("xl/sharedStrings.xml")]
    [InlineData("xl/worksheets/sheet1.xml")]
    [InlineData("xl/workbook.xml")]
    [InlineData("xl/styles.xml")]
    public async Task Entities_that_multiply_are_refused(string part)
    {
        const string laughs = "<?xml version=\"1.0\"?><!DOCTYPE l [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">]><l>&c;</l>";

        await AssertRefusedCheaplyAsync(Workbook(Row1, parts: (part, laughs)), TableRefusalKind.ForbiddenXml);
    }

    [Fact]
    public async Task External_entities_are_refused()
    {
        const string external = "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><x>&e;</x>";

        Assert.Equal(TableRefusalKind.ForbiddenXml, (await RefusalAsync(Workbook(Row1, parts: ("xl/sharedStrings.xml", external)))).Kind);
    }

    // Not all the same: those would pack like a bomb.
    static string Letters(int count) => string.Create(count, 0, (letters, _) =>
    {
        for (var index = 0; index < letters.Length; index++)
        {
            letters[index] = (char)('a' + (index * 7919 % 1009 % 26));
        }
    });

    static async Task AssertRefusedCheaplyAsync(byte[] file, TableRefusalKind kind)
    {
        await RefusalAsync(Workbook(Row1)); // so that the first use of the reader is not measured
        var began = Environment.CpuUsage.TotalTime;
        var before = GC.GetTotalAllocatedBytes(precise: true);

        Assert.Equal(kind, (await RefusalAsync(file)).Kind);

        var allocated = (GC.GetTotalAllocatedBytes(precise: true) - before) / 1_000_000;
        var worked = Environment.CpuUsage.TotalTime - began;
        Assert.True(worked < TimeSpan.FromSeconds(1), $"took {worked}");
        Assert.True(allocated < 100, $"took {allocated} MB");
    }

    static async Task<Table> OpenAsync(byte[] content)
    {
        var outcome = await new TableReader(new TableLimits()).OpenAsync(new MemoryStream(content), "table.xlsx", default);
        return outcome is TableOpening.Opened opened ? opened.Table : throw new InvalidOperationException(outcome.ToString());
    }

    static async Task<TableRefusal> RefusalAsync(byte[] content, string name = "table.xlsx") =>
        await new TableReader(new TableLimits()).OpenAsync(new MemoryStream(content), name, default) is TableOpening.Refused refused ? refused.Refusal : new TableRefusal((TableRefusalKind)(-1));

    /// <summary>A workbook by hand: a hidden sheet, the sheet with the rows, one more; parts replace or are added.</summary>
    static byte[] Workbook(string rows, string before = "", string after = "", params (string Path, string Content)[] parts)
    {
        const string main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        const string relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        const string types = "application/vnd.openxmlformats-officedocument.spreadsheetml";
        var all = new Dictionary<string, string>
        {
            ["[Content_Types].xml"] = $"<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/xl/workbook.xml\" ContentType=\"{types}.sheet.main+xml\"/></Types>",
            ["_rels/.rels"] = $"<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"{relations}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>",
            ["xl/workbook.xml"] = $"<workbook xmlns=\"{main}\" xmlns:r=\"{relations}\"><sheets><sheet name=\"Hidden\" sheetId=\"1\" state=\"hidden\" r:id=\"rId2\"/><sheet name=\"Products 产品\" sheetId=\"2\" r:id=\"rId1\"/><sheet name=\"Remarks\" sheetId=\"3\" r:id=\"rId2\"/></sheets></workbook>",
            ["xl/_rels/workbook.xml.rels"] = $"<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"{relations}/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"rId2\" Type=\"{relations}/worksheet\" Target=\"worksheets/sheet2.xml\"/><Relationship Id=\"rId3\" Type=\"{relations}/styles\" Target=\"styles.xml\"/><Relationship Id=\"rId4\" Type=\"{relations}/sharedStrings\" Target=\"sharedStrings.xml\"/></Relationships>",
            ["xl/styles.xml"] = $"<styleSheet xmlns=\"{main}\"><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>",
            ["xl/sharedStrings.xml"] = $"<sst xmlns=\"{main}\"><si><t>shared text</t></si></sst>",
            ["xl/worksheets/sheet1.xml"] = $"<worksheet xmlns=\"{main}\">{before}<sheetData>{rows}</sheetData>{after}</worksheet>",
            ["xl/worksheets/sheet2.xml"] = $"<worksheet xmlns=\"{main}\"><sheetData/></worksheet>",
        };
        foreach (var (path, content) in parts)
        {
            all[path] = content;
        }

        return Zip([.. all.Select(part => (part.Key, part.Value))]);
    }

    static byte[] Zip(params (string Path, string Content)[] parts)
    {
        using var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (path, content) in parts)
            {
                using var stream = zip.CreateEntry(path, CompressionLevel.Optimal).Open();
                stream.Write(Encoding.UTF8.GetBytes(content));
            }
        }

        return file.ToArray();
    }

    /// <summary>Writes another size into the directory and the local header of a part.</summary>
    static void Claim(byte[] zip, string part, uint uncompressed)
    {
        var name = Encoding.UTF8.GetBytes(part);
        for (var at = 0; at < zip.Length - name.Length; at++)
        {
            if (zip.AsSpan(at).StartsWith(name))
            {
                var header = zip.AsSpan(at - 46).StartsWith((ReadOnlySpan<byte>)[0x50, 0x4B, 0x01, 0x02]) ? at - 46 + 24 : at - 30 + 22;
                BinaryPrimitives.WriteUInt32LittleEndian(zip.AsSpan(header), uncompressed);
            }
        }
    }
}
