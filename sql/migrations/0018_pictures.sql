-- Pictures made of files, of maps too, kept as long as there is room: those that nobody asked for in the longest time go first.
create table caom2_ai.picture (
    pictureID bigint generated always as identity,
    artifactURI text not null,  -- map:ID for a picture of a whole map
    part text not null,  -- '' for the largest
    variant text not null,
    contentChecksum text,  -- of the file; of what is shown, for a map
    png bytea,
    reason text,  -- why there is none
    status smallint,
    expires timestamp,  -- of a reason that may mend itself
    size integer not null generated always as (coalesce(octet_length(png), 0) + 250) stored,
    made timestamp not null default (now() at time zone 'UTC'),
    used timestamp not null default (now() at time zone 'UTC'),
    primary key (artifactURI, part, variant),
    check ((png is null) = (reason is not null and status is not null))
);
create index picture_used on caom2_ai.picture (used) include (size);
create unique index picture_number on caom2_ai.picture (pictureID);
alter table caom2_ai.picture alter column png set storage external;

-- Objects that stand for the nodes of an object map, best first; whether anybody may see them is asked when they are shown.
create table caom2_ai.typical_object (
    mapID integer not null,
    node smallint not null,
    rank smallint not null,
    artifactURI text not null,
    planeID uuid not null,
    part text not null,
    x real not null,
    y real not null,
    a real not null,
    primary key (mapID, node, rank),
    foreign key (mapID, node) references caom2_ai.node on delete cascade
);

-- The same for images and the nodes of a field map.
create table caom2_ai.typical_image (
    mapID integer not null,
    node smallint not null,
    rank smallint not null,
    planeID uuid not null,
    primary key (mapID, node, rank),
    foreign key (mapID, node) references caom2_ai.node on delete cascade
);

-- How many images people could see when these were chosen.
alter table caom2_ai.map add column typicalImages bigint;
