-- What whole images look like apart from the kinds of their objects; the vector of a plane is made of these and the counts.
alter table caom2_ai.part_fingerprint add column statistics real[];
comment on column caom2_ai.part_fingerprint.statistics is 'in the order of fingerprinting.description.STATISTICS; NaN where unknown';
