-- Images that somebody uploads to the service, on their way to a worker and back: nothing of it is kept, so nothing of
-- it goes through the log of the database into archives and copies (unlogged).
create unlogged table caom2_ai_queue.description (
    descriptionID uuid primary key,
    name text not null,
    size bigint not null check (size >= 0),
    modelHash text not null,
    phase text not null default 'WAITING' check (phase in ('WAITING', 'RUNNING', 'DONE', 'FAILED')),
    message text,
    status smallint,
    task jsonb,
    answer jsonb,
    picture bytea,
    created timestamptz not null default now(),
    seen timestamptz not null default now(),
    check ((phase = 'DONE') = (answer is not null or picture is not null)),
    check ((phase = 'FAILED') = (message is not null and status is not null))
);
comment on column caom2_ai_queue.description.name is 'What its sender calls the file; the worker keeps the suffix.';
comment on column caom2_ai_queue.description.message is 'Why it failed, in one sentence.';
comment on column caom2_ai_queue.description.status is 'HTTP status that tells whose fault it is: 400 the file, 503 nobody, try again.';
comment on column caom2_ai_queue.description.answer is 'The JSON of caom-ai describe, and the same of the file as a whole.';
alter table caom2_ai_queue.description alter column picture set storage external;
comment on column caom2_ai_queue.description.task is 'What is wanted instead of an answer: a picture with the objects marked (caomai.descriptions.Picture).';
comment on column caom2_ai_queue.description.picture is 'The PNG that was wanted.';
comment on column caom2_ai_queue.description.seen is 'When somebody was last known to wait for it.';

-- The file in pieces. Images hardly shrink, and PostgreSQL takes longer to try than to store.
create unlogged table caom2_ai_queue.description_chunk (
    descriptionID uuid not null references caom2_ai_queue.description on delete cascade,
    number integer not null,
    bytes bytea not null,
    primary key (descriptionID, number)
);
alter table caom2_ai_queue.description_chunk alter column bytes set storage external;

-- Workers that take descriptions, as long as procrastinate knows them.
create table caom2_ai_queue.describer (
    workerID bigint primary key references caom2_ai_queue.procrastinate_workers on delete cascade,
    modelHash text not null
);

-- Who waits for a description hears of its end, and the worker that it is wanted no more.
create function caom2_ai_queue.tell_description() returns trigger
language plpgsql
as $$
begin
    perform pg_notify('caom2_ai_description', old.descriptionID || ' ' || coalesce(new.phase, 'GONE'));
    return null;
end
$$;

create trigger tell_description after delete or update of phase on caom2_ai_queue.description
for each row execute function caom2_ai_queue.tell_description();
