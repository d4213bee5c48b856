using Microsoft.Extensions.DependencyInjection;
using Platform.Texts;
using Portal.Documents.Tables;
using Portal.Imports;
using Support;

namespace Portal.Tests.Imports;

public sealed class ReadingColumns(PortalApp portal) : IClassFixture<PortalApp>
{
    Texts Texts => portal.Services.GetRequiredService<Texts>();

    string Suggested(string kind, string header, bool isBrand = true) => string.Join(' ',
        ImportMapping.Suggest(ImportKind.Of(kind), header.Split(','), isBrand, "CNY", Texts).Sources
            .OrderBy(source => ImportKind.Of(kind).Fields.ToList().FindIndex(field => field.Name == source.Key))
            .Select(source => $"{source.Key}={source.Value.Column ?? $"'{source.Value.Fixed}'"}"));

    [Theory]
    [InlineData("partners", "code,name,tier,parent_code,business_type,territory,country_code,country,annual_sales,number_of_employees,year_opened",
        "code=code name=name partner_type=tier upstream_code=parent_code territory=territory country_code=country_code currency='CNY' annual_sales=annual_sales employees=number_of_employees year_opened=year_opened")]
    [InlineData("products", "sku,name,category,subcategory,color,size,weight_kg_or_lb,list_price_usd,standard_cost_usd",
        "sku=sku name=name line=category category=subcategory colour=color size=size weight=weight_kg_or_lb cost=standard_cost_usd cost_currency='USD' list_price=list_price_usd price_currency='USD'")]
    [InlineData("products", "sku,name,line,category", "sku=sku name=name line=line category=category")]
    [InlineData("promotions", "code,name,discount_rate,type,audience,start_date,end_date,min_quantity,max_quantity,sku_list",
        "code=code name=name kind=type rate=discount_rate min_quantity=min_quantity max_quantity=max_quantity audience=audience skus=sku_list from=start_date until=end_date")]
    [InlineData("orders", "order_number,order_date,buyer_code,line,sku,quantity,unit_price_usd,line_amount_usd",
        "order_number=order_number order_date=order_date buyer_code=buyer_code line=line sku=sku quantity=quantity unit_price=unit_price_usd line_amount=line_amount_usd currency='USD'")]
    [InlineData("orders", "订单号,订单日期,买方代码,行号,SKU,数量,单价 (EUR)", "order_number=订单号 order_date=订单日期 buyer_code=买方代码 line=行号 sku=SKU quantity=数量 unit_price=单价 (EUR) currency='EUR'")]
    [InlineData("prices", "货号,价格,币种,生效日期", "sku=货号 price=价格 currency=币种 from=生效日期")]
    [InlineData("prices", "Item,Net Price", "sku=Item price=Net Price currency='CNY'")]
    public void Columns_are_recognised_by_their_names(string kind, string header, string expected) => Assert.Equal(expected, Suggested(kind, header));

    [Fact]
    public void A_partner_is_not_offered_the_columns_of_the_brand() => Assert.Equal("name=name country_code=country", Suggested("customers", "name,country,partner_code,direct_account", isBrand: false));

    [Theory]
    [InlineData("en")]
    [InlineData("zh-CN")]
    public void Every_column_of_a_template_is_recognised(string language)
    {
        foreach (var kind in ImportKind.All)
        {
            var labels = kind.Fields.Select(field => Texts.In(language, kind.LabelKey(field))).ToList();

            var mapping = ImportMapping.Suggest(kind, labels, isBrand: true, null, Texts);

            Assert.Equal(kind.Fields.Select((field, index) => (field.Name, labels[index])), kind.Fields.Select(field => (field.Name, mapping[field.Name]?.Column ?? "")));
        }
    }

    [Fact]
    public void A_column_that_is_missing_is_named_with_the_names_it_may_have()
    {
        var mapping = ImportMapping.Suggest(ImportKind.Of("prices"), ["sku"], isBrand: true, "CNY", Texts);

        Assert.Equal(["No column contains “Price”. Choose the column, or name it one of: price, unit_price, list_price, net_price."],
            mapping.Problems(ImportKind.Of("prices"), ["sku"], isBrand: true, Texts).Select(problem => problem.Describe(Texts)));
    }

    [Fact]
    public void A_mapping_that_somebody_made_is_looked_at_too()
    {
        var mapping = ImportMapping.Empty.With("sku", FieldSource.Of("a")).With("price", FieldSource.Of("a")).With("currency", FieldSource.Always("EUR")).With("book", FieldSource.Of("gone")).With("shoe_size", FieldSource.Of("b"));

        Assert.Equal(["There is no field shoe_size in files of this kind.", "The file has no column “gone”. Choose another.", "The column “a” is chosen twice. Choose it once."],
            mapping.Problems(ImportKind.Of("prices"), ["a", "b"], isBrand: true, Texts).Select(problem => problem.Describe(Texts)));
    }

    [Theory]
    [InlineData("price", "12.50", "12.50")]
    [InlineData("price", "-3", "-3")]
    [InlineData("price", ".05", "0.05")]
    [InlineData("price", "1,234.50", "1234.50")]
    [InlineData("price", "1,234,567", "1234567")]
    [InlineData("price", "1.234,50", "1234.50")]
    [InlineData("price", "12,5", "12.5")]
    [InlineData("price", "1,234", "imports.refused.not_a_number")]
    [InlineData("price", "12 EUR", "imports.refused.not_a_number")]
    [InlineData("price", "1e5", "imports.refused.not_a_number")]
    [InlineData("price", "=1+1", "imports.refused.formula")]
    [InlineData("tier", "2", "2")]
    [InlineData("tier", "2.0", "2")]
    [InlineData("tier", "2.5", "imports.refused.not_whole")]
    [InlineData("tier", "9999999999", "imports.refused.not_whole")]
    [InlineData("from", "2026-01-31", "2026-01-31")]
    [InlineData("from", "2026/1/31", "2026-01-31")]
    [InlineData("from", "2026年1月31日", "2026-01-31")]
    [InlineData("from", "2026-01-31 00:00:00", "2026-01-31")]
    [InlineData("from", "31.01.2026", "imports.refused.not_a_day")]
    [InlineData("from", "03/04/2026", "imports.refused.not_a_day")]
    [InlineData("from", "2026-02-30", "imports.refused.not_a_day")]
    [InlineData("from", "0001-01-01", "imports.refused.not_a_day")]
    [InlineData("book", "=cmd|' /C calc'!A0", "imports.refused.formula")]
    [InlineData("book", "@SUM(A1:A9)", "imports.refused.formula")]
    [InlineData("book", "+1+cmd|' /C calc'!A0", "imports.refused.formula")]
    [InlineData("book", "-2+3+cmd|' /C calc'!A0", "imports.refused.formula")]
    [InlineData("book", "＝1+1", "imports.refused.formula")]
    [InlineData("book", "+86 (25) 8888-0000", "+86 (25) 8888-0000")]
    [InlineData("book", "@home GmbH", "@home GmbH")]
    [InlineData("book", "bell\a", "imports.refused.control_characters")]
    [InlineData("sku", "  ", "imports.refused.missing")]
    public void A_cell_is_read_or_refused_with_its_reason(string field, string text, string expected)
    {
        var row = new ImportRow(ImportKind.Of("prices").Fields, ImportMapping.Empty.With(field, FieldSource.Of("c")), ["c"]);
        row.Begin(new TableLine.Row(2, [text]));

        var value = field switch
        {
            "price" => row.Amount(field)?.ToString(System.Globalization.CultureInfo.InvariantCulture),
            "tier" => row.Whole(field)?.ToString(System.Globalization.CultureInfo.InvariantCulture),
            "from" => row.Day(field)?.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture),
            _ => row.Text(field),
        };

        Assert.Equal(expected, row.IsSound ? value : row.Refusals[0].TextKey);
        Assert.All(row.Refusals, refusal => Assert.Equal((2, field), (refusal.Row, refusal.Column)));
    }

    [Theory]
    [InlineData("5%", "0.05")]
    [InlineData("0.0200", "0.0200")]
    [InlineData(".35", "0.35")]
    public void A_share_may_be_a_percentage(string text, string expected)
    {
        var row = new ImportRow(ImportKind.Of("promotions").Fields, ImportMapping.Empty.With("rate", FieldSource.Of("c")), ["c"]);
        row.Begin(new TableLine.Row(2, [text]));

        Assert.Equal(decimal.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), row.Share("rate"));
    }
}
