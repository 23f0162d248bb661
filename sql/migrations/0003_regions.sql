-- Where planes and objects lie, for indexes on the sky. A plane's extent is a box in right ascension and declination that
-- holds its footprint (caom2_ai.region_box); modified is the plane's lastModified when both were taken from CAOM.
alter table caom2_ai.plane_position add extent box, add modified timestamp;
comment on table caom2_ai.plane_position is
    'Centres and extents of the footprints of planes; caom2_ai.refresh_positions brings them in line with CAOM.';

-- Positions are found by ranges of HEALPix where a query gives numbers, and by point(ra, dec) where it gives columns.
create index plane_position_extent on caom2_ai.plane_position using gist (extent);
create index plane_position_place on caom2_ai.plane_position using gist (point(ra, dec));
create index fingerprint_place on caom2_ai.fingerprint using gist (point(ra, dec));
create index object_node_healpix on caom2_ai.object_node (healpix);
create index object_node_place on caom2_ai.object_node using gist (point(ra, dec));
