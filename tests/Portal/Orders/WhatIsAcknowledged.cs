using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Platform.Database;
using Platform.Outbox;
using Portal.Verify;
using Support;

namespace Portal.Tests.Orders;

/// <summary>
/// Programs order, confirm, ship and receive while the database ends their connections in the middle, answers are lost and asked for again, several work on one order at once and
/// the clock jumps. The long form, which kills whole processes, is the benchmark <c>faults</c>.
/// </summary>
public sealed class WhatIsAcknowledged : PortalApp
{
    const int Traders = 4;
    const int OrdersEach = 8;
    const int MostTries = 200;

    readonly ConcurrentDictionary<string, string> acknowledged = new(StringComparer.Ordinal);
    readonly ConcurrentBag<string> refused = [];

    [Fact]
    public async Task Exists_once_and_what_was_refused_does_not_whatever_breaks_meanwhile()
    {
        var seed = Random.Shared.Next();
        await Given.Products();
        var buyer = await Given.ADistributor("Insists");
        var seller = Api(await Given.AnApiClient(await Given.TheBrand(), "brand_admin"));
        foreach (var sku in new[] { "A-01", "A-02", "A-03" })
        {
            await Given.Stock(await Given.TheBrand(), sku, 10_000);
        }

        // Before the clock jumps: a token that was made after a jump ahead is none after the next one back.
        var buyers = Enumerable.Range(0, Traders).Select(_ => Api(buyer)).ToList();
        await Task.WhenAll(buyers.Select((trading, trader) => Task.Run(() => TradeAsync(trader, trading, seller, new Random(seed + trader)))));
        await TellAllAsync();

        var there = await Database.ListAsync<(string PoNumber, string Number, long Times)>(
            "select po_number, min(number), count(*) from portal.purchase_order where po_number is not null group by po_number");
        var because = $"seed {seed}";
        Assert.True(acknowledged.OrderBy(order => order.Key, StringComparer.Ordinal).SequenceEqual(there.OrderBy(order => order.PoNumber, StringComparer.Ordinal).Select(order => KeyValuePair.Create(order.PoNumber, order.Number))), because);
        Assert.True(there.TrueForAll(order => order.Times == 1) && !refused.IsEmpty && !refused.Any(po => acknowledged.ContainsKey(po)), because);
        Assert.Equal([], await InScopeAsync(Caller.System("test"), async services =>
        {
            var findings = new List<string>();
            foreach (var check in services.GetServices<ICheck>())
            {
                findings.AddRange((await check.RunAsync(default)).Findings);
            }

            return findings;
        }));
    }

    async Task TradeAsync(int trader, ApiClient buyer, ApiClient seller, Random random)
    {
        for (var n = 0; n < OrdersEach; n++)
        {
            var po = $"F-{trader}-{n}";
            var lines = new[] { new { sku = "A-01", quantity = random.Next(1, 9) }, new { sku = random.Next(4) == 0 ? "NOPE" : "A-02", quantity = 2 }, new { sku = "A-03", quantity = 1 } };
            var placed = await InsistAsync(buyer, "/api/v1/orders", new { poNumber = po, submit = true, lines }, null, random);
            if (placed.Status is not HttpStatusCode.Created)
            {
                Assert.Equal(HttpStatusCode.BadRequest, placed.Status);
                refused.Add(po);
                continue;
            }

            var number = acknowledged[po] = placed.Json.GetProperty("number").GetString()!;
            await FollowAsync(number, buyer, seller, random);
        }
    }

    async Task FollowAsync(string number, ApiClient buyer, ApiClient seller, Random random)
    {
        // Two clerks of the seller, the buyer and the job at the same order.
        await Task.WhenAll(
            InsistAsync(seller, $"/api/v1/orders/{number}/confirmation", new { lines = Array.Empty<object>() }, "\"1\"", new Random(random.Next())),
            random.Next(3) == 0 ? InsistAsync(seller, $"/api/v1/orders/{number}/rejection", new { reason = "No goods" }, "\"1\"", new Random(random.Next())) : Task.CompletedTask,
            random.Next(3) == 0 ? InsistAsync(buyer, $"/api/v1/orders/{number}/cancellation", new { reason = "Ordered twice" }, "\"1\"", new Random(random.Next())) : Task.CompletedTask,
            random.Next(3) == 0 ? TryToTellAsync() : Task.CompletedTask);
        var sent = await InsistAsync(seller, $"/api/v1/orders/{number}/shipments", new { lines = new[] { new { lineNumber = 1, quantity = 1 }, new { lineNumber = 2, quantity = 2 } } }, null, random);
        if (sent.Status is HttpStatusCode.Created)
        {
            await InsistAsync(buyer, $"/api/v1/shipments/{sent.Json.GetProperty("number").GetString()}/receipts", new { lines = new[] { new { lineNumber = 2, received = 1, damaged = 1 } } }, null, random);
        }
    }

    // The same again with the same key until there is an answer that is none of a fault.
    async Task<ApiAnswer> InsistAsync(ApiClient client, string path, object body, string? version, Random random)
    {
        var key = Guid.NewGuid().ToString("N");
        for (var tries = 0; tries < MostTries; tries++)
        {
            await BreakSomethingAsync(random);
            var asked = client.SendAsync(HttpMethod.Post, path, body, ("Idempotency-Key", key), ("If-Match", version ?? ""));
            if (random.Next(6) == 0)
            {
                // Hung up: nobody reads this answer, and the next request may meet this one at work.
                _ = asked.ContinueWith(lost => lost.Exception, TaskScheduler.Default);
                continue;
            }

            var answer = await asked;
            // The one before is still at work, or something broke.
            if ((int)answer.Status < 500 && answer.Problem is not "twin-running")
            {
                return answer;
            }
        }

        throw new InvalidOperationException($"{path} had no answer in {MostTries} tries.");
    }

    async Task BreakSomethingAsync(Random random)
    {
        switch (random.Next(24))
        {
            case 0:
                await Database.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename <> current_user");
                break;
            case 1:
                Clock.Now = new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero).AddMinutes(random.Next(0, 6));
                break;
        }
    }

    async Task TellAllAsync()
    {
        while (await Services.GetRequiredService<OutboxDelivery>().DeliverDueAsync(CancellationToken.None) > 0)
        {
            // Until nothing is left that is due.
        }
    }

    // The job at its work, when its connection may be ended as well as any.
    async Task TryToTellAsync()
    {
        try
        {
            await TellAllAsync();
        }
        catch (NpgsqlException)
        {
            // What was not told is told the next time.
        }
    }
}
