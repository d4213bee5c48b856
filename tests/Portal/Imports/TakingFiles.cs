using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Platform.Database;
using Portal.Documents.Tables;
using Portal.Imports;
using Support;

namespace Portal.Tests.Imports;

public sealed class TakingFiles(PortalApp portal) : IClassFixture<PortalApp>
{
    const string Catalog = "sku,name,line,list_price\nDK-1,Desk,Desks,100\nDK-2,Desk two,Desks,200\n";

    async Task<ImportDesk> BrandAsync(params string[] roles) => new(portal, await portal.Given.SomebodyOfTheBrand(roles.Length > 0 ? roles : ["brand_admin"]));

    async Task<ImportDesk> WithCatalogAsync()
    {
        var desk = await BrandAsync();
        Assert.Equal("done", (await desk.ImportAsync("products", Catalog)).Status);
        return desk;
    }

    [Fact]
    public async Task A_file_is_uploaded_looked_at_started_and_taken()
    {
        var desk = await BrandAsync();

        var import = await desk.GivenAsync("products", "SKU;Name;Product line;List price (USD)\nA-1;Chair;Chairs;99.90\nA-2;Stool;Chairs;49,90\n", "Stühle.csv");
        Assert.Equal(("ready", "Stühle.csv", "CSV, UTF-8, ;"), (import.Status, import.FileName, import.Format));
        var preview = await desk.DoAsync(services => services.GetRequiredService<PreviewImport>().RunAsync(import, import.Mapping, default));
        Assert.Equal((0, 0, 0), (preview.Problems.Count, preview.Unused.Count, preview.SameContent.Count));
        Assert.Equal(["A-1 Chair Chairs 99.90 USD", "A-2 Stool Chairs 49,90 USD"], preview.Rows.Select(row => string.Join(' ', row.Cells.Select(cell => cell.Text))));

        var done = await desk.RunAsync(import);

        Assert.Equal(("done", 2L, 2L, 0L, 1m), (done.Status, done.RowsRead, done.RowsTaken, done.RowsRefused, done.Progress));
        Assert.Equal([KeyValuePair.Create("prices", 2L)], done.Figures);
        Assert.Equal(["A-1 99.9000 USD", "A-2 49.9000 USD"], await portal.Database.ListAsync<string>("""
            select p.sku || ' ' || e.unit_price || ' ' || k.currency from price_book_entry e join price_book k using (price_book_id) join product p using (product_id) where p.sku like 'A-_' order by 1
            """));
        Assert.Equal(["import.done", "import.started", "import.uploaded"], await portal.Database.ListAsync<string>("select action from audit_entry where subject_number = @Number order by 1", new { import.Number }));
    }

    [Fact]
    public async Task One_wrong_row_keeps_all_of_them_out_and_is_named()
    {
        var desk = await BrandAsync();

        var import = await desk.ImportAsync("products", "sku,name,line,weight\nAON-1,Good,Lamps,1\nAON-2,,Lamps,2\nAON-3,Heavy,Lamps,heavy\n");

        Assert.Equal(("refused", 3L, 0L, 2L), (import.Status, import.RowsRead, import.RowsTaken, import.RowsRefused));
        Assert.Equal("2 of 3 rows are wrong; nothing was taken. Correct them in your file, or leave the wrong rows out.", desk.Say(import.Problem!));
        Assert.Equal(["3 name: The cell is empty. Enter a value.", "4 weight: “heavy” is not a number. Write 1234.50, without currency and without thousands separators."], await desk.RefusalsAsync(import));
        Assert.Empty(await portal.Database.ListAsync<string>("select sku from product where sku like 'AON-%'"));

        var again = await desk.RunAsync(import, leaveOutWrong: true);

        Assert.Equal(("done", 3L, 1L, 2L), (again.Status, again.RowsRead, again.RowsTaken, again.RowsRefused));
        Assert.Equal(["AON-1"], await portal.Database.ListAsync<string>("select sku from product where sku like 'AON-%'"));
    }

    [Fact]
    public async Task The_repair_file_holds_the_refused_rows_as_they_were_and_is_taken_once_corrected()
    {
        var desk = await BrandAsync();
        var import = await desk.ImportAsync("products", "货号,品名,大类,备注\nRF-1,椅子,椅子,\"好, 的\"\nRF-2,,椅子,\"'@x\"\nRF-3,\"坏\"\"引号\",,备注\n", leaveOutWrong: true, "产品.csv");

        var csv = Encoding.UTF8.GetString(await desk.RepairFileAsync(import));
        Assert.Equal("产品.refused.csv", RepairFile.NameOf(import));
        Assert.Equal("﻿货号,品名,大类,备注,Refused value,What is wrong\r\nRF-2,,椅子,'@x,,品名: The cell is empty. Enter a value.\r\nRF-3,\"坏\"\"引号\",,备注,,大类: The cell is empty. Enter a value.\r\n", csv);

        var repaired = await desk.ImportAsync("products", csv.Replace("RF-2,,", "RF-2,凳子,", StringComparison.Ordinal).Replace(",,备注,", ",椅子,备注,", StringComparison.Ordinal), fileName: "产品.refused.csv");
        Assert.Equal(("done", 2L), (repaired.Status, repaired.RowsTaken));
    }

    [Fact]
    public async Task What_is_refused_is_kept_as_the_file_has_it_whoever_refuses()
    {
        var desk = await BrandAsync();
        await desk.ImportAsync("partners", "code,name,type,country,currency\nVA-1,Value One,distributor,AT,USD\n");
        await desk.ImportAsync("products", "sku,name,line\nVA-1,Value,Values\n");
        var longest = new string('x', 300);

        var cells = await desk.ImportAsync("products", $"sku,name,line,cost\nVA-2,Bad,Values,1 200\nVA-3,=1+1,Values,\nVA-4,{longest},Values,abc\nVA-4,a,b,1,surplus\n", leaveOutWrong: true);
        var acts = await desk.ImportAsync("partners", "code,name,type,upstream,country,currency\nVA-2,Value Two,reseller,Nobody,AT,EUR\nVA-3,Value Three,reseller,VA-1,Austria!,EUR\n", leaveOutWrong: true);
        var orders = await desk.ImportAsync("orders", "order_number,order_date,buyer_code,line,sku,quantity,unit_price\nVA-1,2025-01-31,VA-1,1,Nothing,1,1\nVA-2,31.01.2025,VA-1,1,VA-1,1,1\n");

        Assert.Equal(["2 cost: 1 200", "3 name: =1+1", "4 cost: abc", "5 : surplus"], await ValuesAsync(cells));
        Assert.Equal(["2 upstream_code: Nobody", "3 country_code: Austria!"], await ValuesAsync(acts));
        Assert.Equal(["2 sku: Nothing", "3 order_date: 31.01.2025"], await ValuesAsync(orders));
    }

    [Fact]
    public async Task A_long_value_is_kept_by_its_beginning()
    {
        var desk = await BrandAsync();

        var import = await desk.ImportAsync("products", $"sku,name,line,cost\nLV-1,Long,Values,{new string('9', 199)}𠮷{new string('9', 99)}\n");

        Assert.Equal([$"2 cost: {new string('9', 199)}\ufffd…"], await ValuesAsync(import));
    }

    [Fact]
    public async Task A_repair_file_that_is_refused_again_has_its_last_columns_once()
    {
        var desk = await BrandAsync();
        var first = await desk.ImportAsync("products", "sku,name,line\nRR-1,,Repairs\nRR-2,Two,\nRR-3,Three,Repairs\n", leaveOutWrong: true);

        var second = await desk.ImportAsync("products", Encoding.UTF8.GetString(await desk.RepairFileAsync(first)).Replace("RR-1,,", "RR-1,One,", StringComparison.Ordinal), leaveOutWrong: true);

        Assert.Equal("\uFEFFsku,name,line,Refused value,What is wrong\r\nRR-2,Two,,,line: The cell is empty. Enter a value.\r\n", Encoding.UTF8.GetString(await desk.RepairFileAsync(second)));
    }

    Task<List<string>> ValuesAsync(Import import) => portal.Database.ListAsync<string>("""
        select r.row_number || ' ' || coalesce(r.column_name, '') || ': ' || coalesce(r.value, '')
        from import_refusal r join import i on i.import_id = r.import_id
        where i.number = @Number
        order by r.row_number, r.import_refusal_id
        """, new { import.Number });

    [Fact]
    public async Task The_repair_file_of_a_workbook_is_a_workbook()
    {
        var desk = await BrandAsync();
        var book = await ImportDesk.WorkbookAsync(["sku", "name", "line", "cost", "cost_currency"], ["WB-1", "Good", "Chairs", 12.5m, "EUR"], ["WB-2", "Bad", "Chairs", -1m, "EUR"]);

        var import = await desk.RunAsync((await desk.UploadAsync("products", "Katalog.xlsx", book)).ShouldBeTaken(), leaveOutWrong: true);

        Assert.Equal(("done", 1L, 1L), (import.Status, import.RowsTaken, import.RowsRefused));
        Assert.Equal("Katalog.refused.xlsx", RepairFile.NameOf(import));
        var opened = (TableOpening.Opened)await portal.Services.GetRequiredService<TableReader>().OpenAsync(new MemoryStream(await desk.RepairFileAsync(import)), "x.xlsx", default);
        var rows = new List<string>();
        await foreach (var line in opened.Table.LinesAsync(default))
        {
            rows.Add(string.Join('|', ((TableLine.Row)line).Cells));
        }

        Assert.Equal(["WB-2|Bad|Chairs|-1|EUR|-1|cost: This cannot be negative."], rows);
    }

    [Fact]
    public async Task A_thing_that_stands_twice_is_taken_once_however_far_apart()
    {
        var desk = await BrandAsync();
        var rows = Enumerable.Range(0, 1500).Select(number => $"TW-{number},Thing {number},Things\n").Append("TW-3,Another thing three,Things\n");

        var import = await desk.ImportAsync("products", "sku,name,line\n" + string.Concat(rows), leaveOutWrong: true);

        Assert.Equal((1501L, 1500L), (import.RowsRead, import.RowsTaken));
        Assert.Equal(["1502 sku: Row 5 says this already. Keep one of the two."], await desk.RefusalsAsync(import));
        Assert.Equal(["Thing 3"], await portal.Database.ListAsync<string>("select name from product where sku = 'TW-3'"));
    }

    [Fact]
    public async Task Prices_go_into_the_books_they_name()
    {
        var desk = await WithCatalogAsync();

        var import = await desk.ImportAsync("prices", "sku,price,currency,book,level,from,until\nDK-1,90,EUR,gold-eur,gold,2026-04-01,\nDK-1,80,EUR,gold-eur,gold,2026-06-01,2026-06-30\nDK-1,81,EUR,GOLD-EUR,gold,2026-06-01,\n", leaveOutWrong: true);

        Assert.Equal(("done", 2L), (import.Status, import.RowsTaken));
        Assert.Equal(["4 from: Row 3 gives a price of the same product for the same days. Keep one of the two."], await desk.RefusalsAsync(import));
        Assert.Equal(["GOLD-EUR 90.0000 2026-04-01", "GOLD-EUR 80.0000 2026-06-01", "GOLD-EUR 90.0000 2026-07-01"], await portal.Database.ListAsync<string>(
            "select k.code || ' ' || e.unit_price || ' ' || lower(e.valid) from price_book_entry e join price_book k using (price_book_id) where k.code = 'GOLD-EUR' and not isempty(e.valid) order by lower(e.valid)"));
    }

    [Fact]
    public async Task Two_prices_for_the_same_days_contradict_however_far_apart_they_stand()
    {
        var desk = await BrandAsync();
        await desk.ImportAsync("products", "sku,name,line\n" + string.Concat(Enumerable.Range(0, 2100).Select(number => $"FP-{number},Thing,Things\n")));
        var rows = Enumerable.Range(0, 2100).Select(number => $"FP-{number},{number},EUR,FAR-EUR,2026-04-01,2026-12-31\n");

        var import = await desk.ImportAsync("prices", "sku,price,currency,book,from,until\n" + string.Concat(rows) + "FP-7,5,EUR,far-eur,2026-06-01,2026-06-30\nFP-8,5,EUR,FAR-EUR,2027-01-01,\n", leaveOutWrong: true);

        Assert.Equal((2102L, 2101L), (import.RowsRead, import.RowsTaken));
        Assert.StartsWith("2102 from: ", (await desk.RefusalsAsync(import)).Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Promotions_are_taken_with_their_products()
    {
        var desk = await WithCatalogAsync();

        var import = await desk.ImportAsync("promotions",
            "code,name,discount_rate,type,audience,start_date,end_date,min_quantity,max_quantity,sku_list\nSO-2,Volume,2%,Volume Discount,Reseller,2026-01-01,2026-12-31,11,14,DK-1;DK-2\nSO-3,Gone,.05,Seasonal,Customer,2026-01-01,,0,,DK-1;NOPE\n", leaveOutWrong: true);

        Assert.Equal(("done", 1L), (import.Status, import.RowsTaken));
        Assert.StartsWith("3 sku_list: ", (await desk.RefusalsAsync(import)).Single(), StringComparison.Ordinal);
        Assert.Equal(["SO-2 volume 0.020000 11 14 2"], await portal.Database.ListAsync<string>("""
            select r.code || ' ' || r.kind || ' ' || r.discount_rate || ' ' || trim_scale(r.min_quantity) || ' ' || trim_scale(r.max_quantity) || ' ' || (select count(*) from price_rule_product x where x.price_rule_id = r.price_rule_id)
            from price_rule r where r.code like 'SO-_'
            """));
    }

    [Fact]
    public async Task Partners_come_in_any_order_and_past_orders_make_their_sales()
    {
        var desk = await WithCatalogAsync();
        var partners = await desk.ImportAsync("partners", "code,name,tier,parent_code,country,currency\nPO-STORE,Store,Store,PO-SUB,US,USD\nPO-SUB,Sub,SubDistributor,PO-DIST,US,USD\nPO-DIST,Distributor,Distributor,,US,USD\n");
        Assert.Equal(("done", 3L), (partners.Status, partners.RowsTaken));

        var orders = await desk.ImportAsync("orders", """
            order_number,order_date,buyer_code,line,sku,quantity,unit_price_usd,line_amount_usd
            PO-A,2025-01-10,PO-DIST,1,DK-1,10,50,500
            PO-A,2025-01-10,PO-DIST,2,DK-2,1,99.99,99.99
            PO-B,2025-02-10,PO-SUB,1,DK-1,4,60,240
            PO-C,2025-02-11,PO-SUB,1,DK-1,1,60,60
            PO-C,2025-02-11,PO-SUB,2,DK-1,one,60,60
            PO-D,2025-02-11,PO-SUB,1,NOPE,1,60,61
            """, leaveOutWrong: true);

        Assert.Equal(("done", 6L, 3L, 3L), (orders.Status, orders.RowsRead, orders.RowsTaken, orders.RowsRefused));
        Assert.Equal(
            [
                "5 : Another line of order PO-C is wrong, and an order is taken whole or not at all.", "6 quantity: “one” is not a number. Write 1234.50, without currency and without thousands separators.",
                "7 line_amount_usd: 61 is not quantity times unit price. Correct one of the three.", "7 sku: There is no product NOPE. Import the product first or correct the SKU.",
            ], await desk.RefusalsAsync(orders));
        Assert.Equal(["orders 2", "lines 3", "moves 5"], orders.Figures.Select(figure => $"{figure.Key} {figure.Value}"));
        Assert.Equal(["PO-DIST purchases 599.9900", "PO-DIST sell_in 599.9900", "PO-DIST sell_through 240.0000", "PO-DIST stock_on_hand 7.0000", "PO-SUB purchases 240.0000", "PO-SUB stock_on_hand 4.0000"], await portal.Database.ListAsync<string>("""
            select p.code || ' ' || d.metric || ' ' || sum(d.value)
            from (select partner_id, metric, value from kpi_delta union all select partner_id, metric, value from kpi_daily) d join partner p using (partner_id)
            where p.code like 'PO-%' and d.metric not like '%units' group by p.code, d.metric order by 1
            """));

        var again = await desk.ImportAsync("orders", "order_number,order_date,buyer_code,line,sku,quantity,unit_price\nPO-A,2025-01-10,PO-DIST,1,DK-1,10,50\n");
        Assert.Equal("refused", again.Status);
        Assert.Equal(["2 order_number: Order PO-A of this buyer has been imported before. Take its lines out."], await desk.RefusalsAsync(again));
    }

    [Fact]
    public async Task A_partner_imports_its_own_customers_and_nothing_else()
    {
        var partner = await portal.Given.ADistributor("上海云启");
        var desk = new ImportDesk(portal, partner);

        Assert.Equal("You may not import files of this kind. Ask the admin of your company.", await desk.RefusalAsync("products", "a.csv", Encoding.UTF8.GetBytes(Catalog)));
        var import = await desk.ImportAsync("customers", "name,country,city,partner_code,direct\n上海晨星数据有限公司,CN,上海,HX-9,yes\n上海晨星数据有限公司,CN,上海,,\n北京远山科技有限公司,CN,北京,,\n");

        Assert.Equal(("done", 3L), (import.Status, import.RowsTaken));
        Assert.Equal(["added 2", "known 1"], import.Figures.Select(figure => $"{figure.Key} {figure.Value}"));
        Assert.Equal(["上海晨星数据有限公司 false", "北京远山科技有限公司 false"], await portal.Database.ListAsync<string>(
            "select name || ' ' || direct_account from end_customer where partner_id = @PartnerId order by end_customer_id", new { partner.Partner.PartnerId }));
    }

    [Fact]
    public async Task The_brand_names_the_partner_whose_customer_it_is()
    {
        var desk = await BrandAsync("channel_manager");
        var partner = await portal.Given.APartner("Kunde", "distributor");

        var import = await desk.ImportAsync("customers", $"name,country,partner_code\nMüller Möbel GmbH,DE,{partner.Number}\nSchulze Regale GmbH,DE,\nNiemand GmbH,DE,NOPE\n", leaveOutWrong: true);

        Assert.Equal(("done", 2L), (import.Status, import.RowsTaken));
        Assert.Equal(["4 partner_code: There is no partner with the code NOPE. Import the partner first or correct the code."], await desk.RefusalsAsync(import));
        Assert.Equal(["Müller Möbel GmbH Kunde", "Schulze Regale GmbH Northlight"], await portal.Database.ListAsync<string>(
            "select c.name || ' ' || p.name from end_customer c join partner p using (partner_id) where c.country_code = 'DE' and c.name like '% GmbH' order by 1"));
    }

    [Fact]
    public async Task Imports_of_one_company_are_unknown_to_another_and_the_database_refuses_what_a_role_may_not()
    {
        var brand = await BrandAsync();
        var import = await brand.GivenAsync("products", Catalog);
        var partner = await portal.Given.ADistributor("杭州远见");
        var other = new ImportDesk(portal, partner);

        Assert.IsType<ImportOutcome.NotThere>(await other.StartAsync(import));
        Assert.IsType<ImportOutcome.NotThere>(await other.CancelAsync(import));
        var db = portal.Database.As(Caller.Subject(TestIdentityProvider.Issuer, partner.Subject));
        Assert.Equal(0, await db.OneAsync<long>("select (select count(*) from import) + (select count(*) from import_part) + (select count(*) from import_refusal)", null, default));
        var refused = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => db.ExecuteAsync("""
            insert into import (number, partner_id, person_id, kind, file_name, file_size, file_sha256, file_is_stored, format, columns, sample, mapping, created_at)
            values ('IM-X', app_partner_id(), app_person_id(), 'products', 'a.csv', 1, '', true, 'CSV', '{sku}', '[]', '{}', now())
            """, null, default));
        Assert.Equal("42501", refused.SqlState);
    }

    [Fact]
    public async Task Whoever_lost_the_role_meanwhile_imports_nothing()
    {
        var person = await portal.Given.SomebodyOfTheBrand("channel_manager");
        var desk = new ImportDesk(portal, person);
        var import = await desk.GivenAsync("products", "sku,name,line\nLR-1,Lost,Roles\n");
        await desk.StartAsync(import);
        await portal.Database.ExecuteAsync("delete from person_role where person_id = @PersonId", new { person.PersonId });

        await desk.RunNextAsync();

        Assert.Equal(("failed", "imports.problem.may_no_longer"), await desk.FindAsync(import) is var ended ? (ended.Status, ended.Problem!.TextKey) : default);
        Assert.Empty(await portal.Database.ListAsync<string>("select sku from product where sku = 'LR-1'"));
    }

    [Fact]
    public async Task The_same_content_again_is_told_in_the_preview()
    {
        var desk = await BrandAsync();
        const string Csv = "sku,name,line\nSC-1,Same,Content\n";
        var first = await desk.ImportAsync("products", Csv, fileName: "first.csv");

        var second = await desk.GivenAsync("products", Csv, "second.csv");

        var preview = await desk.DoAsync(services => services.GetRequiredService<PreviewImport>().RunAsync(second, second.Mapping, default));
        Assert.Equal([first.Number], preview.SameContent.Select(import => import.Number));
    }

    [Fact]
    public async Task The_person_is_told_of_the_end_once()
    {
        var person = await portal.Given.SomebodyOfTheBrand("brand_admin");
        var desk = new ImportDesk(portal, person);
        var import = await desk.ImportAsync("products", "sku,name,line\nTO-1,Told,Once\nTO-2,,Once\n", leaveOutWrong: true, "told.csv");

        await desk.DeliverAsync();
        await desk.DeliverAsync();

        Assert.Equal([("imports.told.done_partly", $"/imports/{import.Number}")], await portal.Database.ListAsync<(string, string)>("select text_key, link from notification where person_id = @PersonId", new { person.PersonId }));
    }

    [Fact]
    public async Task A_preview_shows_what_is_wrong_with_each_cell_under_any_mapping()
    {
        var desk = await BrandAsync();
        var import = await desk.GivenAsync("prices", "Artikel,Preis netto\nDK-1,zwölf\n");

        Assert.Equal(["No column contains “Price”. Choose the column, or name it one of: price, unit_price, list_price, net_price.", "No column contains “SKU”. Choose the column, or name it one of: sku, product, product_code, item."],
            ((ImportOutcome.Refused)await desk.StartAsync(import)).Problems.Select(desk.Say).Order(StringComparer.Ordinal));
        var mapping = import.Mapping.With("sku", FieldSource.Of("Artikel")).With("price", FieldSource.Of("Preis netto")).With("currency", FieldSource.Always("EUR"));
        var preview = await desk.DoAsync(services => services.GetRequiredService<PreviewImport>().RunAsync(import, mapping, default));

        Assert.Empty(preview.Problems);
        Assert.Equal(["DK-1 ", "zwölf imports.refused.not_a_number", "EUR "], preview.Rows.Single().Cells.Select(cell => $"{cell.Text} {cell.Problem?.TextKey}"));
    }

    [Fact]
    public async Task Files_are_deleted_a_week_after_the_end_and_cannot_be_started_then()
    {
        var desk = await BrandAsync();
        var import = await desk.ImportAsync("products", "sku,name,line\nFG-1,,Forgotten\n");
        var waiting = await desk.GivenAsync("products", "sku,name,line\nFG-2,Left,Forgotten\n");

        portal.Clock.Advance(TimeSpan.FromDays(8));
        await portal.InScopeAsync(Caller.System("test"), services => services.GetRequiredService<ForgetImportFiles>().RunAsync(default));

        Assert.Equal((false, "cancelled", 0L), ((await desk.FindAsync(import)).FileIsStored, (await desk.FindAsync(waiting)).Status, (await portal.Database.ListAsync<long>(
            "select count(*) from import_part where import_id = @ImportId", new { import.ImportId })).Single()));
        Assert.Empty(await desk.RefusalsAsync(import));
        Assert.IsType<ImportOutcome.TooLate>(await desk.StartAsync(import));
    }
}
