-- name: lock_maps
-- One process at a time adds maps or changes which is current.
select pg_advisory_xact_lock(hashtextextended('caom2_ai maps', 0));

-- name: lock_refresh
-- One worker at a time counts and assigns: two would wait for each other's rows.
select pg_advisory_xact_lock(hashtextextended('caom2_ai refresh', 0));

-- name: find_map
-- A map by its kind and the hash of what made it.
select mapID, dropped from caom2_ai.map where kind = %(kind)s and modelHash = %(modelHash)s;

-- name: insert_map
-- A map; objectMapID only for a field map.
insert into caom2_ai.map (kind, objectMapID, gridWidth, gridHeight, modelHash, modelName, parameters, arrays)
values (
    %(kind)s, %(objectMapID)s, %(width)s, %(height)s, %(modelHash)s, %(modelName)s, %(parameters)s, %(arrays)s
)
returning mapID;

-- name: complete_map
-- What a map lacks that was entered by an older version.
update caom2_ai.map set modelName = %(modelName)s, arrays = coalesce(arrays, %(arrays)s)
where mapID = %(mapID)s and (modelName is null or arrays is null and %(arrays)s::bytea is not null);

-- name: insert_nodes
-- The nodes of a map: node = gridX + width * gridY.
insert into caom2_ai.node (mapID, node, gridX, gridY)
select %(mapID)s, n, n %% %(width)s, n / %(width)s
from generate_series(0, %(width)s * %(height)s - 1) n;

-- name: insert_axes
-- What search vectors say of each node, where that is not known yet.
insert into caom2_ai.node_axis (mapID, node, axis)
select %(mapID)s, a.number - 1, a.axis::halfvec
from unnest(%(axes)s::text[]) with ordinality a(axis, number)
where not exists (select from caom2_ai.node_axis n where n.mapID = %(mapID)s);

-- name: make_index
-- The indexes for nearest neighbours in one map, where they are not there yet.
select caom2_ai.make_map_index(%(mapID)s);

-- name: find_current
-- The map of a kind that people search.
select mapID, modelHash from caom2_ai.map where kind = %(kind)s and isCurrent;

-- name: is_complete
-- Whether a map has nearly all of the images that people can search now; images that only it has do not make up for others.
select count(*) filter (where exists (
    select from caom2_ai.fingerprint n where n.planeID = f.planeID and n.mapID = %(mapID)s
)) >= 0.9 * count(*) as complete
from caom2_ai.fingerprint f
join caom2_ai.map m using (mapID)
where m.kind = 'object' and m.isCurrent;

-- name: count_usable
-- How many of two maps people can be let search.
select count(*) as maps from caom2_ai.map where mapID in (%(first)s, %(second)s) and not dropped;

-- name: unset_current
-- There is one current map of a kind.
update caom2_ai.map set isCurrent = false where kind = %(kind)s and isCurrent and mapID <> %(mapID)s;

-- name: set_current
-- The map that people search from now on.
update caom2_ai.map set isCurrent = true where mapID = %(mapID)s and not isCurrent;

-- name: find_fields
-- The field map of an object map: the one asked for, else the current one, else the newest.
select mapID, arrays
from caom2_ai.map
where kind = 'field' and objectMapID = %(objectMapID)s and not dropped
    and mapID = coalesce(%(mapID)s::integer, mapID)
order by isCurrent desc, mapID desc
limit 1;

-- name: list_vectors
-- Search vectors of a map; a sample by the hash of the plane, the same every time.
select vector
from caom2_ai.fingerprint
where mapID = %(objectMapID)s and vector is not null
order by md5(planeID::text), planeID
limit %(limit)s;

-- name: list_unassigned
-- Planes that have no field yet on a field map.
select f.planeID, f.vector
from caom2_ai.fingerprint f
where f.mapID = %(objectMapID)s and f.vector is not null
    and not exists (select from caom2_ai.field_node n where n.planeID = f.planeID and n.mapID = %(mapID)s)
limit %(limit)s;

-- name: assign_fields
-- The fields of planes, unless another worker has just found them.
insert into caom2_ai.field_node (planeID, mapID, node)
select * from unnest(%(planeIDs)s::uuid[], array_fill(%(mapID)s::integer, array[cardinality(%(planeIDs)s::uuid[])]),
    %(nodes)s::smallint[])
on conflict (planeID, mapID) do nothing;

-- name: refresh_nodes
-- The counts that people see.
select caom2_ai.refresh_nodes();

-- name: refresh_distance_rank
-- How far random pairs lie apart.
select caom2_ai.refresh_distance_rank(%(mapID)s);

-- name: analyze
-- What the planner knows of tables that have grown.
analyze caom2_ai.fingerprint, caom2_ai.part_fingerprint, caom2_ai.object_node, caom2_ai.object_vector, caom2_ai.field_node,
    caom2_ai.node, caom2_ai.failure;
