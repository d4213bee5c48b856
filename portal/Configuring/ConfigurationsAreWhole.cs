using System.Globalization;
using Platform.Database;
using Portal.Verify;

namespace Portal.Configuring;

/// <summary><c>portal verify quotes</c>: what was configured was so by a published version, of products of that version, with all that it requires.</summary>
sealed class ConfigurationsAreWhole(Db db) : ICheck
{
    public string Name => "quotes";

    public async Task<CheckResult> RunAsync(CancellationToken ct)
    {
        var looked = await db.OneAsync<long>("select count(*) from configuration", null, ct);
        var findings = await db.ListAsync<string>("""
            select 'Configuration ' || c.number || ' was made by a version that is not published.'
            from configuration c join bundle_version v using (bundle_version_id) where v.published_at is null
            union all
            select 'Configuration ' || c.number || ' has no lines.'
            from configuration c where not exists (select from configuration_line l where l.configuration_id = c.configuration_id)
            union all
            select 'Configuration ' || c.number || ', line ' || l.line_number || ': the product is not that of its version.'
            from configuration c
            join bundle_version v using (bundle_version_id)
            join configuration_line l using (configuration_id)
            left join bundle_option o on o.bundle_option_id = l.bundle_option_id
            where case when l.bundle_option_id is null then l.product_id is distinct from v.product_id else o.bundle_version_id <> c.bundle_version_id or o.product_id <> l.product_id or o.inclusion = 'excluded' end
            union all
            select 'Configuration ' || c.number || ' lacks ' || p.sku || ', which its version requires.'
            from configuration c
            join bundle_option o on o.bundle_version_id = c.bundle_version_id and o.inclusion = 'required'
            join product p on p.product_id = o.product_id
            where not exists (select from configuration_line l where l.configuration_id = c.configuration_id and l.bundle_option_id = o.bundle_option_id)
            limit 100
            """, null, ct);
        return new(string.Create(CultureInfo.InvariantCulture, $"{looked:N0} configurations"), findings);
    }
}
