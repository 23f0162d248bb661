-- ADQL: caomai_count(fingerprint INTEGER[], node INTEGER) -> INTEGER
-- Number of objects of an image in a node (0 to 399) of Map 1.
-- predicate: array_positions($1::boolean[], true) @> array[$2 + 1]
-- ucd: meta.number;src.class
-- total
create function caom2_ai.caomai_count(fingerprint integer[], node integer) returns integer
language sql immutable parallel safe
return fingerprint[node + 1];
