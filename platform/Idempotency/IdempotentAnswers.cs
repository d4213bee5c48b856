using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Npgsql;
using NpgsqlTypes;
using Platform.Database;

namespace Platform.Idempotency;

/// <summary>The answers that are repeated when a key comes again.</summary>
sealed class IdempotentAnswers(Db db, TimeProvider clock)
{
    /// <summary>How long an answer is kept.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    static readonly string[] KeptHeaders = ["Location", "ETag", "Content-Type"];

    /// <summary>Takes the caller's key for the running transaction, waiting so long for a twin, and finds an earlier answer to it.</summary>
    public Task<IdempotentAnswer> TakeAsync(string key, TimeSpan patience, CancellationToken ct) => db.OneAsync<IdempotentAnswer>("""
        select is_taken, request_hash, status, headers, body
        from take_idempotent_key(@key, @patience)
        """, new { key, patience = (int)patience.TotalMilliseconds }, ct);

    /// <summary>Keeps the answer, in the transaction of what it answers for; it goes out with the commit.</summary>
    public void Keep(IdempotentRequest request, HttpResponse response, byte[] body) => db.Later("""
        insert into idempotent_answer (caller, key, request_hash, status, headers, body, answered_at)
        values (app_actor(), $1, $2, $3, $4::jsonb, $5, $6)
        """,
        new NpgsqlParameter<string> { TypedValue = request.Key },
        new NpgsqlParameter<byte[]> { TypedValue = request.Hash },
        new NpgsqlParameter<int> { TypedValue = response.StatusCode },
        new NpgsqlParameter<string>
        {
            TypedValue = JsonSerializer.Serialize(KeptHeaders.Where(response.Headers.ContainsKey).ToDictionary(name => name, name => response.Headers[name].ToString(), StringComparer.Ordinal)),
            NpgsqlDbType = NpgsqlDbType.Text,
        },
        new NpgsqlParameter<byte[]> { TypedValue = body },
        new NpgsqlParameter<DateTime> { TypedValue = clock.GetUtcNow().UtcDateTime });

    /// <summary>Forgets what is older than <see cref="Kept"/>.</summary>
    /// <returns>How many.</returns>
    public Task<int> ForgetAsync(CancellationToken ct) => db.ExecuteAsync("""
        delete from idempotent_answer
        where answered_at < @before
        """, new { before = (clock.GetUtcNow() - Kept).UtcDateTime }, ct);
}

/// <summary>What taking a key found.</summary>
sealed class IdempotentAnswer
{
    /// <summary>False while a twin is at work.</summary>
    public bool IsTaken { get; init; }

    /// <summary>What was asked when the key came first; null when this is the first time.</summary>
    public byte[]? RequestHash { get; init; }

    public int? Status { get; init; }

    public string? Headers { get; init; }

    public byte[]? Body { get; init; }

    public Dictionary<string, string> ReadHeaders() => JsonSerializer.Deserialize<Dictionary<string, string>>(Headers!)!;
}
