using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Platform.Database;

namespace Benchmarks.Orders;

/// <summary>
/// The same order by its statements alone: parties, prices and credit looked up, the key taken, header, twenty lines and step in one statement, audit, outbox
/// and the kept answer; everything prepared and sent in one batch, which is one transaction with one commit. Or as somebody would write it who knows prices
/// and credit already, without the looks. It works as the portal's own role does: under row-level security, entered as the same API client.
/// </summary>
sealed class RawOrders
{
    readonly NpgsqlDataSource source;
    readonly Kind[] kinds;

    RawOrders(NpgsqlDataSource source, Kind[] kinds) => (this.source, this.kinds) = (source, kinds);

    /// <summary>Looks up once what does not change from order to order: each kind of client places one through the API, which is written again and again then.</summary>
    public static async Task<RawOrders> NewAsync(NpgsqlDataSource source, OrderingClients api, CancellationToken ct)
    {
        var read = new List<Kind>();
        for (var kind = 0; kind < OrderingClients.Subjects.Count; kind++)
        {
            read.Add(await ReadAsync(source, OrderingClients.Subjects[kind], await api.PlaceAsync(kind, ct), ct));
        }

        return new(source, [.. read]);
    }

    /// <summary>One client places one order: the looks and the writes.</summary>
    public Task OrderAsync(int client, CancellationToken ct) => PlaceAsync(client, looksUp: true, ct);

    /// <summary>One client writes one order whose prices it knows.</summary>
    public Task WriteAsync(int client, CancellationToken ct) => PlaceAsync(client, looksUp: false, ct);

    /// <summary>The same, and the number of the order.</summary>
    public Task<string> PlaceAsync(int client, CancellationToken ct) => PlaceAsync(client, looksUp: false, ct);

    async Task<string> PlaceAsync(int client, bool looksUp, CancellationToken ct)
    {
        var kind = kinds[client % kinds.Length];
        var number = PublicNumber.New("PO");
        var key = Guid.NewGuid().ToString();
        var now = DateTime.UtcNow;
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Command("select enter($1, $2)", kind.Issuer, kind.Subject));
        batch.BatchCommands.Add(Command("select is_taken from take_idempotent_key($1, $2)", key, 0));
        if (looksUp)
        {
            batch.BatchCommands.Add(Command("""
                select b.partner_id, b.upstream_id, s.name, s.status, b.currency, brand_day($1), app_has_role('buyer'), credit_watches(b.upstream_id, b.partner_id), l.per_order, l.per_month
                from partner b join partner s on s.partner_id = b.upstream_id left join purchase_limit l on l.person_id = app_person_id()
                where b.partner_id = app_partner_id()
                """, now));
            batch.BatchCommands.Add(Command("""
                select f.* from partner b cross join lateral price_facts(b.partner_id, b.upstream_id, b.currency, brand_day($1), $2, array[]::text[]) f where b.partner_id = app_partner_id()
                """, now, kind.Skus));
            batch.BatchCommands.Add(Command("select g.* from credit_gate($1, $2, $3, null, $4, $5, 'submit', $6, false) g", kind.SellerId, kind.BuyerId, kind.Currency, kind.Products, kind.Amounts, now));
        }

        batch.BatchCommands.Add(Order(kind, number, now));
        batch.BatchCommands.Add(Command("""
            insert into audit_entry (happened_at, actor, partner_ids, action, subject_kind, subject_number, details, correlation_id, hash)
            values ($1, coalesce(app_actor(), 'anonymous'), $2, 'order.submit', 'order', $3, $4::jsonb, $5, '')
            """, now, kind.Partners, number, kind.Details, kind.Correlation));
        batch.BatchCommands.Add(Command("insert into outbox_message (kind, payload, created_at, not_before) values ('order.step', $1::jsonb, $2, $2)", kind.Payload(number), now));
        batch.BatchCommands.Add(Command("select pg_notify('outbox_' || current_schema(), '')"));
        batch.BatchCommands.Add(Command("""
            insert into idempotent_answer (caller, key, request_hash, status, headers, body, answered_at)
            values (app_actor(), $1, $2, 201, $3::jsonb, $4, $5)
            """, key, kind.Hash, kind.Headers, kind.Answer, now));
        await batch.ExecuteNonQueryAsync(ct);
        return number;
    }

    /// <summary>The seller promises an order of one line from stock: the balance taken and reserved, line, answer, step, figures, audit, outbox; one batch, one commit.</summary>
    public async Task ConfirmAsync(string number, Seller seller, CancellationToken ct)
    {
        var now = DateTime.UtcNow;
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Command("select enter($1, $2)", seller.Issuer, seller.Subject));
        batch.BatchCommands.Add(Command("select purchase_order_id from purchase_order where number = $1 for no key update", number));
        batch.BatchCommands.Add(Command("""
            select r.available
            from purchase_order o join purchase_order_line l on l.purchase_order_id = o.purchase_order_id
            cross join lateral stock_reserve($2, array[l.product_id], array[l.quantity::bigint]) r
            where o.number = $1
            """, number, seller.PlaceId));
        batch.BatchCommands.Add(Command("""
            with held as (
                select o.purchase_order_id, o.buyer_id, o.seller_id, l.purchase_order_line_id, l.quantity
                from purchase_order o join purchase_order_line l on l.purchase_order_id = o.purchase_order_id where o.number = $1),
            step as (
                insert into purchase_order_step (purchase_order_id, buyer_id, seller_id, act, status, partner_id, person_id, happened_at)
                select purchase_order_id, buyer_id, seller_id, 'confirm', 'confirmed', app_partner_id(), app_person_id(), $3 from held
                returning purchase_order_step_id),
            answer as (
                insert into order_line_answer (purchase_order_step_id, purchase_order_line_id, promised, reserved, refused)
                select step.purchase_order_step_id, held.purchase_order_line_id, held.quantity, held.quantity, 0 from step cross join held),
            line as (
                update purchase_order_line l set reserved = held.quantity from held where l.purchase_order_line_id = held.purchase_order_line_id)
            update purchase_order o
            set status = 'confirmed', confirmed_at = $3, from_place_id = $2, version = version + 1
            from held where o.purchase_order_id = held.purchase_order_id
            """, number, seller.PlaceId, now));
        batch.BatchCommands.Add(Command("select kpi_add_orders(array(select purchase_order_id from purchase_order where number = $1), 1)", number));
        batch.BatchCommands.Add(Command("""
            insert into audit_entry (happened_at, actor, partner_ids, action, subject_kind, subject_number, details, correlation_id, hash)
            select $2, coalesce(app_actor(), 'anonymous'), array[o.buyer_id, o.seller_id], 'order.confirm', 'order', $1, '{}'::jsonb, $3, '' from purchase_order o where o.number = $1
            """, number, now, "0af7651916cd43dd8448eb211c80319c"));
        batch.BatchCommands.Add(Command("""
            insert into outbox_message (kind, payload, created_at, not_before)
            select 'order.step', jsonb_build_object('number', o.number, 'act', 'confirm', 'status', 'confirmed', 'buyerId', o.buyer_id, 'sellerId', o.seller_id), $2, $2 from purchase_order o where o.number = $1
            """, number, now));
        batch.BatchCommands.Add(Command("select pg_notify('outbox_' || current_schema(), '')"));
        await batch.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Who sells to the clients: an API client of the demo.</summary>
    public async Task<Seller> SellerAsync(string subject, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new("select enter_as_system('benchmark')"));
        batch.BatchCommands.Add(Command("select issuer, subject, stock_place_of(partner_id) from person where subject = $1", subject));
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        await reader.ReadAsync(ct);
        return new(reader.GetString(0), reader.GetString(1), reader.GetInt64(2));
    }

    static NpgsqlBatchCommand Order(Kind kind, string number, DateTime now) => Command("""
        with placed as (
            insert into purchase_order (number, buyer_id, seller_id, ordered_on, currency, line_count, total_amount, status, to_place_id, note, created_at, submitted_at)
            values ($1, $2, $3, $4, $5, $6, $7, 'submitted', $8, $9, $10, $10)
            returning purchase_order_id),
        line as (
            insert into purchase_order_line (purchase_order_id, buyer_id, seller_id, line_number, product_id, quantity, unit_price, amount, price_steps)
            select placed.purchase_order_id, $2, $3, l.line_number, l.product_id, l.quantity, l.unit_price, l.amount, l.price_steps::jsonb
            from placed cross join unnest($11, $12, $13, $14, $15, $16) as l (line_number, product_id, quantity, unit_price, amount, price_steps))
        insert into purchase_order_step (purchase_order_id, buyer_id, seller_id, act, status, partner_id, person_id, happened_at)
        select placed.purchase_order_id, $2, $3, 'submit', 'submitted', app_partner_id(), app_person_id(), $10
        from placed
        """, number, kind.BuyerId, kind.SellerId, DateOnly.FromDateTime(now), kind.Currency, kind.Products.Length, kind.Total, kind.PlaceId, "As agreed by telephone", now,
        kind.LineNumbers, kind.Products, kind.Quantities, kind.UnitPrices, kind.Amounts, kind.PriceSteps);

    static NpgsqlBatchCommand Command(string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(value is DateTime time ? new NpgsqlParameter { Value = time, NpgsqlDbType = NpgsqlDbType.TimestampTz } : new NpgsqlParameter { Value = value });
        }

        return command;
    }

    // The lines of an order that the API has placed: the same products, prices and explanations of prices.
    static async Task<Kind> ReadAsync(NpgsqlDataSource source, string subject, string number, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new("select enter_as_system('benchmark')"));
        batch.BatchCommands.Add(Command("""
            select person.issuer, b.partner_id, b.upstream_id, b.currency, stock_place_of(b.partner_id)
            from person join partner b on b.partner_id = person.partner_id
            where person.subject = $1
            """, subject));
        batch.BatchCommands.Add(Command("""
            select l.product_id, l.unit_price, l.amount, l.price_steps::text, p.sku
            from purchase_order o join purchase_order_line l on l.purchase_order_id = o.purchase_order_id join product p on p.product_id = l.product_id
            where o.number = $1
            order by l.line_number
            """, number));
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        await reader.ReadAsync(ct);
        var (issuer, buyer, seller, currency, place) = (reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetString(3), reader.GetInt64(4));
        await reader.NextResultAsync(ct);
        var (products, prices, amounts, steps, skus) = (new List<long>(), new List<decimal>(), new List<decimal>(), new List<string>(), new List<string>());
        while (await reader.ReadAsync(ct))
        {
            products.Add(reader.GetInt64(0));
            prices.Add(reader.GetDecimal(1));
            amounts.Add(reader.GetDecimal(2));
            steps.Add(reader.GetString(3));
            skus.Add(reader.GetString(4));
        }

        return new(issuer, subject, buyer, seller, currency, place, [.. products], [.. prices], [.. amounts], [.. steps], [.. skus]);
    }

    /// <summary>Who sells, and from where.</summary>
    internal sealed record Seller(string Issuer, string Subject, long PlaceId);

    /// <summary>What one kind of client orders, ready to be sent.</summary>
    sealed record Kind(
        string Issuer, string Subject, long BuyerId, long SellerId, string Currency, long PlaceId, long[] Products, decimal[] UnitPrices, decimal[] Amounts, string[] PriceSteps, string[] Skus)
    {
        public int[] LineNumbers { get; } = [.. Enumerable.Range(1, Products.Length)];

        public int[] Quantities { get; } = [.. Enumerable.Range(0, Products.Length).Select(line => (line % 5) + 1)];

        public decimal Total => Amounts.Sum();

        public long[] Partners => [BuyerId, SellerId];

        public string Details => JsonSerializer.Serialize(new { poNumber = (string?)null, Currency, Total, Lines = Products.Length }, JsonSerializerOptions.Web);

        public string Correlation => "0af7651916cd43dd8448eb211c80319c";

        public byte[] Hash { get; } = new byte[32];

        public string Headers => """{"Location": "http://localhost:5080/api/v1/orders/PO-0000-0000-0000", "ETag": "\"1\"", "Content-Type": "application/json; charset=utf-8"}""";

        public byte[] Answer { get; } = """{"number":"PO-0000-0000-0000","status":"submitted","version":1}"""u8.ToArray();

        public string Payload(string number) => JsonSerializer.Serialize(new { number, act = "submit", status = "submitted", BuyerId, SellerId }, JsonSerializerOptions.Web);
    }
}
