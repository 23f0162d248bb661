-- ADQL: caomai_count(fingerprint INTEGER[], node INTEGER) -> INTEGER
-- Number of objects of an image in a node (0 to 399) of Map 1.
-- note: A node that does not exist is an error if the query names it, and gives NULL if it is computed.
-- note: Objects that were left out of a sample are not counted; caomai_count_estimate allows for them.
-- example: SELECT TOP 10 f.publisherID, caomai_count(f.fingerprint, {node}) AS n FROM caom2_ai.fingerprint AS f WHERE caomai_count(f.fingerprint, {node}) >= 2 ORDER BY n DESC
-- predicate: array_positions($1::boolean[], true) @> array[$2 + 1]
-- levels: caom2_ai.node_levels($1) @> array[400 * {level} + $2 % 400]
-- ucd: meta.number;src.class
-- total
create function caom2_ai.caomai_count(fingerprint integer[], node integer) returns integer
language sql immutable parallel safe
return fingerprint[node + 1];
