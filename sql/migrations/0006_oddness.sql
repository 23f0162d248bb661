-- How unlike its camera's history an image is. Beside the fingerprints, whose rows are never updated (HNSW).
-- A camera: what has one collection, instrument and intent. Its history are the members with isHistory.
create table caom2_ai.camera (
    cameraID integer generated always as identity primary key,
    mapID integer not null references caom2_ai.map on delete cascade,
    collection text not null,
    instrument_name text,
    intent text,
    nImages bigint not null,  -- visible ones when the history was chosen
    unique nulls not distinct (mapID, collection, instrument_name, intent)
);

create table caom2_ai.image_oddness (
    planeID uuid not null,
    mapID integer not null,
    cameraID integer not null references caom2_ai.camera on delete cascade,
    isHistory boolean not null,
    oddness real not null check (oddness between 0 and 100),
    primary key (planeID, mapID),
    foreign key (planeID, mapID) references caom2_ai.fingerprint on delete cascade  -- a new one is compared anew
);
create index image_oddness_camera on caom2_ai.image_oddness (cameraID, isHistory);

alter table caom2_ai.part_fingerprint add column objectOddness real;
alter table caom2_ai.fingerprint drop column oddness;
