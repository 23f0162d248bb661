-- The objects and extensions of one image, asked for by its publisherID.
create index part_fingerprint_publisherid on caom2_ai.part_fingerprint (publisherID);
