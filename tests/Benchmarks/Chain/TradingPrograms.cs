using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Benchmarks.Stage;

namespace Benchmarks.Chain;

/// <summary>
/// The ERP programs of three levels of the demo: the store in Wuxi, its dealer Jiangnan, and the distributor Huaxin. The demo's API clients are given to these companies
/// for the length of the benchmark, with all a partner's administrator may do.
/// </summary>
sealed class TradingPrograms
{
    /// <summary>The store.</summary>
    public const int Store = 0;

    /// <summary>Its dealer.</summary>
    public const int Dealer = 1;

    /// <summary>The distributor.</summary>
    public const int Distributor = 2;

    static readonly (string ClientId, string Partner)[] Who = [("demo-erp-eurodist", "JIANGNAN-WUXI"), ("demo-erp-brand", "JIANGNAN"), ("demo-erp-huaxin", "HUAXIN")];

    readonly Installation installation;
    readonly AuthenticationHeaderValue[] tokens = new AuthenticationHeaderValue[Who.Length];

    TradingPrograms(Installation installation, IReadOnlyList<string> skus) => (this.installation, Skus) = (installation, skus);

    /// <summary>Products that all three sell in any quantity, of which the distributor has more than enough and the dealer nothing.</summary>
    public IReadOnlyList<string> Skus { get; }

    /// <summary>Gives the programs to the companies and stocks the distributor up.</summary>
    public static async Task<TradingPrograms> NewAsync(Installation installation, CancellationToken ct)
    {
        await using var source = installation.Connect("postgres");
        foreach (var (client, partner) in Who)
        {
            await using var give = source.CreateCommand("""
                with program as (
                    update person set partner_id = (select partner_id from partner where code = $2) where subject = $1 returning person_id),
                before as (
                    delete from person_role where person_id in (select person_id from program) and role not in ('partner_admin', 'sales', 'purchasing'))
                insert into person_role (person_id, role) select person_id, role from program cross join unnest(array['partner_admin', 'sales', 'purchasing']) as role on conflict do nothing
                """);
            give.Parameters.Add(new() { Value = client });
            give.Parameters.Add(new() { Value = partner });
            await give.ExecuteNonQueryAsync(ct);
        }

        // Nobody pays here, so nobody is lent to either: all three pay in advance.
        await using var free = source.CreateCommand("set session_replication_role = replica; delete from credit_limit; update credit_policy set overdue_days = null; set session_replication_role = origin");
        await free.ExecuteNonQueryAsync(ct);
        await using var app = installation.Connect("portal_app");
        await using var find = app.CreateBatch();
        find.BatchCommands.Add(new("select enter_as_system('benchmark')"));
        find.BatchCommands.Add(new("""
            with chosen as (
                select p.product_id, p.sku
                from product p
                where p.status = 'active' and not p.is_tracked
                  and (select count(*) from partner b
                       cross join lateral terms_of_sale(b.partner_id, b.upstream_id, current_date, array[p.sku]) t
                       cross join lateral price_facts(b.partner_id, b.upstream_id, b.currency, current_date, array[p.sku], '{}') priced
                       where b.code in ('HUAXIN', 'JIANGNAN', 'JIANGNAN-WUXI') and t.is_sellable and t.min_quantity = 1 and t.order_multiple = 1 and 0 < all (priced.entry_prices)) = 3
                order by p.sku
                limit 20),
            stocked as (
                select stock_record('supply', (select stock_place_of(partner_id) from partner where code = 'HUAXIN'), array_agg(product_id), array_agg(10000000::bigint), now(), now(), null) from chosen)
            select sku from chosen, stocked
            """));
        // What the dealer has is sold: it orders upwards whatever the store wants.
        find.BatchCommands.Add(new("""
            select stock_record('sale', b.stock_place_id, array_agg(b.product_id), array_agg(b.on_hand - b.reserved), now(), now(), null)
            from stock_balance b join partner d on b.stock_place_id = stock_place_of(d.partner_id)
            where d.code = 'JIANGNAN' and b.on_hand > b.reserved and not b.is_tracked
            group by b.stock_place_id
            """));
        var skus = new List<string>();
        await using (var reader = await find.ExecuteReaderAsync(ct))
        {
            await reader.NextResultAsync(ct);
            while (await reader.ReadAsync(ct))
            {
                skus.Add(reader.GetString(0));
            }
        }

        if (skus.Count < 3)
        {
            throw new CannotMeasureException($"Only {skus.Count} products go through the whole chain.");
        }

        var programs = new TradingPrograms(installation, skus);
        await programs.RenewAsync(ct);
        return programs;
    }

    /// <summary>Asks identity for new tokens; they last a quarter of an hour.</summary>
    public async Task RenewAsync(CancellationToken ct)
    {
        for (var who = 0; who < Who.Length; who++)
        {
            tokens[who] = await HttpClients.TokenAsync(installation.Identity, Who[who].ClientId, ct);
        }
    }

    /// <summary>One request of a program.</summary>
    /// <param name="http">Its connection.</param>
    /// <param name="who">Which program.</param>
    /// <param name="path">What it asks, under <c>/api/v1/</c>.</param>
    /// <param name="body">What it says; null for a GET.</param>
    /// <param name="key">The idempotency key; null for none.</param>
    /// <param name="version">The version it saw; null for none.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<(HttpStatusCode Status, JsonDocument Body)> SendAsync(HttpMessageInvoker http, int who, string path, object? body, string? key, int? version, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, new Uri(installation.Portal, "/api/v1/" + path));
        request.Headers.Authorization = tokens[who];
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        }

        if (version is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", $"\"{version}\"");
        }

        if (body is not null)
        {
            request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, JsonSerializerOptions.Web));
            request.Content.Headers.ContentType = new("application/json");
        }

        using var answer = await http.SendAsync(request, ct);
        var text = await answer.Content.ReadAsByteArrayAsync(ct);
        return (answer.StatusCode, JsonDocument.Parse(text.Length == 0 ? "null"u8.ToArray() : text));
    }
}
