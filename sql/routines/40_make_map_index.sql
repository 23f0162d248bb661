-- Make the indexes for nearest neighbours in one map, of images and of objects. Fingerprints are sharply clustered: with a smaller m, or without
-- iterating over a wide search list (ef_search), the recall saturates below 0.93.
create function caom2_ai.make_map_index(mapID integer) returns text
language plpgsql security definer
set search_path = pg_catalog, caom2_ai
as $$
declare
    extension constant text := (select extnamespace::regnamespace from pg_extension where extname = 'vector');
    name constant text := format('fingerprint_vector_%s', mapID);
begin
    if not exists (select from caom2_ai.map m where m.mapID = make_map_index.mapID and m.kind = 'object') then
        raise exception 'there is no object map %', mapID using errcode = '22023';
    end if;
    execute format(
        'create index if not exists %I on caom2_ai.fingerprint using hnsw (vector %s.halfvec_l2_ops)'
        ' with (m = 32, ef_construction = 200) where mapID = %s',
        name, extension, mapID
    );
    -- With m = 8 some clusters of objects are never reached.
    execute format(
        'create index if not exists object_vector_%s on caom2_ai.object_vector using hnsw (vector %s.halfvec_l2_ops)'
        ' with (m = 16, ef_construction = 64) where mapID = %s',
        mapID, extension, mapID
    );
    return name;
end
$$;
revoke all on function caom2_ai.make_map_index from public;
grant execute on function caom2_ai.make_map_index to caomai_ingest;
