-- What people search: the fingerprints of the images whose metadata and pixels are public, of all maps.
-- All joins are on unique keys, so the planner drops them where fieldNode, oddness and isCurrent are not asked for.
create view caom2_ai_view.fingerprint as
select
    f.planeID, f.mapID, f.obsID, f.publisherID, f.fingerprint, f.vector, f.nObjects, f.nDetected, f.sampledFraction,
    n.node as fieldNode, f.background, f.noise, f.fwhm, f.fwhmPixel, f.elongation, f.saturatedFraction,
    f.maskedFraction, k.oddness, f.collection, f.instrument_name, f.bandpassName, f.intent, f.metaRelease,
    f.dataRelease, f.contentRelease, f.ra, f.dec, f.healpix, f.timeMid, m.isCurrent::integer as isCurrent,
    (f.metaRelease <= now() at time zone 'UTC'
        and coalesce(f.contentRelease, f.dataRelease) <= now() at time zone 'UTC') is true as visible
from caom2_ai.fingerprint f
left join caom2_ai.map m on m.mapID = f.mapID
left join caom2_ai.field_node n
    on n.planeID = f.planeID
    and n.mapID = (select c.mapID from caom2_ai.map c where c.kind = 'field' and c.isCurrent)
    and f.mapID = (select c.objectMapID from caom2_ai.map c where c.kind = 'field' and c.isCurrent)
left join caom2_ai.image_oddness k on k.planeID = f.planeID and k.mapID = f.mapID
where f.metaRelease <= now() at time zone 'UTC'
    and coalesce(f.contentRelease, f.dataRelease) <= now() at time zone 'UTC';
comment on column caom2_ai_view.fingerprint.healpix is 'twin: healpix, place of ra, dec';
