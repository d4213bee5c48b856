using System.Globalization;
using Benchmarks.Stage;
using Npgsql;
using NpgsqlTypes;
using Portal.Matching;

namespace Benchmarks.Claims;

/// <summary>Customers with their keys, each a company of its own, and live claims on every fifth, written by COPY as the product would have left them.</summary>
sealed class ManyClaims(NpgsqlDataSource superuser, PublicNames names)
{
    const int AtOnce = 20_000;

    long first;
    int loaded;

    // A prime above a million: keys are scattered, or the public companies, which come first, would be found first wherever a look-up is cut off.
    const long Scatter = 1_048_583;

    /// <summary>The key of the customer with that number.</summary>
    public long Customer(int number) => first + number * 7_368_787L % Scatter;

    /// <summary>Loads until there are so many.</summary>
    public async Task LoadUntilAsync(int customers, CancellationToken ct)
    {
        await using var connection = await superuser.OpenConnectionAsync(ct);
        // The rows are right; what watches over changes would look at each of a million.
        await RunAsync(connection, "set session_replication_role = replica; drop index if exists end_customer_by_name", ct);
        first = first == 0 ? await ScalarAsync(connection, "select greatest(max(end_customer_id), (select max(customer_cluster_id) from customer_cluster), 0) + 1 from end_customer", ct) : first;
        var partners = (long[])(await new NpgsqlCommand("select array_agg(partner_id order by partner_id) from partner where partner_type <> 'brand'", connection).ExecuteScalarAsync(ct))!;
        while (loaded < customers)
        {
            var some = Enumerable.Range(loaded, Math.Min(AtOnce, customers - loaded)).AsParallel().AsOrdered()
                .Select(number => (Number: number, Name: names.Name(number))).Select(row => (row.Number, row.Name, Keys: MatchKey.Of(new CompanyProfile([row.Name], "CN")))).ToList();
            await CopyAsync(connection, some, partners, ct);
            loaded += some.Count;
        }

        await ClaimAsync(connection, customers, ct);
        await RunAsync(connection, "create index end_customer_by_name on end_customer using gin (name gin_trgm_ops); set session_replication_role = origin", ct);
    }

    async Task CopyAsync(NpgsqlConnection connection, List<(int Number, string Name, IReadOnlyList<MatchKey> Keys)> rows, long[] partners, CancellationToken ct)
    {
        var now = DateTime.UtcNow;
        await using (var clusters = await connection.BeginBinaryImportAsync("copy customer_cluster (customer_cluster_id, created_at) from stdin (format binary)", ct))
        {
            foreach (var row in rows)
            {
                await clusters.WriteRowAsync(ct, Customer(row.Number), now);
            }

            await clusters.CompleteAsync(ct);
        }

        await using (var customers = await connection.BeginBinaryImportAsync("copy end_customer (end_customer_id, number, partner_id, customer_cluster_id, name, country_code, created_at, updated_at, keys_version) from stdin (format binary)", ct))
        {
            foreach (var row in rows)
            {
                await customers.StartRowAsync(ct);
                await customers.WriteAsync(Customer(row.Number), NpgsqlDbType.Bigint, ct);
                await customers.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"B-{row.Number:D8}"), NpgsqlDbType.Text, ct);
                await customers.WriteAsync(partners[row.Number % partners.Length], NpgsqlDbType.Bigint, ct);
                await customers.WriteAsync(Customer(row.Number), NpgsqlDbType.Bigint, ct);
                await customers.WriteAsync(row.Name, NpgsqlDbType.Text, ct);
                await customers.WriteAsync("CN", NpgsqlDbType.Text, ct);
                await customers.WriteAsync(now, NpgsqlDbType.TimestampTz, ct);
                await customers.WriteAsync(now, NpgsqlDbType.TimestampTz, ct);
                await customers.WriteAsync(MatchKey.Version, NpgsqlDbType.Integer, ct);
            }

            await customers.CompleteAsync(ct);
        }

        await using var keys = await connection.BeginBinaryImportAsync("copy customer_key (kind, key, end_customer_id, partner_id) from stdin (format binary)", ct);
        foreach (var row in rows)
        {
            foreach (var key in row.Keys)
            {
                await keys.StartRowAsync(ct);
                await keys.WriteAsync(key.Kind, NpgsqlDbType.Text, ct);
                await keys.WriteAsync(key.Key, NpgsqlDbType.Text, ct);
                await keys.WriteAsync(Customer(row.Number), NpgsqlDbType.Bigint, ct);
                await keys.WriteAsync(partners[row.Number % partners.Length], NpgsqlDbType.Bigint, ct);
            }
        }

        await keys.CompleteAsync(ct);
    }

    // Every fifth customer that has none, for one line in the territory of its partner.
    static Task ClaimAsync(NpgsqlConnection connection, int customers, CancellationToken ct) => RunAsync(connection, string.Create(CultureInfo.InvariantCulture, $"""
        with claimed as (
            insert into deal (number, partner_id, end_customer_id, territory_id, status, amount, currency, expected_close, protected_from, protected_until, submitted_at, decided_at, created_at, updated_at)
            select 'B' || c.number, c.partner_id, c.end_customer_id, (select min(territory_id) from territory), 'approved', 50000, 'CNY', current_date + 60, now() - interval '1 day', now() + interval '89 days', now(), now(), now(), now()
            from end_customer c
            where c.number like 'B-%' and right(c.number, 8)::integer % 5 = 0 and right(c.number, 8)::integer < {customers}
              and not exists (select from deal d where d.end_customer_id = c.end_customer_id)
            returning deal_id, partner_id, end_customer_id, territory_id, protected_from, protected_until
        ), lined as (
            insert into deal_product_line (deal_id, product_line_id, partner_id)
            select deal_id, (select min(product_line_id) from product_line), partner_id from claimed
        )
        insert into deal_claim (deal_id, partner_id, end_customer_id, customer_cluster_id, product_line_id, territory_id, protection)
        select d.deal_id, d.partner_id, d.end_customer_id, d.end_customer_id, (select min(product_line_id) from product_line), d.territory_id, tstzrange(d.protected_from, d.protected_until)
        from claimed d;
        select setval(pg_get_serial_sequence('end_customer', 'end_customer_id'), (select max(end_customer_id) from end_customer));
        select setval(pg_get_serial_sequence('customer_cluster', 'customer_cluster_id'), (select max(customer_cluster_id) from customer_cluster))
        """), ct);

    static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(ct);
    }

    static async Task<long> ScalarAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }
}
