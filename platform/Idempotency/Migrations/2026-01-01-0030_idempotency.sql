-- Answers to requests that must not be carried out twice: API creates (Idempotency-Key) and forms (a double click).
create table idempotent_answer (
    caller       text        not null,
    key          text        not null,
    request_hash bytea       not null,
    status       integer     not null,
    headers      jsonb       not null,
    body         bytea       not null,
    answered_at  timestamptz not null,
    primary key (caller, key)
);
comment on table idempotent_answer is 'The answer given to a key, stored with the change it answered for; repeated when the key comes again.';
create index idempotent_answer_by_age on idempotent_answer (answered_at);
