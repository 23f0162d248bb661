-- Count the objects and images of every node of every map anew, over visible images only. Means of vectors are half the work of
-- taking 400 numbers apart for each image: by camera, because single precision is exact for 8 million objects.
create function caom2_ai.refresh_nodes() returns void
language sql security definer
set search_path = pg_catalog, caom2_ai
begin atomic
    with camera as (
        select f.mapID, count(*) as n, avg(f.fingerprint::vector) as objects,
            avg((f.fingerprint::boolean[]::integer[])::vector) as images
        from caom2_ai_view.fingerprint f
        group by f.mapID, f.collection, f.instrument_name
    ), counted as (
        select c.mapID, s.position - 1 as node, sum(round(s.objects * c.n))::bigint as nObjects,
            sum(round(s.images * c.n))::bigint as nImages
        from camera c
        cross join lateral unnest(c.objects::real[], c.images::real[]) with ordinality s(objects, images, position)
        group by c.mapID, s.position
        union all
        select n.mapID, n.node, sum(f.nObjects), count(*)
        from caom2_ai_view.field_node n
        join caom2_ai_view.map m on m.mapID = n.mapID
        join caom2_ai_view.fingerprint f on f.planeID = n.planeID and f.mapID = m.objectMapID
        group by n.mapID, n.node
    )
    update caom2_ai.node n
    set nObjects = coalesce(c.nObjects, 0), nImages = coalesce(c.nImages, 0)
    from caom2_ai.node k left join counted c on c.mapID = k.mapID and c.node = k.node
    where n.mapID = k.mapID and n.node = k.node
        and (n.nObjects, n.nImages) is distinct from (coalesce(c.nObjects, 0), coalesce(c.nImages, 0));
end;
revoke all on function caom2_ai.refresh_nodes from public;
grant execute on function caom2_ai.refresh_nodes to caomai_ingest;
