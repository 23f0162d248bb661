-- name: find_map
-- The object map that people search.
select mapID, modelHash from caom2_ai_view.map where kind = 'object' and isCurrent = 1;

-- name: choose_images
-- Some images whose search vectors are asked with, the same ones every time.
select f.vector
from caom2_ai_view.fingerprint f
where f.mapID = %(mapID)s and f.vector is not null
order by hashtextextended(f.planeID::text, %(seed)s)
limit %(queries)s;

-- name: copy_vectors
-- All search vectors that people may compare with.
copy (
    select f.vector from caom2_ai_view.fingerprint f where f.mapID = {mapID} and f.vector is not null
) to stdout (format binary);

-- name: find_nearest
-- The distances of the nearest images, as a search by the index finds them.
select f.vector <-> %(vector)s::halfvec as distance
from caom2_ai_view.fingerprint f
where f.mapID = %(mapID)s
order by f.vector <-> %(vector)s::halfvec
limit %(k)s;

-- name: find_index
-- The index of a map's search vectors: its parameters, its bytes, and the share of the table's rows that are dead.
select c.relname as name, c.reloptions as options, pg_relation_size(c.oid) as bytes, i.indisvalid as valid,
    coalesce(s.n_dead_tup::double precision / nullif(s.n_live_tup + s.n_dead_tup, 0), 0) as dead,
    pg_size_bytes(current_setting('shared_buffers')) as buffers
from pg_index i
join pg_class c on c.oid = i.indexrelid
join pg_am a on a.oid = c.relam
left join pg_stat_all_tables s on s.relid = i.indrelid
where i.indrelid = 'caom2_ai.fingerprint'::regclass and a.amname in ('hnsw', 'ivfflat')
    and pg_get_expr(i.indpred, i.indrelid) = format('(mapid = %%s)', %(mapID)s::integer);
