using System.Globalization;
using Platform.Database;
using Portal.Verify;

namespace Portal.Quotes;

/// <summary><c>portal verify quotes</c>: what was sent, its files and the answers to it still have their hashes, totals are those of the lines, and where a customer accepted or declined by link the quote says so.</summary>
sealed class QuotesAreWhole(Db db) : ICheck
{
    public string Name => "quotes";

    public async Task<CheckResult> RunAsync(CancellationToken ct)
    {
        var looked = await db.OneAsync<long>("select (select count(*) from quote_revision where frozen_at is not null) + (select count(*) from quote_answer)", null, ct);
        var findings = await db.ListAsync<string>("""
            select 'Quote ' || q.number || ', revision ' || r.revision || ': the frozen content is not that of its SHA-256.'
            from quote_revision r join quote q using (quote_id) where r.frozen_at is not null and r.frozen_sha256 <> sha256(convert_to(r.frozen::text, 'UTF8'))
            union all
            select 'Quote ' || q.number || ', revision ' || r.revision || ': the ' || f.kind || ' (' || f.language || ') is not that of its SHA-256.'
            from quote_file f join quote_revision r using (quote_revision_id) join quote q using (quote_id) where f.sha256 <> sha256(f.content)
            union all
            select 'Quote ' || q.number || ', revision ' || a.revision || ': what was answered is not what was sent.'
            from quote_answer a join quote_revision r using (quote_revision_id) join quote q on q.quote_id = a.quote_id where a.frozen_sha256 is distinct from r.frozen_sha256 or a.revision <> r.revision
            union all
            select 'Quote ' || q.number || ', revision ' || a.revision || ': a customer ' || a.answer || ' it, and its history does not say so.'
            from quote_answer a join quote q using (quote_id)
            where not exists (select from quote_act t where t.quote_id = a.quote_id and t.revision = a.revision and t.to_status = a.answer and t.happened_at = a.answered_at and t.customer_name = a.signer)
            union all
            select 'Quote ' || q.number || ' was accepted by a customer and stands as ' || q.status || '.'
            from quote_answer a join quote q using (quote_id)
            where a.answer = 'accepted' and q.status not in ('accepted', 'ordered')
            union all
            select 'Quote ' || q.number || ', revision ' || r.revision || ': its net total is ' || r.net_total || ', what its lines include comes to ' || x.amount || '.'
            from quote_revision r join quote q using (quote_id)
            cross join lateral (select coalesce(sum(l.amount), 0) as amount from quote_line l where l.quote_revision_id = r.quote_revision_id and l.choice = 'included') x
            where r.net_total <> x.amount
            union all
            select 'Template ' || t.number || ': the logo it names is not kept.'
            from quote_template t
            where t.design #>> '{logo,sha256}' is not null and not exists (select from quote_template_file f where f.sha256 = decode(t.design #>> '{logo,sha256}', 'hex'))
            union all
            select 'Template ' || t.number || ': the expert''s source it names is not kept.'
            from quote_template t
            where t.source_sha256 is not null and not exists (select from quote_template_file f where f.sha256 = t.source_sha256)
            union all
            select 'Templates of ' || p.number || ': its history says ' || coalesce(said.number, 'none') || ' counts, what counts is ' || coalesce(active.number, 'none') || '.'
            from (select distinct partner_id from quote_template) owner
            join partner p using (partner_id)
            left join lateral (select n.quote_template_id from quote_template_turn n where n.partner_id = owner.partner_id order by n.quote_template_turn_id desc limit 1) last on true
            left join quote_template said on said.quote_template_id = last.quote_template_id
            left join quote_template active on active.partner_id = owner.partner_id and active.is_active
            where said.quote_template_id is distinct from active.quote_template_id
            limit 100
            """, null, ct);
        return new(string.Create(CultureInfo.InvariantCulture, $"{looked:N0} sent revisions and answers"), findings);
    }
}
