-- name: find_current_maps
-- The maps that content comes from now, with what to cite where their model says so.
select mapID, kind, modelHash, parameters::jsonb ->> 'citation' as citation
from caom2_ai_view.map
where isCurrent = 1
order by kind desc;

-- name: find_unknown_images
-- Those images of a list that have no search vector on the current map, for whoever asks.
select wanted.id
from unnest(%(ids)s::text[]) as wanted (id)
where not exists (
    select from caom2_ai_view.fingerprint f
    where f.publisherID = wanted.id and f.isCurrent = 1 and f.vector is not null
);
