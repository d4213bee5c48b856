using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Platform.Database;

namespace Benchmarks.Orders;

/// <summary>
/// The same order as somebody would write it by hand who knows prices and parties already: the key taken, header, twenty lines and
/// step in one statement, audit, outbox and the kept answer; everything prepared and sent in one batch, which is one transaction
/// with one commit. It works as the portal's own role does: under row-level security, entered as the same API client.
/// </summary>
sealed class RawOrders
{
    readonly NpgsqlDataSource source;
    readonly Kind[] kinds;

    RawOrders(NpgsqlDataSource source, Kind[] kinds) => (this.source, this.kinds) = (source, kinds);

    /// <summary>Looks up once what does not change from order to order.</summary>
    public static async Task<RawOrders> NewAsync(NpgsqlDataSource source, OrderingClients api, CancellationToken ct)
    {
        var read = new List<Kind>();
        for (var kind = 0; kind < OrderingClients.Subjects.Count; kind++)
        {
            read.Add(await ReadAsync(source, OrderingClients.Subjects[kind], api.Skus[kind], ct));
        }

        return new(source, [.. read]);
    }

    /// <summary>One client writes one order.</summary>
    public async Task OrderAsync(int client, CancellationToken ct)
    {
        var kind = kinds[client % kinds.Length];
        var number = PublicNumber.New("PO");
        var key = Guid.NewGuid().ToString();
        var now = DateTime.UtcNow;
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Command("select enter($1, $2)", kind.Issuer, kind.Subject));
        batch.BatchCommands.Add(Command("select is_taken from take_idempotent_key($1, $2)", key, 0));
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
        """, number, kind.BuyerId, kind.SellerId, DateOnly.FromDateTime(now), kind.Currency, OrderingClients.Lines, kind.Total, kind.PlaceId, "As agreed by telephone", now,
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
    static async Task<Kind> ReadAsync(NpgsqlDataSource source, string subject, IReadOnlyList<string> skus, CancellationToken ct)
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
            select p.product_id, p.unit_price, p.line_amount,
                   jsonb_build_array(jsonb_build_object('kind', 'list', 'rule', p.list_rule, 'version', p.list_version, 'label', p.list_label, 'labelZh', p.list_label_zh, 'price', p.list_price),
                                     jsonb_build_object('kind', 'book', 'rule', p.book_rule, 'version', p.book_version, 'label', p.book_label, 'labelZh', p.book_label_zh, 'price', p.book_price))::text
            from partner b
            join person on person.partner_id = b.partner_id and person.subject = $1
            cross join lateral price_lines(b.partner_id, b.upstream_id, b.currency, current_date, $2, $3) p
            order by p.line
            """, subject, skus.ToArray(), skus.Select((_, index) => (decimal)((index % 5) + 1)).ToArray()));
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        await reader.ReadAsync(ct);
        var (issuer, buyer, seller, currency, place) = (reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetString(3), reader.GetInt64(4));
        await reader.NextResultAsync(ct);
        var (products, prices, amounts, steps) = (new List<long>(), new List<decimal>(), new List<decimal>(), new List<string>());
        while (await reader.ReadAsync(ct))
        {
            products.Add(reader.GetInt64(0));
            prices.Add(reader.GetDecimal(1));
            amounts.Add(reader.GetDecimal(2));
            steps.Add(reader.GetString(3));
        }

        return new(issuer, subject, buyer, seller, currency, place, [.. products], [.. prices], [.. amounts], [.. steps]);
    }

    /// <summary>What one kind of client orders, ready to be sent.</summary>
    sealed record Kind(
        string Issuer, string Subject, long BuyerId, long SellerId, string Currency, long PlaceId, long[] Products, decimal[] UnitPrices, decimal[] Amounts, string[] PriceSteps)
    {
        public int[] LineNumbers { get; } = [.. Enumerable.Range(1, OrderingClients.Lines)];

        public int[] Quantities { get; } = [.. Enumerable.Range(0, OrderingClients.Lines).Select(line => (line % 5) + 1)];

        public decimal Total => Amounts.Sum();

        public long[] Partners => [BuyerId, SellerId];

        public string Details => JsonSerializer.Serialize(new { poNumber = (string?)null, Currency, Total, Lines = OrderingClients.Lines }, JsonSerializerOptions.Web);

        public string Correlation => "0af7651916cd43dd8448eb211c80319c";

        public byte[] Hash { get; } = new byte[32];

        public string Headers => """{"Location": "http://localhost:5080/api/v1/orders/PO-0000-0000-0000", "ETag": "\"1\"", "Content-Type": "application/json; charset=utf-8"}""";

        public byte[] Answer { get; } = """{"number":"PO-0000-0000-0000","status":"submitted","version":1}"""u8.ToArray();

        public string Payload(string number) => JsonSerializer.Serialize(new { number, act = "submit", status = "submitted", BuyerId, SellerId }, JsonSerializerOptions.Web);
    }
}
