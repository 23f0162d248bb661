-- What a search vector says of each node of Map 1: its inner product with the node's axis is by how much the image has more
-- objects there than usual, so that the likeness of two images can be told by nodes. The rest of a vector is of the whole image.
create table caom2_ai.node_axis (
    mapID integer not null references caom2_ai.map on delete cascade,
    node smallint not null,
    axis halfvec not null,  -- as long as the part of a search vector that is of the objects
    primary key (mapID, node)
);
