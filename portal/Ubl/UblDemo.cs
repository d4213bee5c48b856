using Platform.Database;
using Portal.Demo;

namespace Portal.Ubl;

/// <summary>The demo's document: the distributor Huaxin's ERP sends an order as UBL, of which one line cannot be ordered; the good ones are a draft.</summary>
sealed class UblDemo(Db db, ReceiveUbl receive) : IDemoPart
{
    public int Order => 96;

    public async Task SeedAsync(DateOnly today, CancellationToken ct)
    {
        if (await db.FindAsync<long?>("select min(person_id) from person where email = 'purchasing@huaxin.example'", null, ct) is not { } clerk)
        {
            return;
        }

        await db.ExecuteAsync("select enter(issuer, subject), set_config('app.is_system', 'yes', true) from person where person_id = @clerk", new { clerk }, ct);
        var order = new UblOrder("HX-UBL-1001", null, today, null, null, new(null, null, "华信"), new(null, null, "北光"), null, null, null,
            [new("10", new("SD-140-W", null, null), new(12, "H87")), new("20", new("OLD-DESK-1", null, null), new(2, "H87"))]);
        if (await receive.RunAsync(UblWriter.Bytes(UblWriter.Write(order)), new(Submit: false, Strict: false), ct) is not UblOutcome.Taken)
        {
            throw new InvalidOperationException("The demo's UBL order does not go through.");
        }

        await db.ExecuteAsync("""
            select set_config('app.person_id', '', true), set_config('app.partner_id', '', true), set_config('app.is_brand', '', true), set_config('app.roles', '', true), enter_as_system('seed')
            """, null, ct);
    }
}
