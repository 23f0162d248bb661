-- Several models side by side: what an object map needs to be kept in step with the archive without its model's files, which
-- maps are on their way out, and labels that came from another map.
alter table caom2_ai.map
    add column modelName text,
    add column dropped boolean not null default false;  -- its rows are being deleted
comment on column caom2_ai.map.arrays is
    'object map: maps.npz of the model; field map: NumPy''s .npz where it was fitted here, else NULL';
alter table caom2_ai.label
    add column carriedFrom integer,  -- the map that the label was given on
    add column carriedOverlap real;  -- share of the node's objects that lie in nodes with the label there
create index node_match_second on caom2_ai.node_match (mapID2, node2);
