-- name: find_describers
-- The models of workers that describe images now.
select distinct d.modelHash
from caom2_ai_queue.describer d
join caom2_ai_queue.procrastinate_workers w on w.id = d.workerID
where w.last_heartbeat > now() - %(stalled)s * interval '1 second';

-- name: measure
-- How many images wait to be described or are, the bytes of their files, and how many pictures of the archive are waited for.
select count(*) filter (where not wished) as waiting, coalesce(sum(size), 0)::bigint as bytes,
    count(*) filter (where wished) as wishes
from (select size, phase, coalesce(task ? 'wish', false) as wished from caom2_ai_queue.description) d
where phase in ('WAITING', 'RUNNING');

-- name: insert
-- An image that is to be described.
insert into caom2_ai_queue.description (descriptionID, name, size, modelHash, task)
values (%(id)s, %(name)s, %(size)s, %(modelHash)s, %(task)s::jsonb);

-- name: insert_wish
-- A picture of the archive that is to be drawn; nothing where others wait for it already.
insert into caom2_ai_queue.description (descriptionID, name, size, modelHash, task)
values (%(id)s, '', 0, %(modelHash)s, %(task)s::jsonb)
on conflict (descriptionID) do update set seen = now()
returning xmax = 0 as isNew;

-- name: copy_chunks
-- The pieces of its file.
copy caom2_ai_queue.description_chunk (descriptionID, number, bytes) from stdin (format binary);

-- name: find_phase
-- How far it is; somebody still waits for it.
update caom2_ai_queue.description set seen = now()
where descriptionID = %(id)s
returning phase, message, status;

-- name: find_answer
-- What a file as a whole looks like, and its parts without their objects.
select answer - 'hdus' as whole, (
    select jsonb_agg(hdu - 'objects' order by place)
    from jsonb_array_elements(answer -> 'hdus') with ordinality as hdus (hdu, place)
) as hdus
from caom2_ai_queue.description
where descriptionID = %(id)s;

-- name: read_picture
-- A piece of a picture that was drawn.
select substring(picture from %(start)s for %(length)s) as piece
from caom2_ai_queue.description
where descriptionID = %(id)s;

-- name: find_objects
-- The objects of a file, part by part.
select hdu ->> 'part' as part, object
from caom2_ai_queue.description d,
    jsonb_array_elements(d.answer -> 'hdus') with ordinality as hdus (hdu, place),
    jsonb_array_elements(hdu -> 'objects') with ordinality as objects (object, number)
where d.descriptionID = %(id)s
order by place, number;

-- name: delete
-- It is gone, its file with it; nobody takes it from the queue any more.
with gone as (
    delete from caom2_ai_queue.description where descriptionID = %(id)s
)
delete from caom2_ai_queue.procrastinate_jobs
where task_name = 'describe' and status = 'todo' and args ->> 'description' = %(id)s::text;

-- name: delete_abandoned
-- What nobody has waited for in a while is gone: its service was killed.
delete from caom2_ai_queue.description where seen < now() - %(seconds)s * interval '1 second';

-- name: register_describer
-- A worker says by which model it describes.
insert into caom2_ai_queue.describer (workerID, modelHash)
select id, %(modelHash)s from caom2_ai_queue.procrastinate_workers where id = %(worker)s
on conflict do nothing;

-- name: begin
-- A worker begins a description that is still wanted, or begins again what a lost worker had in hand.
update caom2_ai_queue.description set phase = 'RUNNING'
where descriptionID = %(id)s and phase in ('WAITING', 'RUNNING')
returning name, size, task;

-- name: read_chunks
-- The pieces of its file.
select bytes from caom2_ai_queue.description_chunk where descriptionID = %(id)s order by number;

-- name: end
-- The answer, or why there is none; the file has done its duty.
with ended as (
    update caom2_ai_queue.description
    set phase = %(phase)s, answer = %(answer)s::jsonb, picture = %(picture)s, message = %(message)s, status = %(status)s
    where descriptionID = %(id)s and phase = 'RUNNING'
    returning descriptionID
)
delete from caom2_ai_queue.description_chunk c using ended where c.descriptionID = ended.descriptionID;

-- name: find_gone
-- Those of the descriptions in hand that nobody wants any more.
select wanted.id
from unnest(%(ids)s::uuid[]) as wanted (id)
left join caom2_ai_queue.description d on d.descriptionID = wanted.id
where d.descriptionID is null;

-- name: find_image
-- An archived image of which a picture is wanted, if anybody may see it.
select i.artifactURI, i.part, i.nDetected, i.mapID, a.contentChecksum
from caom2_ai_view.part_fingerprint i
join caom2_ai_view.map m on m.mapID = i.mapID
join caom2_ai_view.artifact a on a.uri = i.artifactURI and a.planeID = i.planeID
where i.publisherID = %(publisherID)s and i.artifactURI = %(artifactURI)s and i.part = %(part)s
    and m.kind = 'object' and m.modelHash = %(modelHash)s;

-- name: list_image_objects
-- The objects that are kept of it.
select x, y, ra, dec, a, b, theta as theta_deg, flux, snr, flags, node, confidence, oddness
from caom2_ai_view.object_node
where publisherID = %(publisherID)s and artifactURI = %(artifactURI)s and part = %(part)s and mapID = %(mapID)s;
