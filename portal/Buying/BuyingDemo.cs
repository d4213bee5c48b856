using Platform.Database;
using Portal.Demo;

namespace Portal.Buying;

/// <summary>The demo's favourites: some things every purchasing clerk has marked.</summary>
sealed class BuyingDemo(Db db, TimeProvider clock) : IDemoPart
{
    public int Order => 61;

    public Task SeedAsync(DateOnly today, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        // A mark is its person's alone, so each is entered as that person.
        foreach (var (issuer, subject) in await db.ListAsync<(string Issuer, string Subject)>("""
            select p.issuer, p.subject
            from person p
            join partner b on b.partner_id = p.partner_id and b.upstream_id is not null
            join person_role r on r.person_id = p.person_id and r.role in ('purchasing', 'partner_admin')
            where p.kind = 'person' and p.subject is not null
            group by 1, 2
            order by 1, 2
            """, null, ct))
        {
            await db.ExecuteAsync("select enter(@issuer, @subject), set_config('app.is_system', 'yes', true)", new { issuer, subject }, ct);
            await db.ExecuteAsync("""
                insert into favourite_product (person_id, product_id, added_at)
                select app_person_id(), p.product_id, @now
                from product p
                where p.sku = any (@skus) and app_person_id() is not null
                on conflict do nothing
                """, new { skus = Marked, now = clock.GetUtcNow().UtcDateTime }, ct);
        }

        await db.ExecuteAsync("""
            select set_config('app.person_id', '', true), set_config('app.partner_id', '', true), set_config('app.is_brand', '', true), set_config('app.roles', '', true), enter_as_system('seed')
            """, null, ct);
    }, ct);

    static readonly string[] Marked = ["SD-140-W", "ST-ONE-G", "AC-SENSE-D", "LA-PANEL-60"];
}
