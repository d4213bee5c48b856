-- Accounts (账号): who can sign in here. Which company somebody works for, and with what rights, is the portal's to know.
create table account (
    account_id          bigint generated always as identity primary key,
    subject             text        not null,
    email               text        not null,
    normalized_email    text        not null,
    email_confirmed     boolean     not null default false,
    name                text        not null,
    language            text        not null default 'en',
    password_hash       text,
    security_stamp      text        not null,
    concurrency_stamp   text        not null,
    access_failed_count integer     not null default 0,
    lockout_end         timestamptz,
    disabled_at         timestamptz,
    created_at          timestamptz not null,
    updated_at          timestamptz not null,
    constraint an_email_belongs_to_one_account unique (normalized_email),
    constraint a_subject_belongs_to_one_account unique (subject),
    constraint a_subject_is_opaque_ascii check (subject ~ '^[a-z0-9]{16,64}$'),
    constraint a_language_is_one_of_ours check (language in ('en', 'zh-CN')),
    constraint failures_are_counted_upwards check (access_failed_count >= 0)
);
comment on table account is 'One person who signs in with a password. The subject is what other services know the person by; it is random and never given twice.';
comment on column account.security_stamp is 'Changes with every credential; what was issued under an old stamp no longer counts.';
alter table account enable row level security;
alter table account force row level security;
create policy identity_itself_knows_accounts on account using ((select app_is_system())) with check ((select app_is_system()));

-- What others learned of an account must stay true.
create function a_subject_stays() returns trigger language plpgsql as $$
begin
    if new.subject <> old.subject then
        raise exception 'The subject of an account never changes.' using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;
create trigger a_subject_stays before update on account for each row execute function a_subject_stays();
