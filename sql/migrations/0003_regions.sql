-- Where planes and objects lie, for indexes on the sky. A plane's extent is a box that holds its footprint, on a chart of the sky
-- without a seam (caom2_ai.chart_box); modified is the plane's lastModified when both were taken from CAOM.
alter table caom2_ai.plane_position add extent box, add modified timestamp;
comment on table caom2_ai.plane_position is
    'Centres and extents of the footprints of planes; caom2_ai.refresh_positions brings them in line with CAOM.';

-- Positions are found by ranges of HEALPix where a query gives numbers, and by their points on the chart
-- (caom2_ai.chart_point) where it gives columns.
create index plane_position_extent on caom2_ai.plane_position using gist (extent);
create index plane_position_place on caom2_ai.plane_position using gist (
    point(least(tand(45 - dec / 2), 1e9) * cosd(ra), least(tand(45 - dec / 2), 1e9) * sind(ra))
);
create index fingerprint_place on caom2_ai.fingerprint using gist (
    point(least(tand(45 - dec / 2), 1e9) * cosd(ra), least(tand(45 - dec / 2), 1e9) * sind(ra))
);
create index object_node_healpix on caom2_ai.object_node (healpix);
create index object_node_place on caom2_ai.object_node using gist (
    point(least(tand(45 - dec / 2), 1e9) * cosd(ra), least(tand(45 - dec / 2), 1e9) * sind(ra))
);
