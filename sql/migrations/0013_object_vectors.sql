-- Embeddings of some objects, for searches for those that look alike; beside object_node, which stays narrow, and with what such
-- searches are limited by. objectID = imageID * 2^20 + number, the number of the object in object_node (objectID there): at most
-- 2^51, which every client can hold.
create table caom2_ai.object_vector (
    objectID bigint primary key,
    healpix bigint,
    ra double precision,
    dec double precision,
    mapID integer not null,
    imageID integer not null,
    x real not null,
    y real not null,
    snr real not null,
    node smallint not null,
    vector halfvec(64) not null  -- of unit length: the first axes of the mean embedding of the object in four turns
);
create index object_vector_image on caom2_ai.object_vector (imageID);
create index object_vector_node on caom2_ai.object_vector (mapID, node, healpix);
create index object_vector_healpix on caom2_ai.object_vector (healpix);
