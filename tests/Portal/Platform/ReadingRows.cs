using Platform.Database;
using Shouldly;
using Support;

namespace Portal.Tests.PlatformRules;

public sealed class ReadingRows
{
    static readonly DateTime Noon = new(2026, 5, 31, 12, 0, 0, DateTimeKind.Utc);

    public sealed record Claim(long ClaimId, string CustomerName, int DayCount, decimal ExpectedAmount, DateOnly ProtectedUntil, DateOnly? ExtendedUntil, DateTime CreatedAt, TimeOnly ReminderAt, bool IsLive, string? Reason);

    public sealed record Tags
    {
        public required string[] Names { get; init; }

        public required long[] PartnerIds { get; init; }

        public required DateOnly[] Days { get; init; }
    }

    [Fact]
    public async Task A_positional_record_takes_each_type_of_the_tables()
    {
        await using var database = await TestDatabase.PortalAsync();
        await using var db = database.As(Caller.Nobody);

        var claim = await db.OneAsync<Claim>("""
            select 7::bigint as claim_id, '上海云启' as customer_name, 90 as day_count, 1234.50::numeric as expected_amount,
                   date '2026-05-31' as protected_until, null::date as extended_until, timestamptz '2026-05-31 20:00+08' as created_at,
                   time '09:30' as reminder_at, true as is_live, null::text as reason
            """, null, CancellationToken.None);

        claim.ShouldBe(new Claim(7, "上海云启", 90, 1234.50m, new DateOnly(2026, 5, 31), null, Noon, new TimeOnly(9, 30), true, null));
        claim.CreatedAt.Kind.ShouldBe(DateTimeKind.Utc);
    }

    [Fact]
    public async Task Arrays_arrive_in_init_properties()
    {
        await using var database = await TestDatabase.PortalAsync();
        await using var db = database.As(Caller.Nobody);

        var tags = await db.OneAsync<Tags>("select array['a', 'b'] as names, array[1, 2]::bigint[] as partner_ids, array[date '2026-05-31'] as days", null, CancellationToken.None);

        tags.Names.ShouldBe(["a", "b"]);
        tags.PartnerIds.ShouldBe([1L, 2L]);
        tags.Days.ShouldBe([new DateOnly(2026, 5, 31)]);
    }

    [Fact]
    public async Task Dates_times_and_arrays_go_in_as_parameters()
    {
        await using var database = await TestDatabase.PortalAsync();
        await using var db = database.As(Caller.Nobody);
        var args = new { day = new DateOnly(2026, 5, 31), nothing = (DateOnly?)null, at = Noon, time = new TimeOnly(9, 30), ids = new[] { 1L, 2L }, days = new[] { new DateOnly(2026, 5, 31) } };

        var seen = await db.OneAsync<string>("""
            select concat_ws('|', @day::text, coalesce(@nothing::date::text, 'none'), (@at at time zone 'utc')::text, @time::text,
                             (2 = any(@ids))::text, (date '2026-05-31' = any(@days))::text)
            """, args, CancellationToken.None);

        seen.ShouldBe("2026-05-31|none|2026-05-31 12:00:00|09:30:00|true|true");
    }

    [Fact]
    public async Task Rows_are_streamed_one_by_one()
    {
        await using var database = await TestDatabase.PortalAsync();
        await using var db = database.As(Caller.Nobody);
        var sum = 0L;

        await foreach (var number in db.StreamAsync<long>("select generate_series(1, @until)::bigint", new { until = 1000 }, CancellationToken.None))
        {
            sum += number;
        }

        sum.ShouldBe(500_500);
        db.IsInTransaction.ShouldBeFalse();
    }
}
