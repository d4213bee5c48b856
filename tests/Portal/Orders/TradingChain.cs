using Dapper;
using Platform.Audit;
using Platform.Database;
using Platform.Outbox;
using Portal.Assortment;
using Portal.Kpis;
using Portal.Orders;
using Portal.Pricing;
using Portal.Receivables;
using Portal.Stock;
using Portal.Verify;
using Support;

namespace Portal.Tests.Orders;

/// <summary>
/// A brand, its distributor Huaxin with the reseller Jiangnan and that one's store, and a second distributor, Eurodist, who has no
/// business with any of them. Prices in yuan: S-001 costs 10.01, S-002 20.02 and so on to S-040.
/// </summary>
public sealed class TradingChain : IAsyncLifetime
{
    public const string Issuer = "https://identity.test";

    TestDatabase database = null!;

    public TestDatabase Database => database;

    public async Task InitializeAsync()
    {
        database = await TestDatabase.PortalAsync();
        await database.ExecuteAsync("""
            insert into partner (number, code, name, partner_type, country_code, currency, time_zone, created_at)
            values ('P-NORTH', 'north', '北光', 'brand', 'CN', 'CNY', 'Asia/Shanghai', now());
            insert into partner (number, code, name, partner_type, upstream_id, country_code, currency, time_zone, created_at)
            select 'P-HUAXIN', 'huaxin', '华信', 'distributor', partner_id, 'CN', 'CNY', 'Asia/Shanghai', now() from partner where code = 'north';
            insert into partner (number, code, name, partner_type, upstream_id, country_code, currency, time_zone, created_at)
            select 'P-EURODIST', 'eurodist', 'Eurodist', 'distributor', partner_id, 'DE', 'CNY', 'Europe/Berlin', now() from partner where code = 'north';
            insert into partner (number, code, name, partner_type, upstream_id, country_code, currency, time_zone, created_at)
            select 'P-JIANGNAN', 'jiangnan', '江南办公', 'reseller', partner_id, 'CN', 'CNY', 'Asia/Shanghai', now() from partner where code = 'huaxin';
            insert into partner (number, code, name, partner_type, upstream_id, country_code, currency, time_zone, created_at)
            select 'P-WUXI', 'wuxi', '江南办公无锡店', 'store', partner_id, 'CN', 'CNY', 'Asia/Shanghai', now() from partner where code = 'jiangnan';

            insert into person (number, partner_id, issuer, subject, name, created_at)
            select 'U-' || upper(who.subject), p.partner_id, @Issuer, who.subject, who.name, now()
            from (values ('north-admin', 'Grace', 'north'), ('north-finance', 'Oscar', 'north'),
                         ('huaxin-buys', 'Penny', 'huaxin'), ('huaxin-sells', 'Victor', 'huaxin'), ('huaxin-looks', 'Vera', 'huaxin'),
                         ('eurodist-all', 'Lena', 'eurodist'), ('jiangnan-all', 'Simon', 'jiangnan'), ('wuxi-all', 'Wendy', 'wuxi')) as who (subject, name, code)
            join partner p on p.code = who.code;
            insert into person_role (person_id, role)
            select u.person_id, r.role
            from (values ('north-admin', 'brand_admin'), ('north-finance', 'finance'),
                         ('huaxin-buys', 'purchasing'), ('huaxin-sells', 'sales'), ('huaxin-looks', 'viewer'),
                         ('eurodist-all', 'partner_admin'), ('jiangnan-all', 'partner_admin'), ('wuxi-all', 'partner_admin')) as r (subject, role)
            join person u on u.subject = r.subject;

            insert into product_line (code, name, name_zh) values ('DESK', 'Desks', '办公桌');
            insert into product (sku, name, name_zh, product_line_id, status, created_at)
            select sku, 'Product ' || sku, '产品 ' || sku, product_line_id, status, now()
            from product_line, (select 'S-' || lpad(n::text, 3, '0') as sku, 'active' as status from generate_series(1, 40) as n
                                union all values ('OLD-1', 'discontinued'), ('NEW-1', 'active')) as made;
            insert into price_book (seller_id, code, name, kind, currency, audience, valid, created_at)
            select partner_id, 'LIST', 'List', 'list', 'CNY', 'everyone', '[2020-01-01,)', now() from partner where code = 'north';
            insert into price_book_entry (price_book_id, product_id, unit_price, valid, created_at)
            select b.price_book_id, p.product_id, substr(p.sku, 3)::int * 10.01, '[2020-01-01,)', now()
            from price_book b, product p where p.sku like 'S-%';
            """, new { Issuer });
    }

    public async Task DisposeAsync() => await database.DisposeAsync();

    /// <summary>Somebody at their desk, with the acts of the product.</summary>
    /// <param name="subject">Who.</param>
    /// <param name="clock">The clock on their wall; the machine's where left out.</param>
    public Desk At(string subject, TimeProvider? clock = null) => new(database.As(Caller.Subject(Issuer, subject)), clock);

    /// <summary>The product itself.</summary>
    public Desk TheProduct => new(database.As(Caller.System("test")));

    /// <summary>Puts goods on a partner's shelf.</summary>
    public async Task GivenStockAsync(string partner, string sku, int quantity)
    {
        var desk = TheProduct;
        await desk.Db.InTransactionAsync(async () =>
        {
            var place = await desk.Db.OneAsync<long>("select stock_place_of(partner_id) from partner where code = @partner", new { partner }, default);
            var product = await desk.Db.OneAsync<long>("select product_id from product where sku = @sku", new { sku }, default);
            await desk.Ledger.RecordAsync("supply", place, new([product], [quantity]), DateTimeOffset.UtcNow.AddMinutes(-1), "opening stock", default);
        }, default);
    }

    /// <summary>What a partner holds: on hand, reserved, in transit.</summary>
    public async Task<(long OnHand, long Reserved, long InTransit)> StockOfAsync(string partner, string sku) =>
        (await database.ListAsync<(long, long, long)>("""
            select coalesce(sum(b.on_hand), 0)::bigint, coalesce(sum(b.reserved), 0)::bigint, coalesce(sum(b.in_transit), 0)::bigint
            from stock_balance b
            join stock_place s on s.stock_place_id = b.stock_place_id
            join partner p on p.partner_id = s.partner_id
            join product x on x.product_id = b.product_id
            where p.code = @partner and x.sku = @sku
            """, new { partner, sku })).Single();

    /// <summary>An order of some SKUs, as a clerk types it.</summary>
    public static OrderRequest Order(params (string Sku, decimal? Quantity)[] lines) => new(null, null, null, null, [.. lines.Select(line => new SkuLine(line.Sku, line.Quantity))]);

    /// <summary>An order of Huaxin with the brand, which has the goods: submitted and confirmed.</summary>
    public async Task<string> AConfirmedOrderAsync(params (string Sku, decimal? Quantity)[] lines)
    {
        foreach (var (sku, quantity) in lines)
        {
            await GivenStockAsync("north", sku, (int)quantity!);
        }

        var number = Number(await At("huaxin-buys").Place.CreateAsync(Order(lines), submit: true, default));
        Number(await At("north-admin").Answer.ConfirmAsync(number, null, default));
        return number;
    }

    /// <summary>What the checks of the whole data find wrong.</summary>
    public async Task<List<string>> FindingsAsync()
    {
        var db = TheProduct.Db;
        List<string> findings = [];
        foreach (var check in new ICheck[] { new StockCheck(db), new OrdersCheck(db), new MoneyCheck(db), new ReceivablesCheck(db), new KpiCheck(db, new KpiDefinitions(db, TimeProvider.System)) })
        {
            findings.AddRange((await check.RunAsync(default)).Findings);
        }

        foreach (var check in new IDayCheck[] { new StockOnDay(db), new OrdersOnDay(db), new ReceivablesOnDay(db) })
        {
            findings.AddRange((await check.RunAsync(DateOnly.FromDateTime(DateTime.UtcNow).AddDays(1), default)).Findings);
        }

        return findings;
    }

    public static string Number(OrderOutcome outcome) => Assert.IsType<OrderOutcome.Done>(outcome).Number;

    public static string Document(OrderOutcome outcome) => Assert.IsType<OrderOutcome.Done>(outcome).Document!;

    public static IEnumerable<(int? Line, string Key)> Problems(OrderOutcome outcome) =>
        Assert.IsType<OrderOutcome.Wrong>(outcome).Problems.Select(problem => (problem.Line, problem.TextKey));
}

/// <summary>Tests on a channel of their own each; whatever one did, the books are in order afterwards.</summary>
public abstract class OnATradingChain : IAsyncLifetime
{
    protected TradingChain Chain { get; } = new();

    public virtual Task InitializeAsync() => Chain.InitializeAsync();

    public async Task DisposeAsync()
    {
        Assert.Equal([], await Chain.FindingsAsync());
        await Chain.DisposeAsync();
    }
}

/// <summary>One person's acts, on a database scope of their own.</summary>
public sealed class Desk
{
    public Desk(Db db, TimeProvider? theirs = null)
    {
        Db = db;
        var clock = theirs ?? TimeProvider.System;
        var writing = new OrderWriting(db, clock);
        var (audit, outbox) = (new AuditTrail(db, clock), new Outbox(db, clock));
        var news = new OrderNews(audit, outbox);
        var books = new OrderBooks(db, new CreditGate(db, audit, outbox, clock), new InvoiceShipment(db, audit, clock));
        Ledger = new StockLedger(db, outbox, clock);
        Places = new StockPlaces(db, audit, clock);
        Record = new RecordMovement(db, Ledger, Places, audit, clock);
        Transfers = new TransferGoods(db, Ledger, Places, audit, clock);
        Counts = new CountStock(db, Ledger, Places, new TakeBackReservations(db, Ledger, news, clock), audit, clock);
        Waiting = new WaitingLines(db, clock);
        Chain = new OrderChain(db);
        Policies = new SellingPolicies(db, audit, clock);
        Allocate = new AllocateGoods(db, Waiting, Ledger, news);
        Orders = new OrderStore(db);
        Pricing = new OrderPricing(db, writing, new SoldByTerm(db, clock));
        Limits = new PurchaseLimits(db, audit, clock);
        Approvals = new OrderApprovals(db, clock);
        Approve = new ApproveOrder(db, writing, Approvals, books, news);
        Place = new PlaceOrder(db, Pricing, writing, Limits, books, news);
        Terms = new Terms(db, audit, clock);
        Addresses = new ShipToAddresses(db, audit, clock);
        Ranges = new Ranges(db, clock);
        AddRange = new AddRange(db, Ranges, audit);
        Upwards = new OrderUpwards(db, Waiting, Allocate, Addresses, Place, Terms, audit);
        var lotsOf = new LotsOfReceipts(db, writing);
        var drops = new DropShipments(db, clock);
        DropShip = new AskForDropShipment(db, writing, Waiting, Place, books, drops, audit);
        CarrySent = new CarryDropShipments(db, writing, drops, books, outbox, news);
        CarryArrived = new CarryDropReceipts(db, writing, drops, lotsOf, outbox, news);
        Answer = new AnswerOrder(db, writing, Ledger, books, new KpiFacts(db), news, outbox);
        Ship = new ShipOrder(db, writing, Ledger, books, new Parcels(db), news, outbox);
        Receive = new ReceiveShipment(db, writing, Ledger, lotsOf, news, outbox);
        Cancel = new CancelOrder(db, writing, Ledger, new KpiFacts(db), news);
        Changes = new OrderChanges(db, clock);
        var changeNews = new ChangeNews(audit, outbox);
        AskForChange = new AskForChange(db, writing, Changes, new Prices(db), new SoldByTerm(db, clock), changeNews);
        AnswerChange = new AnswerChange(db, writing, Changes, Limits, books, new KpiFacts(db), outbox, changeNews);
        Close = new CloseOrder(db, writing, news);
        History = new OrderHistory(db, new KpiFacts(db), new AuditTrail(db, clock), clock);
    }

    public Db Db { get; }

    public StockLedger Ledger { get; }

    public StockPlaces Places { get; }

    public RecordMovement Record { get; }

    public TransferGoods Transfers { get; }

    public CountStock Counts { get; }

    public PurchaseLimits Limits { get; }

    public OrderApprovals Approvals { get; }

    public ApproveOrder Approve { get; }

    public WaitingLines Waiting { get; }

    public OrderChain Chain { get; }

    public SellingPolicies Policies { get; }

    public AllocateGoods Allocate { get; }

    public OrderUpwards Upwards { get; }

    public AskForDropShipment DropShip { get; }

    internal CarryDropShipments CarrySent { get; }

    internal CarryDropReceipts CarryArrived { get; }

    public Terms Terms { get; }

    public ShipToAddresses Addresses { get; }

    public Ranges Ranges { get; }

    public AddRange AddRange { get; }

    public OrderStore Orders { get; }

    public OrderPricing Pricing { get; }

    public PlaceOrder Place { get; }

    public AnswerOrder Answer { get; }

    public ShipOrder Ship { get; }

    public ReceiveShipment Receive { get; }

    public CancelOrder Cancel { get; }

    public OrderChanges Changes { get; }

    public AskForChange AskForChange { get; }

    public AnswerChange AnswerChange { get; }

    public CloseOrder Close { get; }

    public OrderHistory History { get; }

    public async Task<OrderHead> HeadAsync(string number) => (await Orders.HeadAsync(number, default))!;
}
