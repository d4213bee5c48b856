-- A drawn logo (SVG) in pixels, for workbooks, which take no drawings: made once of each drawing, and kept beside it.
create table quote_logo_picture (
    sha256  bytea       primary key,
    content bytea       not null,
    made_at timestamptz not null,
    constraint a_logo_picture_is_bounded check (octet_length(content) between 1 and 8388608)
);
comment on table quote_logo_picture is 'A logo that is a drawing, in pixels (PNG), by the SHA-256 of the drawing. Made once; it stays like the drawing.';
alter table quote_logo_picture enable row level security;
alter table quote_logo_picture force row level security;
create policy logo_pictures_are_kept_by_the_definer on quote_logo_picture for all to {schema}_definer using (true) with check (true);
revoke insert, update, delete, truncate on quote_logo_picture from {schema}_app;

-- Whoever knows the hash knows the drawing: frozen quotes name it (quote_look_files).
create function quote_logo_picture_of(drawing bytea) returns bytea language sql stable security definer set search_path = {schema}, public, pg_temp as $$
    select p.content from quote_logo_picture p where p.sha256 = drawing
$$;
alter function quote_logo_picture_of(bytea) owner to {schema}_definer;

create function quote_keep_logo_picture(drawing bytea, picture bytea, at timestamptz) returns bytea language plpgsql security definer set search_path = {schema}, public, pg_temp as $$
begin
    -- Whoever is faster makes it.
    insert into quote_logo_picture (sha256, content, made_at)
    select drawing, picture, at from quote_template_file f where f.sha256 = drawing and f.kind = 'svg' limit 1
    on conflict do nothing;
    return (select p.content from quote_logo_picture p where p.sha256 = drawing);
end $$;
comment on function quote_keep_logo_picture(bytea, bytea, timestamptz) is 'Keeps a drawn logo in pixels, where it is a logo and nobody was faster; answers what is kept.';
alter function quote_keep_logo_picture(bytea, bytea, timestamptz) owner to {schema}_definer;
