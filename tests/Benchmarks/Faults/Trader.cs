using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Benchmarks.Chain;
using Benchmarks.Stage;

namespace Benchmarks.Faults;

/// <summary>
/// A program that does not give up: it asks the same again, with the same idempotency key, until it has an answer. Now and then it hangs up before the answer comes. It orders
/// as the store, sometimes what cannot be ordered, and then works on the order as both sides at once.
/// </summary>
sealed class Trader(TradingPrograms programs, AnswersGiven ledger, int client, Random random)
{
    static readonly TimeSpan Longest = TimeSpan.FromMinutes(4);

    /// <summary>Works until it is over; what it has begun it finishes.</summary>
    public async Task WorkAsync(CancellationToken over, CancellationToken ct)
    {
        for (var n = 0; !over.IsCancellationRequested; n++)
        {
            using var http = HttpClients.New();
            var po = string.Create(CultureInfo.InvariantCulture, $"FAULT-{client}-{n}");
            var isWrong = random.Next(5) == 0;
            var lines = Enumerable.Range(0, 3).Select(line => new { sku = isWrong && line == 1 ? "NO-SUCH-SKU" : programs.Skus[random.Next(programs.Skus.Count)], quantity = random.Next(1, 5) }).ToList();
            var (status, answer) = await InsistAsync(http, TradingPrograms.Store, "orders", new { poNumber = po, submit = true, lines }, version: null, ct);
            switch (status)
            {
                case HttpStatusCode.Created:
                    ledger.Orders[po] = answer.GetProperty("number").GetString()!;
                    await FollowAsync(http, ledger.Orders[po], ct);
                    break;
                case HttpStatusCode.BadRequest:
                    ledger.Refused[po] = true;
                    break;
                default:
                    throw new CannotMeasureException($"An order was answered with {(int)status}: {answer}");
            }
        }
    }

    // The dealer answers; sometimes its clerk confirms while another one rejects, the store calls off and the job gives out goods. Whoever is slower is told.
    async Task FollowAsync(HttpMessageInvoker http, string number, CancellationToken ct)
    {
        if (random.Next(3) == 0)
        {
            using HttpMessageInvoker second = HttpClients.New(), third = HttpClients.New(), fourth = HttpClients.New();
            await Task.WhenAll(
                InsistAsync(http, TradingPrograms.Dealer, $"orders/{number}/confirmation", new { lines = Array.Empty<object>() }, 1, ct),
                InsistAsync(second, TradingPrograms.Dealer, $"orders/{number}/rejection", new { reason = "Cannot meet the date" }, 1, ct),
                InsistAsync(third, TradingPrograms.Store, $"orders/{number}/cancellation", new { reason = "Ordered twice" }, 1, ct),
                InsistAsync(fourth, TradingPrograms.Dealer, "orders/waiting/allocation", new { }, null, ct));
        }
        else
        {
            await ActAsync(http, TradingPrograms.Dealer, $"orders/{number}/confirmation", new { lines = Array.Empty<object>() }, 1, ct);
        }

        if (await ActAsync(http, TradingPrograms.Dealer, "orders/waiting/order", new { order = number, submit = true }, null, ct) is not { } ordered)
        {
            return;
        }

        var upwards = ordered.GetProperty("number").GetString();
        if (await ActAsync(http, TradingPrograms.Distributor, $"orders/{upwards}/confirmation", new { lines = Array.Empty<object>() }, 1, ct) is not { } confirmed)
        {
            return;
        }

        var lines = confirmed.GetProperty("lines").EnumerateArray().Select(line => (Line: line.GetProperty("lineNumber").GetInt32(), Quantity: line.GetProperty("quantity").GetInt32())).ToList();
        if (await ActAsync(http, TradingPrograms.Distributor, $"orders/{upwards}/shipments", new { lines = lines.Select(line => new { lineNumber = line.Line, quantity = line.Quantity }) }, null, ct) is { } shipped)
        {
            await ActAsync(http, TradingPrograms.Dealer, $"shipments/{shipped.GetProperty("number").GetString()}/receipts",
                new { lines = lines.Select(line => new { lineNumber = line.Line, received = line.Quantity - (line.Quantity > 1 ? random.Next(2) : 0) }).ToList() }, null, ct);
        }

        // What came is given out; as much as is reserved goes to the store.
        await ActAsync(http, TradingPrograms.Dealer, "orders/waiting/allocation", new { }, null, ct);
        var (status, order) = await InsistAsync(http, TradingPrograms.Dealer, $"orders/{number}", null, null, ct);
        var reserved = status is HttpStatusCode.OK
            ? order.GetProperty("lines").EnumerateArray().Select(line => new { lineNumber = line.GetProperty("lineNumber").GetInt32(), quantity = line.GetProperty("reserved").GetInt32() }).Where(line => line.quantity > 0).ToList()
            : [];
        if (reserved.Count > 0)
        {
            await ActAsync(http, TradingPrograms.Dealer, $"orders/{number}/shipments", new { lines = reserved }, null, ct);
        }
    }

    async Task<JsonElement?> ActAsync(HttpMessageInvoker http, int who, string path, object body, int? version, CancellationToken ct)
    {
        var (status, answer) = await InsistAsync(http, who, path, body, version, ct);
        if (status is HttpStatusCode.OK or HttpStatusCode.Created)
        {
            ledger.Acted();
            return answer;
        }

        // Rivals may have been faster; anything else is a fault of the product.
        return (int)status is >= 400 and < 500 ? null : throw new CannotMeasureException($"{path} was answered with {(int)status}: {answer}");
    }

    async Task<(HttpStatusCode Status, JsonElement Answer)> InsistAsync(HttpMessageInvoker http, int who, string path, object? body, int? version, CancellationToken ct)
    {
        var key = body is null ? null : Guid.NewGuid().ToString();
        var begun = Stopwatch.StartNew();
        var last = "nothing";
        while (begun.Elapsed < Longest)
        {
            ct.ThrowIfCancellationRequested();
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
            // One time in six it hangs up early: what was committed must be there when it asks again.
            bool hangsUp;
            int soon;
            lock (random)
            {
                (hangsUp, soon) = (random.Next(6) == 0, random.Next(1, 40));
            }

            patience.CancelAfter(hangsUp ? TimeSpan.FromMilliseconds(soon) : TimeSpan.FromSeconds(20));
            try
            {
                var (status, answer) = await programs.SendAsync(http, who, path, body, key, version, patience.Token);
                // Down, or just coming up, or the same request still at work: asked again.
                if ((int)status < 500 && !IsAtWork(status, answer))
                {
                    return (status, answer.RootElement);
                }

                last = $"{(int)status}: {answer.RootElement}";
            }
            catch (Exception gone) when (gone is HttpRequestException or IOException or JsonException || (gone is OperationCanceledException && !ct.IsCancellationRequested))
            {
                // No answer; what became of it shows when it is asked again.
            }

            ledger.AskAgain();
            await Task.Delay(100, ct);
        }

        throw new CannotMeasureException($"{path} was asked for {Longest.TotalMinutes} minutes, and answered with {last}");
    }

    static bool IsAtWork(HttpStatusCode status, JsonDocument answer) => status is HttpStatusCode.TooManyRequests
        || (status is HttpStatusCode.Conflict && answer.RootElement.ValueKind is JsonValueKind.Object && answer.RootElement.TryGetProperty("type", out var type) && type.GetString()!.EndsWith("/twin-running", StringComparison.Ordinal));
}
