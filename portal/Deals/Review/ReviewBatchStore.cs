using Platform.Database;
using Platform.Idempotency;

namespace Portal.Deals;

/// <summary>The statements about bulk acts of reviewers.</summary>
public sealed class ReviewBatchStore(Db db)
{
    /// <summary>Enters a batch with its deals; null where the same person sent one under that key before.</summary>
    public Task<string?> InsertAsync(string number, RequestName name, string act, string? reason, DateTime now, CancellationToken ct) => db.FindAsync<string?>("""
        with entered as (
            insert into review_batch (number, person_id, request_key, request_hash, act, reason, begun_at)
            values (@number, app_person_id(), @Key, @hash, @act, @reason, @now)
            on conflict on constraint a_batch_is_sent_once do nothing
            returning review_batch_id, number
        )
        select number from entered
        """, new { number, name.Key, hash = name.Hash.ToArray(), act, reason, now }, ct);

    /// <summary>Enters the deals of a batch, in their order.</summary>
    public Task InsertDealsAsync(string number, IReadOnlyList<SeenDeal> deals, CancellationToken ct) => db.ExecuteAsync("""
        insert into review_batch_deal (review_batch_id, place, deal_number, version)
        select b.review_batch_id, s.place, s.deal, s.version
        from review_batch b cross join unnest(@numbers, @versions) with ordinality as s (deal, version, place)
        where b.number = @number
        """, new { number, numbers = deals.Select(deal => deal.Number).ToArray(), versions = deals.Select(deal => deal.Version).ToArray() }, ct);

    /// <summary>The number and content of the batch that the person at work sent under that key.</summary>
    public Task<(string Number, byte[] Hash)> SentAsync(RequestName name, CancellationToken ct) => db.OneAsync<(string, byte[])>("""
        select number, request_hash from review_batch where person_id = app_person_id() and request_key = @Key
        """, new { name.Key }, ct);

    /// <summary>A batch of the person at work, with what became of each deal.</summary>
    public async Task<ReviewBatch?> FindAsync(string number, CancellationToken ct)
    {
        if (await db.FindAsync<BatchRow>("select review_batch_id, number, act, reason, begun_at from review_batch where number = @number", new { number }, ct) is not { } batch)
        {
            return null;
        }

        return new(batch.ReviewBatchId, batch.Number, batch.Act, batch.Reason, batch.BegunAt, await db.ListAsync<BatchedDeal>("""
            select x.place, x.deal_number as number, x.version, x.answered_at, coalesce(x.is_done, false) as is_done, x.text_key, coalesce(x.arguments, '{}') as arguments,
                   c.name as customer_name, p.name as partner_name, p.name_latin as partner_name_latin, d.status
            from review_batch_deal x
            left join deal d on d.number = x.deal_number left join end_customer c using (end_customer_id) left join partner p on p.partner_id = d.partner_id
            where x.review_batch_id = @ReviewBatchId
            order by x.place
            """, new { batch.ReviewBatchId }, ct));
    }

    /// <summary>Takes a deal of a batch for the running transaction; false where it was answered already. A twin waits here for the other.</summary>
    public async Task<bool> TakeAsync(long batchId, int place, CancellationToken ct) => await db.FindAsync<int?>("""
        select place from review_batch_deal where review_batch_id = @batchId and place = @place and answered_at is null for update
        """, new { batchId, place }, ct) is not null;

    /// <summary>Writes down what became of it, in the transaction that did it.</summary>
    public Task AnswerAsync(long batchId, int place, BatchAnswer answer, DateTime now, CancellationToken ct) => db.ExecuteAsync("""
        update review_batch_deal set answered_at = @now, is_done = @IsDone, text_key = @TextKey, arguments = @arguments where review_batch_id = @batchId and place = @place
        """, new { batchId, place, answer.IsDone, answer.TextKey, arguments = answer.Arguments.ToArray(), now }, ct);

    sealed record BatchRow(long ReviewBatchId, string Number, string Act, string? Reason, DateTime BegunAt);
}

/// <summary>A deal at the version that was seen.</summary>
/// <param name="Number">The deal.</param>
/// <param name="Version">The version.</param>
public sealed record SeenDeal(string Number, int Version);

/// <summary>What became of one deal of a batch.</summary>
/// <param name="IsDone">The act was carried out.</param>
/// <param name="TextKey">The sentence that says what became of it.</param>
/// <param name="Arguments">Values for its placeholders.</param>
public sealed record BatchAnswer(bool IsDone, string TextKey, IReadOnlyList<string> Arguments);

/// <summary>One act on many deals.</summary>
/// <param name="ReviewBatchId">The key; never leaves the server.</param>
/// <param name="Number">The number.</param>
/// <param name="Act">The act.</param>
/// <param name="Reason">The reason, question or note.</param>
/// <param name="BegunAt">When.</param>
/// <param name="Deals">The deals, in the order in which they were sent.</param>
public sealed record ReviewBatch(long ReviewBatchId, string Number, string Act, string? Reason, DateTime BegunAt, IReadOnlyList<BatchedDeal> Deals);

/// <summary>A deal of a batch.</summary>
public sealed class BatchedDeal
{
    /// <summary>Its place.</summary>
    public int Place { get; init; }

    /// <summary>The deal's number, as it was sent.</summary>
    public string Number { get; init; } = "";

    /// <summary>The version that was seen.</summary>
    public int Version { get; init; }

    /// <summary>When it was answered; null while it waits.</summary>
    public DateTime? AnsweredAt { get; init; }

    /// <summary>The act was carried out.</summary>
    public bool IsDone { get; init; }

    /// <summary>The sentence that says what became of it.</summary>
    public string? TextKey { get; init; }

    /// <summary>Values for its placeholders.</summary>
    public string[] Arguments { get; init; } = [];

    /// <summary>The customer; null where there is no such deal.</summary>
    public string? CustomerName { get; init; }

    /// <summary>The partner.</summary>
    public string? PartnerName { get; init; }

    /// <summary>The same in Latin letters.</summary>
    public string? PartnerNameLatin { get; init; }

    /// <summary>The deal's state now.</summary>
    public string? Status { get; init; }
}
