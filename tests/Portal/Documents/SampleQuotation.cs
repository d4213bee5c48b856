using System.Globalization;
using Portal.Documents.Typst;

namespace Portal.Tests.Documents;

/// <summary>A quotation that uses every part of the house style, in both languages.</summary>
static class SampleQuotation
{
    public const string Template = """
        #import "/house.typ": *
        #let data = json("/data.json")
        #let w = data.words
        #show: house.with(kind: w.quotation, number: data.number, sender: data.seller.name, footer: data.footer)

        #masthead(sender: data.seller.name, kind: w.quotation, number: data.number, mark: qr("code.svg", data.address, caption: w.online))

        #parties(
          (label: w.to, name: data.buyer.name, lines: data.buyer.lines),
          (label: w.from, name: data.seller.name, lines: data.seller.lines),
        )
        #facts(..data.facts)

        == #w.lines
        #items(
          columns: (
            (header: [\#], align: right),
            (header: w.product, width: 1fr),
            (header: w.quantity, align: right),
            (header: w.price, align: right),
            (header: w.amount, align: right),
          ),
          rows: data.lines.map(line => (
            line.position,
            [#strong(line.name) \ #small[#line.sku#if line.note != none [ · #line.note]]],
            line.quantity, line.price, line.amount,
          )),
        )
        #sums(..data.sums)

        == #w.terms
        #for term in data.terms [+ #term
        ]
        #callout(w.validity)
        #signatures(w.signbuyer, w.signseller)
        """;

    public static TypstJob Job(string language = "en", int lines = 8, string watermark = "") => new(Template, Data(language, lines), language == "en" ? "Quotation Q-7K3M-9Q2X-V4TD" : "报价单 Q-7K3M-9Q2X-V4TD", new DateTimeOffset(2026, 3, 2, 8, 0, 0, TimeSpan.Zero))
    {
        Language = language,
        Watermark = watermark,
        Files = new Dictionary<string, byte[]> { ["code.svg"] = QrImage.Svg("https://portal.northlight.example/quotes/Q-7K3M-9Q2X-V4TD") },
    };

    static object Data(string language, int lines)
    {
        var zh = language == "zh-CN";
        string Say(string en, string chinese) => zh ? chinese : en;
        (string En, string Zh, string Sku, decimal Price)[] products =
        [
            ("Height-adjustable desk Aurora 160", "极光 160 电动升降桌", "NL-DSK-160", 3_280m),
            ("Acoustic meeting booth for four people, with ventilation, light and power", "四人静音会议舱（含新风、照明与供电）", "NL-BTH-004", 46_500m),
            ("Room panel 8\" with occupancy sensor", "8 英寸会议室门牌屏（含占用传感器）", "NL-PNL-008", 1_960m),
            ("Workspace plan, 25 seats, 12 months", "云空间 25 席位年度套餐", "NL-PLAN-25-Y", 18_000m),
        ];
        var items = Enumerable.Range(0, lines).Select(index => (Product: products[index % 4], Quantity: ((index * 7) % 12) + 1)).ToList();
        var net = items.Sum(item => item.Quantity * item.Product.Price);
        string Money(decimal amount) => amount.ToString("N2", CultureInfo.InvariantCulture);
        return new
        {
            Number = "Q-7K3M-9Q2X-V4TD",
            Address = Say("Address of this quotation in the portal", "本报价单在门户中的地址"),
            Words = new
            {
                Quotation = Say("Quotation", "报价单"), To = Say("For", "致"), From = Say("From", "报价方"), Lines = Say("What we offer", "报价明细"),
                Product = Say("Product", "产品"), Quantity = Say("Qty", "数量"), Price = Say("Unit price", "单价"), Amount = Say("Amount", "金额"),
                Terms = Say("Terms", "商务条款"), Online = Say("View and accept online", "在线查看与确认"),
                Validity = Say("This quotation is valid until 31 March 2026. It becomes an order when you accept revision 2 online or sign below.", "本报价有效期至 2026 年 3 月 31 日。在线确认第 2 版或在下方签字后即成为订单。"),
                Signbuyer = Say("Date, name, signature of the customer", "客户签字、姓名、日期"), Signseller = Say("Date, name, signature of Huaxin", "华信签字、姓名、日期"),
            },
            Seller = new { Name = Say("Huaxin Smart Office Distribution Co., Ltd.", "华信智慧办公分销有限公司"), Lines = new[] { Say("88 Century Avenue, Pudong", "上海市浦东新区世纪大道 88 号"), Say("Shanghai 200120, China", "邮编 200120"), "sales@huaxin.example" } },
            Buyer = new { Name = Say("Łódź Szczęśliwa Przestrzeń Sp. z o.o.", "杭州云栖科技有限公司"), Lines = new[] { Say("ul. Piotrkowska 120", "杭州市西湖区转塘科技经济区块 16 号"), Say("90-006 Łódź, Poland", "张伟 · 采购总监"), Say("VAT PL7252291096", "统一社会信用代码 91330106MA27XYZ12K") } },
            Facts = new[] { new[] { Say("Date", "日期"), Say("2 March 2026", "2026年3月2日") }, [Say("Valid until", "有效期至"), Say("31 March 2026", "2026年3月31日")], [Say("Revision", "版本"), "2"], [Say("Currency", "币种"), "CNY"] },
            Items = lines,
            Lines = items.Select((item, index) => new
            {
                Position = (index + 1).ToString(CultureInfo.InvariantCulture), Name = Say(item.Product.En, item.Product.Zh), item.Product.Sku,
                Note = index % 3 == 1 ? Say("Delivery within 4 weeks after order, installation included", "下单后 4 周内交付，含安装调试") : null,
                Quantity = item.Quantity.ToString(CultureInfo.InvariantCulture), Price = Money(item.Product.Price), Amount = Money(item.Quantity * item.Product.Price),
            }),
            Sums = new[] { new[] { Say("Net", "未税金额"), Money(net) }, [Say("VAT 13 %", "增值税 13%"), Money(net * 0.13m)], [Say("Total CNY", "含税总价 CNY"), Money(net * 1.13m)] },
            Terms = new[]
            {
                Say("Payment within 30 days after delivery, without deduction.", "货到验收合格后 30 日内付清全款，不作任何扣减。"),
                Say("Delivery free to the ground floor of the given address; “white glove” service on request.", "免费送货至指定地址一楼；如需“上楼安装”服务，请提前告知。"),
                Say("Warranty of 36 months on hardware from the day of delivery.", "硬件自交付之日起质保 36 个月；软件服务按订阅周期提供支持。"),
            },
            Footer = Say("Huaxin Smart Office Distribution Co., Ltd. · Bank of Shanghai 6222 0000 1234 5678", "华信智慧办公分销有限公司 · 上海银行 6222 0000 1234 5678"),
        };
    }
}
