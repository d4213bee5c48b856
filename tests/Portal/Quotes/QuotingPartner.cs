using Support;

namespace Portal.Tests.Quotes;

/// <summary>A portal with a price list, a distributor that quotes to its customer 杭州云栖, and a rival distributor.</summary>
public sealed class QuotingPartner : PortalApp
{
    public TestPerson Sales { get; private set; } = null!;

    public TestPerson Rival { get; private set; } = null!;

    public TestPerson DealDesk { get; private set; } = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        DealDesk = await Given.SomebodyOfTheBrand("deal_desk");
        Sales = await Given.ADistributor("华信");
        Rival = await Given.ADistributor("Eurodist");
        await Database.ExecuteAsync("""
            set search_path = portal, public;
            insert into product_line (code, name, name_zh) values ('DESK', 'Desks', '办公桌');
            insert into product (sku, name, name_zh, product_line_id, created_at)
            select p.sku, p.name, p.name_zh, product_line_id, now() from product_line, (values ('D-1', 'Standing desk', '升降桌'), ('D-2', 'Lamp', '台灯')) as p (sku, name, name_zh);
            insert into price_book (seller_id, code, name, kind, currency, audience, valid, created_at)
            select partner_id, 'LIST', 'List', 'list', 'CNY', 'everyone', '[2020-01-01,)', now() from partner where partner_type = 'brand';
            insert into price_book_entry (price_book_id, product_id, unit_price, valid, created_at)
            select b.price_book_id, p.product_id, case p.sku when 'D-1' then 1999.99 else 80.05 end, '[2020-01-01,)', now() from price_book b, product p;
            insert into customer_cluster default values;
            insert into end_customer (number, partner_id, customer_cluster_id, name, country_code, created_at, updated_at)
            select 'C-YUNQI', @PartnerId, (select max(customer_cluster_id) from customer_cluster), '杭州云栖科技有限公司', 'CN', now(), now();
            """.Replace("insert into customer_cluster default values", CustomerCluster), new { Sales.Partner.PartnerId });
    }

    // The cluster's own columns are the customers' business; whatever they are, one row is enough here.
    const string CustomerCluster = "insert into customer_cluster (created_at) values (now())";

    /// <summary>Writes a draft over the page and answers its number.</summary>
    public async Task<string> DraftAsync(Visitor visitor, params (string Sku, int Quantity, decimal? Discount)[] lines)
    {
        var fields = new List<(string, object?)> { ("Customer", "C-YUNQI"), ("TaxRate", "13") };
        for (var i = 0; i < lines.Length; i++)
        {
            fields.AddRange([($"Lines[{i}].Sku", lines[i].Sku), ($"Lines[{i}].Quantity", lines[i].Quantity), ($"Lines[{i}].Discount", lines[i].Discount)]);
        }

        var page = await visitor.SubmitAsync("/quotes/new", fields);
        Assert.StartsWith("/quotes/Q-", page.Path, StringComparison.Ordinal);
        return page.Path["/quotes/".Length..];
    }

    /// <summary>Writes a draft, sends it and answers its number.</summary>
    public async Task<string> SentAsync(Visitor visitor, params (string Sku, int Quantity, decimal? Discount)[] lines)
    {
        var number = await DraftAsync(visitor, lines.Length == 0 ? [("D-1", 3, 3m), ("D-2", 7, null)] : lines);
        await visitor.PressAsync(await visitor.GetAsync($"/quotes/{number}"), $"form[action='/quotes/{number}/sending']");
        return number;
    }

    /// <summary>Makes a link to a sent quote and answers the address that the page shows, without the host.</summary>
    public static async Task<string> LinkAsync(Visitor sales, string number, string recipient = "王敏")
    {
        var page = await sales.SubmitAsync($"/quotes/{number}", ("recipient", recipient));
        return new Uri(page.Document.QuerySelector("#address")!.GetAttribute("value")!).PathAndQuery;
    }

    /// <summary>The number of a recipient's link.</summary>
    public async Task<string> LinkNumberAsync(string number, string recipient = "王敏") => (await Database.ListAsync<string>(
        "select l.number from portal.quote_link l join portal.quote q using (quote_id) where q.number = @number and l.recipient = @recipient", new { number, recipient })).Single();

    /// <summary>Where a quote stands.</summary>
    public async Task<string> StatusAsync(string number) => (await Database.ListAsync<string>("select status from portal.quote where number = @number", new { number })).Single();
}
