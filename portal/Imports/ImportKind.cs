using static Portal.Imports.ImportFieldType;

namespace Portal.Imports;

/// <summary>A kind of file that can be imported and exported. Its name is the text <c>imports.kind.CODE</c>.</summary>
/// <param name="Code">The word in addresses and on the command line: <c>partners</c>.</param>
/// <param name="Fields">Its columns, in the order of templates and exports.</param>
public sealed record ImportKind(string Code, params IReadOnlyList<ImportField> Fields)
{
    /// <summary>All of them, in the order in which an empty portal is filled.</summary>
    public static IReadOnlyList<ImportKind> All { get; } =
    [
        new("partners",
            new("code", Text, "HX-001", "partner_code", "customer_number", "account_number", "客户编号", "伙伴编码", "编号", "编码", "代码") { IsRequired = true },
            new("name", Text, "Huaxin Office", "partner_name", "company", "company_name", "公司名称", "名称", "公司") { IsRequired = true },
            new("name_latin", Text, "Huaxin Office", "english_name", "latin_name", "name_en", "英文名"),
            new("partner_type", Text, "distributor", "tier", "type", "类型", "层级", "角色") { IsRequired = true },
            new("partner_level", Text, "gold", "level", "rank", "等级", "级别"),
            new("upstream_code", Text, "HX-000", "parent_code", "parent", "upstream", "buys_from", "上级", "上级编号", "上级代码"),
            new("territory", Text, "CN-EAST", "region", "area", "区域", "大区"),
            new("country_code", Text, "CN", "country", "国家", "国别") { IsRequired = true },
            new("state", Text, "Jiangsu", "province", "省", "省份", "州"),
            new("city", Text, "Nanjing", "town", "城市", "市"),
            new("postal_code", Text, "210000", "postcode", "zip", "zip_code", "邮编", "邮政编码"),
            new("address", Text, "1 Zhongshan Road", "street", "address_line", "地址", "街道"),
            new("phone", Text, "+86 25 8888 0000", "telephone", "tel", "电话", "联系电话"),
            new("currency", Text, "CNY", "currency_code", "币种", "货币") { IsTheBrandsCurrency = true },
            new("language", Text, "zh-CN", "语言"),
            new("time_zone", Text, "Asia/Shanghai", "timezone", "时区"),
            new("annual_sales", Number, "3000000", "annual_revenue", "turnover", "revenue", "年销售额", "年营业额"),
            new("employees", WholeNumber, "40", "number_of_employees", "staff", "员工数", "人数"),
            new("year_opened", WholeNumber, "1998", "founded", "year_founded", "成立年份", "开业年份")),
        new("products",
            new("sku", Text, "DK-120", "product_code", "item", "item_number", "article", "货号", "型号", "产品编号") { IsRequired = true },
            new("name", Text, "Desk 120", "product_name", "title", "description", "品名", "产品名称", "名称") { IsRequired = true },
            new("name_zh", Text, "办公桌 120", "chinese_name", "name_cn", "中文名", "中文品名"),
            new("line", Text, "Desks", "product_line", "product_group", "category", "产品线", "系列", "大类", "类别") { IsRequired = true },
            new("category", Text, "Standing desks", "subcategory", "sub_category", "product_category", "小类", "子类", "分类") { GivesWay = true },
            new("colour", Text, "White", "color", "颜色"),
            new("size", Text, "120", "dimension", "尺寸", "规格"),
            new("weight", Number, "24.5", "weight_kg", "weight_lb", "weight_kg_or_lb", "重量"),
            new("unit", Text, "piece", "uom", "unit_of_measure", "单位"),
            new("status", Text, "active", "state", "状态"),
            new("cost", Number, "600.00", "standard_cost", "unit_cost", "成本", "成本价") { CurrencyField = "cost_currency" },
            new("cost_currency", Text, "CNY", "成本币种") { IsTheBrandsCurrency = true },
            new("list_price", Number, "999.00", "price", "msrp", "rrp", "标价", "目录价", "价格") { CurrencyField = "price_currency" },
            new("price_currency", Text, "CNY", "currency", "list_price_currency", "币种", "标价币种") { IsTheBrandsCurrency = true }),
        new("prices",
            new("sku", Text, "DK-120", "product", "product_code", "item", "货号", "型号", "产品编号") { IsRequired = true },
            new("price", Number, "899.00", "unit_price", "list_price", "net_price", "amount", "价格", "单价", "标价") { IsRequired = true, CurrencyField = "currency" },
            new("currency", Text, "CNY", "currency_code", "币种", "货币") { IsRequired = true, IsTheBrandsCurrency = true },
            new("book", Text, "GOLD-CNY", "price_book", "price_list", "价格表", "价目表"),
            new("partner_level", Text, "gold", "level", "等级"),
            new("tier", WholeNumber, "1", "层级"),
            new("from", Day, "2026-01-01", "valid_from", "start", "start_date", "生效日期", "开始日期", "起始日期"),
            new("until", Day, "2026-12-31", "valid_until", "valid_to", "end", "end_date", "失效日期", "结束日期", "截止日期")),
        new("promotions",
            new("code", Text, "AUTUMN-26", "promotion", "promotion_code", "促销编号", "编号", "代码") { IsRequired = true },
            new("name", Text, "Autumn sale", "title", "description", "名称", "促销名称") { IsRequired = true },
            new("name_zh", Text, "秋季促销", "chinese_name", "中文名"),
            new("kind", Text, "promotion", "type", "promotion_type", "类型"),
            new("reason", Text, "season", "purpose", "原因", "目的"),
            new("rate", Share, "0.05", "discount_rate", "discount", "discount_pct", "折扣率", "折扣") { IsRequired = true },
            new("min_quantity", Number, "10", "min_qty", "minimum_quantity", "from_quantity", "最低数量", "起订数量", "数量下限"),
            new("max_quantity", Number, "49", "max_qty", "maximum_quantity", "to_quantity", "最高数量", "数量上限"),
            new("audience", Text, "partners", "for_whom", "对象", "适用对象"),
            new("line", Text, "DESKS", "product_line", "产品线"),
            new("skus", List, "DK-120;DK-140", "sku_list", "sku", "products", "产品", "货号列表"),
            new("whole_channel", YesNo, "no", "channel_wide", "全渠道"),
            new("from", Day, "2026-09-01", "start_date", "valid_from", "start", "开始日期", "生效日期") { IsRequired = true },
            new("until", Day, "2026-10-31", "end_date", "valid_until", "valid_to", "end", "结束日期", "截止日期")),
        new("customers",
            new("name", Text, "上海云启科技有限公司", "customer", "customer_name", "company", "company_name", "客户名称", "公司名称", "名称", "客户") { IsRequired = true },
            new("other_names", List, "Shanghai Yunqi;Yunqi", "english_name", "aliases", "trade_name", "别名", "英文名", "曾用名"),
            new("country_code", Text, "CN", "country", "国家", "国别") { IsRequired = true },
            new("state", Text, "Shanghai", "province", "省", "省份"),
            new("city", Text, "Shanghai", "town", "城市", "市"),
            new("postal_code", Text, "200000", "postcode", "zip", "zip_code", "邮编", "邮政编码"),
            new("address", Text, "1 Century Avenue", "street", "地址"),
            new("credit_code", Text, "91310115MA1K35JT8X", "uscc", "unified_social_credit_code", "统一社会信用代码", "信用代码", "税号"),
            new("vat_number", Text, "DE136695976", "vat", "vat_id", "tax_number", "增值税号"),
            new("duns", Text, "804735132", "duns_number", "d_u_n_s", "邓白氏编码"),
            new("domain", Text, "yunqi.example", "website", "web", "url", "网站", "网址", "域名"),
            new("phone", Text, "+86 21 5888 0000", "telephone", "tel", "电话", "联系电话"),
            new("direct_account", YesNo, "no", "direct", "直属客户") { IsOfTheBrand = true },
            new("partner_code", Text, "HX-001", "partner", "伙伴代码", "所属伙伴") { IsOfTheBrand = true }),
        new("orders",
            new("order_number", Text, "SO-10001", "order", "order_no", "po_number", "sales_order", "订单号", "订单编号") { IsRequired = true },
            new("order_date", Day, "2025-11-03", "date", "ordered_on", "order_day", "订单日期", "订货日期", "日期") { IsRequired = true },
            new("buyer_code", Text, "HX-001", "buyer", "partner_code", "customer_code", "买方", "买方代码", "客户编号") { IsRequired = true },
            new("line", WholeNumber, "1", "line_number", "line_no", "position", "行号", "行") { IsRequired = true },
            new("sku", Text, "DK-120", "product", "product_code", "item", "货号", "型号", "产品编号") { IsRequired = true },
            new("quantity", Number, "12", "qty", "order_quantity", "数量", "件数") { IsRequired = true },
            new("unit_price", Number, "899.00", "price", "单价") { IsRequired = true, CurrencyField = "currency" },
            new("line_amount", Number, "10788.00", "amount", "line_total", "total", "金额", "行金额") { CurrencyField = "currency" },
            new("currency", Text, "CNY", "currency_code", "币种", "货币")),
        new("deals",
            new("customer_number", Text, "", "account_number", "customer_no", "客户编号", "客户编码"),
            new("customer", Text, "上海云启科技有限公司", "customer_name", "account_name", "account", "company", "company_name", "end_customer", "opportunity_account", "客户名称", "客户", "公司名称", "最终客户", "终端客户"),
            new("other_names", List, "Shanghai Yunqi;Yunqi", "english_name", "aliases", "trade_name", "别名", "英文名", "客户英文名", "曾用名", "客户简称"),
            new("country_code", Text, "CN", "country", "billing_country", "billing_country_code", "国家", "国别"),
            new("state", Text, "Shanghai", "province", "billing_state_province", "billing_state", "省", "省份"),
            new("city", Text, "Shanghai", "town", "billing_city", "城市", "市"),
            new("address", Text, "1 Century Avenue", "street", "billing_street", "billing_address", "地址", "详细地址", "客户地址"),
            new("credit_code", Text, "91310115MA1K35JT8X", "uscc", "unified_social_credit_code", "统一社会信用代码", "信用代码", "税号"),
            new("vat_number", Text, "DE136695976", "vat", "vat_id", "tax_number", "增值税号"),
            new("duns", Text, "804735132", "duns_number", "d_u_n_s", "邓白氏编码"),
            new("domain", Text, "yunqi.example", "website", "web", "url", "account_website", "网站", "网址", "域名", "公司网址"),
            new("phone", Text, "+86 21 5888 0000", "telephone", "tel", "account_phone", "电话", "客户电话", "公司电话"),
            new("product_lines", List, "DISPLAYS;DESKS", "product_line", "lines", "product_family", "products", "product", "产品线", "产品系列", "意向产品", "产品") { IsRequired = true },
            new("territory", Text, "CN-EAST", "region", "sales_territory", "opportunity_territory", "区域", "大区", "销售区域", "所属区域") { IsRequired = true },
            new("amount", Number, "120000.00", "deal_amount", "opportunity_amount", "expected_amount", "value", "deal_value", "estimated_revenue", "金额", "预计金额", "商机金额", "预计成交金额", "预估金额") { IsRequired = true, CurrencyField = "currency" },
            new("currency", Text, "CNY", "currency_code", "currency_iso_code", "amount_currency", "opportunity_currency", "币种", "货币"),
            new("expected_close", Day, "2027-03-31", "close_date", "expected_close_date", "closing_date", "expected_closing", "estimated_close_date", "预计成交日期", "预计成交日", "预计签约日期", "结单日期", "预计结单日期") { IsRequired = true },
            new("period_from", Day, "2027-01-01", "protection_from", "start_date", "保护开始", "开始日期"),
            new("period_until", Day, "2027-06-30", "protection_until", "end_date", "保护截止", "截止日期"),
            new("contact_name", Text, "陈工", "contact", "primary_contact", "contact_person", "联系人", "联系人姓名", "客户联系人"),
            new("contact_email", Text, "chen@yunqi.example", "email", "mail", "contact_mail", "e_mail", "邮箱", "联系人邮箱", "电子邮件"),
            new("contact_phone", Text, "+86 138 0000 0000", "mobile", "contact_mobile", "contact_telephone", "手机", "联系人电话", "联系人手机", "手机号"),
            new("need", Text, "26 meeting rooms", "description", "requirements", "notes", "remark", "comments", "需求", "客户需求", "需求描述", "备注", "商机描述"),
            new("submit", YesNo, "yes", "submitted", "是否提交", "提交"),
            new("partner_code", Text, "HX-001", "partner", "伙伴代码", "所属伙伴") { IsOfTheBrand = true }) { IsEnteredByAPerson = true, IsOfPartnersOnly = true },
        new("leads",
            new("company", Text, "上海云启科技有限公司", "company_name", "account_name", "account", "customer", "customer_name", "name", "公司名称", "公司", "客户名称", "客户", "线索名称") { IsRequired = true },
            new("country_code", Text, "CN", "country", "国家", "国别") { IsRequired = true },
            new("state", Text, "Shanghai", "province", "state_province", "省", "省份"),
            new("city", Text, "Shanghai", "town", "城市", "市"),
            new("address", Text, "1 Century Avenue", "street", "地址", "详细地址"),
            new("credit_code", Text, "91310115MA1K35JT8X", "uscc", "unified_social_credit_code", "统一社会信用代码", "信用代码", "税号"),
            new("vat_number", Text, "DE136695976", "vat", "vat_id", "tax_number", "增值税号"),
            new("domain", Text, "yunqi.example", "website", "web", "url", "网站", "网址", "域名"),
            new("phone", Text, "+86 21 5888 0000", "telephone", "tel", "company_phone", "电话", "公司电话"),
            new("product_lines", List, "DISPLAYS;DESKS", "product_line", "lines", "product_interest", "products", "product", "产品线", "意向产品", "产品") { IsRequired = true },
            new("territory", Text, "CN-EAST", "region", "sales_territory", "区域", "大区", "销售区域") { IsRequired = true },
            new("amount", Number, "120000.00", "deal_amount", "expected_amount", "value", "budget", "annual_revenue", "金额", "预计金额", "预算") { CurrencyField = "currency" },
            new("currency", Text, "CNY", "currency_code", "currency_iso_code", "币种", "货币"),
            new("contact_name", Text, "陈工", "contact", "full_name", "lead_name", "contact_person", "联系人", "联系人姓名", "姓名"),
            new("contact_email", Text, "chen@yunqi.example", "email", "mail", "e_mail", "邮箱", "电子邮件", "联系人邮箱"),
            new("contact_phone", Text, "+86 138 0000 0000", "mobile", "contact_mobile", "手机", "手机号", "联系人电话"),
            new("need", Text, "26 meeting rooms", "description", "requirements", "notes", "remark", "需求", "需求描述", "备注"),
            new("teaser", Text, "26 meeting rooms in a new building", "pool_text", "线索池展示", "公开描述"),
            new("source", Text, "Fair 2026", "lead_source", "origin", "campaign", "来源", "线索来源", "市场活动"),
            new("offer_to", Text, "HX-001", "partner", "partner_code", "partner_number", "assigned_partner", "分配给", "伙伴代码", "伙伴"),
            new("pool", Text, "silver", "pool_level", "线索池", "线索池等级")) { IsEnteredByAPerson = true },
        new("payments",
            new("paid_on", Day, "2026-03-02", "date", "booking_date", "value_date", "posting_date", "transaction_date", "到账日期", "记账日期", "交易日期", "日期") { IsRequired = true },
            new("amount", Number, "10788.00", "credit", "credit_amount", "amount_paid", "received", "金额", "到账金额", "贷方金额", "收入金额") { IsRequired = true, CurrencyField = "currency" },
            new("currency", Text, "CNY", "currency_code", "币种", "货币"),
            new("payer", Text, "HX-001", "payer_name", "debtor", "customer", "customer_number", "buyer", "buyer_code", "partner_code", "counterparty", "付款方", "付款人", "对方户名", "客户编号"),
            new("reference", Text, "2026-000017", "remittance_information", "purpose", "description", "text", "memo", "附言", "摘要", "用途", "备注"),
            new("bank_reference", Text, "BR-20260302-0001", "transaction_id", "end_to_end_id", "bank_reference_number", "statement_reference", "流水号", "交易流水号")) { IsEnteredByAPerson = true },
    ];

    /// <summary>Its rows are entered by the person who gave the file, with that person's rights and name; those of other kinds of the brand by the product itself.</summary>
    public bool IsEnteredByAPerson { get; init; }

    /// <summary>A partner's own people enter such things, and nobody for them.</summary>
    public bool IsOfPartnersOnly { get; init; }

    /// <summary>The kind of that code, or null.</summary>
    public static ImportKind? Find(string? code) => All.FirstOrDefault(kind => string.Equals(kind.Code, code, StringComparison.Ordinal));

    /// <summary>The kind of that code; its absence is a bug.</summary>
    public static ImportKind Of(string code) => Find(code) ?? throw new InvalidOperationException($"'{code}' is no kind of import.");

    /// <summary>The columns that the brand's people, or a partner's, may fill.</summary>
    public IReadOnlyList<ImportField> FieldsFor(bool isBrand) => isBrand ? Fields : [.. Fields.Where(field => !field.IsOfTheBrand)];

    /// <summary>The key of a field's label.</summary>
    public string LabelKey(ImportField field) => $"imports.field.{Code}.{field.Name}";

    /// <summary>The key of a field's explanation.</summary>
    public string AboutKey(ImportField field) => $"imports.about.{Code}.{field.Name}";
}
