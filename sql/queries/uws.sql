-- name: count_jobs
-- Jobs that are kept, those of them that wait or run, and the bytes of what came with them and came out.
select count(*) as kept, count(*) filter (where phase in ('QUEUED', 'EXECUTING')) as unfinished,
    coalesce(sum(inputBytes + coalesce(resultBytes, 0)), 0)::bigint as bytes
from caom2_ai_uws.job;

-- name: insert_job
-- A new job, which was not started.
insert into caom2_ai_uws.job (
    jobID, kind, runID, session, phase, executionDuration, destruction, baseURL, parameters, files, inputBytes
)
values (
    %(job)s, %(kind)s, %(runID)s, %(session)s, 'PENDING', %(duration)s, %(destruction)s, %(baseURL)s,
    %(parameters)s, %(files)s, %(inputBytes)s
);

-- name: find_job
-- One job.
select * from caom2_ai_uws.job where jobID = %(job)s and kind = %(kind)s;

-- name: list_jobs
-- The jobs of a client, newest first.
select jobID, phase, creationTime, runID, ownerID
from caom2_ai_uws.job
where kind = %(kind)s and session = %(session)s
    and (%(phases)s::text[] is null or phase = any(%(phases)s))
    and (%(after)s::timestamptz is null or creationTime > %(after)s)
order by creationTime desc, jobID
limit %(last)s;

-- name: start_job
-- A job that was not started waits to be run.
update caom2_ai_uws.job set phase = 'QUEUED'
where jobID = %(job)s and kind = %(kind)s and phase = 'PENDING'
returning jobID;

-- name: abort_job
-- A job that is not finished never will be; nobody takes it from the queue any more. Its files are not kept.
with aborted as (
    update caom2_ai_uws.job set phase = 'ABORTED', endTime = now(), inputBytes = %(inputBytes)s
    where jobID = %(job)s and kind = %(kind)s and phase in ('PENDING', 'QUEUED', 'EXECUTING')
    returning jobID
), taken as (
    delete from caom2_ai_queue.procrastinate_jobs
    where queue_name = %(kind)s and status = 'todo' and args ->> 'job' = %(job)s
)
select jobID from aborted;

-- name: destroy_job
-- A job is gone; nobody takes it from the queue any more.
with gone as (
    delete from caom2_ai_uws.job where jobID = %(job)s and kind = %(kind)s returning jobID
), taken as (
    delete from caom2_ai_queue.procrastinate_jobs
    where queue_name = %(kind)s and status = 'todo' and args ->> 'job' = %(job)s
)
select jobID from gone;

-- name: set_duration
-- How long a job may run; not changed once it runs.
update caom2_ai_uws.job set executionDuration = %(duration)s
where jobID = %(job)s and kind = %(kind)s and phase in ('PENDING', 'QUEUED')
returning jobID;

-- name: set_destruction
-- How long a job is kept.
update caom2_ai_uws.job set destruction = %(destruction)s
where jobID = %(job)s and kind = %(kind)s
returning jobID;

-- name: set_parameters
-- What a job that was not started is to do, if nobody else has added to it meanwhile.
update caom2_ai_uws.job
set parameters = %(parameters)s, files = %(files)s, inputBytes = %(inputBytes)s, runID = %(runID)s
where jobID = %(job)s and kind = %(kind)s and phase = 'PENDING' and inputBytes = %(knownBytes)s
returning jobID;

-- name: begin_run
-- A job is begun: it waited, or the process that ran it by the same ticket was lost.
update caom2_ai_uws.job
set phase = 'EXECUTING', startTime = now(), run = run + 1, ticket = %(ticket)s,
    losses = losses + (phase = 'EXECUTING')::integer
where jobID = %(job)s and (phase = 'QUEUED' or phase = 'EXECUTING' and ticket = %(ticket)s)
returning *;

-- name: end_run
-- The process that runs a job ends it, unless somebody else did, or runs it now; its files are not kept.
update caom2_ai_uws.job
set phase = %(phase)s, endTime = now(), inputBytes = %(inputBytes)s, resultName = %(name)s, mediaType = %(mediaType)s,
    resultBytes = %(size)s, errorType = %(errorType)s, errorMessage = %(errorMessage)s
where jobID = %(job)s and run = %(run)s and phase = 'EXECUTING'
returning jobID;

-- name: give_back_run
-- The process that runs a job is told to end: the job waits again.
update caom2_ai_uws.job set phase = 'QUEUED', startTime = null
where jobID = %(job)s and run = %(run)s and phase = 'EXECUTING'
returning jobID;

-- name: find_stopped
-- Those of the jobs that a process runs which it should run no more.
select running.id
from unnest(%(jobs)s::text[], %(runs)s::integer[]) as running (id, run)
left join caom2_ai_uws.job j on j.jobID = running.id and j.run = running.run and j.phase = 'EXECUTING'
where j.jobID is null;

-- name: queue_lost
-- Jobs that nobody would run, because the queue was made anew, wait again.
with lost as (
    select jobID, phase from caom2_ai_uws.job j
    where phase in ('QUEUED', 'EXECUTING') and kind = any(%(kinds)s)
        and not exists (
            select from caom2_ai_queue.procrastinate_jobs q
            where q.queue_name = j.kind and q.status in ('todo', 'doing') and q.args ->> 'job' = j.jobID
        )
    limit 100
    for update skip locked
)
update caom2_ai_uws.job j
set phase = 'QUEUED', startTime = null, losses = losses + (lost.phase = 'EXECUTING')::integer
from lost
where j.jobID = lost.jobID
returning j.jobID, j.kind;

-- name: destroy_due
-- Jobs whose time has come are gone.
with due as (
    select jobID from caom2_ai_uws.job where destruction <= now()
    order by destruction limit 100
    for update skip locked
)
delete from caom2_ai_uws.job j using due where j.jobID = due.jobID
returning j.jobID;

-- name: find_known
-- Those of a list that are jobs.
select jobID from caom2_ai_uws.job where jobID = any(%(jobs)s);

-- name: find_place
-- What tells this database from all others, copies of it too, as the name of a folder.
select to_hex(system_identifier) || '-' || to_hex(oid::bigint) as place
from pg_control_system(), pg_database
where datname = current_database();
