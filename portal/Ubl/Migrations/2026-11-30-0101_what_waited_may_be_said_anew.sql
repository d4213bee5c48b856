-- An order that waited for an approval and was sent back is a draft again: its document may be handed in once more.
create or replace function a_document_is_said_once() returns trigger language plpgsql as $$
begin
    if old.outcome not in ('draft', 'waits', 'matched', 'differs') then
        raise exception 'What came of this document stays.' using errcode = 'check_violation', constraint = 'what_came_of_a_document_stays';
    end if;
    return new;
end $$;
