using Npgsql;
using Platform.Database;
using Portal.Pricing;
using Support;

namespace Portal.Tests.Pricing;

/// <summary>Products, price books and rules as a test needs them, entered past the screens.</summary>
static class Books
{
    public static async Task<long> AProduct(this Given given, string sku, string status = "active", string line = "DESK") => (await given.Database.ListAsync<long>("""
        with line as (
            insert into product_line (code, name, name_zh) values (@line, @line, @line)
            on conflict (code) do update set name = excluded.name
            returning product_line_id
        )
        insert into product (sku, name, name_zh, product_line_id, status, created_at)
        select @sku, 'Product ' || @sku, '产品 ' || @sku, product_line_id, @status, now() from line
        returning product_id
        """, new { sku, status, line })).Single();

    public static async Task<long> ABook(this Given given, TestPartner seller, string code, string currency = "CNY", string kind = "net", string audience = "partners",
        string? level = null, int? tier = null, TestPartner? buyer = null, string valid = "[2026-01-01,)", int priority = 0) => (await given.Database.ListAsync<long>("""
        insert into price_book (seller_id, code, name, name_zh, kind, currency, audience, partner_level, tier, buyer_id, valid, priority, created_at)
        values (@seller, @code, 'Book ' || @code, '价目 ' || @code, @kind, @currency, case when @kind = 'list' then 'everyone' else @audience end, @level, @tier, @buyer, @valid::daterange, @priority, now())
        returning price_book_id
        """, new { seller = seller.PartnerId, code, kind, currency, audience, level, tier, buyer = buyer?.PartnerId, valid, priority })).Single();

    public static Task AnEntry(this Given given, long book, long product, decimal price, string valid = "[2026-01-01,)") => given.Database.ExecuteAsync("""
        insert into price_book_entry (price_book_id, product_id, unit_price, valid, created_at) values (@book, @product, @price, @valid::daterange, now())
        """, new { book, product, price, valid });

    public static async Task<long> ARule(this Given given, TestPartner seller, string code, decimal rate, string kind = "promotion", decimal min = 0, decimal? max = null,
        string audience = "partners", long[]? products = null, string? line = null, bool wholeChannel = false, string valid = "[2026-01-01,)") => (await given.Database.ListAsync<long>("""
        with rule as (
            insert into price_rule (seller_id, code, name, name_zh, kind, discount_rate, min_quantity, max_quantity, audience, covers, product_line_id, whole_channel, valid, created_at)
            values (@seller, @code, 'Rule ' || @code, '规则 ' || @code, @kind, @rate, @min, @max, @audience,
                    case when @line is not null then 'line' when @products::bigint[] is not null then 'products' else 'all' end,
                    (select product_line_id from product_line where code = @line), @wholeChannel, @valid::daterange, now())
            returning price_rule_id
        ), named as (
            insert into price_rule_product (price_rule_id, product_id) select price_rule_id, unnest(@products::bigint[]) from rule
        )
        select price_rule_id from rule
        """, new { seller = seller.PartnerId, code, rate, kind, min, max, audience, products, line, wholeChannel, valid })).Single();

    public static async Task<IReadOnlyList<LinePrice>> Ask(this PortalApp portal, TestPerson caller, TestPartner? buyer, TestPartner seller, string currency, string day, params (string Sku, decimal Quantity)[] lines) =>
        await new Prices(portal.Database.As(Caller.Subject(TestIdentityProvider.Issuer, caller.Subject)))
            .ForAsync(buyer?.PartnerId, seller.PartnerId, currency, DateOnly.Parse(day), [.. lines.Select(line => new AskedLine(line.Sku, line.Quantity))], CancellationToken.None);

    public static string Explain(this LinePrice line) => line.Refusal ?? string.Join(", ", line.Steps.Select(step => $"{step.Kind} {step.Rule} {step.Price}")) + $" = {line.LineAmount}";

    public static async Task<string?> ConstraintOf(Func<Task> work)
    {
        try
        {
            await work();
            return null;
        }
        catch (PostgresException refused)
        {
            return refused.ConstraintName ?? refused.SqlState;
        }
    }
}
