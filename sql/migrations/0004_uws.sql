-- Jobs of UWS 1.1 (sect. 2.2): the rows are the truth, what the queue holds is a notice that a job can be run.
create table caom2_ai_uws.job (
    jobID text primary key check (jobID ~ '^[0-9a-f]{32}$'),
    kind text not null,
    runID text,
    ownerID text,
    session bytea,
    phase text not null check (phase in ('PENDING', 'QUEUED', 'EXECUTING', 'COMPLETED', 'ERROR', 'ABORTED')),
    creationTime timestamptz not null default now(),
    startTime timestamptz,
    endTime timestamptz,
    executionDuration integer not null check (executionDuration >= 0),
    destruction timestamptz not null,
    baseURL text not null,
    parameters json not null,
    files json not null,
    inputBytes bigint not null,
    run integer not null default 0,
    losses integer not null default 0,
    ticket bigint,
    resultName text,
    mediaType text,
    resultBytes bigint,
    errorType text check (errorType in ('transient', 'fatal')),
    errorMessage text,
    check ((phase = 'COMPLETED') = (resultName is not null)),
    check ((errorType is null) = (errorMessage is null))
);
create index job_destruction on caom2_ai_uws.job (destruction);
create index job_session on caom2_ai_uws.job (session, creationTime);
create index job_unfinished on caom2_ai_uws.job (phase) where phase in ('QUEUED', 'EXECUTING');

comment on column caom2_ai_uws.job.session is 'Hash of what the client that made the job shows to list its jobs.';
comment on column caom2_ai_uws.job.parameters is 'Pairs of name and value as they were sent.';
comment on column caom2_ai_uws.job.files is 'Files that came with the parameters: name of the part -> name in the folder of the job.';
comment on column caom2_ai_uws.job.inputBytes is 'Bytes of parameters and files.';
comment on column caom2_ai_uws.job.run is 'How often the job was begun; only the last one may end it.';
comment on column caom2_ai_uws.job.losses is 'How often the process that ran the job was lost.';
comment on column caom2_ai_uws.job.ticket is 'The entry of the queue that it was begun by.';

-- Those who wait for a job, and the process that runs it, hear of every change of its phase.
create function caom2_ai_uws.tell_phase() returns trigger
language plpgsql
as $$
begin
    perform pg_notify('caom2_ai_uws', old.jobID || ' ' || coalesce(new.phase, 'DESTROYED'));
    return null;
end
$$;

create trigger tell_phase after delete or update of phase on caom2_ai_uws.job
for each row execute function caom2_ai_uws.tell_phase();

revoke all on schema caom2_ai_uws from caomai_ingest;
