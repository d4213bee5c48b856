-- Whoever checks a receipt learns which of its lines another has by now: nothing of who that is.
create function receipt_lost_lines(hash bytea) returns table (code text, lost_at timestamptz, dispute text)
language sql stable security definer set search_path = {schema}, public, pg_temp as $$
    select n.code, l.lost_at, d.number
    from claim_receipt r join deal_product_line l on l.deal_id = r.deal_id and l.lost_at >= r.issued_at join product_line n using (product_line_id) join dispute d on d.dispute_id = l.lost_by
    where r.sha256 = hash and n.code = any (r.line_codes)
    order by n.code
$$;
comment on function receipt_lost_lines(bytea) is 'The lines of a receipt, by the SHA-256 of its text, that a dispute gave to somebody else since it was signed.';
alter function receipt_lost_lines(bytea) owner to {schema}_definer;
